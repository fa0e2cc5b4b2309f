"""What a body is once it is read: steps with actions and modifiers. `reader.py` makes, `bodies.py` runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from archcalc.errors import RuleError, Where
from archcalc.ops._base import Op
from archcalc.spec.expr import Code, Env, said
from archcalc.spec.names import SHAPE_NAMES

if TYPE_CHECKING:
    from archcalc.spec.module import Module


INPUT = "input"
"""What came into the block, for `from`; no layer may be named so."""

SIZE = "size"
"""The parameter that `like` gives."""

MAIN = "main"
"""The output at the end of the body."""

LEVEL = re.compile(r"[\w.\-]+")
LEVEL_FORM = "letters, digits, `_`, `.`, `-`"
"""What a level of a path consists of."""


class Word(str):
    """The name of a block or an operator as a value; it means what it means in the file that says it."""

    module: Module

    @classmethod
    def of(cls, name: str, module: Module) -> Word:
        word = cls(name)
        word.module = module
        return word


@dataclass(eq=False, repr=False)
class Given:
    """A value as a step gives it: a constant, or an expression over the names in scope."""

    where: Where
    text: str
    names: frozenset[str] = frozenset()
    value: Any = None
    code: Code | None = None

    def get(self, env: Env) -> Any:
        return self.value if self.code is None else self.code(env)


@dataclass(eq=False, repr=False)
class Text:
    """A name; what stands in braces is an expression."""

    where: Where
    parts: list[str | Given]

    @cached_property
    def fixed(self) -> str | None:
        """The name, where no expression is part of it."""
        return None if any(isinstance(part, Given) for part in self.parts) else "".join(map(str, self.parts))

    @property
    def constant(self) -> bool:
        return self.fixed is not None

    def get(self, env: Env) -> str:
        return "".join(part if isinstance(part, str) else said(part.get(env)) for part in self.parts)


# Actions -------------------------------------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class Operator:
    """Place an operator. `constants` are its parameters where no name is involved, `bound` what they make.

    `like` names the layer whose map gives its `size`.
    """

    kind: type[Op]
    given: dict[str, Given]
    constants: dict[str, Any] | None = None
    bound: dict[int, Op] = field(default_factory=dict)
    like: Text | None = None


@dataclass(eq=False, repr=False)
class Call:
    """Run a block, or place an operator that a name holds. `block` is known here unless a parameter holds it."""

    target: str
    block: Block | None
    positional: list[Given]
    named: dict[str, Given]


@dataclass(eq=False, repr=False)
class Merge:
    """Run branches, or take layers above by name, and merge their ends. `given` are the operator's parameters."""

    kind: type[Op]
    branches: list[Branch]
    names: list[Text]
    given: dict[str, Given]


@dataclass(eq=False, repr=False)
class Heads:
    """Run branches beside the main line; their ends are outputs."""

    branches: list[Branch]


@dataclass(eq=False, repr=False)
class Do:
    """Run a body."""

    body: Body


@dataclass(eq=False, repr=False)
class Pass:
    """What arrives goes on (`identity`), or, in a branch, nothing does (`none`)."""

    nothing: bool = False


Action = Operator | Call | Merge | Heads | Do | Pass


# Steps ---------------------------------------------------------------------------------------------------------------


@dataclass(eq=False, repr=False)
class Branch:
    """A branch of a merge or a head."""

    name: Text
    body: Body
    copies: Given | None = None


@dataclass(eq=False, repr=False)
class Repeat:
    """How often: a count, or columns that are walked together."""

    where: Where
    count: Given | None
    columns: dict[str, Given]

    @property
    def asks_shape(self) -> bool:
        return asks_shape(self.count, *self.columns.values())


@dataclass(eq=False, repr=False)
class Survival:
    """How often a step runs in training; with `linear`, the last such step does so often, by the linear decay rule."""

    where: Where
    value: Given
    linear: bool


