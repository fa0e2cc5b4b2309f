"""Blocks that run again as they ran before: their layers are placed again, and nothing is evaluated anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from archcalc.engine.graph import Node
from archcalc.spec import limits
from archcalc.spec.evaluate import frozen
from archcalc.spec.module import Module
from archcalc.spec.place import Known, Placer
from archcalc.spec.running import Env
from archcalc.spec.steps import Block, LetFunction
from archcalc.spec.survival import Chance
from archcalc.spec.uses import parameters_of

ARRIVED = -1
"""Among indices from the first node of a run on: the node that arrived."""


class Stand(NamedTuple):
    """How far an expansion stands: how many of each there are.

    unique  what no other run of a block does alike: weights shared, heads, problems
    held    runs of blocks because a parameter held their name, and of what has run those in this expansion
    levels  those that have ended
    reruns  blocks that were placed again
    chances those made
    """

    unique: int
    held: int
    nodes: int
    levels: int
    reruns: int
    chances: int
    steps: int
    recursions: int


@dataclass(slots=True)
class Ran:
    """A run of a block: what it came to, and how far all went meanwhile. Indices are those of its own expansion.

    begin   of its first node; what it reads from before is the node that arrived
    end     of the node at its end
    levels  that ended in it, each with the node at its end, and `reruns` that were placed in it
    of      the chances of each node, beside those of steps around the block
    """

    path: str
    begin: int
    end: int
    nodes: Sequence[Node]
    levels: Sequence[tuple[str, int]]
    reruns: Sequence[Rerun]
    chances: Sequence[Chance]
    of: Sequence[tuple[Chance, ...]]
    steps: int
    recursions: int
    _placed: list[tuple[Any, ...]] | None = None
    _ends: tuple[dict[str, int], dict[str, Rerun]] | None = None

    @property
    def placed(self) -> list[tuple[Any, ...]]:
        """What of its nodes depends on neither path nor place: sources count from `begin` on, or are ARRIVED."""
        if self._placed is None:
            begin, cut = self.begin, len(self.path)
            self._placed = [
                (
                    node.applied,
                    node.path[cut:],
                    node.where,
                    [index - begin if index >= begin else ARRIVED for index in node.sources],
                    node.copies,
                )
                for node in self.nodes
            ]
        return self._placed

    def end_of(self, path: str) -> int | None:
        """The node at the end of a level in it; None where there is no such level."""
        if self._ends is None:
            self._ends = dict(self.levels), {rerun.path: rerun for rerun in self.reruns}
        return end_of(path, *self._ends)


@dataclass(slots=True)
class Rerun:
    """A run that was placed again: where, from which index on, and the index of the node that arrived."""

    ran: Ran
    path: str
    start: int
    at: int

    def moved(self, index: int) -> int:
        """Where a node of the run is now."""
        return self.start + index - self.ran.begin if index >= self.ran.begin else self.at

    def levels(self) -> Iterator[str]:
        """The paths of the levels in it."""
        cut = len(self.ran.path)
        own = (path for path, _ in self.ran.levels)
        return (self.path + path[cut:] for path in chain(own, *(rerun.levels() for rerun in self.ran.reruns)))

    def end_of(self, path: str) -> int | None:
        """The node at the end of a level in it; None where there is no such level."""
        end = self.ran.end_of(self.ran.path + path[len(self.path) :])
        return None if end is None else self.moved(end)


def end_of(path: str, ends: Mapping[str, int], reruns: Mapping[str, Rerun]) -> int | None:
    """The node at the end of a level, or of one in a block placed again; None where there is no such level."""
    if path in ends:
        return ends[path]
    outer = path
    while outer:
        outer = outer.rpartition("/")[0]
        if outer in reruns:
            return reruns[outer].end_of(path)
    return None


class Rerunner(Placer):
    """Knows the runs of blocks, by all that they depend on."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.unique = 0
        self.held = 0
        self.runs: dict[Any, Ran] = {}
        """Of this expansion alone."""
        self.recursions = 0
        self.alone = True
        self.reruns: list[Rerun] = []
        self.rerun_at: dict[str, Rerun] = {}
        self.settings: dict[Block | LetFunction, tuple[Any, ...]] = {}

    def share(self, known: Known) -> None:
        """Use what expansions at other settings have left, and leave it to further ones."""
        self.known, self.alone = known, False

    def key(self, block: Block, depth: int, at: int, arguments: Env) -> Any:
        """All that the layers of a block depend on, where it is run from a node on."""
        settings = () if self.alone else self.settings_of(block, block.module)
        given = [value if type(value) is int else frozen(value) for value in arguments.values()]
        return block, depth, frozen(self.copies), self.shape(at), settings, *given

    def settings_of(self, user: Block | LetFunction, module: Module) -> tuple[Any, ...]:
        """The values of the parameters that a block or function of a file depends on."""
        settings = self.settings.get(user)
        if settings is None:
            names = self.known.uses.get(user)
            if names is None:
                names = self.known.uses[user] = parameters_of(user, module)
            settings = tuple([frozen(self.parameters[name]) for name in names])
            self.settings[user] = settings
        return settings

    def answers(self, entry: LetFunction, module: Module) -> dict[Any, Any]:
        """What a function of `let` has come to, at other settings of what it depends on too."""
        if self.alone:
            return {}
        return self.known.answers.setdefault((entry, self.settings_of(entry, module)), {})

    def stand(self) -> Stand:
        nodes, levels, made = len(self.graph.nodes), len(self.levels), len(self.chances.made)
        return Stand(self.unique, self.held, nodes, levels, len(self.reruns), made, self.steps, self.recursions)

    def remember(self, key: Any, before: Stand, path: str, end: int | None) -> None:
        """Keep a run, unless another would not be alike."""
        nodes = self.graph.nodes
        if self.sharing is None and self.unique == before.unique and end is not None and len(nodes) > before.nodes:
            runs = self.runs
            if self.held == before.held:
                runs = self.known.room_for(len(nodes) - before.nodes)
            runs[key] = Ran(
                path,
                before.nodes,
                end,
                nodes[before.nodes :],
                self.levels[before.levels :],
                self.reruns[before.reruns :],
                *self.chances.since(before.chances, range(before.nodes, len(nodes))),
                self.steps - before.steps,
                self.recursions - before.recursions,
            )

    def again(self, key: Any, at: int, path: str, block: int) -> int | None:
        """Place the layers of an equal run at a path, from the node `at` on. The node at its end; None where there was
        no such run. `block` is how many levels lead to the outermost block."""
        known = self.known.runs.get(key)
        ran = known or self.runs.get(key)
        if ran is None or self.sharing is not None:
            return None
        nodes = self.graph.nodes
        start, steps, recursions = len(nodes), self.steps + ran.steps, self.recursions + ran.recursions
        if (
            start + len(ran.nodes) > limits.MAX_NODES
            or steps > limits.MAX_IDLE + 10 * start
            or recursions > limits.MAX_RECURSIONS
        ):
            return None  # it may go too far: step by step, it does so where it does
        nodes += [
            Node(
                applied,
                path + tail,
                where,
                tuple([start + index if index >= 0 else at for index in indices]),
                copies,
                None,
                block,
            )
            for applied, tail, where, indices, copies in ran.placed
        ]
        rerun = self.rerun_at[path] = Rerun(ran, path, start, at)
        self.reruns.append(rerun)
        self.chances.again(ran.chances, ran.of, start)
        self.steps, self.recursions = steps, recursions
        self.held += known is None  # what runs around it holds that block too
        return rerun.moved(ran.end)

    def levels_within(self) -> Iterator[str]:
        """The paths of levels in blocks that were placed again."""
        return chain.from_iterable(rerun.levels() for rerun in self.reruns)

    def end_within(self, path: str) -> int | None:
        """The node at the end of a level in a block that was placed again; None where there is no such level."""
        return end_of(path, {}, self.rerun_at)
