"""Module + parameters + inputs → Graph, with shapes: the only place where structure is decided."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from archcalc.engine.graph import Applied, Graph, Node
from archcalc.errors import Problem, RuleError, SpecError, UsageError, Where, near
from archcalc.ops._base import Op, axes, catalogue, show_given
from archcalc.quantities import Shape, show_shape
from archcalc.spec.compile import Module, by_name, signature, wrong_arguments
from archcalc.spec.document import SHAPE_NAMES
from archcalc.spec.expr import FUNCTIONS, count_of, said
from archcalc.spec.source import short
from archcalc.spec.steps import (
    INPUT,
    LEVEL,
    LEVEL_FORM,
    MAIN,
    SIZE,
    Block,
    Body,
    Branch,
    Call,
    Do,
    Given,
    Heads,
    LetFunction,
    Merge,
    Operator,
    Pass,
    Repeat,
    Step,
    Text,
    Word,
    table_key,
)
from archcalc.spec.survival import Chance, Chances
from archcalc.values import Value, equal, is_value, is_whole, require_at_least

MAX_ROUNDS = 1_000_000
MAX_NODES = 2_000_000
MAX_IDLE = 100_000
"""Steps and calls of functions that may pass without a layer, beside ten for each layer."""
MAX_RECURSIONS = 20_000
MAX_SIZE_BITS = 512
MAX_CALLS = 200
MAX_LET_CALLS = 50_000

Env = dict[str, Any]


class _Failure(Exception):
    """A problem of one step: what follows from it is not looked at."""

    def __init__(self, where: Where, message: str, hint: str = "") -> None:
        self.problem = Problem(message, where, hint)


class _TooLarge(_Failure):
    """The whole expansion ends."""


@dataclass(slots=True)
class _Frame:
    """A block that is being run, or the network itself: where names are looked for."""

    path: str
    input: int
    module: Module
    env: Env
    depth: int = 0
    block: int = 0
    active: frozenset[Block] = frozenset()
    """The blocks that are being run, from the outside in."""


@dataclass(slots=True)
class _Level:
    """A body that is being run at a path; steps that make no level of their own share it."""

    path: str
    numbered: frozenset[str]
    single: bool
    counts: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def under(self, label: str) -> str:
        return f"{self.path}/{label}" if self.path else label

    def skip(self, labels: Iterable[tuple[str, bool]]) -> None:
        """Count the places of steps that do not run."""
        for label, _ in labels:
            self.counts[label] = self.counts.get(label, 0) + 1

    def place(self, label: str, where: Where, *, exact: bool = False) -> str:
        """The path of a step's level; `exact` for a name that was computed and takes no number."""
        if exact and (label == INPUT or not LEVEL.fullmatch(label)):
            reason = f"`from: {INPUT}` is what came into the block" if label == INPUT else f"a name has {LEVEL_FORM}"
            raise _Failure(where, f"a layer cannot be named `{label}`: {reason}")
        if not exact and label in self.numbered:
            count = self.counts[label] = self.counts.get(label, 0) + 1
            label = f"{label}{count}"
        if label in self.taken:
            raise _Failure(
                where, f"two layers are named `{self.under(label)}`", "an expression in braces tells them apart"
            )
        self.taken.add(label)
        return self.under(label)


def expand(
    module: Module,
    inputs: Mapping[str, list[Given]],
    body: Body,
    parameters: Mapping[str, Any],
    shapes: Mapping[str, Shape],
) -> Graph:
    """The graph of a network. `shapes` are inputs given from outside. Raises SpecError with all problems of shapes."""
    expander = _Expander(parameters)
    collecting = gc.isenabled()
    gc.disable()  # a graph has no cycles to collect, and collection would double the time of a large one
    try:
        with deep_recursion():
            return expander.network(module, inputs, body, shapes)
    finally:
        if collecting:
            gc.enable()


def environment(module: Module, parameters: Mapping[str, Any]) -> Env:
    """What expressions of a file know: parameters at these values, functions, and what has been read of its `let`."""
    return _Expander(parameters).environment(module)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for blocks, branches and expressions inside one another."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, 50 * MAX_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)


