"""Which outputs of a tile its edges have a part in: those that read beyond one, and those that read such outputs."""

from __future__ import annotations

from archcalc.engine.graph import Graph
from archcalc.engine.taps import ratio, taps
from archcalc.quantities import Reads

Wrong = frozenset[int]
"""Positions of a map that are not what they would be in a larger image."""


def lost(graph: Graph, index: int, axis: int, outputs: int) -> tuple[int, int]:
    """How many of the first and of the last `outputs` of a layer are wrong, or not there.

    Each end is looked at as if the map had no other, so an input smaller than all that is lost will do.
    """
    first, last = (_wrong(graph, index, axis, begin) for begin in (True, False))
    size = graph.nodes[index].applied.output[1 + axis]
    return max(first, default=-1) + 1, outputs - min(outputs, size, *last)


def _wrong(graph: Graph, index: int, axis: int, begin: bool) -> Wrong:
    """Of a layer, at the beginning of its map or at its end."""
    found: list[Wrong] = []
    for node in graph.nodes[: index + 1]:
        wrong: Wrong = frozenset()
        arriving = zip(node.sources, node.applied.reads, node.applied.inputs, strict=True) if node.sources else ()
        for source, reads, x in arriving:
            if axis < len(reads) and len(x) == len(node.applied.output):
                wrong |= _read(reads[axis], found[source], x[1 + axis], node.applied.output[1 + axis], begin)
        found.append(wrong)
    return found[index]


def _read(read: Reads, wrong: Wrong, n: int, outputs: int, begin: bool) -> Wrong:
    """The outputs that read a wrong one of `n` inputs, or beyond this end of them."""
    edge = max(wrong, default=-1) if begin else min(wrong, default=n)
    _, step = ratio(read)
    found, far, o = set(), 0, 0 if begin else outputs - 1
    while far < step:  # what is read after as many moves on: so from here on it is no nearer to the edge
        inputs = list(taps(read, o))
        if any(i in wrong or (i < 0 if begin else i >= n) for i in inputs):
            found.add(o)
        near = any(i <= edge if begin else i >= edge for i in inputs)
        far, o = 0 if near else far + 1, o + 1 if begin else o - 1
    return frozenset(found)
