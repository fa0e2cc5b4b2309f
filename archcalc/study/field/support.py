"""Exactly which pixels each position sees, gaps among them: sets of pixels as the bits of integers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row, propagate
from archcalc.fields import Periodic, Reach
from archcalc.quantities import Shape


class Support(NamedTuple):
    """The pixels lo + i for which bit i of `bits` is 1; bit 0 is."""

    lo: int
    bits: int

    @property
    def hi(self) -> int:
        return self.lo + self.bits.bit_length() - 1

    @property
    def size(self) -> int:
        """From the first to the last."""
        return self.bits.bit_length()

    @property
    def density(self) -> Fraction:
        """The part of the field from the first to the last pixel that is seen."""
        return Fraction(self.bits.bit_count(), self.bits.bit_length())

    def sees(self, pixel: int) -> bool:
        return pixel >= self.lo and bool(self.bits >> (pixel - self.lo) & 1)

    def shifted(self, by: int) -> Support:
        return Support(self.lo + by, self.bits)


def union(cells: Sequence[Support], _: Sequence[Any] | None = None) -> Support:
    lo = min(cell.lo for cell in cells)
    bits = 0
    for cell in cells:
        bits |= cell.bits << (cell.lo - lo)
    return Support(lo, bits)


def at_input(shape: Shape) -> Reach:
    """A pixel sees itself."""
    return Reach((Periodic((Support(0, 1),), 1),) * (len(shape) - 1), False, shape[1:])


def supports(graph: Graph) -> list[Row]:
    """The rows with a Support for each position of a period."""
    return propagate(graph, at_input, union)
