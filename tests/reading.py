"""What a Reads says, spelled out: the inputs that one output reads."""

import math
from fractions import Fraction
from typing import Any

from archcalc.quantities import Block, Cells, Pad, Resample, Same, Spread, Whole, Window


def inputs(read: Any, o: int, n: int) -> list[int]:
    """The inputs among 0 … n - 1 that output o reads, as the docstrings of archcalc.quantities say."""
    if isinstance(read, Same):
        taps = [o]
    elif isinstance(read, Window):
        taps = [o * read.stride - read.before + read.dilation * t for t in range(read.kernel)]
    elif isinstance(read, Spread):
        reached = [o + read.before - read.dilation * t for t in range(read.kernel)]
        taps = sorted(place // read.stride for place in reached if place % read.stride == 0)
    elif isinstance(read, Pad):
        taps = [o - read.before]
    elif isinstance(read, Resample):
        if read.corners:
            x = Fraction(o * (n - 1), read.size - 1) if read.size > 1 else Fraction(0)
        else:
            x = (
                Fraction(o * n, read.size)
                if read.taps == 1
                else Fraction((2 * o + 1) * n, 2 * read.size) - Fraction(1, 2)
            )
        places = {math.floor(x), math.ceil(x)} if read.taps == 2 else {math.floor(x)}
        taps = sorted({min(max(place, 0), n - 1) for place in places})
    elif isinstance(read, Cells):
        taps = list(range(o * read.n // read.size, -(-(o + 1) * read.n // read.size)))
    elif isinstance(read, Block):
        begin = o - (o - read.shift) % read.size
        taps = list(range(n) if read.size >= n else range(begin, begin + read.size))
    else:
        assert isinstance(read, Whole)
        taps = list(range(n))
    return [tap for tap in taps if 0 <= tap < n]
