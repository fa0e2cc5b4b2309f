"""Merges whose branches look at different places: the centres of their fields apart, or their strides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, branches
from archcalc.engine.reach import having_part
from archcalc.fields import AxisField, Listed
from archcalc.quantities import Unknown


@dataclass(frozen=True, slots=True)
class Meet:
    """A merge of branches that are not aligned on an axis.

    node      its index
    axis      of the map, from 0
    branches  the paths of the two layers it reads whose centres lie furthest apart, or whose strides differ
    fields    what those see
    spread    how far their centres lie apart, in pixels of the input; None where their strides differ
    """

    node: int
    axis: int
    branches: tuple[str, str]
    fields: tuple[AxisField, AxisField]
    spread: Fraction | None


def meets(rows: Sequence[Row]) -> list[Meet]:
    """Every merge that is not aligned, in the network's order."""
    return [meet for index, row in enumerate(rows) if len(row.node.sources) > 1 for meet in _of(rows, index, row)]


def unaligned(rows: Sequence[Row], found: Sequence[Meet]) -> dict[int, Meet]:
    """The first of them on the way to each node that any stands before."""
    first: dict[int, Meet] = {}
    own = {meet.node: meet for meet in reversed(found)}
    for index, row in enumerate(rows):
        behind = next((first[source] for source in row.node.sources if source in first), own.get(index))
        if behind is not None:
            first[index] = behind
    return first


def _of(rows: Sequence[Row], index: int, row: Row) -> list[Meet]:
    brought = branches(rows, row.node)
    fields: dict[str, tuple[AxisField, ...]] = {}
    for at in having_part(brought):
        local = brought[at].local
        if isinstance(local, Unknown):
            return []
        fields[rows[row.node.sources[at]].node.path] = local
    found = []
    for axis in range(min(map(len, fields.values()))):
        worst = _worst({path: local[axis] for path, local in fields.items()})
        if worst is not None:
            a, b, spread = worst
            found.append(Meet(index, axis, (a, b), (fields[a][axis], fields[b][axis]), spread))
    return found


def _worst(fields: dict[str, AxisField]) -> tuple[str, str, Fraction | None] | None:
    """The two furthest apart, if any are."""
    first, *others = fields
    for other in others:
        if fields[other].stride != fields[first].stride or isinstance(fields[other], Listed):
            return first, other, None
    cycles = {path: periodic.cycle(field) for path, field in fields.items()}
    best: tuple[str, str, Fraction] | None = None
    for o in range(lcm(*(len(at.cells) for at in cycles.values()))):
        cells = {path: at.at(o) for path, at in cycles.items()}
        centres = {path: Fraction(cell.lo + cell.hi, 2) for path, cell in cells.items() if cell is not None}
        if not centres:
            continue
        low, high = min(centres, key=centres.__getitem__), max(centres, key=centres.__getitem__)
        spread = centres[high] - centres[low]
        if spread and (best is None or spread > best[2]):
            best = low, high, spread
    return best
