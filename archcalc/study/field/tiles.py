"""Tiled inference: how much wider a tile must be than what is kept of it, and where it may begin.

An output is right if no edge of the tile has a part in it (`edges.py`). A tile has the grid of every layer of the whole
image only if it begins at a multiple of all their strides; what is then lost at its ends depends on where in a period
they lie.
Fields that depend on the size of what the network is given, as by TensorFlow's SAME padding, are others in a tile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm

from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row, propagate
from archcalc.engine.reach import NOTHING
from archcalc.errors import SpecError, UsageError
from archcalc.fields import Listed, Periodic
from archcalc.quantities import Shape, Unknown, show_shape
from archcalc.study.field.edges import lost
from archcalc.study.field.layers import Fields
from archcalc.study.field.subject import seen_through
from archcalc.study.field.support import supports
from archcalc.values import exactdiv
from archcalc.values.exact import Exact


@dataclass(frozen=True, slots=True)
class Phase:
    """How far, in pixels, the outputs that see a pixel lie before it and after it; pixels at `phase` of a period."""

    phase: int
    before: Exact
    after: Exact


@dataclass(frozen=True, slots=True)
class Tiling:
    """On one axis.

    align     tiles begin and end at multiples of this many pixels
    halo      pixels lost at the beginning and at the end of an aligned tile, in whole outputs
    phases    by the place of a pixel in a period
    worst     the most of any phase: for tiles that begin anywhere
    """

    align: int
    halo: tuple[Exact, Exact]
    phases: tuple[Phase, ...]
    worst: Exact


Sized = Callable[[Shape], Graph]
"""The network for inputs of a shape."""


def tiling(fields: Fields, index: int, sized: Sized | None = None) -> tuple[Tiling, ...]:
    """Of the outputs of a layer, on each axis. Raises UsageError where tiles cannot put them together.

    With `sized`, the layers are asked whether they see the same in tiles.
    """
    rows = supports(fields.report.graph)
    local = rows[index].reach.local
    path = rows[index].node.path
    if isinstance(local, Unknown):
        raise UsageError(f"{path} has no field of its own: {local.reason}")
    if rows[index].reach.whole:
        raise UsageError(f"{path} sees the whole image by some path, which no tile does", "--layer names one before it")
    if len(rows[index].output) != len(local) + 1:
        raise UsageError(f"{path} has no positions", "--layer names a map")
    align = tuple(_align(rows, index, axis) for axis in range(len(local)))
    tile = fields.report.graph if sized is None else _aligned(fields, index, align, sized)
    return tuple(_tiling(rows, index, axis, step, tile) for axis, step in enumerate(align))


def _aligned(fields: Fields, index: int, align: Sequence[int], sized: Sized) -> Graph:
    """The network on an aligned tile. Raises UsageError where layers up to one see other pixels in tiles than here."""
    graph, rows = fields.report.graph, fields.rows
    if len(graph.inputs) > 1:
        raise UsageError(f"the network has {len(graph.inputs)} inputs", "--tiles is for networks of one")
    (start,) = graph.inputs.values()
    channels, *sizes = rows[start].output
    tiles, others = [], []
    for more in (1, 2):
        shape = (channels, *((-(-n // step) + more) * step for n, step in zip(sizes, align, strict=True)))
        try:
            tiles.append(sized(shape))
        except SpecError as error:
            raise UsageError(f"the network does not take tiles of {show_shape(shape)}:\n{error}") from None
        others.append(propagate(tiles[-1]))
    behind = sorted(seen_through(rows, index))
    parted = [at for other in others if (at := _parted(rows, other, behind)) is not None]
    if parted:
        multiple = show_shape(tuple(align))
        raise UsageError(
            f"{rows[min(parted)].node.path} sees other pixels in tiles: its field depends on the size of the input",
            "--layer names one before it"
            if _parted(others[0], others[1], behind) is not None
            else f"sizes that are multiples of {multiple} are all alike: give one by --input",
        )
    return tiles[0]


def _parted(rows: Sequence[Row], others: Sequence[Row], behind: Sequence[int]) -> int | None:
    """The first of these layers whose field is another there, if one is."""
    return next((at for at in behind if at >= len(others) or others[at].reach.local != rows[at].reach.local), None)


def _align(rows: list[Row], index: int, axis: int) -> int:
    align = 1
    for before in seen_through(rows, index):
        if rows[before].reach is NOTHING:
            continue
        align = lcm(align, _periodic(rows[before], axis).advance)
    return align


def _tiling(rows: list[Row], index: int, axis: int, align: int, tile: Graph) -> Tiling:
    at = _periodic(rows[index], axis)
    stride = exactdiv(at.advance, len(at.cells))
    (start,) = tile.inputs.values()
    seen_by = _seen_by(at)
    first, last = lost(tile, index, axis, tile.nodes[start].applied.output[1 + axis] // at.advance * len(at.cells))
    halo = stride * first, stride * last
    phases = tuple(_phase(phase, seen_by.get(phase), stride) for phase in range(at.advance))
    return Tiling(align, halo, phases, max(side for phase in phases for side in (phase.before, phase.after)))


def _periodic(row: Row, axis: int) -> Periodic:
    local = row.reach.local
    at = local[axis] if not isinstance(local, Unknown) and axis < len(local) else None
    if isinstance(at, Periodic) and at.advance:
        return at
    why = at.why if isinstance(at, Listed) else "it has no field that repeats"
    raise UsageError(f"tiles cannot be told: {row.node.path}: {why}")


def _seen_by(at: Periodic) -> dict[int, tuple[int, int]]:
    """By pixel of the first period: the first and the last of the outputs that see it, where any does."""
    ends: dict[int, tuple[int, int]] = {}
    for phase, cell in enumerate(at.cells):
        for place, seen in enumerate(() if cell is None else f"{cell.bits:b}"[::-1]):
            if seen == "1":
                turns, pixel = divmod(cell.lo + place, at.advance)
                output = phase - turns * len(at.cells)
                first, last = ends.get(pixel, (output, output))
                ends[pixel] = min(first, output), max(last, output)
    return ends


def _phase(phase: int, ends: tuple[int, int] | None, stride: Exact) -> Phase:
    """Of the outputs that see a pixel, the first and the last; nothing is lost by one that none sees."""
    if ends is None:
        return Phase(phase, 0, 0)
    return Phase(phase, phase - stride * ends[0], stride * ends[1] - phase)
