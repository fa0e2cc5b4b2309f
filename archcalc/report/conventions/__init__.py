"""Conventions: tables that turn an operator's facts into one figure. A file a convention; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.quantities import Facts
from archcalc.report.figures import Figure, Unavailable
from archcalc.values import Value

ANY = "*"
"""The operator of a rule that holds for all that have none of their own."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How one tool, paper or community counts.

    name    as `--convention` takes it
    counts  what is counted, as one says it
    source  where it is written down: the tool and its version, or the paper
    rules   operator -> kind of work -> what one piece of it counts; `*` for all others. Kinds are those of Facts:
            macs, bias_adds, and the keys of `work`. What an operator's rule leaves out counts 0; an operator without
            a rule is unavailable.
    """

    name: str
    counts: str
    source: str
    rules: Mapping[str, Mapping[str, Value]]

    def figure(self, row: Row) -> Figure:
        """The work of a node, all its copies together."""
        op = row.node.applied.op.name
        rule = self.rules.get(op, self.rules.get(ANY))
        if rule is None:
            return Unavailable(f"{self.name} says nothing of `{op}`")
        facts = row.facts
        return sum(weight * amount(facts, kind) for kind, weight in rule.items()) * row.node.copies


def amount(facts: Facts, kind: str) -> Value:
    """How much work of a kind there is."""
    if kind == "macs":
        return facts.macs
    return facts.bias_adds if kind == "bias_adds" else facts.work.get(kind, 0)


@cache
def conventions() -> dict[str, Convention]:
    """Every convention by name."""
    found: dict[str, Convention] = {}
    for info in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for convention in module.CONVENTIONS:
            if found.setdefault(convention.name, convention) is not convention:
                raise TypeError(f"two conventions are named {convention.name}")
    return found


def convention(name: str) -> Convention:
    """The convention of that name, or UsageError."""
    known = conventions()
    if name not in known:
        raise UsageError(f"there is no convention `{name}`", near(name, known) or f"there is {', '.join(known)}")
    return known[name]
