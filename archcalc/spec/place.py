"""Operators bound, applied to shapes and placed in the graph; weights that layers share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archcalc.engine.graph import Applied, Node
from archcalc.errors import RuleError, Where
from archcalc.ops._base import Op
from archcalc.ops._fields import show_given
from archcalc.spec import limits
from archcalc.spec.evaluate import Evaluator, frozen, moderate
from archcalc.spec.expr import said
from archcalc.spec.running import Env, Failure, Frame, TooLarge
from archcalc.spec.steps import Block, Given, LetFunction
from archcalc.spec.survival import Chances
from archcalc.values import Value, equal, is_value

if TYPE_CHECKING:
    from archcalc.spec.again import Ran


@dataclass
class Known:
    """What other settings of a spec may want too: operators bound, and applied to shapes; runs of blocks, answers of
    functions, and the parameters that both depend on (`again.py`)."""

    ops: dict[Any, Op] = field(default_factory=dict)
    applied: dict[Any, Applied] = field(default_factory=dict)
    runs: dict[Any, Ran] = field(default_factory=dict)
    answers: dict[Any, dict[Any, Any]] = field(default_factory=dict)
    uses: dict[Block | LetFunction, frozenset[str]] = field(default_factory=dict)
    kept: int = 0
    """Layers in `runs`."""

    def room_for(self, layers: int) -> dict[Any, Ran]:
        """The runs, where one of so many layers may be kept; where they are too many, all are forgotten."""
        if self.kept + layers > limits.MAX_KEPT:
            self.runs.clear()
            self.kept = 0
        self.kept += layers
        return self.runs


class Placer(Evaluator):
    """Places nodes. Operators with equal parameters are one, and so is an operator on equal shapes."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.ends: dict[str, int | None] = {}
        self.levels: list[tuple[str, int]] = []
        self.known = Known()
        self.copies: Value = 1
        self.sharing: tuple[str, int] | None = None
        self.shared: dict[tuple[str, str], int] = {}
        self.chances = Chances()

    def values(self, kind: type[Op], given: Mapping[str, Given], env: Env, frame: Frame) -> dict[str, Any]:
        """The parameters of an operator; the file's defaults see the names of the file, not those of the block."""
        defaults = frame.module.defaults_of(kind.name)
        if not defaults:
            return {n: item.value if item.code is None else self.value(item, env) for n, item in given.items()}
        file = self.environment(frame.module)
        return {n: self.value(item, file if defaults.get(n) is item else env) for n, item in given.items()}

    def bind(self, kind: type[Op], rank: int, values: dict[str, Any], given: Mapping[str, Given], where: Where) -> Op:
        key = (kind, rank, *[(name, frozen(value)) for name, value in values.items()])
        op = self.known.ops.get(key)
        if op is None:
            try:
                op = self.known.ops[key] = kind(rank, **values)
            except RuleError as error:
                raise self.blamed(error, given, values, where) from None
        return op

    def blamed(self, error: RuleError, given: Mapping[str, Given], values: Mapping[str, Any], where: Where) -> Failure:
        """A rule's error, placed at the parameter that it blames and with the expression that gave it."""
        blamed = given.get(error.parameter)
        if blamed is None:
            return Failure(where, error.message, error.hint)
        message = error.message
        if blamed.code is not None and error.parameter in values:
            value = show_given(values[error.parameter])
            message = message.replace(
                f"`{error.parameter}` is {value}", f"`{error.parameter}` is {blamed.text} = {value}"
            )
        return Failure(blamed.where, message, error.hint)

    def place(
        self, op: Op, sources: tuple[int, ...], path: str, where: Where, block: int, given: Mapping[str, Given]
    ) -> int:
        try:
            return self.node(op, sources, path, where, block)
        except RuleError as error:
            raise self.blamed(error, given, vars(op), where) from None

    def node(self, op: Op, sources: tuple[int, ...], path: str, where: Where, block: int) -> int:
        nodes = self.graph.nodes
        inputs = tuple([nodes[source].applied.output for source in sources])
        key = op, inputs
        applied = self.known.applied.get(key)
        if applied is None:
            applied = Applied(op, inputs)
            for size in applied.output:
                moderate(size, "a size of the output", where)
            self.known.applied[key] = applied
        index = len(nodes)
        if index >= limits.MAX_NODES:
            raise TooLarge(where, f"more than {limits.MAX_NODES:,} layers")
        shared = self._shared(applied, path, where, index) if self.sharing is not None else None
        nodes.append(Node(applied, path, where, sources, self.copies, shared, block))
        if self.chances.running:
            self.chances.of[index] = self.chances.running
        return index

    def ended(self, path: str, end: int | None) -> None:
        """Take notice of the node at the end of a level."""
        self.ends[path] = end
        if end is not None:
            self.levels.append((path, end))

    def _shared(self, applied: Applied, path: str, where: Where, index: int) -> int | None:
        assert self.sharing is not None
        group, start = self.sharing
        if not any(type(count) is not int or count for count in applied.weights):
            return None
        first = self.shared.setdefault((group, path[start:]), index)
        if first == index:
            return None
        other = self.graph.nodes[first]
        if not _alike(other.applied, applied):
            message = f"`{path}` shares the weights of `{other.path}`, which differ in shape"
            hint = f"layers that share weights take equal channels and parameters but for {', '.join(PLACING)}"
            raise Failure(where, message, hint)
        if not equal(other.copies, self.copies):
            message = f"`{path}` shares the weights of `{other.path}`, but not its number of `copies`"
            raise Failure(where, f"{message}: {said(self.copies)} here, {said(other.copies)} there")
        return first


PLACING = ("stride", "padding", "output_padding", "dilation")
"""Parameters that say where weights are put to the map, and nothing of the weights."""


def _alike(a: Applied, b: Applied) -> bool:
    """Whether the weights of two are equal in shape."""
    if a.op is not b.op:
        fields = [name for name in a.op.fields if name not in PLACING]
        if type(a.op) is not type(b.op) or not all(_same(getattr(a.op, n), getattr(b.op, n)) for n in fields):
            return False
    return all(map(equal, a.weights, b.weights))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return equal(a, b) if is_value(a) and is_value(b) else bool(a == b)
