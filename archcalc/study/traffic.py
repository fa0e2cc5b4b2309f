"""How many numbers a node moves if it runs by itself: every input that it needs is read once, every output written."""

from __future__ import annotations

import math

from archcalc.engine.graph import Applied, Node
from archcalc.quantities import Pad, Reads, Resample, Spread, Window
from archcalc.study.liveness import Plan, arriving, put_out
from archcalc.values import Value, exactdiv, minimum, product


def moved(index: int, node: Node, plan: Plan, given: bool) -> Value:
    """Numbers read and written by all copies of a node; none by an input (`given`), and none where it is a view.

    What is concatenated where it was computed is not moved again.
    """
    applied = node.applied
    if given or applied.op.memory == "view":
        return 0
    read, written = weights_read(applied) * node.copies, put_out(node)
    offset = 0
    for (source, shape, count), needed in zip(arriving(node), inputs_read(applied), strict=True):
        slot, size = plan.slots[source], product(shape) * count
        if slot is not None and slot.inside is not None and slot.inside == (plan.slots[index], offset):
            written = written - size
        else:
            read = read + needed * count
        offset = offset + size
    return read + written


def weights_read(applied: Applied) -> Value:
    """Weights that one copy reads, running statistics too; of a table no more than what it puts out."""
    weight, bias, norm, statistics = applied.weights
    if not applied.facts.macs:
        weight = minimum(weight, product(applied.output))
    return weight + bias + norm + statistics


def inputs_read(applied: Applied) -> tuple[Value, ...]:
    """Numbers of each input that are needed: a convolution of 1x1 and stride 2 needs a quarter of the positions."""
    _, *m = applied.output
    counts = []
    for shape, reads in zip(applied.inputs, applied.reads, strict=True):
        channels, *n = shape
        sizes = m if len(m) == len(n) == len(reads) else [None] * len(n)
        positions = product(needed(read, size, out) for read, size, out in zip(reads, n, sizes, strict=False))
        counts.append(channels * positions)
    facts = applied.facts
    if len(counts) == 1 and not (facts.macs or facts.work):  # what only moves numbers reads none that it does not write
        counts = [minimum(counts[0], product(applied.output))]
    return tuple(counts)


def needed(read: Reads, n: Value, m: Value | None) -> Value:
    """How many of `n` positions of an axis the `m` outputs need; all where the axes are not alike."""
    if m is None:
        return n
    match read:
        case Window(kernel, stride, before, _, dilation):
            taps = {o * stride - before + dilation * t for o in range(m) for t in range(kernel)}
        case Pad(before, _):
            taps = {o - before for o in range(m)}
        case Spread(kernel, stride, before, _, dilation):
            return sum(any(0 <= i * stride - before + dilation * t < m for t in range(kernel)) for i in range(n))
        case Resample(_, size, taps_, corners):
            taps = set().union(*(_neighbours(o, n, size, taps_, corners) for o in range(m)))
        case _:
            return n
    return sum(0 <= tap < n for tap in taps)


def _neighbours(o: int, n: Value, size: Value, taps: int, corners: bool) -> set[int]:
    if corners:
        x = exactdiv(o * (n - 1), size - 1) if size > 1 else 0
    elif taps == 1:
        return {o * n // size}
    else:
        x = exactdiv((2 * o + 1) * n - size, 2 * size)
    return {min(max(place, 0), n - 1) for place in (math.floor(x), math.ceil(x))}
