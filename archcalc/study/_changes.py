"""What differs between two layers that stand for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from archcalc.engine.graph import Applied
from archcalc.engine.propagate import Row
from archcalc.quantities import NO_WEIGHTS, Window
from archcalc.study._align import Layer
from archcalc.values import Value

INPUT = "input"
"""The name of a change that is not the layer's own: shapes that arrive."""
BESIDE = "beside"
"""The name of a change of one norm or activation into another."""


class Change(NamedTuple):
    """What of a layer differs: a parameter of its operator, an input's shape, the norms and activations beside it."""

    name: str
    first: Any
    other: Any


def changes(first: Layer, other: Layer) -> Iterator[Change]:
    """What differs between two layers, parameters first that the user set."""
    yield from _operators(first.main, other.main)
    beside = ([row for row in layer.rows if row is not layer.main] for layer in (first, other))
    yield from _beside(*beside)


def _operators(first: Row, other: Row, prefix: str = "") -> Iterator[Change]:
    a, b = first.node.applied, other.node.applied
    if a.op.name != b.op.name:
        yield Change(f"{prefix}op", a.op.name, b.op.name)
    else:
        for name in a.op.fields:
            values = _given(a, name), _given(b, name)
            if values[0] != values[1] and not (name == "padding" and _pads(a) == _pads(b) != []):
                yield Change(f"{prefix}{name}", *values)
    if not prefix and a.inputs != b.inputs:
        yield Change(INPUT, a.inputs, b.inputs)
    if first.node.copies != other.node.copies:
        yield Change(f"{prefix}copies", first.node.copies, other.node.copies)
    if (first.node.shared is None) != (other.node.shared is None):
        yield Change(f"{prefix}shared", first.node.shared is not None, other.node.shared is not None)


def _windows(applied: Applied) -> list[Window]:
    return [read for reads in applied.reads for read in reads if isinstance(read, Window)]


def _given(applied: Applied, name: str) -> Any:
    """A parameter as it is bound; a pool's stride may be left to its kernel."""
    value = getattr(applied.op, name)
    return tuple(window.stride for window in _windows(applied)) if name == "stride" and value is None else value


def _pads(applied: Applied) -> list[tuple[Value, Value]]:
    """Zeros before and after the windows of an operator: `half` and 1 may be the same here."""
    return [(window.before, window.after) for window in _windows(applied)]


def _beside(first: Sequence[Row], other: Sequence[Row]) -> Iterator[Change]:
    """Norms and activations: those of one operator are one, in their order."""
    rows: dict[str, tuple[list[Row], list[Row]]] = {}
    for side, members in enumerate((first, other)):
        for row in members:
            rows.setdefault(row.node.applied.op.name, ([], []))[side].append(row)
    activations = [row for rows in (first, other) for row in rows if row.weights == NO_WEIGHTS]
    gone = [name for name, (a, b) in rows.items() if len(a) == 1 and not b and a[0] in activations]
    come = [name for name, (a, b) in rows.items() if len(b) == 1 and not a and b[0] in activations]
    swapped = (*gone, *come) if len(gone) == len(come) == 1 else ()
    if swapped:
        yield Change(BESIDE, *swapped)
    for name, (a, b) in rows.items():
        if len(a) != len(b) and name not in swapped:
            yield Change(name, len(a), len(b))
        for m, n in zip(a, b, strict=False):
            yield from _operators(m, n, f"{name}.")
