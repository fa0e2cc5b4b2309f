"""Values of a spec at settings: environments of files, expressions, sizes, the shape that arrives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.errors import RuleError, Where
from archcalc.quantities import Shape
from archcalc.spec import limits
from archcalc.spec.expr import FUNCTIONS, count_of, said
from archcalc.spec.module import Module
from archcalc.spec.names import SHAPE_NAMES
from archcalc.spec.running import Env, Failure, TooLarge
from archcalc.spec.steps import (
    Given,
    LetFunction,
    Text,
    Word,
    table_key,
)
from archcalc.values import Value, is_value, is_whole, require_at_least

_NONE: tuple[int, Env] = (-1, {})
_PLAIN = frozenset({bool, int, Fraction, str})
"""Kinds of values of which equal ones are one: a function of `let` is asked once for them."""


class Evaluator:
    """Evaluates what a spec gives, over a graph that grows.

    parameters  the value of each
    """

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self.parameters = parameters
        self.graph = Graph()
        self.environments: dict[Module, tuple[int, Env]] = {}
        self.steps = 0
        self.let_calls = 0

    def count(self, where: Where) -> None:
        """Count a step or a call, and stop where nothing but steps and calls comes."""
        self.steps += 1
        if self.steps > limits.MAX_IDLE and self.steps > limits.MAX_IDLE + 10 * len(self.graph.nodes):
            layers = count_of(len(self.graph.nodes), "layer")
            raise TooLarge(where, f"{self.steps:,} steps and calls have come to no more than {layers}")

    def environment(self, module: Module) -> Env:
        """Parameters, functions and `let` of a file."""
        count, env = self.environments.get(module, _NONE)
        if count != len(module.let):  # a file that is read bit by bit may come to more of its `let`
            env = {f"{name}()": function for name, function in FUNCTIONS.items()}
            env.update((name, self.parameters[name]) for name in module.parameters)
            for name, entry in module.let.items():
                if isinstance(entry, LetFunction):
                    env[name] = self._function(entry, env, module)
                else:
                    env[name] = self.value(entry, env)
            self.environments[module] = len(module.let), env
        return env

    def answers(self, entry: LetFunction, module: Module) -> dict[Any, Any]:
        """What a function of `let` has come to, by what it was asked for."""
        return {}

    def _function(self, entry: LetFunction, env: Env, module: Module) -> Callable[..., Any]:
        """A function or table of `let` over the environment of its file."""
        rule, known = entry.rule, self.answers(entry, module)

        def look_up(asked: Any) -> Any:
            key = table_key(asked)
            if key not in entry.table:
                listed = ", ".join(said(value) for _, value in entry.table)
                raise RuleError(f"`{entry.name}` has no entry {said(asked)}; it has {listed}")
            self.let_calls += 1  # an entry may ask the table again
            return entry.table[key].get({**env, entry.arguments[0]: asked})

        def call(*values: Any) -> Any:
            if len(values) != len(entry.arguments):
                takes, given = count_of(len(entry.arguments), "value"), len(values)
                raise RuleError(f"`{entry.name}` takes {takes}, {given} {'is' if given == 1 else 'are'} given")
            key = tuple([(type(value), value) for value in values]) if _PLAIN.issuperset(map(type, values)) else None
            if key in known:
                return known[key]
            self.let_calls += 1
            if self.let_calls > limits.MAX_LET_CALLS:
                raise RuleError(f"more than {limits.MAX_LET_CALLS:,} calls of functions: does a condition end them?")
            self.count(entry.where)
            assert rule is not None
            result = rule.get({**env, **dict(zip(entry.arguments, values, strict=True))})
            if key is not None:
                known[key] = result
            return result

        return look_up if rule is None else call

    def value(self, given: Given, env: Env) -> Any:
        if given.code is None:
            return given.value
        self.let_calls = 0
        try:
            return given.code(env)
        except RuleError as error:
            raise Failure(given.where, f"`{given.text}`: {error.message}", error.hint) from None
        except KeyError as error:
            missing = error.args[0]
            if missing not in SHAPE_NAMES:
                raise
            raise Failure(given.where, f"`{missing}` is not known here: what arrives has no such axis") from None
        except RecursionError:
            if not self.let_calls:
                raise
            raise Failure(given.where, f"`{given.text}` calls itself without end") from None

    def name(self, text: Text, env: Env) -> str:
        if text.fixed is not None:
            return text.fixed
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

    def size(self, given: Given, env: Env, role: str) -> Value:
        value = self.value(given, env)
        written = said(value) if given.code is None else f"{given.text} = {said(value)}"
        if not is_value(value) or not is_whole(value):
            raise Failure(
                given.where, f"{role} is {written}, a whole number is wanted", "write round(…), floor(…) or ceil(…)"
            )
        try:
            require_at_least(value, 1, f"{role} is {written}, at least 1 is wanted")
        except RuleError as error:
            raise Failure(given.where, error.message) from None
        return value


def moderate(size: Value, role: str, where: Where) -> Value:
    """`size`, unless no network could have it and no message could print it."""
    if isinstance(size, int) and size.bit_length() > limits.MAX_SIZE_BITS:
        raise Failure(where, f"{role} is above 2**{limits.MAX_SIZE_BITS}")
    return size


def written(given: Given, value: Any) -> str:
    return said(value) if given.code is None else f"{given.text} = {said(value)}"


def frozen(value: Any) -> Any:
    """A hashable form of a parameter's value, with its kind: True and 1 are not one, nor is a word of two files."""
    kind = type(value)
    if kind is int:
        return value
    if kind is list or kind is tuple:
        return tuple([frozen(each) for each in value])
    return (value.module, str(value)) if kind is Word else (kind, value)