@dataclass(eq=False, repr=False)
class Step:
    """A step: an action, and the modifiers that say where, whether and how often."""

    where: Where
    label: str
    action: Action
    name: Text | None = None
    origin: Text | None = None
    when: Given | None = None
    otherwise: Body | None = None
    repeat: Repeat | None = None
    weights: Text | None = None
    copies: Given | None = None
    survival: Survival | None = None
    asks_shape: bool = False

    @cached_property
    def transparent(self) -> bool:
        """Whether it makes no level: its steps stand in the body around it."""
        return self.name is None and isinstance(self.action, (Do, Merge, Heads, Pass))

    def own_labels(self) -> Iterator[tuple[str, bool]]:
        """The labels that it gives to levels of its body, each with whether a repeat or two alike make it a number."""
        yield from self.action_labels()
        if self.otherwise is not None:
            yield from ((label, again or self.repeat is not None) for label, again in self.otherwise.labels())

    @cached_property
    def places(self) -> list[str]:
        """The labels of its action, where it does not run."""
        return [label for label, _ in self.action_labels()]

    def action_labels(self) -> Iterator[tuple[str, bool]]:
        """Those without the ones of its `else`."""
        many = self.repeat is not None
        if self.name is not None:
            if self.name.constant:
                yield self.name.get({}), many
        elif isinstance(self.action, Do):
            yield from ((label, again or many) for label, again in self.action.body.labels())
        elif isinstance(self.action, (Merge, Heads)):
            if isinstance(self.action, Merge):
                yield self.label, many
            for branch in self.action.branches:
                if branch.name.constant:
                    yield branch.name.get({}), many
        elif not isinstance(self.action, Pass):
            yield self.label, many


@dataclass(eq=False, repr=False)
class Body:
    """Steps in order. `numbered` are the labels that carry a number, for there is more of them."""

    where: Where
    steps: list[Step]

    def labels(self) -> Iterator[tuple[str, bool]]:
        for step in self.steps:
            yield from step.own_labels()

    @cached_property
    def places(self) -> list[str]:
        """The labels of its steps, where they do not run."""
        return [label for label, _ in self.labels()]

    @cached_property
    def numbered(self) -> frozenset[str]:
        seen: set[str] = set()
        many: set[str] = set()
        for label, again in self.labels():
            if again or label in seen:
                many.add(label)
            seen.add(label)
        return frozenset(many)

    @property
    def ends_in_none(self) -> bool:
        """Whether it may leave its branch out."""
        return any(
            (isinstance(step.action, Pass) and step.action.nothing)
            or (step.otherwise is not None and step.otherwise.ends_in_none)
            for step in self.steps
        )

    @cached_property
    def single(self) -> bool:
        """Whether it is one step that needs no level of its own: the level of the body serves."""
        if len(self.steps) != 1:
            return False
        step = self.steps[0]
        return step.name is None and step.repeat is None and step.otherwise is None


@dataclass(eq=False, repr=False)
class Block:
    """A body with arguments; `module` is the file that it stands in."""

    name: str
    where: Where
    arguments: dict[str, Given | None]
    module: Module
    body: Body | None = None


@dataclass(eq=False, repr=False)
class LetFunction:
    """A function or table of `let`."""

    name: str
    where: Where
    arguments: list[str]
    rule: Given | None = None
    table: dict[Any, Given] = field(default_factory=dict)


def table_key(value: Any) -> Any:
    """What an entry of a table is found under: `true` and 1 are not one, 1 and 1.0 are."""
    if not isinstance(value, (bool, int, Fraction, str)):
        raise RuleError(f"a table is asked for a known number or a word, not for {said(value)}")
    return isinstance(value, bool), value


def asks_shape(*givens: Given | None) -> bool:
    """Whether a value needs the shape that arrives."""
    return any(given is not None and not given.names.isdisjoint(SHAPE_NAMES) for given in givens)
