"""Bodies at settings: their steps one after the other, where, whether and how often each runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

from archcalc.errors import Problem, RuleError, Where
from archcalc.spec import limits
from archcalc.spec.act import LEFT_OUT, Actor
from archcalc.spec.evaluate import written
from archcalc.spec.expr import said
from archcalc.spec.running import Env, Failure, Frame, Level, TooLarge
from archcalc.spec.steps import Body, Call, Do, Given, Heads, Merge, Operator, Pass, Repeat, Step, Text
from archcalc.values import is_value, require_at_least


class Runner(Actor):
    """Runs bodies. What goes wrong with a step is kept, and what follows from it is not looked at."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.failures: dict[tuple[Where, str], tuple[Problem, int]] = {}
        """By place and kind: the first, and how many more there are."""

    def body(self, body: Body, env: Env, at: int | None, frame: Frame, path: str) -> int | None:
        """Run a body at a level of its own. The node at its end; None after a failure."""
        level = Level(path, body.numbered, body.single and bool(path))
        if not path:
            level.taken.update(self.graph.inputs)
        end = self.steps_of(body, env, at, frame, level)
        if path and end != LEFT_OUT:
            self.ended(path, end)
        return end

    def steps_of(self, body: Body, env: Env, at: int | None, frame: Frame, level: Level) -> int | None:
        for step in body.steps:
            at = self.step(step, env, at, frame, level)
        return at

    def step(self, step: Step, env: Env, at: int | None, frame: Frame, level: Level) -> int | None:
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
        except TooLarge:
            raise
        except Failure as failure:
            self.record(failure, level.path)
            return None

    def rounds(self, repeat: Repeat, env: Env, at: int | None) -> Iterator[tuple[int, Env]]:
        if at is not None:
            self.arrive(env, at)
        if repeat.count is not None:
            count = self.value(repeat.count, env)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                known = is_value(count) and not isinstance(count, int) and not hasattr(count, "denominator")
                reason = "how often must be known" if known else "a whole number, 0 or more, is wanted"
                raise Failure(repeat.where, f"`repeat` is {written(repeat.count, count)}: {reason}")
            columns: dict[str, Any] = {}
        else:
            columns = {name: self.value(given, env) for name, given in repeat.columns.items()}
            for name, column in columns.items():
                if not isinstance(column, list):
                    raise Failure(
                        repeat.columns[name].where, f"the column `{name}` is {said(column)}, a list is wanted"
                    )
            lengths = {name: len(column) for name, column in columns.items()}
            count = next(iter(lengths.values()), 0)
            if len(set(lengths.values())) > 1:
                listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
                raise Failure(repeat.where, f"the columns of `repeat` differ in length: {listed}")
        if count > limits.MAX_ROUNDS:
            raise Failure(repeat.where, f"`repeat` is {count:,}, {limits.MAX_ROUNDS:,} is the most")
        for number in range(1, count + 1):
            bound = {name: column[number - 1] for name, column in columns.items()}
            yield number, {**env, **bound, "i": number, "first": number == 1, "last": number == count}

    def once(self, step: Step, env: Env, at: int | None, frame: Frame, level: Level, *, first: bool) -> int | None:
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
                raise Failure(step.when.where, f"`when` is {said(condition)}, true or false is wanted")
            if not condition:
                level.skip(step.places)
                return before if step.otherwise is None else self.otherwise(step.otherwise, env, at, frame, level)
        if step.survival is None:
            end = self.act(step, env, at, frame, level)
        else:
            with self.survives(step, step.survival.value, env):
                end = self.act(step, env, at, frame, level)
        if step.otherwise is not None:
            level.skip(step.otherwise.places)
        return end

    def otherwise(self, body: Body, env: Env, at: int, frame: Frame, level: Level) -> int | None:
        return self.steps_of(body, env, at, frame, replace(level, single=level.single and body.single))

    def act(self, step: Step, env: Env, at: int, frame: Frame, level: Level) -> int | None:
        action = step.action
        if step.transparent:
            match action:
                case Do():
                    inner = replace(level, single=level.single and action.body.single)
                    if step.weights is None:
                        return self.steps_of(action.body, env, at, frame, inner)
                    with self.shares(step.weights, env, level.path):
                        return self.steps_of(action.body, env, at, frame, inner)
                case Heads():
                    self.heads(action, env, at, frame, level)
                    return at
                case Pass():
                    return LEFT_OUT if action.nothing else at
        path = self._path(step, env, level)
        if step.weights is None:
            end = self._act(step, env, at, frame, level, path)
        else:
            with self.shares(step.weights, env, path):
                end = self._act(step, env, at, frame, level, path)
        self.ended(path, end)
        return end

    def _act(self, step: Step, env: Env, at: int, frame: Frame, level: Level, path: str) -> int | None:
        """Run the action of a step that makes a level."""
        match step.action:
            case Operator() as action:
                return self.operator(action, step, env, at, frame, level, path)
            case Call() as action:
                return self.call(action, step, env, at, frame, path)
            case Merge() as action:
                inner = level if step.name is None else Level(path, frozenset(), False)
                return self.merge(action, step, env, at, frame, inner, path)
            case Do() as action:
                return self.body(action.body, env, at, frame, path)
            case Heads() as action:
                self.heads(action, env, at, frame, Level(path, frozenset(), False))
        return at

    def _path(self, step: Step, env: Env, level: Level) -> str:
        if step.name is not None:
            return level.place(self.name(step.name, env), step.name.where, exact=not step.name.constant)
        return level.path if level.single else level.place(step.label, step.where)

    @contextmanager
    def shares(self, weights: Text, env: Env, path: str) -> Iterator[None]:
        """While a step runs, its layers share weights with those at equal paths in steps of the same `weights`."""
        group = self.name(weights, env)
        self.unique += 1
        before, self.sharing = self.sharing, (group, len(path))
        try:
            yield
        finally:
            self.sharing = before

    def survives(self, step: Step, given: Given, env: Env) -> AbstractContextManager[None]:
        """While the step runs, its layers have its `survival`."""
        value = self.value(given, env)
        message = f"`survival` is {written(given, value)}, a number from 0 to 1 is wanted"
        if not is_value(value):
            raise Failure(given.where, message)
        try:
            require_at_least(value, 0, message)
            require_at_least(1, value, message)
        except RuleError as error:
            raise Failure(given.where, error.message, error.hint) from None
        return self.chances.during(step, value)

    def record(self, failure: Failure, path: str) -> None:
        """Keep a problem of a step at a path."""
        self.unique += 1
        problem = failure.problem
        key = (problem.where or Where(self.graph.nodes[0].where.source, 1, 1), problem.message.split(":")[0][:40])
        if key in self.failures:
            first, more = self.failures[key]
            self.failures[key] = (first, more + 1)
        else:
            at = f", at {path if len(path) <= 100 else f'{path[:50]}…{path[-50:]}'}" if path else ""
            self.failures[key] = (replace(problem, message=f"{problem.message}{at}"), 0)
