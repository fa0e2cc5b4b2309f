"""What is being run while a network is expanded: blocks, levels of paths, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archcalc.errors import Problem, Where
from archcalc.spec.module import Module
from archcalc.spec.steps import (
    INPUT,
    LEVEL,
    LEVEL_FORM,
    Block,
)

Env = dict[str, Any]


class Failure(Exception):
    """A problem of one step: what follows from it is not looked at."""

    def __init__(self, where: Where, message: str, hint: str = "") -> None:
        self.problem = Problem(message, where, hint)


class TooLarge(Failure):
    """The whole expansion ends."""


@dataclass(slots=True)
class Frame:
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
class Level:
    """A body that is being run at a path; steps that make no level of their own share it."""

    path: str
    numbered: frozenset[str]
    single: bool
    counts: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def under(self, label: str) -> str:
        return f"{self.path}/{label}" if self.path else label

    def skip(self, labels: Iterable[str]) -> None:
        """Count the places of steps that do not run."""
        for label in labels:
            self.counts[label] = self.counts.get(label, 0) + 1

    def place(self, label: str, where: Where, *, exact: bool = False) -> str:
        """The path of a step's level; `exact` for a name that was computed and takes no number."""
        if exact and (label == INPUT or not LEVEL.fullmatch(label)):
            reason = f"`from: {INPUT}` is what came into the block" if label == INPUT else f"a name has {LEVEL_FORM}"
            raise Failure(where, f"a layer cannot be named `{label}`: {reason}")
        if not exact and label in self.numbered:
            count = self.counts[label] = self.counts.get(label, 0) + 1
            label = f"{label}{count}"
        if label in self.taken:
            raise Failure(
                where, f"two layers are named `{self.under(label)}`", "an expression in braces tells them apart"
            )
        self.taken.add(label)
        return f"{self.path}/{label}" if self.path else label
