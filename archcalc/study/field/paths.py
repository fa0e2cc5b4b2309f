"""The narrowest and the widest single path from the input to each layer, on each axis.

A field of all paths together is their union; a path alone sees less. One whose field holds another's at every position
stays so however both go on, so of two such paths only one is followed; of paths of one stride, sizes alone decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from archcalc.engine import periodic
from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row, branches
from archcalc.engine.reach import at_input, compose, having_part, whole_map
from archcalc.fields import AxisField, Interval, Listed, Reach, ends
from archcalc.quantities import Unknown

MOST = 32
"""Paths that are followed side by side to a layer; beyond, its narrowest and widest are unavailable."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A way from the input to a node, and what it alone sees on one axis."""

    field: AxisField
    node: int
    before: Path | None

    def nodes(self) -> list[int]:
        """The indices of its nodes, from the input on."""
        found, at = [], self
        while at is not None:
            found.append(at.node)
            at = at.before  # type: ignore[assignment]
        return found[::-1]

    def size(self, widest: bool) -> int:
        """Of the position that sees least, or most."""
        size: int = ends(self.field.size)[widest]
        return size


Paths = list[list[Path] | None]
"""The paths worth following to each node; None where there is no field or too many."""


def follow(graph: Graph, rows: Sequence[Row], axis: int, widest: bool) -> Paths:
    """The narrowest, or the widest, paths to each node on one axis."""
    found: Paths = []
    for index, row in enumerate(rows):
        found.append(_arriving(graph, rows, found, index, row, axis, widest))
    return found


def _arriving(
    graph: Graph, rows: Sequence[Row], found: Paths, index: int, row: Row, axis: int, widest: bool
) -> list[Path] | None:
    node = row.node
    local = row.reach.local
    if isinstance(local, Unknown) or axis >= len(local):
        return None
    if not node.sources:
        start = at_input(row.output).local
        return [Path(start[axis], index, None)] if not isinstance(start, Unknown) else None
    arrived: list[Path] = []
    for at in having_part(branches(rows, node)):
        paths = found[node.sources[at]]
        if paths is None:
            return None
        for path in paths:
            # one axis at a time: the rule of composition is the engine's
            reach, reads = Reach((path.field,), False, ()), node.applied.reads[at]
            size = row.output[1 + axis : 2 + axis]
            seen = compose(reach, reads[axis : axis + 1], size, all_of_it=whole_map(reads)).local
            if isinstance(seen, Unknown):
                return None
            arrived.append(Path(seen[0], index, path))
    kept: list[Path] = []
    for path in sorted(arrived, key=lambda path: path.size(widest), reverse=widest):
        if not any(_decides(other.field, path.field, widest) for other in kept):
            kept.append(path)
    return kept if len(kept) <= MOST else None


def _decides(kept: AxisField, other: AxisField, widest: bool) -> bool:
    """Whether a path that sees `other` can be left out beside one that sees `kept`, however they go on."""
    if isinstance(kept, Interval) and isinstance(other, Interval):
        return bool(kept.stride == other.stride)  # in order of size already
    inner, outer = (other, kept) if widest else (kept, other)
    return _holds(periodic.cycle(outer), periodic.cycle(inner))


def _holds(outer: periodic.Cycle, inner: periodic.Cycle) -> bool:
    """Whether every position sees in `inner` no more than in `outer`."""
    if isinstance(outer, Listed) or isinstance(inner, Listed):
        count = max(len(at.cells) for at in (outer, inner) if isinstance(at, Listed))
    elif outer.stride == inner.stride:
        count = lcm(len(outer.cells), len(inner.cells))
    else:
        return False
    for o in range(count):
        some, all_ = inner.at(o), outer.at(o)
        if some is not None and (all_ is None or some.lo < all_.lo or some.hi > all_.hi):
            return False
    return True
