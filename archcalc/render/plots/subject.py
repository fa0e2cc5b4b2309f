"""What pictures show of a network: which layers, which units, and which of those one unit sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import branches
from archcalc.engine.reach import having_part
from archcalc.engine.taps import inside, taps
from archcalc.fields import AxisField, Listed
from archcalc.quantities import AXES, Reads, Resample
from archcalc.study.field.layers import Fields
from archcalc.study.field.plane import own
from archcalc.study.field.subject import seen_through

MOST = 22
"""Rows of a strip: beyond, some layers between changes of the stride are left out."""


@dataclass(frozen=True)
class Subject:
    """The layer that a picture is about, and one unit of it."""

    fields: Fields
    layer: int
    unit: tuple[int, ...]

    @property
    def path(self) -> str:
        return self.fields.rows[self.layer].node.path

    @property
    def name(self) -> str:
        report = self.fields.report
        return report.network if report.variant in ("", report.network) else f"{report.network} ({report.variant})"

    @property
    def place(self) -> str:
        return f"unit {','.join(map(str, self.unit))} of {self.path}"

    @property
    def local(self) -> tuple[AxisField, ...]:
        local: Any = self.fields.rows[self.layer].reach.local
        return tuple(local)

    @property
    def grid(self) -> tuple[int, ...]:
        return self.fields.rows[self.layer].reach.grid

    @property
    def axes(self) -> tuple[str, ...]:
        return AXES[len(self.unit)]


def way(fields: Fields, layer: int, axis: int) -> list[int]:
    """The nodes of the widest path to a layer; all that it sees through where too many paths compare."""
    found = fields.follow(axis, widest=True)[layer]
    if not found:
        return sorted(seen_through(fields.rows, layer))
    return max(found, key=lambda path: path.size(True)).nodes()


def short(path: str, room: int) -> str:
    """A path that fits: levels between the outer ones and the last are left out first."""
    levels = path.split("/")
    for kept in range(len(levels) - 1, 0, -1):
        if len(path) <= room:
            return path
        path = "/".join([*levels[: kept - 1], "…", levels[-1]])
    return path if len(path) <= room else f"{path[: room - 1]}…"


@dataclass(frozen=True)
class Units:
    """A row of a strip: the units of a layer on one axis.

    count    how many there are
    first    where the first one's field has its middle, in pixels of the input
    stride   pixels from one to the next, in the mean
    seen     those that the unit sees; ones below 0 or from `count` on are padding
    before   padding before the first one that the next row reads, and `after` behind the last
    """

    path: str
    count: int
    first: Fraction
    stride: Fraction
    seen: frozenset[int]
    before: int = 0
    after: int = 0

    def at(self, unit: int) -> Fraction:
        return self.first + unit * self.stride


def strip(subject: Subject, axis: int) -> tuple[list[Units], int]:
    """Rows from the input to the layer, and how many there are with those that are left out.

    A row is a map that is read with neighbours: named by what last read so to make it, or by the merge behind that.
    """
    rows = subject.fields.rows
    nodes = way(subject.fields, subject.layer, axis)
    seen = looked_at(subject.fields, subject.layer, axis, subject.unit[axis])
    found: list[Units] = []
    name = nodes[0]
    for before, node in pairwise(nodes):
        sources = rows[node].node.sources
        read = rows[node].node.applied.reads[sources.index(before) if before in sources else 0][axis]
        if not own(read):
            padding = _padding(read, rows[before].output[1 + axis], rows[node].output[1 + axis])
            found.append(_units(subject, before, axis, rows[name].node.path, seen.get(before, set()), padding))
        if not own(read) or len(sources) > 1:
            name = node
    found.append(_units(subject, subject.layer, axis, subject.path, seen[subject.layer], (0, 0)))
    return _thinned(found), len(found)


def looked_at(fields: Fields, layer: int, axis: int, unit: int) -> dict[int, set[int]]:
    """For each layer, its units that one unit of a layer sees, padding among them."""
    rows = fields.rows
    seen: dict[int, set[int]] = {layer: {unit}}
    for index in range(layer, -1, -1):
        node = rows[index].node
        if index not in seen or not node.sources:
            continue
        units = [o for o in seen[index] if 0 <= o < rows[index].output[1 + axis]]
        arrived = having_part(branches(rows, node)) if len(node.sources) > 1 else [0]
        for at in arrived:
            source = node.sources[at]
            reads = node.applied.reads[at]
            if axis >= len(reads) or len(rows[source].output) <= 1 + axis:
                continue
            found = seen.setdefault(source, set())
            for o in units:
                found.update(_taps(reads[axis], o, rows[source].output[1 + axis]))
    return seen


def _taps(read: Reads, o: int, n: int) -> Sequence[int]:
    if own(read):
        return (o,)
    return list(inside(read, o, n) if isinstance(read, Resample) else taps(read, o))


def _padding(read: Reads, inputs: int, outputs: int) -> tuple[int, int]:
    if isinstance(read, Resample):
        return 0, 0
    ends = [list(taps(read, o)) for o in (0, outputs - 1)]
    return max(0, -min(ends[0], default=0)), max(0, max(ends[1], default=0) - inputs + 1)


def _units(subject: Subject, index: int, axis: int, path: str, seen: set[int], padding: tuple[int, int]) -> Units:
    row = subject.fields.rows[index]
    local: Any = row.reach.local
    count = row.output[1 + axis]
    at = periodic.cycle(local[axis])
    if isinstance(at, Listed):
        stride = Fraction(subject.grid[axis], count)
        first = (stride - 1) / 2
    else:
        stride = Fraction(at.advance, len(at.cells))
        middles = [Fraction(cell.lo + cell.hi, 2) - o * stride for o, cell in enumerate(at.cells) if cell is not None]
        first = sum(middles, Fraction(0)) / max(len(middles), 1)
    return Units(path, count, first, stride, frozenset(seen), *padding)


def _thinned(units: list[Units]) -> list[Units]:
    """At most MOST: the ends, and where the stride changes, and of the others some evenly."""
    if len(units) <= MOST:
        return units
    last = len(units) - 1
    changes = [i for i, each in enumerate(units) if i in (0, last) or each.stride != units[i - 1].stride]
    others = [i for i in range(len(units)) if i not in changes]
    room = max(0, MOST - len(changes))
    kept = {others[i * len(others) // room] for i in range(room)} if room else set()
    return [units[i] for i in sorted({*changes, *kept})]
