"""The receptive field of every layer on every axis, and what it means for the input at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, propagate
from archcalc.engine.reach import listed
from archcalc.fields import AxisField, Listed, Range, ends
from archcalc.quantities import Unknown
from archcalc.report.report import Report
from archcalc.study.field import paths
from archcalc.study.field.meets import Meet, meets, unaligned
from archcalc.values.exact import Exact


@dataclass(frozen=True, slots=True)
class Sight:
    """The field of a layer on one axis, in pixels of the input, whose first is 0.

    size        from the first to the last pixel that an output sees; a Range where outputs differ
    period      outputs after which that repeats; 1 for one sliding window, None where it never does
    stride      pixels from an output to the next, in the mean; None where they never repeat
    start, end  the first and the last pixel that output 0 sees; below 0 in the padding; None if it sees nothing
    before      how far the first output looks beyond the input: padding on the left
    after       how far the last one does: padding on the right
    centre      of what output 0 sees
    cover       size as a part of the input; of the largest
    dead        pixels at the two ends of the input that no output sees
    narrowest   of the narrowest path alone, for the output that sees least; None where too many compare
    widest      of the widest path alone, for the output that sees most

    A vector has no positions: its start, end, before, after, centre and dead are None.
    """

    size: int | Range
    period: int | None
    stride: Exact | None
    start: int | None
    end: int | None
    before: int | None
    after: int | None
    centre: Fraction | None
    cover: Fraction
    dead: tuple[int, int] | None
    narrowest: int | None
    widest: int | None


@dataclass(frozen=True, slots=True)
class Layer:
    """A node with its field on each axis, or why it has none of its own; `whole` if it also sees the whole image."""

    row: Row
    sights: tuple[Sight, ...]
    unknown: str
    whole: bool
    meet: Meet | None


@dataclass
class Fields:
    """The receptive fields of a network at its settings."""

    report: Report
    _followed: dict[tuple[int, bool], paths.Paths] = field(default_factory=dict, init=False)

    @property
    def rows(self) -> Sequence[Row]:
        return self.report.rows

    @cached_property
    def seen(self) -> Sequence[Row]:
        """The rows with fields position by position, inside each map: padding is nothing that is seen."""
        return propagate(self.report.graph, listed)

    @cached_property
    def meets(self) -> list[Meet]:
        """The merges whose branches are not aligned."""
        return meets(self.rows)

    @cached_property
    def layers(self) -> list[Layer]:
        behind = unaligned(self.rows, self.meets)
        return [self._layer(index, row, behind.get(index)) for index, row in enumerate(self.rows)]

    def follow(self, axis: int, widest: bool) -> paths.Paths:
        """The narrowest or widest paths to each node; axes on which all fields are equal share theirs."""
        key = 0 if self._alike else axis, widest
        if key not in self._followed:
            self._followed[key] = paths.follow(self.report.graph, self.rows, *key)
        return self._followed[key]

    @cached_property
    def _alike(self) -> bool:
        """Whether the fields of every layer are equal on all axes."""
        return all(isinstance(row.reach.local, Unknown) or len({*row.reach.local}) == 1 for row in self.rows)

    def _layer(self, index: int, row: Row, meet: Meet | None) -> Layer:
        local = row.reach.local
        if isinstance(local, Unknown):
            return Layer(row, (), local.reason, row.reach.whole, meet)
        sights = tuple(self._sight(index, row, axis, at) for axis, at in enumerate(local))
        return Layer(row, sights, "", row.reach.whole, meet)

    def _sight(self, index: int, row: Row, axis: int, at: AxisField) -> Sight:
        n = row.reach.grid[axis]
        cycle = periodic.cycle(at)
        first = last = None
        if placed := len(row.output) > 1 + axis and not row.reach.pooled:
            first, last = cycle.at(0), cycle.at(row.output[1 + axis] - 1)
        narrow, wide = (self._extreme(index, axis, widest) for widest in (False, True))
        return Sight(
            size=at.size,
            period=None if isinstance(at, Listed) else len(cycle.cells),
            stride=at.stride,
            start=None if first is None else first.lo,
            end=None if first is None else first.hi,
            before=None if first is None else -first.lo,
            after=None if last is None else last.hi - (n - 1),
            centre=None if first is None else Fraction(first.lo + first.hi, 2),
            cover=Fraction(ends(at.size)[1], n),
            dead=self._dead(index, axis, n) if placed else None,
            narrowest=None if narrow is None else narrow.size(widest=False),
            widest=None if wide is None else wide.size(widest=True),
        )

    def _extreme(self, index: int, axis: int, widest: bool) -> paths.Path | None:
        """The narrowest or widest path to a node, if it is known."""
        found = self.follow(axis, widest)[index] or ()
        return (max if widest else min)(found, key=lambda path: path.size(widest), default=None)

    def way(self, index: int, axis: int, widest: bool) -> tuple[str, ...]:
        """The layers of that path that change what it alone sees, from the input on; empty if it is not known."""
        found, path = [], self._extreme(index, axis, widest)
        while path is not None:
            if path.before is None or path.field != path.before.field:
                found.append(self.rows[path.node].node.path)
            path = path.before
        return tuple(found[::-1])

    def ways(self, index: int) -> tuple[dict[str, tuple[str, ...]], ...]:
        """The narrowest and the widest path to a layer on each axis; none of one without a field."""
        sides = {"narrowest_path": False, "widest_path": True}
        axes = range(len(self.layers[index].sights))
        return tuple({name: self.way(index, axis, widest) for name, widest in sides.items()} for axis in axes)

    def _dead(self, index: int, axis: int, n: int) -> tuple[int, int] | None:
        local: Any = self.seen[index].reach.local
        if isinstance(local, Unknown):  # a map too large to list
            return None
        cells = [cell for cell in local[axis].cells if cell is not None]
        if not cells:
            return n, 0
        return min(cell.lo for cell in cells), n - 1 - max(cell.hi for cell in cells)
