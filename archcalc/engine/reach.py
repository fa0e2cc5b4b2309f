"""Receptive fields: how a layer's reads change what it sees, and the union where branches meet.

On one axis, output o of a layer sees the inputs lo + o*stride … hi + o*stride of the network (docs/receptive_field.md).
Where its outputs see differently many, as behind upsampling, the field is followed over a period (`periodic.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from archcalc.engine import periodic
from archcalc.engine.periodic import Join, hull
from archcalc.engine.taps import are_numbers
from archcalc.errors import Undecided
from archcalc.fields import AxisField, Interval, Listed, Reach, Span
from archcalc.ops._fields import axes
from archcalc.quantities import Block, Cells, Pad, Reads, Same, Shape, Unknown, Whole, Window
from archcalc.values import Value, at_least, equal, exactdiv, is_whole, maximum, minimum, same_shape

MAX_BITS = 2048
"""Strides multiply from layer to layer: beyond this a field is no figure that anybody can read."""


ENDLESS = "its outputs see differently many pixels, and are too many to be followed one by one"


def at_input(shape: Shape) -> Reach:
    """A pixel of an input sees itself."""
    return Reach((Interval(0, 0, 1),) * (len(shape) - 1), False, shape[1:])


def listed(shape: Shape) -> Reach:
    """The same position by position: what is then seen at the edges of each map is exact, padding being nothing."""
    if any(n > periodic.MOST for n in shape[1:]):
        return Reach(Unknown(ENDLESS), False, shape[1:])
    return Reach(tuple(Listed(tuple(Span(i, i) for i in range(n))) for n in shape[1:]), False, shape[1:])


NOTHING = Reach(Unknown("it sees no input, only weights"), False, ())
"""Of weights standing alone, and of what reads nothing else."""


def compose(
    reach: Reach,
    reads: tuple[Reads, ...],
    sizes: Shape,
    join: Join = hull,
    pools: bool = False,
    all_of_it: bool | None = None,
) -> Reach:
    """What a layer of these sizes sees that reads, axis by axis, a layer with this reach.

    pools       whether it makes one position of the map (`Applied.pools`)
    all_of_it   whether the whole map is read, where `reads` are not those of all its axes
    """
    if reach is NOTHING or not reads or all(type(read) is Same for read in reads):
        return reach
    all_of_it = whole_map(reads) if all_of_it is None else all_of_it
    local = _local(reach.local, reads, sizes, join, all_of_it)
    return Reach(local, reach.whole or all_of_it, reach.grid, reach.pooled or pools)


def is_one(sizes: Sequence[Value]) -> bool:
    """Whether a map of these sizes has one position for certain; a vector has."""
    return all(_decided(equal, size, 1) for size in sizes)


def whole_map(reads: tuple[Reads, ...]) -> bool:
    """Whether an output reads every position of a map; one that reads the whole of some axes only is followed."""
    return all(_whole(read) for read in reads)


def _local(
    local: tuple[AxisField, ...] | Unknown, reads: tuple[Reads, ...], sizes: Shape, join: Join, all_of_it: bool
) -> tuple[AxisField, ...] | Unknown:
    if isinstance(local, Unknown):
        return local
    if all(type(read) is Same or (all_of_it and not getattr(read, "lost", "")) for read in reads):
        return local
    if len(reads) != len(local):
        return Unknown(f"the map has {axes(len(reads))} here and the input {axes(len(local))}")
    composed: list[AxisField] = []
    for axis, (at, read) in enumerate(zip(local, reads, strict=True)):
        if axis and at is local[0] and read == reads[0] and sizes[1:] == sizes[:-1]:
            composed.append(composed[0])
            continue
        result = _compose(at, read, sizes[axis] if axis < len(sizes) else 1, join, all_of_it)
        if isinstance(result, Unknown):
            return result
        by = result.stride if isinstance(result, Interval) else getattr(result, "advance", 0)
        if type(by) is int and by.bit_length() > MAX_BITS:
            return Unknown("the receptive field is too large to write")
        composed.append(result)
    return tuple(composed)


def _whole(read: Reads) -> bool:
    match read:
        case Whole():
            return True
        case Cells():
            return _decided(equal, read.size, 1)
        case Block():
            return _decided(at_least, read.size, read.n)
    return False


def _compose(at: AxisField, read: Reads, outputs: Value, join: Join, all_of_it: bool) -> AxisField | Unknown:
    """One axis; an operator that reads the whole map is taken as reading its own position."""
    if all_of_it or isinstance(read, Whole):
        lost = getattr(read, "lost", "")
        return Unknown(lost) if lost else at
    if isinstance(read, Block) and _whole(read):
        read = Block(read.n, read.n)
    if isinstance(at, Interval):
        match read:
            case Same():
                return at
            case Window():
                lo = at.lo - read.before * at.stride
                hi = at.hi + (read.extent - 1 - read.before) * at.stride
                return Interval(lo, hi, at.stride * read.stride)
            case Pad():
                return Interval(at.lo - read.before * at.stride, at.hi - read.before * at.stride, at.stride)
            case Cells() if is_whole(step := exactdiv(read.n, read.size)):
                return _compose(at, Window(step, step), outputs, join, False)
    if isinstance(read, Unknown):
        return read
    if not are_numbers(read) or (isinstance(at, Interval) and not all(type(value) is int for value in at)):
        return Unknown("its outputs see differently many pixels, followed from one to the next for numbers only")
    try:
        return periodic.sliding(periodic.compose(periodic.cycle(at), read, outputs, join))
    except periodic.Endless:
        return Unknown(ENDLESS)


def merge(reaches: Sequence[Reach], sizes: Shape, join: Join = hull, weights: Sequence[Value] | None = None) -> Reach:
    """What a layer of these sizes sees that reads all of these: their union.

    `weights` says, for joins that ask, what part each branch has.
    """
    known = [reach for reach in reaches if reach is not NOTHING] or reaches[:1]
    first = known[0]
    if join is hull and all(reach is first for reach in known):
        return first
    whole = any(reach.whole for reach in known)
    taken = having_part(reaches)
    grid = reaches[taken[0]].grid
    if not all(same_shape(grid, reaches[at].grid) for at in taken):
        return Reach(Unknown("inputs of different sizes meet"), whole, grid)
    parts = None if weights is None else [weights[at] for at in taken]
    union = _union([reaches[at].local for at in taken], sizes, join, parts)
    return Reach(union, whole, grid, all(reaches[at].pooled for at in taken))


def having_part(reaches: Sequence[Reach]) -> list[int]:
    """Which branches make the local field: those that have positions, if any has; not weights standing alone."""
    known = [at for at, reach in enumerate(reaches) if reach is not NOTHING] or [0]
    return [at for at in known if not reaches[at].pooled] or known


def _union(
    locals_: Sequence[tuple[AxisField, ...] | Unknown], sizes: Shape, join: Join, weights: Sequence[Value] | None
) -> tuple[AxisField, ...] | Unknown:
    known: list[tuple[AxisField, ...]] = []
    for local in locals_:
        if isinstance(local, Unknown):
            return local
        known.append(local)
    ranks = list(dict.fromkeys(map(len, known)))
    if len(ranks) > 1:
        return Unknown(f"maps of {ranks[0]} and {ranks[1]} axes meet")
    union: list[AxisField] = []
    before: tuple[AxisField, ...] = ()
    for axis, fields in enumerate(zip(*known, strict=True)):
        if axis and all(a is b for a, b in zip(fields, before, strict=True)) and sizes[1:] == sizes[:-1]:
            union.append(union[-1])
            continue
        before = fields
        met = _meet(fields, sizes[axis] if axis < len(sizes) else 1, join, weights)
        if isinstance(met, Unknown):
            return met
        union.append(met)
    return tuple(union)


def _meet(
    fields: Sequence[AxisField], outputs: Value, join: Join, weights: Sequence[Value] | None
) -> AxisField | Unknown:
    """One axis."""
    first = fields[0]
    if join is hull and all(field is first for field in fields):
        return first
    sliding = [field for field in fields if isinstance(field, Interval)]
    if len(sliding) == len(fields) and all(_decided(equal, field.stride, first.stride) for field in sliding):
        try:
            lo, hi = reduce(minimum, (at.lo for at in sliding)), reduce(maximum, (at.hi for at in sliding))
        except Undecided as undecided:
            return Unknown(f"which branch sees further is open: {undecided.message}")
        return Interval(lo, hi, first.stride)
    numbers = [value for field in sliding for value in field]
    if not all(type(value) is int for value in (*numbers, outputs)):
        return Unknown(_why(fields))
    cycles = list(map(periodic.cycle, fields))
    try:
        return periodic.sliding(periodic.merge(cycles, outputs, lambda: _why(fields), join, weights))
    except periodic.Endless:
        return Unknown(ENDLESS)


def _why(fields: Sequence[AxisField]) -> str:
    strides = list(dict.fromkeys(str(field.stride) for field in fields if field.stride is not None))
    return f"branches of strides {' and '.join(strides[:2])} meet: not one sliding window"


def _decided(question: Callable[[Value, Value], bool], a: Value, b: Value) -> bool:
    """Yes for certain; what symbols leave open counts as no, which ends in `unavailable`, never in a figure."""
    try:
        return question(a, b)
    except Undecided:
        return False