class _Expander:
    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.root: Module
        self.graph = Graph()
        self.ends: dict[str, int | None] = {}
        self.failures: dict[tuple[Where, str], tuple[Problem, int]] = {}
        self.environments: dict[tuple[int, int], Env] = {}
        self.ops: dict[Any, Op] = {}
        self.applied: dict[Any, Applied] = {}
        self.copies: Value = 1
        self.sharing: tuple[str, int] | None = None
        self.shared: dict[tuple[str, str], int] = {}
        self.chances = Chances()
        self.steps = 0
        self.recursions = 0
        self.let_calls = 0

    # The network -----------------------------------------------------------------------------------------------------

    def network(
        self, module: Module, inputs: Mapping[str, list[Given]], body: Body, shapes: Mapping[str, Shape]
    ) -> Graph:
        self.root = module
        try:
            env = self.environment(module)
            first = self._inputs(inputs, env, shapes)
            frame = _Frame("", first, module, env)
            end = self.body(body, env, first, frame, "")
            if end is not None:
                self.graph.outputs = {MAIN: end, **self.graph.outputs}
        except _Failure as failure:
            self._record(failure, "")
        except RecursionError:
            self._record(_Failure(body.where, "blocks and branches are nested too deep"), "")
        self.chances.settle()
        if not self.failures:
            self._unread()
        if self.failures:
            problems = [
                replace(problem, message=f"{problem.message} (and {more} more)") if more else problem
                for problem, more in self.failures.values()
            ]
            raise SpecError(sorted(problems, key=_order))
        return self.graph

    def _inputs(self, inputs: Mapping[str, list[Given]], env: Env, shapes: Mapping[str, Shape]) -> int:
        for name, sizes in inputs.items():
            where = sizes[0].where
            shape = tuple(self._size(size, env, "a size of the input") for size in sizes)
            if name in shapes:
                shape = _filled(shapes[name], shape, name)
            op = catalogue()["input"](len(shape) - 1, shape=shape)
            node = self._node(op, (), name, where, 0)
            self.graph.inputs[name] = node
        return next(iter(self.graph.inputs.values()))

    def _size(self, given: Given, env: Env, role: str) -> Value:
        value = self.value(given, env)
        written = said(value) if given.code is None else f"{given.text} = {said(value)}"
        if not is_value(value) or not is_whole(value):
            raise _Failure(
                given.where, f"{role} is {written}, a whole number is wanted", "write round(…), floor(…) or ceil(…)"
            )
        try:
            require_at_least(value, 1, f"{role} is {written}, at least 1 is wanted")
        except RuleError as error:
            raise _Failure(given.where, error.message) from None
        return value

    def _unread(self) -> None:
        """Every node must be needed by an output."""
        nodes = self.graph.nodes
        needed = bytearray(len(nodes))
        read = bytearray(len(nodes))
        for index in self.graph.outputs.values():
            needed[index] = 1
        for index in range(len(nodes) - 1, -1, -1):
            for source in nodes[index].sources:
                read[source] = 1
                if needed[index]:
                    needed[source] = 1
        for index, node in enumerate(nodes):
            if not needed[index] and not read[index]:
                message = f"no output needs `{node.path}`"
                self._record(
                    _Failure(node.where, message, "read it with `from`, a merge or a `head`, or leave it out"), ""
                )

    def _record(self, failure: _Failure, path: str) -> None:
        problem = failure.problem
        key = (problem.where or Where(self.graph.nodes[0].where.source, 1, 1), problem.message.split(":")[0][:40])
        if key in self.failures:
            first, more = self.failures[key]
            self.failures[key] = (first, more + 1)
        else:
            at = f", at {path if len(path) <= 100 else f'{path[:50]}…{path[-50:]}'}" if path else ""
            self.failures[key] = (replace(problem, message=f"{problem.message}{at}"), 0)

    def count(self, where: Where) -> None:
        """Count a step or a call, and stop where nothing but steps and calls comes."""
        self.steps += 1
        if self.steps > MAX_IDLE and self.steps > MAX_IDLE + 10 * len(self.graph.nodes):
            layers = count_of(len(self.graph.nodes), "layer")
            raise _TooLarge(where, f"{self.steps:,} steps and calls have come to no more than {layers}")

    # Values ----------------------------------------------------------------------------------------------------------

    def environment(self, module: Module) -> Env:
        """Parameters, functions and `let` of a file."""
        key = id(module), len(module.let)  # a file that is read bit by bit may come to more of its `let`
        env = self.environments.get(key)
        if env is None:
            env = {f"{name}()": function for name, function in FUNCTIONS.items()}
            env.update((name, self.parameters[name]) for name in module.parameters)
            for name, entry in module.let.items():
                env[name] = self._function(entry, env) if isinstance(entry, LetFunction) else self.value(entry, env)
            self.environments[key] = env
        return env

    def _function(self, entry: LetFunction, env: Env) -> Callable[..., Any]:
        """A function or table of `let` over the environment of its file."""
        rule = entry.rule

        def look_up(asked: Any) -> Any:
            key = table_key(asked)
            if key not in entry.table:
                listed = ", ".join(said(value) for _, value in entry.table)
                raise RuleError(f"`{entry.name}` has no entry {said(asked)}; it has {listed}")
            return entry.table[key].get(env)

        def call(*values: Any) -> Any:
            if len(values) != len(entry.arguments):
                takes, given = count_of(len(entry.arguments), "value"), len(values)
                raise RuleError(f"`{entry.name}` takes {takes}, {given} {'is' if given == 1 else 'are'} given")
            self.let_calls += 1
            if self.let_calls > MAX_LET_CALLS:
                raise RuleError(f"more than {MAX_LET_CALLS:,} calls of functions: no condition ends them")
            self.count(entry.where)
            assert rule is not None
            return rule.get({**env, **dict(zip(entry.arguments, values, strict=True))})

        return look_up if rule is None else call

    def value(self, given: Given, env: Env) -> Any:
        if given.code is None:
            return given.value
        self.let_calls = 0
        try:
            return given.code(env)
        except RuleError as error:
            raise _Failure(given.where, f"`{given.text}`: {error.message}", error.hint) from None
        except KeyError as error:
            missing = error.args[0]
            if missing not in SHAPE_NAMES:
                raise
            raise _Failure(given.where, f"`{missing}` is not known here: what arrives has no such axis") from None
        except RecursionError:
            if not self.let_calls:
                raise
            raise _Failure(given.where, f"`{given.text}` calls itself without end") from None

    def name(self, text: Text, env: Env) -> str:
        return "".join(part if isinstance(part, str) else said(self.value(part, env)) for part in text.parts)

    def shape(self, node: int) -> Shape:
        return self.graph.nodes[node].applied.output

    def arrive(self, env: Env, at: int) -> None:
        """Bind the names of the shape that arrives."""
        shape = self.shape(at)
        channels, height, width = SHAPE_NAMES
        env[channels] = shape[0]
        if len(shape) > 2:
            env[height], env[width] = shape[-2:]
        else:  # a map of one axis has neither
            env.pop(height, None)
            env.pop(width, None)

    # Bodies and steps ------------------------------------------------------------------------------------------------

    def body(self, body: Body, env: Env, at: int | None, frame: _Frame, path: str) -> int | None:
        """Run a body at a level of its own. The node at its end; None after a failure."""
        level = _Level(path, body.numbered, body.single and bool(path))
        if not path:
            level.taken.update(self.graph.inputs)
        end = self.steps_of(body, env, at, frame, level)
        if path and end != _LEFT_OUT:
            self.ends[path] = end
        return end

    def steps_of(self, body: Body, env: Env, at: int | None, frame: _Frame, level: _Level) -> int | None:
        for step in body.steps:
            at = self.step(step, env, at, frame, level)
        return at

    def step(self, step: Step, env: Env, at: int | None, frame: _Frame, level: _Level) -> int | None:
        if at is None and step.origin is None:
            return None
        try:
            if step.repeat is None:
                return self.once(step, env, at, frame, level, first=True)
            begin = at
            if step.origin is not None and step.origin.constant:
                begin = self.find(self.name(step.origin, env), step.origin.where, frame, level)
            for number, round_env in self.rounds(step.repeat, env, begin):
                at = self.once(step, round_env, at, frame, level, first=number == 1)
            return at
        except _TooLarge:
            raise
        except _Failure as failure:
            self._record(failure, level.path)
            return None

    def rounds(self, repeat: Repeat, env: Env, at: int | None) -> Iterator[tuple[int, Env]]:
        if at is not None:
            self.arrive(env, at)
        if repeat.count is not None:
            count = self.value(repeat.count, env)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                known = is_value(count) and not isinstance(count, int) and not hasattr(count, "denominator")
                reason = "how often must be known" if known else "a whole number, 0 or more, is wanted"
                raise _Failure(repeat.where, f"`repeat` is {_written(repeat.count, count)}: {reason}")
            columns: dict[str, Any] = {}
        else:
            columns = {name: self.value(given, env) for name, given in repeat.columns.items()}
            for name, column in columns.items():
                if not isinstance(column, list):
                    raise _Failure(
                        repeat.columns[name].where, f"the column `{name}` is {said(column)}, a list is wanted"
                    )
            lengths = {name: len(column) for name, column in columns.items()}
            count = next(iter(lengths.values()), 0)
            if len(set(lengths.values())) > 1:
                listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
                raise _Failure(repeat.where, f"the columns of `repeat` differ in length: {listed}")
        if count > MAX_ROUNDS:
            raise _Failure(repeat.where, f"`repeat` is {count:,}, {MAX_ROUNDS:,} is the most")
        for number in range(1, count + 1):
            bound = {name: column[number - 1] for name, column in columns.items()}
            yield number, {**env, **bound, "i": number, "first": number == 1, "last": number == count}

    def once(self, step: Step, env: Env, at: int | None, frame: _Frame, level: _Level, *, first: bool) -> int | None:
        self.count(step.where)
        before = at
        if step.origin is not None and first:
            at = self.find(self.name(step.origin, env), step.origin.where, frame, level)
        if at is None:
            return None
        if step.asks_shape:
            self.arrive(env, at)
        if step.when is not None:
            condition = self.value(step.when, env)
            if not isinstance(condition, bool):
                raise _Failure(step.when.where, f"`when` is {said(condition)}, true or false is wanted")
            if not condition:
                level.skip(step.action_labels())
                return before if step.otherwise is None else self.otherwise(step.otherwise, env, at, frame, level)
        with self.survives(step, env):
            end = self.act(step, env, at, frame, level)
        if step.otherwise is not None:
            level.skip(step.otherwise.labels())
        return end

    def otherwise(self, body: Body, env: Env, at: int, frame: _Frame, level: _Level) -> int | None:
        return self.steps_of(body, env, at, frame, replace(level, single=level.single and body.single))

    def act(self, step: Step, env: Env, at: int, frame: _Frame, level: _Level) -> int | None:
        action = step.action
        if step.transparent:
            match action:
                case Do():
                    inner = replace(level, single=level.single and action.body.single)
                    with self.shares(step, env, level.path):
                        return self.steps_of(action.body, env, at, frame, inner)
                case Heads():
                    self.heads(action, env, at, frame, level)
                    return at
                case Pass():
                    return _LEFT_OUT if action.nothing else at
        path = self._path(step, env, level)
        with self.shares(step, env, path):
            match action:
                case Operator():
                    end: int | None = self._operator(action, step, env, at, frame, level, path)
                case Call():
                    end = self._call(action, step, env, at, frame, path)
                case Merge():
                    inner = level if step.name is None else _Level(path, frozenset(), False)
                    end = self._merge(action, step, env, at, frame, inner, path)
                case Do():
                    end = self.body(action.body, env, at, frame, path)
                case Heads():
                    self.heads(action, env, at, frame, _Level(path, frozenset(), False))
                    end = at
                case Pass():
                    end = at
        self.ends[path] = end
        return end

    def _path(self, step: Step, env: Env, level: _Level) -> str:
        if step.name is not None:
            return level.place(self.name(step.name, env), step.name.where, exact=not step.name.constant)
        return level.path if level.single else level.place(step.label, step.where)

    @contextmanager
    def _sharing(self, group: str, path: str) -> Iterator[None]:
        before, self.sharing = self.sharing, (group, len(path))
        try:
            yield
        finally:
            self.sharing = before

    def shares(self, step: Step, env: Env, path: str) -> Any:
        """While the step runs, its layers share weights with those at equal paths in steps of the same `weights`."""
        return _NOTHING if step.weights is None else self._sharing(self.name(step.weights, env), path)

    def survives(self, step: Step, env: Env) -> Any:
        """While the step runs, its layers have its `survival`."""
        if step.survival is None:
            return _NOTHING
        given = step.survival.value
        value = self.value(given, env)
        message = f"`survival` is {_written(given, value)}, a number from 0 to 1 is wanted"
        if not is_value(value):
            raise _Failure(given.where, message)
        try:
            require_at_least(value, 0, message)
            require_at_least(1, value, message)
        except RuleError as error:
            raise _Failure(given.where, error.message, error.hint) from None
        return self.chances.during(step, value)

    def find(self, name: str, where: Where, frame: _Frame, level: _Level) -> int | None:
        """The node at the end of the level of this name: in this body, then outwards as far as the block."""
        if name == INPUT:
            return frame.input
        path = level.path
        while True:
            candidate = f"{path}/{name}" if path else name
            if candidate in self.ends:
                return self.ends[candidate]
            if path == frame.path:
                break
            path = path.rpartition("/")[0]
        start = f"{frame.path}/" if frame.path else ""
        above = [known.removeprefix(start) for known in self.ends if known.startswith(start)]
        raise _Failure(where, f"no layer `{short(name)}` above this one", near(name[:200], above))

    # Actions ---------------------------------------------------------------------------------------------------------

    def _operator(
        self, action: Operator, step: Step, env: Env, at: int, frame: _Frame, level: _Level, path: str
    ) -> int | None:
        shape = self.shape(at)
        rank, given = len(shape) - 1, action.given
        op = action.bound.get(rank) if action.constants is not None else None
        if op is None:
            values = action.constants or self._values(action.kind, given, env, frame)
            if action.like is not None:
                name = self.name(action.like, env)
                found = self.find(name, action.like.where, frame, level)
                if found is None:
                    return None
                size = self.shape(found)[1:]
                if len(size) != rank:
                    message = f"`{name}` has {axes(len(size))} beside its channels, and what arrives {axes(rank)}"
                    raise _Failure(action.like.where, message)
                values, given = {**values, SIZE: size}, {**given, SIZE: Given(action.like.where, name)}
            op = self._bind(action.kind, rank, values, given, step.where)
            if action.constants is not None:
                action.bound[rank] = op
        return self._place(op, () if op.begins else (at,), path, step.where, frame.block, given)

    def _values(self, kind: type[Op], given: Mapping[str, Given], env: Env, frame: _Frame) -> dict[str, Any]:
        """The parameters of an operator; the file's defaults see the names of the file, not those of the block."""
        defaults = frame.module.defaults_of(kind.name)
        file = self.environment(frame.module)
        return {n: self.value(item, file if defaults.get(n) is item else env) for n, item in given.items()}

    def _bind(self, kind: type[Op], rank: int, values: dict[str, Any], given: Mapping[str, Given], where: Where) -> Op:
        key = (kind, rank, *((name, _frozen(value)) for name, value in values.items()))
        op = self.ops.get(key)
        if op is None:
            try:
                op = self.ops[key] = kind(rank, **values)
            except RuleError as error:
                raise self._blamed(error, given, values, where) from None
        return op

    def _blamed(
        self, error: RuleError, given: Mapping[str, Given], values: Mapping[str, Any], where: Where
    ) -> _Failure:
        """A rule's error, placed at the parameter that it blames and with the expression that gave it."""
        blamed = given.get(error.parameter)
        if blamed is None:
            return _Failure(where, error.message, error.hint)
        message = error.message
        if blamed.code is not None and error.parameter in values:
            value = show_given(values[error.parameter])
            message = message.replace(
                f"`{error.parameter}` is {value}", f"`{error.parameter}` is {blamed.text} = {value}"
            )
        return _Failure(blamed.where, message, error.hint)

    def _place(
        self, op: Op, sources: tuple[int, ...], path: str, where: Where, block: int, given: Mapping[str, Given]
    ) -> int:
        try:
            return self._node(op, sources, path, where, block)
        except RuleError as error:
            raise self._blamed(error, given, vars(op), where) from None

    def _node(self, op: Op, sources: tuple[int, ...], path: str, where: Where, block: int) -> int:
        nodes = self.graph.nodes
        key = (op, *(nodes[source].applied.output for source in sources))
        applied = self.applied.get(key)
        if applied is None:
            applied = Applied(op, tuple(nodes[source].applied.output for source in sources))
            for size in applied.output:
                _moderate(size, "a size of the output", where)
            self.applied[key] = applied
        index = len(nodes)
        if index >= MAX_NODES:
            raise _TooLarge(where, f"more than {MAX_NODES:,} layers")
        shared = self._shared(applied, path, where, index) if self.sharing is not None else None
        nodes.append(Node(applied, path, where, sources, self.copies, shared, block))
        self.chances.place(nodes[index])
        self.ends[path] = index
        return index

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
            raise _Failure(where, message, hint)
        if not equal(other.copies, self.copies):
            message = f"`{path}` shares the weights of `{other.path}`, but not its number of `copies`"
            raise _Failure(where, f"{message}: {said(self.copies)} here, {said(other.copies)} there")
        return first

    def _call(self, action: Call, step: Step, env: Env, at: int, frame: _Frame, path: str) -> int | None:
        block = action.block
        if block is None:
            held = env.get(action.target, action.target)
            found = self._held(held, frame, step)
            if not isinstance(found, Block):
                return self._held_operator(found, action, step, env, at, frame, path)
            block = found
            if message := wrong_arguments(block, len(action.positional), action.named):
                raise _Failure(step.where, message)
        again = block in frame.active
        if frame.depth >= MAX_CALLS:
            how = f"`{block.name}` calls itself {MAX_CALLS} deep: no condition ends it"
            raise _Failure(step.where, how if again else f"blocks call each other {MAX_CALLS} deep")
        self.recursions += again
        if self.recursions > MAX_RECURSIONS:
            raise _TooLarge(step.where, f"`{block.name}` calls itself, and blocks did {MAX_RECURSIONS:,} times before")
        inner: Env = dict(self.environment(block.module))
        self.arrive(inner, at)
        positional = iter(action.positional)
        for name, default in block.arguments.items():
            given = next(positional, None) or action.named.get(name)
            if given is not None:
                inner[name] = self.value(given, env)
            elif default is not None:
                inner[name] = self.value(default, inner)
            else:
                raise _Failure(step.where, f"{signature(block)} needs `{name}`")
        assert block.body is not None
        inner_block = frame.block or path.count("/") + 1
        inner_frame = _Frame(path, at, block.module, inner, frame.depth + 1, inner_block, frame.active | {block})
        return self.body(block.body, inner, at, inner_frame, path)

    def _held(self, held: Any, frame: _Frame, step: Step) -> Block | type[Op]:
        """The block or operator that a parameter holds by name."""
        if isinstance(held, str):
            module = held.module if isinstance(held, Word) else frame.module
            block = module.block(held) or self.root.block(held)
            if module.problems:  # of a block that nothing has asked for before
                raise SpecError(module.problems)
            if block is not None:
                return block
            if held in catalogue():
                if not catalogue()[held].merge and held != INPUT:
                    return catalogue()[held]
                raise _Failure(step.where, f"`{step.label}` is {held}, which cannot stand for a step")
        hint = near(str(held), [*frame.module.block_names, *catalogue()])
        raise _Failure(step.where, f"`{step.label}` is {said(held)}, which is neither a block nor an operator", hint)

    def _held_operator(
        self, kind: type[Op], action: Call, step: Step, env: Env, at: int, frame: _Frame, path: str
    ) -> int:
        given = {**frame.module.defaults_of(kind.name), **action.named}
        if frame.module.problems:
            raise SpecError(frame.module.problems)
        if len(action.positional) > 1 or (action.positional and not kind.bare):
            raise _Failure(step.where, by_name(kind))
        if action.positional:
            given[kind.bare] = action.positional[0]
        values = self._values(kind, given, env, frame)
        op = self._bind(kind, len(self.shape(at)) - 1, values, given, step.where)
        return self._place(op, () if op.begins else (at,), path, step.where, frame.block, given)

    def _merge(
        self, action: Merge, step: Step, env: Env, at: int, frame: _Frame, level: _Level, path: str
    ) -> int | None:
        ends: list[int] = []
        names: list[str] = []
        copies: list[Value] = []
        whole: list[Chance | None] = []
        if action.names:
            for text in action.names:
                name = self.name(text, env)
                found = self.find(name, text.where, frame, level)
                if found is None:
                    return None
                ends.append(found)
                names.append(name)
                copies.append(1)
        failed = False
        for branch in action.branches:
            made = len(self.chances.made)
            name, end, count = self._branch(branch, env, at, frame, level)
            if end == _LEFT_OUT:
                continue
            whole.append(self.chances.of_branch(branch.body, made))
            failed |= end is None
            ends.append(end)  # type: ignore[arg-type]
            names.append(name)
            copies.append(count)
        if failed:
            return None
        if not ends:
            raise _Failure(step.where, f"`{action.kind.name}` has no branch left")
        if len(ends) == 1 and type(copies[0]) is int and copies[0] == 1 and not action.kind.pair:
            for chance in whole:
                if chance is not None:
                    chance.alone = True
            return ends[0]
        values = self._values(action.kind, action.given, env, frame) if action.given else {}
        if not all(type(count) is int and count == 1 for count in copies):
            values["copies"] = tuple(copies)
        op = self._bind(action.kind, len(self.shape(ends[0])) - 1, values, action.given, step.where)
        try:
            return self._node(op, tuple(ends), path, step.where, frame.block)
        except RuleError as error:
            if error.parameter in action.given:
                raise self._blamed(error, action.given, values, step.where) from None
            listed = ", ".join(f"{name} {show_shape(self.shape(end))}" for name, end in zip(names, ends, strict=True))
            raise _Failure(step.where, f"{error.message.split(':')[0]}: {listed}", error.hint) from None

    def _branch(self, branch: Branch, env: Env, at: int, frame: _Frame, level: _Level) -> tuple[str, int | None, Value]:
        name = self.name(branch.name, env)
        path = level.place(name, branch.name.where, exact=not branch.name.constant)
        count: Value = 1
        if branch.copies is not None:
            count = self._size(branch.copies, env, "`copies`")
        before, self.copies = self.copies, _moderate(self.copies * count, "the number of copies", branch.name.where)
        end = self.body(branch.body, dict(env), at, frame, path)
        self.copies = before
        return name, end, count

    def heads(self, action: Heads, env: Env, at: int, frame: _Frame, level: _Level) -> None:
        for branch in action.branches:
            path = level.place(self.name(branch.name, env), branch.name.where, exact=not branch.name.constant)
            if path == MAIN:
                raise _Failure(branch.name.where, f"`{MAIN}` is the end of the body, a head needs another name")
            end = self.body(branch.body, dict(env), at, frame, path)
            if end is not None:
                self.graph.outputs[path] = end


