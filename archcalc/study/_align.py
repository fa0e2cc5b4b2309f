"""Which layers of two networks are the same, as far as their places tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from archcalc.engine.propagate import Row
from archcalc.report.groups import Group
from archcalc.report.metrics.cost import foremost

MOST = 4_000_000
"""Pairs of layers that one run of unlike names may make; in a larger one only its two ends are aligned."""


class Layer:
    """A layer of one of the networks: a group of rows, and the row that stands for it."""

    def __init__(self, group: Group) -> None:
        self.name, self.rows = group.name, group.rows

    @cached_property
    def main(self) -> Row:
        return foremost(self.rows)

    @property
    def likeness(self) -> tuple[str, str]:
        """What is the same in layers of like places under other names."""
        return self.name.rpartition("/")[2], self.operator

    @property
    def operator(self) -> str:
        return self.main.node.applied.op.name


@dataclass(frozen=True, slots=True)
class Part:
    """What stands at one place of two networks: a layer of each, layers of one, or, whole, different layers of both."""

    name: str
    first: tuple[Layer, ...]
    other: tuple[Layer, ...]


def align(first: Sequence[Layer], other: Sequence[Layer]) -> list[Part]:
    """Every layer of both networks in one part, in the order of the first; what only the other has behind its like.

    1. Layers of one name are one, then those whose foremost nodes have one path.
    2. In what is left between two such pairs, the longest common sequence of (last level of the name, operator).
    3. What is left now is told by levels. A level that both have, and of which nothing was matched: layers one by one
       if they are as many, of the same operators; else all of both is one part. Of the rest, the highest level that the
       other network does not have.
    """
    pairs = _named(first, other)
    pairs |= _between(first, other, pairs)
    matched = [Part(first[i].name, (first[i],), (other[j],)) for i, j in pairs.items()]
    found = set(pairs.values())
    rest = (
        [layer for i, layer in enumerate(first) if i not in pairs],
        [layer for j, layer in enumerate(other) if j not in found],
    )
    parts = matched + list(_by_levels(first, other, matched, rest))
    order = _places(first, other, pairs)
    return sorted(parts, key=lambda part: order[id((part.first or part.other)[0])])


def _named(first: Sequence[Layer], other: Sequence[Layer]) -> dict[int, int]:
    """Index in the first → index in the other, of layers that bear one name or have one path."""
    pairs: dict[int, int] = {}
    for key in (attrgetter("name"), attrgetter("main.node.path")):
        taken = set(pairs.values())
        known = {key(layer): j for j, layer in enumerate(other) if j not in taken}
        for i, layer in enumerate(first):
            if i not in pairs and key(layer) in known:
                pairs[i] = known[key(layer)]
    return pairs


def _between(first: Sequence[Layer], other: Sequence[Layer], pairs: dict[int, int]) -> dict[int, int]:
    """More pairs, from the runs of layers without one behind each pair."""
    others = _runs(len(other), {j: i for i, j in pairs.items()})
    result: dict[int, int] = {}
    for anchor, run in _runs(len(first), {i: i for i in pairs}).items():
        against = others.get(anchor, [])
        a, b = [first[i].likeness for i in run], [other[j].likeness for j in against]
        result |= {run[i]: against[j] for i, j in common(a, b)}
    return result


def _runs(count: int, anchors: dict[int, int]) -> dict[int, list[int]]:
    """The indices without a pair, by the pair before them: its index in the first network, -1 before all."""
    runs: dict[int, list[int]] = {}
    anchor = -1
    for index in range(count):
        if index in anchors:
            anchor = anchors[index]
        else:
            runs.setdefault(anchor, []).append(index)
    return runs


def common(a: Sequence[object], b: Sequence[object]) -> list[tuple[int, int]]:
    """A longest common subsequence as pairs of indices; of several, the one that begins first."""
    start, ends = 0, (len(a), len(b))
    while start < min(ends) and a[start] == b[start]:
        start += 1
    tail = 0
    while tail < min(ends) - start and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    pairs = [(k, k) for k in range(start)]
    n, m = ends[0] - start - tail, ends[1] - start - tail
    if n * m <= MOST:
        pairs += [(start + i, start + j) for i, j in _longest(a[start : start + n], b[start : start + m])]
    return pairs + [(ends[0] - k, ends[1] - k) for k in range(tail, 0, -1)]


def _longest(a: Sequence[object], b: Sequence[object]) -> Iterator[tuple[int, int]]:
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]  # of the ends of both, from i and from j
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            below = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if a[i] == b[j] else below
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            yield i, j
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1


def _by_levels(
    first: Sequence[Layer], other: Sequence[Layer], matched: Sequence[Part], rest: tuple[list[Layer], list[Layer]]
) -> Iterator[Part]:
    levels = _levels(first), _levels(other)
    held = _levels([layer for part in matched for layer in (*part.first, *part.other)])
    shared = [{layer.name: _deepest(layer, levels[1 - side]) for layer in rest[side]} for side in (0, 1)]
    whole = (set(shared[0].values()) & set(shared[1].values())) - held - {""}
    gathered: dict[tuple[str, object], tuple[list[Layer], list[Layer]]] = {}
    for side in (0, 1):
        for layer in rest[side]:
            level = shared[side][layer.name]
            key: tuple[str, object] = (
                (level, None) if level in whole else (_highest(layer, levels[1 - side], held), side)
            )
            gathered.setdefault(key, ([], []))[side].append(layer)
    for (name, _), (mine, theirs) in gathered.items():
        if [layer.operator for layer in mine] == [layer.operator for layer in theirs]:
            yield from (Part(a.name, (a,), (b,)) for a, b in zip(mine, theirs, strict=True))
        else:
            yield Part(name, tuple(mine), tuple(theirs))


def _prefixes(name: str) -> list[str]:
    levels = name.split("/")
    return ["/".join(levels[:n]) for n in range(1, len(levels) + 1)]


def _levels(layers: Iterable[Layer]) -> set[str]:
    return {prefix for layer in layers for prefix in _prefixes(layer.name)}


def _deepest(layer: Layer, levels: set[str]) -> str:
    """The deepest level round a layer that the other network has, too."""
    return max((prefix for prefix in _prefixes(layer.name) if prefix in levels), key=len, default="")


def _highest(layer: Layer, levels: set[str], held: set[str]) -> str:
    """The highest level round a layer that the other network does not have, and of which nothing was matched."""
    return next((prefix for prefix in _prefixes(layer.name) if prefix not in levels | held), layer.name)


def _places(first: Sequence[Layer], other: Sequence[Layer], pairs: dict[int, int]) -> dict[int, tuple[int, int, int]]:
    """The place of each layer, by its id."""
    places = {id(layer): (i, 0, 0) for i, layer in enumerate(first)}
    back = {j: i for i, j in pairs.items()}
    anchor = -1
    for j, layer in enumerate(other):
        anchor = back.get(j, anchor)
        places[id(layer)] = (anchor, 1, j)
    return places
