"""Which inputs an output reads, one by one, where all sizes are numbers: what fields that do not slide are made of."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor, gcd

from archcalc.quantities import Block, Cells, Pad, Reads, Resample, Spread, Window

Taps = Iterable[int]


def ratio(read: Reads) -> tuple[int, int]:
    """(inputs, outputs): what is read repeats, that many inputs further, after that many outputs."""
    match read:
        case Window():
            return read.stride, 1
        case Spread():
            return 1, read.stride
        case Resample(corners=True):
            return _lowest(max(read.n - 1, 0), max(read.size - 1, 1))
        case Resample() | Cells():
            return _lowest(read.n, read.size)
        case Block():
            return read.size, read.size
    return 1, 1


def _lowest(inputs: int, outputs: int) -> tuple[int, int]:
    common = gcd(inputs, outputs)
    return inputs // common, outputs // common


def taps(read: Reads, o: int) -> Taps:
    """The inputs that output `o` reads, as if the map had no ends."""
    match read:
        case Window():
            first = o * read.stride - read.before
            return range(first, first + read.extent, read.dilation)
        case Spread():
            reached = (o + read.before - read.dilation * t for t in range(read.kernel))
            return [place // read.stride for place in reached if place % read.stride == 0]
        case Resample():
            at = place(read, o)
            return (floor(at),) if read.taps == 1 else range(floor(at), ceil(at) + 1)
        case Pad():
            return (o - read.before,)
        case Cells():
            return range(o * read.n // read.size, -((o + 1) * -read.n // read.size))
        case Block():
            first = o - (o - read.shift) % read.size
            return range(first, first + read.size)
    return (o,)


def place(read: Resample, o: int) -> Fraction:
    """Where output `o` of a resampled map lies among its inputs."""
    if read.corners:
        return Fraction(o * (read.n - 1), max(read.size - 1, 1))
    return (
        Fraction(o * read.n, read.size) if read.taps == 1 else Fraction((2 * o + 1) * read.n - read.size, 2 * read.size)
    )


def inside(read: Reads, o: int, n: int) -> Taps:
    """The inputs of a map of `n` that output `o` reads: those of padding are none, resampling takes the nearest."""
    if isinstance(read, Resample):
        return sorted({min(max(i, 0), n - 1) for i in taps(read, o)})
    return [i for i in taps(read, o) if 0 <= i < n]


def most_taps(read: Reads) -> int:
    """No output reads more inputs."""
    match read:
        case Window() | Spread():
            return int(read.kernel)
        case Block():
            return int(read.size)
        case Cells():
            return int(read.n // read.size) + 2
    return 2


def are_numbers(read: Reads) -> bool:
    """Whether its sizes are ints: symbols and vectors have no positions to list."""
    return all(type(value) in (int, bool, str) for value in vars(read).values())


def shares(read: Reads, o: int) -> tuple[Fraction, ...] | None:
    """The parts that the inputs `taps` names have in output `o`; None if all are equal."""
    if isinstance(read, Resample) and read.taps == 2:
        beyond = place(read, o) % 1
        return (1 - beyond, beyond) if beyond else None
    return None
