"""What steps do at settings: operators placed, blocks called, branches merged, heads taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archcalc.errors import RuleError, SpecError, Where, near
from archcalc.ops._base import Op, catalogue
from archcalc.ops._fields import axes
from archcalc.quantities import show_shape
from archcalc.spec import limits
from archcalc.spec.actions import by_name, signature, wrong_arguments
from archcalc.spec.again import Rerunner
from archcalc.spec.evaluate import moderate
from archcalc.spec.expr import said
from archcalc.spec.module import Module
from archcalc.spec.running import Env, Failure, Frame, Level, TooLarge
from archcalc.spec.source import short
from archcalc.spec.steps import (
    INPUT,
    MAIN,
    SIZE,
    Block,
    Body,
    Branch,
    Call,
    Given,
    Heads,
    Merge,
    Operator,
    Step,
    Word,
)
from archcalc.spec.survival import Chance
from archcalc.values import Value

LEFT_OUT = -1
"""The end of a branch that is `none`."""


class Actor(Rerunner):
    """Runs the actions of steps; the expander that runs bodies is made of it."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.root: Module

    def body(self, body: Body, env: Env, at: int | None, frame: Frame, path: str) -> int | None:
        """Run a body at a level of its own. The node at its end; None after a failure."""
        raise NotImplementedError

    def find(self, name: str, where: Where, frame: Frame, level: Level) -> int | None:
        """The node at the end of the level of this name: in this body, then outwards as far as the block."""
        if name == INPUT:
            return frame.input
        path = level.path
        while True:
            candidate = f"{path}/{name}" if path else name
            if candidate in self.ends:
                return self.ends[candidate]
            if (end := self.end_within(candidate)) is not None:
                return end
            if path == frame.path:
                break
            path = path.rpartition("/")[0]
        start = f"{frame.path}/" if frame.path else ""
        levels = (*self.ends, *self.levels_within())
        above = [known.removeprefix(start) for known in levels if known.startswith(start)]
        raise Failure(where, f"no layer `{short(name)}` above this one", near(name[:200], above))

    def operator(
        self, action: Operator, step: Step, env: Env, at: int, frame: Frame, level: Level, path: str
    ) -> int | None:
        shape = self.shape(at)
        rank, given = len(shape) - 1, action.given
        op = action.bound.get(rank) if action.constants is not None else None
        if op is None:
            values = action.constants or self.values(action.kind, given, env, frame)
            if action.like is not None:
                name = self.name(action.like, env)
                found = self.find(name, action.like.where, frame, level)
                if found is None:
                    return None
                size = self.shape(found)[1:]
                if len(size) != rank:
                    message = f"`{name}` has {axes(len(size))} beside its channels, and what arrives {axes(rank)}"
                    raise Failure(action.like.where, message)
                values, given = {**values, SIZE: size}, {**given, SIZE: Given(action.like.where, name)}
            op = self.bind(action.kind, rank, values, given, step.where)
            if action.constants is not None:
                action.bound[rank] = op
        return self.place(op, () if op.begins else (at,), path, step.where, frame.block, given)

    def call(self, action: Call, step: Step, env: Env, at: int, frame: Frame, path: str) -> int | None:
        block = action.block
        if block is None:
            held = env.get(action.target, action.target)
            found = self._held(held, frame, step)
            if not isinstance(found, Block):
                return self._held_operator(found, action, step, env, at, frame, path)
            block = found
            if message := wrong_arguments(block, len(action.positional), action.named):
                raise Failure(step.where, message)
        again = block in frame.active
        if frame.depth >= limits.MAX_CALLS:
            how = f"`{block.name}` calls itself {limits.MAX_CALLS} deep: does a condition end it?"
            raise Failure(step.where, how if again else f"blocks call each other {limits.MAX_CALLS} deep")
        self.recursions += again
        if self.recursions > limits.MAX_RECURSIONS:
            raise TooLarge(
                step.where, f"`{block.name}` calls itself, and blocks did {limits.MAX_RECURSIONS:,} times before"
            )
        arguments = self._arguments(action, block, step, env, at)
        key = self.key(block, frame.depth, at, arguments)
        outermost = frame.block or path.count("/") + 1
        if (end := self.again(key, at, path, outermost)) is None:
            before = self.stand()
            inner = {**self._arriving(block, at), **arguments}
            inside = Frame(path, at, block.module, inner, frame.depth + 1, outermost, frame.active | {block})
            assert block.body is not None
            end = self.body(block.body, inner, at, inside, path)
            self.remember(key, before, path, end)
        return end

    def _arguments(self, action: Call, block: Block, step: Step, env: Env, at: int) -> Env:
        """The value of each argument of a call; a default sees its block's file, and the arguments before it."""
        arguments: Env = {}
        positional, named = iter(action.positional), action.named
        for name, default in block.arguments.items():
            given = next(positional, None) or named.get(name)
            if given is not None:
                arguments[name] = given.value if given.code is None else self.value(given, env)
            elif default is None:
                raise Failure(step.where, f"{signature(block)} needs `{name}`")
            elif default.code is None:
                arguments[name] = default.value
            else:
                arguments[name] = self.value(default, {**self._arriving(block, at), **arguments})
        return arguments

    def _arriving(self, block: Block, at: int) -> Env:
        """What a block's file knows, and the shape that arrives."""
        env = self.environment(block.module).copy()
        self.arrive(env, at)
        return env

    def _held(self, held: Any, frame: Frame, step: Step) -> Block | type[Op]:
        """The block or operator that a parameter holds by name."""
        if isinstance(held, str):
            module = held.module if isinstance(held, Word) else frame.module
            block = module.block(held) or self.root.block(held)
            if module.problems:  # of a block that nothing has asked for before
                raise SpecError(module.problems)
            if block is not None:
                self.held += 1
                return block
            if held in catalogue():
                if not catalogue()[held].merge and held != INPUT:
                    return catalogue()[held]
                raise Failure(step.where, f"`{step.label}` is {held}, which cannot stand for a step")
        hint = near(str(held), [*frame.module.block_names, *catalogue()])
        raise Failure(step.where, f"`{step.label}` is {said(held)}, which is neither a block nor an operator", hint)

    def _held_operator(
        self, kind: type[Op], action: Call, step: Step, env: Env, at: int, frame: Frame, path: str
    ) -> int:
        given = {**frame.module.defaults_of(kind.name), **action.named}
        if frame.module.problems:
            raise SpecError(frame.module.problems)
        if len(action.positional) > 1 or (action.positional and not kind.bare):
            raise Failure(step.where, by_name(kind))
        if action.positional:
            given[kind.bare] = action.positional[0]
        values = self.values(kind, given, env, frame)
        op = self.bind(kind, len(self.shape(at)) - 1, values, given, step.where)
        return self.place(op, () if op.begins else (at,), path, step.where, frame.block, given)

    def merge(self, action: Merge, step: Step, env: Env, at: int, frame: Frame, level: Level, path: str) -> int | None:
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
            if end == LEFT_OUT:
                continue
            whole.append(self.chances.of_branch(branch.body, made))
            failed |= end is None
            ends.append(end)  # type: ignore[arg-type]
            names.append(name)
            copies.append(count)
        if failed:
            return None
        if not ends:
            raise Failure(step.where, f"`{action.kind.name}` has no branch left")
        if len(ends) == 1 and type(copies[0]) is int and copies[0] == 1 and not action.kind.pair:
            for chance in whole:
                if chance is not None:
                    chance.alone = True
            return ends[0]
        values = self.values(action.kind, action.given, env, frame) if action.given else {}
        if not all(type(count) is int and count == 1 for count in copies):
            values["copies"] = tuple(copies)
        op = self.bind(action.kind, len(self.shape(ends[0])) - 1, values, action.given, step.where)
        try:
            return self.node(op, tuple(ends), path, step.where, frame.block)
        except RuleError as error:
            if error.parameter in action.given:
                raise self.blamed(error, action.given, values, step.where) from None
            listed = ", ".join(f"{name} {show_shape(self.shape(end))}" for name, end in zip(names, ends, strict=True))
            raise Failure(step.where, f"{error.message.split(':')[0]}: {listed}", error.hint) from None

    def _branch(self, branch: Branch, env: Env, at: int, frame: Frame, level: Level) -> tuple[str, int | None, Value]:
        name = self.name(branch.name, env)
        path = level.place(name, branch.name.where, exact=not branch.name.constant)
        count: Value = 1
        before = self.copies
        if branch.copies is not None:
            count = self.size(branch.copies, env, "`copies`")
            self.copies = moderate(before * count, "the number of copies", branch.name.where)
        end = self.body(branch.body, dict(env), at, frame, path)
        self.copies = before
        return name, end, count

    def heads(self, action: Heads, env: Env, at: int, frame: Frame, level: Level) -> None:
        self.unique += 1
        for branch in action.branches:
            path = level.place(self.name(branch.name, env), branch.name.where, exact=not branch.name.constant)
            if path == MAIN:
                raise Failure(branch.name.where, f"`{MAIN}` is the end of the body, a head needs another name")
            end = self.body(branch.body, dict(env), at, frame, path)
            if end is not None and end != LEFT_OUT:
                self.graph.outputs[path] = end
