"""Graph: operators at places, wired. `spec/expand.py` builds it, `propagate.py` reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archcalc.engine.reach import is_one, whole_map
from archcalc.errors import RuleError, Where
from archcalc.ops._base import Op
from archcalc.ops._fields import axes
from archcalc.quantities import Facts, Reads, Shape, Weights, show_shape
from archcalc.values import Value


class Applied:
    """An operator on inputs of given shapes. Its rules are asked when first needed, and once; nodes share it.

    figures  what one copy comes to, by the convention that counts
    """

    __slots__ = ("_facts", "_pools", "_reads", "_weights", "figures", "inputs", "op", "output")

    def __init__(self, op: Op, inputs: tuple[Shape, ...]) -> None:
        """Raises RuleError where the operator does not take these shapes."""
        if inputs and len(inputs[0]) - 1 not in op.ranks:
            *fewer, most = op.ranks
            wanted = f"{', '.join(map(str, fewer))} or {axes(most)}" if fewer else axes(most)
            arrives = f"{'' if inputs[0][1:] else 'a vector of '}{show_shape(inputs[0])}"
            raise RuleError(f"`{op.name}` wants a map of {wanted} beside its channels, {arrives} arrives")
        self.op = op
        self.inputs = inputs
        self.output: Shape = op.output(*inputs)
        self.figures: dict[str, Any] = {}
        self._weights: Weights | None = None
        self._facts: Facts | None = None
        self._reads: tuple[tuple[Reads, ...], ...] | None = None
        self._pools: tuple[bool, ...] | None = None

    @property
    def weights(self) -> Weights:
        if self._weights is None:
            self._weights = self.op.weights(*self.inputs)
        return self._weights

    @property
    def facts(self) -> Facts:
        if self._facts is None:
            self._facts = self.op.facts(self.output, *self.inputs)
        return self._facts

    @property
    def reads(self) -> tuple[tuple[Reads, ...], ...]:
        """For each input, what an output position reads on each of its axes."""
        if self._reads is None:
            reads: Any = self.op.reads(*self.inputs)
            answer: tuple[tuple[Reads, ...], ...] = reads if self.op.merge else (reads,)
            self._reads = answer
        return self._reads

    @property
    def pools(self) -> tuple[bool, ...]:
        """For each input, whether all its positions become one, and would if they were more.

        Attention on a map of one position does not pool it, a gate does: no figure may hang on how large the map is.
        """
        if self._pools is None:
            each = enumerate(self.reads)
            self._pools = tuple(bool(reads) and whole_map(reads) and self._one_of(at) for at, reads in each)
        return self._pools

    def _one_of(self, at: int) -> bool:
        """Whether the output has one position, however many the map has that is read at this place."""
        channels, *n = self.inputs[at]
        sizes = self.output[1:]
        if not sizes or not is_one(sizes) or not is_one(n):
            return is_one(sizes)
        larger = (*self.inputs[:at], (channels, *(2 for _ in n)), *self.inputs[at + 1 :])
        try:
            return is_one(self.op.output(*larger)[1:])
        except RuleError:  # it takes one position only
            return False


@dataclass(slots=True, eq=False)
class Node:
    """An operator at a place.

    path     levels from the outside in, joined by `/`; unique
    where    the step of the spec that placed it
    sources  indices of the nodes that it reads, all smaller than its own
    copies   how many alike stand here, each with weights of its own
    shared   the index of the node whose weights it uses, or None if it has its own
    block    how many levels of the path lead to the outermost block around it; 0 outside of blocks
    survival how often it runs in training: `survival` of the steps around it, multiplied
    """

    applied: Applied
    path: str
    where: Where
    sources: tuple[int, ...] = ()
    copies: Value = 1
    shared: int | None = None
    block: int = 0
    survival: Value = 1


@dataclass(slots=True, eq=False)
class Graph:
    """Nodes in an order in which each comes after those that it reads, and which of them are inputs and outputs.

    The first output is the end of the body, `main`; the others are heads.
    """

    nodes: list[Node] = field(default_factory=list)
    inputs: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, int] = field(default_factory=dict)
