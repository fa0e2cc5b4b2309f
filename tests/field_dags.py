"""Random networks beside their reachability: which pixels each position sees, as boolean matrices in numpy.

What operators read is stated in field_reads.py, apart from the engine. The axes of a map are apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from conftest import Wiring
from field_reads import CATALOGUE, LARGEST, NAMES, NONE, OPS, Digits, Taps, window
from numpy.typing import NDArray

from archcalc.engine.graph import Graph
from archcalc.errors import RuleError


@dataclass(frozen=True)
class Axis:
    """On one axis: sees[o, i] says whether position o sees pixel i; inner[o], whether none of it came of an edge."""

    sees: NDArray[np.bool_]
    inner: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return len(self.inner)

    def read(self, taps: Taps, at_the_edge: NDArray[np.bool_] | None = None) -> Axis:
        """What positions see that read these."""
        there = (taps >= 0) & (taps < self.size)
        place = np.where(there, taps, self.size)
        sees = np.vstack([self.sees, np.zeros((1, self.sees.shape[1]), bool)])
        inner = np.append(self.inner, False)
        calm = (inner[place] | (taps == NONE)).all(axis=1)
        seen = np.zeros((len(taps), sees.shape[1]), bool)
        for tap in place.T:
            seen |= sees[tap]
        return Axis(seen, calm if at_the_edge is None else calm & ~at_the_edge)

    def __or__(self, other: Axis) -> Axis:
        return Axis(self.sees | other.sees, self.inner & other.inner)


class Map(NamedTuple):
    """A layer: its index, its channels, its axes, and whether all of a map was read on the way."""

    node: int
    channels: int
    axes: tuple[Axis, ...]
    whole: bool


class Net:
    """A network as it grows."""

    def __init__(self, sizes: list[int]) -> None:
        self.net = Wiring(1, *sizes)
        axes = tuple(Axis(np.eye(n, dtype=bool), np.ones(n, bool)) for n in sizes)
        self.maps = [Map(0, 1, axes, False)]

    def add(self, kind: int, source: int, seeds: Sequence[int]) -> None:
        """A layer, a gate, a pyramid, a merge. Raises RuleError where it does not fit."""
        at = self.maps[-1 - source % len(self.maps)]
        if kind < len(NAMES):
            self.maps.append(self.layer(NAMES[kind], at, [Digits(seed) for seed in seeds]))
        elif kind == len(NAMES):
            self.maps.append(self.gate(at))
        elif kind == len(NAMES) + 1:
            self.pyramid(at, [Digits(seed) for seed in seeds])
        else:
            self.merge(at, [Digits(seed) for seed in seeds])

    def layer(self, name: str, at: Map, picks: list[Digits]) -> Map:
        build, fixed = OPS[name]
        each = [build(pick, axis.size) for pick, axis in zip(picks, at.axes, strict=False)]
        given = {**fixed, **{key: [of[key] for of, _ in each] for key in each[0][0]}}
        if name == "avg_pool":
            given.pop("dilation")
            each = [
                (of, window(len(taps), of["kernel"], of["stride"], of["padding"][0], 1))
                for of, taps in each
                if of["dilation"] == 1
            ]
            if len(each) < len(at.axes):
                raise RuleError("average pools are not dilated")
        if not all(1 <= len(taps) <= LARGEST for _, taps in each):
            raise RuleError("too small or large")
        if name == "pixel_shuffle":
            at = at._replace(node=self.wire("conv", at, out=int(np.prod(given["by"])), kernel=1))
        whole = False
        if name == "window_attention":
            whole = all(size >= axis.size for size, axis in zip(given["window"], at.axes, strict=True))
        if name == "adaptive_avg_pool" and set(given["size"]) == {1}:
            raise RuleError("no position is left")
        if name == "window_attention":
            given["heads"] = at.channels
        node = self.wire(CATALOGUE.get(name, name), at, **given)
        channels: int = self.net.nodes[node].applied.output[0]
        if whole:  # as a gate: its own position
            return Map(node, channels, at.axes, True)
        read = []
        for axis, (_, taps) in zip(at.axes, each, strict=True):
            if name in ("bilinear", "corners"):  # beyond the ends the nearest is read
                inside = np.clip(taps, 0, axis.size - 1)
                read.append(axis.read(inside, (inside != taps).any(axis=1)))
            else:
                read.append(axis.read(taps))
        return Map(node, channels, tuple(read), at.whole)

    def gate(self, at: Map) -> Map:
        """Squeeze and excitation: a factor a channel, of the whole map."""
        pooled = self.wire("global_avg_pool", at)
        factor = self.net.add("conv", self.name(), (pooled,), out=at.channels, kernel=1)
        return at._replace(node=self.net.add("multiply", self.name(), (at.node, factor)), whole=True)

    def pyramid(self, at: Map, picks: list[Digits]) -> None:
        """Coarser maps stretched to the same stride, side by side: of these branches the periods alone differ."""
        sizes = [axis.size for axis in at.axes]
        ways = [self.fitted(self.there_and_back(at, picks), sizes, picks) for _ in range(1 + picks[-1].of(3))]
        self.maps.append(ways[0] if len(ways) == 1 else self.joined("concat", ways))

    def there_and_back(self, at: Map, picks: list[Digits]) -> Map:
        by = [2 + pick.of(4) for pick, _ in zip(picks, at.axes, strict=False)]
        if any(axis.size < f for axis, f in zip(at.axes, by, strict=True)):
            raise RuleError("too small")
        coarse = self.wire("max_pool", at, kernel=by, stride=by)
        fine = self.net.add("upsample", self.name(), (coarse,), by=by)
        taps = [np.repeat(window(axis.size // f, f, f, 0, 1), f, axis=0) for axis, f in zip(at.axes, by, strict=True)]
        axes = tuple(axis.read(each) for axis, each in zip(at.axes, taps, strict=True))
        return Map(fine, at.channels, axes, at.whole)

    def merge(self, at: Map, picks: list[Digits]) -> None:
        """Of some layers, made equally large by cropping, padding or stretching."""
        pick = picks[-1]
        others = [self.maps[pick.of(len(self.maps))] for _ in range(1 + pick.of(2))]
        sizes = [axis.size for axis in at.axes]
        branches = [at, *(self.fitted(other, sizes, picks) for other in others)]
        alike = len({branch.channels for branch in branches}) == 1
        name = ("concat", "add", "average", "multiply")[pick.of(4) if alike else 0]
        self.maps.append(self.joined(name, branches))

    def joined(self, name: str, branches: list[Map]) -> Map:
        node = self.net.add(name, self.name(), tuple(branch.node for branch in branches))
        axes = branches[0].axes
        for branch in branches[1:]:
            axes = tuple(a | b for a, b in zip(axes, branch.axes, strict=True))
        channels: int = self.net.nodes[node].applied.output[0]
        return Map(node, channels, axes, any(branch.whole for branch in branches))

    def fitted(self, at: Map, sizes: list[int], picks: list[Digits]) -> Map:
        have = [axis.size for axis in at.axes]
        if have == sizes:
            return at
        if picks[-1].of(2):
            node = self.wire("upsample", at, size=sizes)
            taps = [np.arange(size)[:, None] * n // size for n, size in zip(have, sizes, strict=True)]
        else:
            sides = [[pick.of(abs(n - size) + 1), size] for pick, n, size in zip(picks, have, sizes, strict=False)]
            pads = [[0, 0] if n >= m else [b, m - n - b] for (b, m), n in zip(sides, have, strict=True)]
            cuts = [[0, 0] if n <= m else [b, n - m - b] for (b, m), n in zip(sides, have, strict=True)]
            padded = at._replace(node=self.wire("pad", at, padding=pads))
            node = self.wire("crop", padded, sides=cuts)
            taps = [np.arange(m)[:, None] - b + c for (b, _), (c, _), m in zip(pads, cuts, sizes, strict=True)]
        axes = tuple(axis.read(each) for axis, each in zip(at.axes, taps, strict=True))
        return Map(node, at.channels, axes, at.whole)

    def wire(self, op: str, at: Map, **given: Any) -> int:
        return self.net.add(op, self.name(), (at.node,), **given)

    def name(self) -> str:
        return str(len(self.net.nodes))

    def graph(self) -> Graph:
        return self.net.graph()


def grown(sizes: list[int], genes: Sequence[tuple[int, int, Sequence[int]]]) -> Net:
    """A network of these sizes; what does not fit is left out."""
    net = Net(sizes)
    for kind, source, seeds in genes:
        try:
            net.add(kind, source, seeds)
        except RuleError:
            continue
    return net


def spans(axis: Axis) -> Iterator[tuple[int, int] | None]:
    """The first and the last pixel that each position sees."""
    some = axis.sees.any(axis=1)
    first = axis.sees.argmax(axis=1)
    last = axis.sees.shape[1] - 1 - axis.sees[:, ::-1].argmax(axis=1)
    for any_, lo, hi in zip(some.tolist(), first.tolist(), last.tolist(), strict=True):
        yield (lo, hi) if any_ else None
