"""How much of one output comes from each pixel of an axis if all weights are equal: exact distributions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

from archcalc.engine.graph import Applied, Graph
from archcalc.engine.propagate import Row, propagate
from archcalc.fields import Periodic, Reach
from archcalc.ops._merge import Merge
from archcalc.ops.concat import Concat
from archcalc.quantities import Shape
from archcalc.values import Value


class Mass(NamedTuple):
    """The parts of one output, over pixels lo … lo + size - 1; those of the first and the last are not 0.

    total   what they add up to: the common denominator, in lowest terms
    packed  the numerators in one integer, the first lowest, each in `slot(total)` bytes: sums of whole distributions
            are then sums of two integers
    """

    lo: int
    size: int
    total: int
    packed: int

    @property
    def hi(self) -> int:
        return self.lo + self.size - 1

    @property
    def numerators(self) -> list[int]:
        """Of the parts, pixel by pixel."""
        width = slot(self.total)
        data = self.packed.to_bytes(self.size * width, "little")
        return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]

    def shifted(self, by: int) -> Mass:
        return Mass(self.lo + by, self.size, self.total, self.packed)

    def spaced(self, width: int) -> int:
        """`packed` with the numerators in `width` bytes each."""
        own = slot(self.total)
        if own == width:
            return self.packed
        data = self.packed.to_bytes(self.size * own, "little")
        if width > own:
            gap = bytes(width - own)
            wider = b"".join([data[at : at + own] + gap for at in range(0, len(data), own)])
            return int.from_bytes(wider, "little")
        return int.from_bytes(b"".join([data[at : at + width] for at in range(0, len(data), own)]), "little")


PIXEL = Mass(0, 1, 1, 1)
"""A pixel is all of itself."""


def slot(total: int) -> int:
    """Bytes for a numerator of at most `total`: a power of 2, so that they rarely have to be spaced anew."""
    width = 4
    while 8 * width < total.bit_length():
        width *= 2
    return width


def mix(cells: Sequence[Mass], shares: Sequence[Any] | None = None) -> Mass:
    """The mean of distributions, weighed by `shares`, positive ints or Fractions; alike without."""
    first = cells[0]
    if all(cell == first for cell in cells):
        return first
    weights = [1] * len(cells) if shares is None else _whole(shares)
    common = lcm(*(cell.total for cell in cells))
    total = common * sum(weights)
    width = slot(total)
    lo, hi = min(cell.lo for cell in cells), max(cell.hi for cell in cells)
    packed = 0
    scaled: dict[tuple[int, int], int] = {}  # the cells of a window have one `packed`, at places of their own
    for cell, weight in zip(cells, weights, strict=True):
        factor = weight * (common // cell.total)
        key = id(cell.packed), factor
        if key not in scaled:
            scaled[key] = cell.spaced(width) * factor
        packed += scaled[key] << 8 * width * (cell.lo - lo)
    return _lowest(Mass(lo, hi - lo + 1, total, packed))


def _whole(shares: Sequence[Any]) -> list[int]:
    common = lcm(*(Fraction(share).denominator for share in shares))
    return [int(share * common) for share in shares]


def _lowest(mass: Mass) -> Mass:
    """In lowest terms."""
    bits = 8 * slot(mass.total)
    common = gcd(mass.total, mass.packed & (1 << bits) - 1, mass.packed >> bits * (mass.size - 1))
    if common > 1:
        common = gcd(common, *mass.numerators)
    if common == 1:
        return mass
    total = mass.total // common
    divided = Mass(mass.lo, mass.size, mass.total, mass.packed // common)
    return Mass(mass.lo, mass.size, total, divided.spaced(slot(total)))


def weigh(applied: Applied) -> Sequence[Value] | None:
    """The part of each branch of a merge: by its channels in a concatenation, else alike; copies count one by one."""
    op = applied.op
    if not isinstance(op, Merge):
        return None
    counts = op.counts(applied.inputs)
    if isinstance(op, Concat):
        return [count * channels for count, (channels, *_) in zip(counts, applied.inputs, strict=True)]
    return counts


def at_input(shape: Shape) -> Reach:
    """A pixel sees itself."""
    return Reach((Periodic((PIXEL,), 1),) * (len(shape) - 1), False, shape[1:])


def masses(graph: Graph) -> list[Row]:
    """The rows with a Mass for each position of a period."""
    return propagate(graph, at_input, mix, weigh)
