"""Actions of steps: operators with parameters, calls with arguments, merges and heads with branches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from archcalc.errors import near
from archcalc.ops._base import Op, catalogue
from archcalc.ops._fields import MISSING
from archcalc.spec.expr import count_of
from archcalc.spec.given import Values, whole
from archcalc.spec.names import listed
from archcalc.spec.parser import MAX_LENGTH
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, short
from archcalc.spec.steps import (
    INPUT,
    Action,
    Block,
    Body,
    Branch,
    Call,
    Do,
    Given,
    Heads,
    Merge,
    Operator,
    Text,
)

MODIFIERS = ("name", "from", "like", "when", "else", "repeat", "weights", "copies", "survival")
HEAD = "head"
BLOCK_NAME = re.compile(r"[A-Z]\w*")


class Actions(Values):
    """Reads what a step does."""

    def body(self, tree: Tree, *, branch: str = "") -> Body:
        """The steps of a body."""
        raise NotImplementedError

    def not_input(self, name: Text) -> None:
        """`input` names what came into a block, no layer."""
        if name.constant and name.get({}) == INPUT:
            self.problem(name.where, f"a layer cannot be named `{INPUT}`: `from: {INPUT}` is what came into the block")

    def _act(self, name: str, key: Scalar, value: Tree) -> Action | None:
        if name == "do":
            return Do(self.body(value))
        if name == HEAD:
            return Heads(self._branches(value, HEAD))
        if name in ("identity", "none"):
            stands = "alone" if name == "identity" else "alone in a branch, or as its `else`"
            self.problem(key.where, f"`{name}` stands {stands}")
            return None
        kind = catalogue().get(name)
        if name == "input":
            self.problem(key.where, "`input` stands at the top of a spec, not in a body",
                         "`from: input` begins at what came into this block")  # fmt: skip
            return None
        if kind is not None:
            return self._merge(kind, key, value) if kind.merge else self._operator(kind, key, value)
        if BLOCK_NAME.fullmatch(name):
            return self._call(name, key, value)
        everything = [*catalogue(), *self.module.block_names, *MODIFIERS, "do", HEAD, "identity"]
        self.problem(key.where, f"there is no operator `{short(name)}`", near(name[:MAX_LENGTH], everything))
        return None

    def _operator(self, kind: type[Op], key: Scalar, value: Tree) -> Action:
        given = {**self.module.defaults_of(kind.name), **self.parameters(kind, value)}
        slips = [text for text, _, _ in value if text not in kind.parameters] if isinstance(value, Mapping) else []
        wrong = isinstance(value, Sequence) or (isinstance(value, Scalar) and not value.empty and not kind.bare)
        if not wrong:
            self._needs(kind, key, given, slips)
        constants = None
        if all(item.code is None for item in given.values()):
            constants = {name: item.value for name, item in given.items()}
        return Operator(kind, given, constants)

    def parameters(self, kind: type[Op], tree: Tree, *, shape: bool = True) -> dict[str, Given]:
        """The parameters that a step, or the file's defaults, give an operator."""
        reader = self if shape else Values(self.module, self.names, shape=False)
        if isinstance(tree, Scalar) and tree.empty:
            return {}
        if not isinstance(tree, Mapping):
            if not kind.bare:
                self.problem(tree.where, by_name(kind))
                return {}
            return {kind.bare: reader.value(tree, kind.parameters[kind.bare].words)}
        given = {}
        for name, key, value in whole(tree, lambda entry: entry[0], lambda entry: entry[2]):
            if name not in kind.parameters:
                hint = near(name, kind.parameters) or (f"`{name}` stands beside it" if name in MODIFIERS else "")
                hint = hint or (f"it has {', '.join(kind.parameters)}" if kind.parameters else "it has none")
                self.problem(key.where, f"`{kind.name}` has no parameter `{name}`", hint)
                continue
            given[name] = reader.value(value, kind.parameters[name].words, pun=name)
        return given

    def _call(self, name: str, key: Scalar, value: Tree) -> Action | None:
        held = name in self.scope
        block = None if held else self.module.block(name)
        if not held and name not in self.module.block_names:
            if self._missing_parameter(name):
                return None
            lower = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
            hint = near(name, [*self.module.block_names, *self.names]) or near(lower, catalogue())
            known = listed(self.module.block_names)
            self.problem(key.where, f"there is no block `{name}`", hint or (f"there is {known}" if known else ""))
            return None
        if held:
            self.module.name_of_let(name)
        positional: list[Given] = []
        named: dict[str, Given] = {}
        if isinstance(value, Sequence):
            positional = self.values(value)
        elif isinstance(value, Mapping):
            for argument, at, item in whole(value, lambda entry: entry[0], lambda entry: entry[2]):
                if block is not None and argument not in block.arguments:
                    hint = near(argument, block.arguments)
                    self.problem(at.where, f"{signature(block)} has no argument `{argument}`", hint)
                    slips = [name for name in block.arguments if near(name, [argument])]
                    named |= dict.fromkeys(slips, Given(at.where, ""))
                    continue
                named[argument] = self.value(item, pun=argument)
        elif isinstance(value, Scalar) and not value.empty:
            positional = [self.value(value)]
        if block is not None and (message := wrong_arguments(block, len(positional), named)):
            self.problem(key.where, message)
        return Call(name, block, positional, named)

    def _merge(self, kind: type[Op], key: Scalar, value: Tree) -> Action | None:
        """A merge of branches, or of layers by name. Among branches a parameter of the operator gives it."""
        given = dict(self.module.defaults_of(kind.name))
        if isinstance(value, Sequence):
            names = [self.text(item) for item in value.items]
            if not names:
                self.problem(value.where, f"`{kind.name}` of no layers")
            self._needs(kind, key, given)
            return Merge(kind, [], names, given)
        if isinstance(value, Mapping):
            of_op = {text: pair for text, pair in value.entries.items() if text in kind.parameters}
            given |= self.parameters(kind, replace(value, entries=of_op))
            value = replace(value, entries={text: pair for text, pair in value.entries.items() if text not in of_op})
        self._needs(kind, key, given)
        return Merge(kind, self._branches(value, kind.name), [], given)

    def _needs(self, kind: type[Op], key: Scalar, given: Iterable[str], slips: Iterable[str] = ()) -> None:
        """Name the parameters that are not given; not those that a slip of the pen may stand for."""
        for name, parameter in kind.parameters.items():
            if parameter.default is MISSING and name not in given and not near(name, slips):
                self.problem(key.where, f"`{kind.name}` needs `{name}`: {parameter.doc}")

    def _branches(self, value: Tree, name: str) -> list[Branch]:
        if not isinstance(value, Mapping) or not value.entries:
            form = "a mapping of names to bodies" + (", or a list of layers above" if name != HEAD else "")
            self.problem(value.where, f"`{name}` wants branches: {form}")
            return []
        branches = []
        for text, key, tree in value:
            branch = Branch(self.name(text, key.where, path=False), self.body(tree, branch=name))
            if len(branch.body.steps) == 1:
                branch.copies = branch.body.steps[0].copies
            self.not_input(branch.name)
            branches.append(branch)
        return branches


def by_name(kind: type[Op]) -> str:
    """How an operator without an obvious parameter wants them."""
    listed = f"its parameters by name: {{{', '.join(kind.parameters)}}}" if kind.parameters else "no parameters"
    return f"`{kind.name}` takes {listed}"


def signature(block: Block) -> str:
    """`Name(a, b=1)`, as the spec defines it."""
    arguments = (name if default is None else f"{name}={default.text}" for name, default in block.arguments.items())
    return f"{block.name}({', '.join(arguments)})" if block.arguments else block.name


def wrong_arguments(block: Block, positional: int, named: Iterable[str]) -> str:
    """What is wrong with the arguments of a call, in a sentence; empty if nothing is."""
    if positional > len(block.arguments):
        takes = count_of(len(block.arguments), "argument") if block.arguments else "no arguments"
        return f"{signature(block)} takes {takes}, {positional} {'is' if positional == 1 else 'are'} given"
    given = {*list(block.arguments)[:positional], *named}
    missing = [name for name, default in block.arguments.items() if default is None and name not in given]
    return f"{signature(block)} needs {' and '.join(f'`{name}`' for name in missing)}" if missing else ""
