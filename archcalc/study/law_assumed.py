"""The symbols of a law under its assumptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from archcalc.spec.expr import Code
from archcalc.study.law_points import points
from archcalc.study.law_text import Given, Range
from archcalc.values import Value, exactdiv, is_whole, show
from archcalc.values.exact import Exact
from archcalc.values.symbols import Condition, Domain, Space, Symbolic


@dataclass(frozen=True, slots=True)
class Definition:
    """A symbol in terms of others. `back` gives the `new` symbol in terms of the law's own."""

    code: Code
    names: frozenset[str]
    new: str = ""
    back: Callable[[Mapping[str, Value]], Value] = lambda env: 0


@dataclass(eq=False)
class Assumed:
    """The symbols of a law under its assumptions.

    space         the free symbols, with what is assumed of them
    values        each symbol of the law, in free ones
    substituted   the substitutions: name and value
    conditions    what else is assumed
    """

    space: Space
    values: dict[str, Value]
    definitions: dict[str, Definition]
    conditions: list[Condition] = field(default_factory=list)

    @property
    def substituted(self) -> dict[str, Value]:
        return {name: self.values[name] for name in self.definitions}

    def at(self, point: Mapping[str, Exact]) -> dict[str, Exact]:
        """The symbols of the law where the free ones have these values."""
        return {name: value.at(point) if isinstance(value, Symbolic) else value for name, value in self.values.items()}

    def own(self, value: Value) -> Value:
        """A value in the law's own symbols."""
        if not isinstance(value, Symbolic):
            return value
        space = Space()
        env: dict[str, Value] = dict(space.symbols(dict.fromkeys(self.values, Domain(whole=False))))
        new = {each.new: each.back(env) for each in self.definitions.values() if each.new}
        return value.at({**env, **new})

    def points(self, tried: int, among: Mapping[str, Exact] | None = None) -> Iterator[dict[str, Exact]]:
        """Points of the free symbols that fulfil everything, those of a small sum first, among the first `tried`.

        among  values that the other symbols keep: only those that are not in it are varied
        """
        kept = {} if among is None else dict(among)
        varied = {name: domain for name, domain in self.space.domains.items() if name not in kept}
        for point in islice(points(varied), tried):
            whole = {name: kept[name] if name in kept else point[name] for name in self.space.domains}
            if self.space.admits(whole):
                yield whole


def keep_range(space: Space, value: Value, own: Range) -> bool:
    """Record what the range of a substituted symbol says beyond what follows; False where nothing is in it."""
    low = own.minimum if own.above is None else own.above
    kept = not own.whole or is_whole(value) or _taken(space, "whole", value, f"{value} is whole")
    if low is not None and not space.at_least_0(value - low, strict=own.above is not None):
        kept = kept and _taken(space, "at least 0", value - low, f"{value} >= {show(low)}")
        if own.above is not None:
            kept = kept and _taken(space, "not 0", value - low, f"{value} != {show(low)}")
    if own.maximum is not None and not space.at_least_0(own.maximum - value):
        kept = kept and _taken(space, "at least 0", own.maximum - value, f"{value} <= {show(own.maximum)}")
    return kept


def record(space: Space, given: Given, own: Mapping[str, Value]) -> bool:
    """Record an assumption that is no substitution; False where it cannot be."""
    sides = [code({name: own[name] for name in names}) for code, names in zip(given.sides, given.names, strict=True)]
    if given.kind == "whole":
        return _taken(space, "whole", sides[0], given.text)
    if given.kind == "divides":
        return _taken(space, "whole", exactdiv(sides[1], sides[0]), given.text)
    if given.kind == "rest":
        return _taken(space, "whole", exactdiv(sides[0] - sides[2], sides[1]), given.text)
    difference = sides[1] - sides[0] if given.kind.startswith("<") else sides[0] - sides[1]
    if given.kind in ("==", "!="):
        return _taken(space, "0" if given.kind == "==" else "not 0", difference, given.text)
    if len(given.kind) == 2:
        return _taken(space, "at least 0", difference, given.text)
    if is_whole(difference):
        return _taken(space, "at least 0", difference - 1, given.text)
    kept = _taken(space, "at least 0", difference, given.text)
    return kept and _taken(space, "not 0", difference, given.text)


def _taken(space: Space, kind: str, value: Value, text: str) -> bool:
    """Take it for granted that a value is whole, at least 0, 0 or not 0; False where it is not."""
    if isinstance(value, Symbolic):
        return space.record(kind, value, text)
    return bool({"whole": is_whole(value), "at least 0": value >= 0, "0": value == 0, "not 0": value != 0}[kind])
