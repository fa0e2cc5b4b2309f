"""Receptive fields: how a layer's reads change what it sees, and the union where branches meet.

On one axis, output o of a layer sees the inputs lo + o*stride … hi + o*stride of the network (docs/receptive_field.md).
"""

from __future__ import annotations

from collections.abc import Callable

from archcalc.errors import Undecided
from archcalc.ops._base import axes
from archcalc.quantities import (
    Block,
    Cells,
    Interval,
    Pad,
    Reach,
    Reads,
    Resample,
    Same,
    Shape,
    Spread,
    Unknown,
    Whole,
    Window,
)
from archcalc.values import Value, at_least, equal, exactdiv, is_whole, maximum, minimum, same_shape

MAX_BITS = 2048
"""Strides multiply from layer to layer: beyond this a field is no figure that anybody can read."""


def at_input(shape: Shape) -> Reach:
    """A pixel of an input sees itself."""
    return Reach((Interval(0, 0, 1),) * (len(shape) - 1), False, shape[1:])


NOTHING = Reach(Unknown("it sees no input, only weights"), False, ())
"""Of weights standing alone, and of what reads nothing else."""


def compose(reach: Reach, reads: tuple[Reads, ...]) -> Reach:
    """What a layer sees that reads, axis by axis, a layer with this reach."""
    if reach is NOTHING or not reads or all(type(read) is Same for read in reads):
        return reach
    whole = reach.whole or all(_whole(read) for read in reads)
    if isinstance(reach.local, Unknown):
        return Reach(reach.local, whole, reach.grid)
    if all(type(read) is Same or (_whole(read) and not getattr(read, "lost", "")) for read in reads):
        return Reach(reach.local, whole, reach.grid)
    if len(reads) != len(reach.local):
        local: tuple[Interval, ...] | Unknown = Unknown(
            f"the map has {axes(len(reads))} here and the input {axes(len(reach.local))}"
        )
        return Reach(local, whole, reach.grid)
    composed = []
    for interval, read in zip(reach.local, reads, strict=True):
        result = _compose(interval, read)
        if isinstance(result, Unknown):
            return Reach(result, whole, reach.grid)
        if type(result.stride) is int and result.stride.bit_length() > MAX_BITS:
            return Reach(Unknown("the receptive field is too large to write"), whole, reach.grid)
        composed.append(result)
    return Reach(tuple(composed), whole, reach.grid)


def _whole(read: Reads) -> bool:
    match read:
        case Whole():
            return True
        case Cells():
            return _decided(equal, read.size, 1)
        case Block():
            return _decided(at_least, read.size, read.n)
    return False


def _compose(at: Interval, read: Reads) -> Interval | Unknown:
    """One axis; an operator that reads the whole axis is taken as reading its own position."""
    match read:
        case Same():
            return at
        case Whole():
            return Unknown(read.lost) if read.lost else at
        case Block():
            return at if _whole(read) else Unknown("positions of a window of attention see alike: it does not slide")
        case Window():
            lo = at.lo - read.before * at.stride
            hi = at.hi + (read.extent - 1 - read.before) * at.stride
            return Interval(lo, hi, at.stride * read.stride)
        case Pad():
            return Interval(at.lo - read.before * at.stride, at.hi - read.before * at.stride, at.stride)
        case Cells():
            if _whole(read):
                return at
            step = exactdiv(read.n, read.size)
            if not is_whole(step):
                return Unknown(f"cells of adaptive pooling from {read.n} to {read.size} positions differ in size")
            return _compose(at, Window(step, step))
        case Spread():
            return Unknown("outputs of a transposed convolution see differently many pixels: not one sliding window")
        case Resample():
            return Unknown("outputs of upsampling see differently many pixels: not one sliding window")
        case Unknown():
            return read


def merge(reaches: list[Reach]) -> Reach:
    """What a layer sees that reads all of these: their union.

    Branches that see the whole image (a gate, a pooled branch) add nothing to the local figure beside ones that do not;
    weights standing alone add nothing at all.
    """
    reaches = [reach for reach in reaches if reach is not NOTHING] or reaches[:1]
    first = reaches[0]
    if all(reach is first for reach in reaches):
        return first
    whole = any(reach.whole for reach in reaches)
    narrow = [reach for reach in reaches if not reach.whole] or reaches
    if not all(same_shape(first.grid, reach.grid) for reach in reaches):
        return Reach(Unknown("inputs of different sizes meet"), whole, first.grid)
    union: tuple[Interval, ...] | Unknown = narrow[0].local
    for reach in narrow[1:]:
        union = _union(union, reach.local)
    return Reach(union, whole, first.grid)


def _union(a: tuple[Interval, ...] | Unknown, b: tuple[Interval, ...] | Unknown) -> tuple[Interval, ...] | Unknown:
    if isinstance(a, Unknown):
        return a
    if isinstance(b, Unknown):
        return b
    if len(a) != len(b):
        return Unknown(f"maps of {len(a)} and {len(b)} axes meet")
    union = []
    for m, n in zip(a, b, strict=True):
        if not _decided(equal, m.stride, n.stride):
            return Unknown(f"branches of strides {m.stride} and {n.stride} meet: not one sliding window")
        try:
            union.append(Interval(minimum(m.lo, n.lo), maximum(m.hi, n.hi), m.stride))
        except Undecided as undecided:
            return Unknown(f"which branch sees further is open: {undecided.message}")
    return tuple(union)


def _decided(question: Callable[[Value, Value], bool], a: Value, b: Value) -> bool:
    """Yes for certain; what symbols leave open counts as no, which ends in `unavailable`, never in a figure."""
    try:
        return question(a, b)
    except Undecided:
        return False
