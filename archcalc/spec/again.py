"""Blocks that run again as they ran before: their layers are placed again, and nothing is evaluated anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from archcalc.engine.graph import Node
from archcalc.spec import limits
from archcalc.spec.place import Placer
from archcalc.spec.running import Frame


class Stand(NamedTuple):
    """How far an expansion stands: how many of each there are.

    unique  what no other run of a block does alike: weights shared, heads, problems
    levels  those that have ended
    chances those made, and those of steps that are running
    """

    unique: int
    nodes: int
    levels: int
    chances: int
    running: int
    steps: int
    recursions: int


@dataclass(slots=True)
class Ran:
    """A run of a block: from which node and where, how all stood before and after, and the node at its end."""

    at: int
    path: str
    before: Stand
    after: Stand
    end: int


class Rerunner(Placer):
    """Knows the runs of blocks, by all that they depend on."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.runs: dict[Any, Ran] = {}
        self.unique = 0
        self.recursions = 0

    def stand(self) -> Stand:
        nodes, levels, chances = len(self.graph.nodes), len(self.levels), self.chances
        return Stand(self.unique, nodes, levels, len(chances.made), len(chances.running), self.steps, self.recursions)

    def remember(self, key: Any, before: Stand, at: int, path: str, end: int | None) -> None:
        """Keep a run, unless another would not be alike."""
        after = self.stand()
        if self.sharing is None and after.unique == before.unique and end is not None and after.nodes > before.nodes:
            self.runs[key] = Ran(at, path, before, after, end)

    def again(self, key: Any, at: int, frame: Frame) -> int | None:
        """Place the layers of an equal run for the block of `frame`, from the node `at`. The node at its end; None
        where there was no such run."""
        ran = self.runs.get(key) if self.sharing is None else None
        if ran is None:
            return None
        nodes, before, after = self.graph.nodes, ran.before, ran.after
        steps, recursions = (
            self.steps + after.steps - before.steps,
            self.recursions + after.recursions - before.recursions,
        )
        if (
            len(nodes) + after.nodes - before.nodes > limits.MAX_NODES
            or steps > limits.MAX_IDLE + 10 * len(nodes)
            or recursions > limits.MAX_RECURSIONS
        ):
            return None  # it may go too far: step by step, it does so where it does
        path, block, cut = frame.path, frame.block, len(ran.path)
        begin, shift = before.nodes, len(nodes) - before.nodes

        def moved(index: int) -> int:
            return index + shift if index >= begin else at if index == ran.at else index

        for node in nodes[begin : after.nodes]:
            sources = tuple([index + shift if index >= begin else at for index in node.sources])
            nodes.append(Node(node.applied, path + node.path[cut:], node.where, sources, node.copies, None, block))
        for level in self.levels[before.levels : after.levels]:
            end = self.ends[level]
            self.ended(path + level[cut:], None if end is None else moved(end))
        self.chances.again(slice(before.chances, after.chances), slice(begin, after.nodes), before.running)
        self.steps, self.recursions = steps, recursions
        return moved(ran.end)
