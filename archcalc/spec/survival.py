"""`survival`: how often steps run in training, settled for every node once the network stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from archcalc.engine.graph import Node
from archcalc.spec.steps import Body, Step
from archcalc.values import Value, exactdiv, product


@dataclass(slots=True, eq=False)
class Chance:
    """One run of a step that has `survival`.

    number  its place among those of the linear decay rule, from 1; 0 where `value` is its own
    alone   whether it is the only branch left of a merge: then nothing could stand for it, and it always runs
    """

    step: Step
    value: Value
    number: int
    alone: bool = False


class Chances:
    """Those of a network, in the order in which their steps run."""

    def __init__(self) -> None:
        self.made: list[Chance] = []
        self.linear = 0
        self.running: tuple[Chance, ...] = ()
        self.of: dict[int, tuple[Chance, ...]] = {}
        """Those of each node that has some, by its index."""

    @contextmanager
    def during(self, step: Step, value: Value) -> Iterator[None]:
        """While a step runs, its nodes have this chance, and those of the steps around it."""
        assert step.survival is not None
        before, self.running = self.running, (*self.running, self._make(step, value, step.survival.linear))
        try:
            yield
        finally:
            self.running = before

    def _make(self, step: Step, value: Value, linear: bool, alone: bool = False) -> Chance:
        self.linear += linear
        chance = Chance(step, value, self.linear if linear else 0, alone)
        self.made.append(chance)
        return chance

    def since(self, made: int, nodes: range) -> tuple[list[Chance], list[tuple[Chance, ...]]]:
        """The chances made since there were so many, and those of each node beside those of steps that are running."""
        outer = len(self.running)
        if not self.of:
            return self.made[made:], [()] * len(nodes)
        inner: dict[tuple[Chance, ...], tuple[Chance, ...]] = {}  # the nodes of a step have one
        for chances in {self.of.get(node, ()) for node in nodes}:
            inner[chances] = chances[outer:]
        return self.made[made:], [inner[self.of.get(node, ())] for node in nodes]

    def again(self, made: Sequence[Chance], of: Sequence[tuple[Chance, ...]], start: int) -> None:
        """Take notice of nodes from `start` on, where chances like those `made` are made again."""
        if not self.running and not made:
            return
        anew = {id(old): self._make(old.step, old.value, old.number > 0, old.alone) for old in made}
        known: dict[int, tuple[Chance, ...]] = {}
        for index, inner in enumerate(of, start):
            key = id(inner)  # the nodes of a step have one
            if key not in known:
                known[key] = (*self.running, *[anew[id(old)] for old in inner])
            self.of[index] = known[key]

    def of_branch(self, body: Body, since: int) -> Chance | None:
        """The chance of a branch as a whole, among those made since its body began."""
        one = body.steps[0] if len(body.steps) == 1 else None
        if one is None or one.survival is None or one.repeat is not None:
            return None
        return next((chance for chance in self.made[since:] if chance.step is one), None)

    def settle(self, nodes: Sequence[Node]) -> None:
        """Tell each node how often it runs."""
        known: dict[int, Value] = {}
        for index, chances in self.of.items():
            key = id(chances)  # the nodes of a step have one
            if key not in known:
                known[key] = product(map(self._often, chances))
            nodes[index].survival = known[key]

    def _often(self, chance: Chance) -> Value:
        """The k-th of K: 1 - k/K*(1 - last), linear decay: Huang et al. 2016, arXiv 1603.09382, equation 4."""
        if chance.alone:
            return 1
        if not chance.number:
            return chance.value
        return exactdiv(self.linear - chance.number * (1 - chance.value), self.linear)
