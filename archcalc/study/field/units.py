"""What one unit of a layer sees, and which units one pixel reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, propagate
from archcalc.errors import UsageError
from archcalc.fields import Listed, Reach, Span
from archcalc.ops._fields import axes
from archcalc.quantities import AXES, Shape, Unknown, show_shape
from archcalc.study.field.layers import Fields
from archcalc.study.field.subject import has_map
from archcalc.values import product


@dataclass(frozen=True, slots=True)
class Box:
    """What a unit sees on each axis, first and last pixel.

    whole    as if the input had no ends
    inside   of the input; None where it sees nothing of it
    padding  the part of the whole box that lies outside the input; None where it sees nothing

    That is what local layers show it; `everything` if some path shows it the whole image besides.
    """

    everything: bool
    unit: tuple[int, ...]
    whole: tuple[Span | None, ...]
    inside: tuple[Span | None, ...]
    padding: Fraction | None


def box(fields: Fields, index: int, unit: Sequence[int]) -> Box:
    """Of the unit at these positions of a layer. Raises UsageError where the layer has no such unit or no field."""
    row = fields.rows[index]
    local = _local(row)
    _require(unit, row.output[1:], "unit", row.node.path)
    seen: Any = fields.seen[index].reach.local
    if isinstance(seen, Unknown):
        raise UsageError(f"{row.node.path}: {seen.reason}", "--input gives a smaller one")
    whole = tuple(periodic.cycle(at).at(o) for at, o in zip(local, unit, strict=True))
    inside = tuple(at.cells[o] for at, o in zip(seen, unit, strict=True))
    padding = None
    if None not in whole:
        grid = [Span(0, n - 1) for n in row.reach.grid]
        common = [max(0, min(a.hi, b.hi) - max(a.lo, b.lo) + 1) for a, b in zip(whole, grid, strict=True)]
        padding = 1 - Fraction(product(common), product(at.size for at in whole))
    return Box(row.reach.whole, tuple(unit), whole, inside, padding)


@dataclass(frozen=True, slots=True)
class Reached:
    """The units of a layer that a pixel reaches on each axis: first and last, and how many of those see it.

    By the local layers alone: where some path sees the whole image, every unit sees it by that.
    """

    row: Row
    spans: tuple[Span | None, ...]
    counts: tuple[int, ...]


def reached(fields: Fields, pixel: Sequence[int]) -> list[Reached | None]:
    """Of every layer, an axis at a time; None where that is unknown. Raises UsageError where there is no such pixel."""
    graph = fields.report.graph
    if len(graph.inputs) > 1:
        names = ", ".join(graph.inputs)
        raise UsageError(f"the network has {len(graph.inputs)} inputs: {names}", "--pixel is for networks of one")
    (start,) = graph.inputs.values()
    _require(pixel, graph.nodes[start].applied.output[1:], "pixel", "the input")

    def lit(shape: Shape) -> Reach:
        cells = [
            tuple(Span(i, i) if i == at else None for i in range(n)) for n, at in zip(shape[1:], pixel, strict=True)
        ]
        return Reach(tuple(map(Listed, cells)), False, shape[1:])

    return [_reached(row) for row in propagate(graph, lit)]


def _reached(row: Row) -> Reached | None:
    local: Any = row.reach.local
    if not has_map(row) or len(row.output) != len(local) + 1:
        return None
    hit = [[o for o, cell in enumerate(at.cells) if cell is not None] for at in local]
    return Reached(row, tuple(Span(at[0], at[-1]) if at else None for at in hit), tuple(map(len, hit)))


def _local(row: Row) -> tuple[Any, ...]:
    local: Any = row.reach.local
    if isinstance(local, Unknown):
        raise UsageError(f"{row.node.path} has no field of its own: {local.reason}")
    if len(row.output) != len(local) + 1:
        raise UsageError(f"{row.node.path} puts out {show_shape(row.output)}, no map", "--layer names another")
    if not has_map(row):
        raise UsageError(f"{row.node.path} is one position for the whole map", "--layer names one before it")
    return tuple(local)


def _require(places: Sequence[int], sizes: Shape, what: str, of: str) -> None:
    if len(places) != len(sizes):
        names = AXES[len(sizes)]
        raise UsageError(
            f"{of} has {axes(len(sizes))} and the {what} {','.join(map(str, places))} has {len(places)}",
            f"{', '.join(names)}: --{what} {','.join('0' for _ in names)}",
        )
    for axis, at, n in zip(AXES[len(sizes)], places, sizes, strict=True):
        if not 0 <= at < n:
            raise UsageError(f"the {axis} of {of} is {n}, positions 0 to {n - 1}, and the {what} is at {at}")
