"""`survival`: how often steps run in training, settled for every node once the network stands."""

from __future__ import annotations

from collections.abc import Iterator
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
        self._running: tuple[Chance, ...] = ()
        self._nodes: list[tuple[Node, tuple[Chance, ...]]] = []

    @contextmanager
    def during(self, step: Step, value: Value) -> Iterator[None]:
        """While a step runs, its nodes have this chance, and those of the steps around it."""
        assert step.survival is not None
        self.linear += step.survival.linear
        chance = Chance(step, value, self.linear if step.survival.linear else 0)
        self.made.append(chance)
        before, self._running = self._running, (*self._running, chance)
        try:
            yield
        finally:
            self._running = before

    def place(self, node: Node) -> None:
        """Take notice of a node."""
        if self._running:
            self._nodes.append((node, self._running))

    def of_branch(self, body: Body, since: int) -> Chance | None:
        """The chance of a branch as a whole, among those made since its body began."""
        one = body.steps[0] if len(body.steps) == 1 else None
        if one is None or one.survival is None or one.repeat is not None:
            return None
        return next((chance for chance in self.made[since:] if chance.step is one), None)

    def settle(self) -> None:
        """Tell each node how often it runs."""
        for node, chances in self._nodes:
            node.survival = product(map(self._often, chances))

    def _often(self, chance: Chance) -> Value:
        """The k-th of K: 1 - k/K*(1 - last), linear decay: Huang et al. 2016, arXiv 1603.09382, equation 4."""
        if chance.alone:
            return 1
        if not chance.number:
            return chance.value
        return exactdiv(self.linear - chance.number * (1 - chance.value), self.linear)
