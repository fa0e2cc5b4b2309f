"""What differs between two layers that stand for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from archcalc.engine.propagate import Row
from archcalc.study._align import Layer

INPUT = "input"
"""The name of a change that is not the layer's own: shapes that arrive."""


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
            values = getattr(a.op, name), getattr(b.op, name)
            if values[0] != values[1]:
                yield Change(f"{prefix}{name}", *values)
    if not prefix and a.inputs != b.inputs:
        yield Change(INPUT, a.inputs, b.inputs)
    if first.node.copies != other.node.copies:
        yield Change(f"{prefix}copies", first.node.copies, other.node.copies)
    if (first.node.shared is None) != (other.node.shared is None):
        yield Change(f"{prefix}shared", first.node.shared is not None, other.node.shared is not None)


def _beside(first: Sequence[Row], other: Sequence[Row]) -> Iterator[Change]:
    """Norms and activations: those of one operator are one, in their order."""
    rows: dict[str, tuple[list[Row], list[Row]]] = {}
    for side, members in enumerate((first, other)):
        for row in members:
            rows.setdefault(row.node.applied.op.name, ([], []))[side].append(row)
    for name, (a, b) in rows.items():
        if len(a) != len(b):
            yield Change(name, len(a), len(b))
        for m, n in zip(a, b, strict=False):
            yield from _operators(m, n, f"{name}.")
