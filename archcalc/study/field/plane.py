"""The effective field of one unit on two axes at once, walked back from it: for pictures, in floats.

Where branches meet it is a mean of products of the two axes, and no product itself: a shortcut beside a kernel gives
half a pixel and half a square, not a cross.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, branches
from archcalc.engine.reach import having_part
from archcalc.engine.taps import inside, shares, taps
from archcalc.fields import Listed
from archcalc.quantities import Block, Cells, Reads, Same, Whole, Window
from archcalc.study.field.layers import Fields
from archcalc.study.field.mass import weigh

Lines = list[list[float]]


class Plane(NamedTuple):
    """The part of pixel (top + i, left + j) is rows[i][j]."""

    top: int
    left: int
    rows: Lines


def plane(fields: Fields, index: int, unit: Sequence[int]) -> Plane:
    """What pixels have in a unit of a layer, on its last two axes; nothing in the edges, as if the map had none."""
    rows, inputs = fields.rows, {*fields.report.graph.inputs.values()}
    waiting = {index: Plane(unit[-2], unit[-1], [[1.0]])}
    seen = Plane(0, 0, [])
    for at in range(index, -1, -1):
        if at not in waiting:
            continue
        here, node = waiting.pop(at), rows[at].node
        if at in inputs:
            seen = _sum(seen, here)
        for branch, part in _parts(rows, rows[at]):
            source = node.sources[branch]
            back = _through(here, node.applied.reads[branch], rows[source])
            if part != 1:
                back = Plane(back.top, back.left, [[part * value for value in line] for line in back.rows])
            waiting[source] = _sum(waiting[source], back) if source in waiting else back
    return seen


def _parts(rows: Sequence[Row], row: Row) -> list[tuple[int, float]]:
    """The branches that have a part in a layer's field, and which."""
    sources, applied = row.node.sources, row.node.applied
    if len(sources) < 2:
        return [(branch, 1.0) for branch in range(len(sources))]
    taken = having_part(branches(rows, row.node))
    weights = weigh(applied) or [1] * len(sources)
    total = sum(weights[branch] for branch in taken)
    return [(branch, weights[branch] / total) for branch in taken]


def _through(here: Plane, reads: tuple[Reads, ...], source: Row) -> Plane:
    """The same over the positions of a layer that is read."""
    local: Any = source.reach.local
    (down, tall), (across, wide) = zip(reads[-2:], local[-2:], strict=True)
    top, left, rows = here
    if not own(down):
        top, rows = _spread(rows, top, lambda o: parts(down, o, tall))
    if not own(across):
        left, columns = _spread(_turned(rows), left, lambda o: parts(across, o, wide))
        rows = _turned(columns)
    return Plane(top, left, rows)


def _spread(lines: Lines, first: int, read: Callable[[int], dict[int, float]]) -> tuple[int, Lines]:
    """Each line, to those that it reads; and the place of the first of them."""
    to = [read(o) for o in range(first, first + len(lines))]
    places = [place for each in to for place in each]
    if not places:
        return 0, []
    lo = min(places)
    empty = [0.0] * len(lines[0])
    found = [empty] * (max(places) - lo + 1)
    for line, each in zip(lines, to, strict=True):
        for place, part in each.items():
            old = found[place - lo]
            found[place - lo] = [before + part * value for before, value in zip(old, line, strict=True)]
    return lo, found


def parts(read: Reads, o: int, at: Any) -> dict[int, float]:
    """The part of each input in output o, those left out that see nothing, on an axis whose inputs see `at`."""
    cells = periodic.cycle(at)
    places = list(inside(read, o, len(cells.cells)) if isinstance(cells, Listed) else taps(read, o))
    there = [place for place in places if cells.at(place) is not None]
    share = shares(read, o)
    if share is None or len(share) != len(there):
        return {place: 1 / len(there) for place in there}
    return {place: float(part) for place, part in zip(there, share, strict=True)}


def own(read: Reads) -> bool:
    """Whether it is, or is taken as, a read of the own position."""
    match read:
        case Same() | Whole():
            return True
        case Window():
            return bool((read.kernel, read.stride, read.before) == (1, 1, 0))
        case Cells():
            return bool(read.size == 1)
        case Block():
            return bool(read.size >= read.n)
    return False


def _sum(a: Plane, b: Plane) -> Plane:
    if not a.rows or not b.rows:
        return a if a.rows else b
    top, left = min(a.top, b.top), min(a.left, b.left)
    height = max(each.top + len(each.rows) for each in (a, b)) - top
    width = max(each.left + len(each.rows[0]) for each in (a, b)) - left
    rows = [[0.0] * width for _ in range(height)]
    for each in (a, b):
        begin = each.left - left
        for at, line in enumerate(each.rows, each.top - top):
            end = begin + len(line)
            rows[at][begin:end] = [old + new for old, new in zip(rows[at][begin:end], line, strict=True)]
    return Plane(top, left, rows)


def _turned(rows: Lines) -> Lines:
    return [list(column) for column in zip(*rows, strict=True)]
