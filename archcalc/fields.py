"""Receptive fields: which positions of the network's input one position of a layer sees, by how they go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from archcalc.quantities import Shape, Unknown
from archcalc.values import Value, exactdiv


@dataclass(frozen=True, slots=True)
class Range:
    """Sizes that differ from position to position: the least and the most."""

    least: Value
    most: Value

    def __str__(self) -> str:
        return f"{self.least}..{self.most}"


def ends(size: Value | Range) -> tuple[Value, Value]:
    """The least and the most of it."""
    return (size.least, size.most) if isinstance(size, Range) else (size, size)


class Interval(NamedTuple):
    """On one axis: output 0 sees inputs lo … hi of the network, output o sees lo + o*stride … hi + o*stride."""

    lo: Value
    hi: Value
    stride: Value

    @property
    def size(self) -> Value:
        return self.hi - self.lo + 1

    @property
    def padding(self) -> Value:
        """How far the first output's field begins before the input."""
        return -self.lo


class Span(NamedTuple):
    """What one position sees on one axis: inputs lo … hi."""

    lo: int
    hi: int

    @property
    def size(self) -> int:
        return self.hi - self.lo + 1

    def shifted(self, by: int) -> Span:
        return Span(self.lo + by, self.hi + by)


@dataclass(frozen=True, slots=True)
class ByOutput:
    """On one axis: what single outputs see, one by one; a cell knows its `lo` and `size`, and is None for nothing."""

    cells: tuple[Any, ...]

    @property
    def size(self) -> int | Range:
        sizes = [0 if cell is None else cell.size for cell in self.cells]
        least, most = min(sizes), max(sizes)
        return least if least == most else Range(least, most)

    @property
    def padding(self) -> int | None:
        """How far the first output's field begins before the input; None if it sees nothing."""
        return None if self.cells[0] is None else -self.cells[0].lo


@dataclass(frozen=True, slots=True)
class Periodic(ByOutput):
    """On one axis: output q*T + o, o = 0 … T - 1, sees cells[o] shifted by q*advance; T = len(cells) is the period.

    A cell is None where the output sees nothing, as between the inputs of a transposed convolution.
    """

    advance: int

    def at(self, position: int) -> Any:
        """What an output sees, one outside the map too."""
        turns, phase = divmod(position, len(self.cells))
        cell = self.cells[phase]
        return None if cell is None else cell.shifted(turns * self.advance)

    @property
    def stride(self) -> Value:
        """Inputs from an output to the next, in the mean."""
        return exactdiv(self.advance, len(self.cells))


@dataclass(frozen=True, slots=True)
class Listed(ByOutput):
    """On one axis: output o sees cells[o], or nothing. No window that slides; `why` says where that began."""

    why: str = ""

    def at(self, position: int) -> Any:
        """What an output sees; one outside the map sees nothing."""
        return self.cells[position] if 0 <= position < len(self.cells) else None

    stride = None


AxisField = Interval | Periodic | Listed
"""What the outputs of a layer see on one axis."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The receptive field of a layer, in pixels of the network's input.

    local   an AxisField an axis, with operators that read the whole map taken as reading their own position; or why
            there is none
    whole   whether some path reads the whole map, so that every output sees the whole image
    grid    the spatial size of the network's input that the fields count on
    pooled  whether one position is left that stands for the whole map, as in a gate: where such a branch meets others,
            it has no part in the local field
    """

    local: tuple[AxisField, ...] | Unknown
    whole: bool
    grid: Shape
    pooled: bool = False


def unaligned(reach: Reach) -> str:
    """Why outputs do not see one field that is shifted from one to the next; empty where they do."""
    local = () if isinstance(reach.local, Unknown) else reach.local
    return next((at.why for at in local if isinstance(at, Listed)), "")