def _moderate(size: Value, role: str, where: Where) -> Value:
    """`size`, unless no network could have it and no message could print it."""
    if isinstance(size, int) and size.bit_length() > MAX_SIZE_BITS:
        raise _Failure(where, f"{role} is above 2**{MAX_SIZE_BITS}")
    return size


def _filled(given: Shape, own: Shape, name: str) -> Shape:
    """An input given from outside: one number is every axis, axes alone leave the spec's own channels."""
    rank = len(own) - 1
    if len(given) == rank + 1:
        return given
    if len(given) == 1:
        return own[0], *given * rank
    if len(given) == rank:
        return own[0], *given
    raise UsageError(f"the input `{name}` has {axes(rank)} beside its channels, {len(given)} sizes are given")


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


_LEFT_OUT = -1
"""The end of a branch that is `none`."""


class _Nothing:
    """A context that does nothing; cheaper than contextlib's in a loop over every layer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


_NOTHING = _Nothing()


def _order(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.source.name, where.line, where.column) if where else ("", 0, 0)


def _written(given: Given, value: Any) -> str:
    return said(value) if given.code is None else f"{given.text} = {said(value)}"


def _frozen(value: Any) -> Any:
    """A hashable form of a parameter's value, with its kind: True and 1 are not one."""
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else (type(value), value)
