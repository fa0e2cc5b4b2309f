"""An operator's parameters as a step may give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.engine.graph import Applied
from archcalc.errors import RuleError
from archcalc.ops._fields import MISSING, Field
from archcalc.quantities import Window


def bound(applied: Applied) -> dict[str, Any]:
    """The parameters of an operator, as they are bound."""
    return {name: getattr(applied.op, name) for name in applied.op.parameters}


def rank(applied: Applied) -> int:
    """The axes of the map for which its parameters are bound."""
    return len((applied.inputs or (applied.output,))[0]) - 1


def default(field: Field, axes: int) -> Any:
    """The bound default of a parameter; MISSING if it must be given."""
    return field.default if field.default is MISSING or field.default is None else field.bind(field.default, axes)


def given(applied: Applied) -> dict[str, Any]:
    """What a step must give for these parameters: numbers and words, without what is the default anyway."""
    axes = rank(applied)
    values = ((name, field, _resolved(applied, name)) for name, field in applied.op.parameters.items())
    return {name: written(field, value, axes) for name, field, value in values if value != default(field, axes)}


def _resolved(applied: Applied, name: str) -> Any:
    """Padding that no size of the map has a say in, as numbers; all else as it is bound."""
    value = getattr(applied.op, name)
    windows = [read for reads in applied.reads for read in reads if isinstance(read, Window)]
    if name == "padding" and value == "half" and windows:
        pads = tuple((window.before, window.after) for window in windows)
        return pads if any(map(any, pads)) else "valid"
    return value


def written(field: Field, value: Any, axes: int) -> Any:
    """The shortest form of a bound value that is bound to the same: 3 for (3, 3), [1, 2] for ((1, 1), (2, 2))."""
    for form in _forms(again(value)):
        try:
            if field.bind(form, axes) == value:
                return form
        except RuleError:
            continue
    return value


def again(value: Any) -> Any:
    """A bound value as it may be given: a size that was left open, bound to None, is -1."""
    return tuple(-1 if each is None else each for each in value) if isinstance(value, tuple) else value


def _forms(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple) and value:
        yield from _forms(value[0])
        yield [each[0] if isinstance(each, tuple) else each for each in value]
        yield [list(each) if isinstance(each, tuple) else each for each in value]
    else:
        yield value
