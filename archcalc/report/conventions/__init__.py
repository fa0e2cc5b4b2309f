"""Conventions: tables that turn an operator's facts into one figure. A file a convention; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from archcalc.engine.graph import Applied
from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.quantities import Facts, Unknown
from archcalc.report.figures import AtLeast, Figure, Unavailable, multiple, total
from archcalc.values import Value

ANY = "*"
"""The operator of a rule that holds for all that have none of their own; in a rule, each kind that it does not name."""


@dataclass(frozen=True)
class Convention:
    """How one tool, paper or community counts.

    name    as `--convention` takes it
    counts  what is counted, as one says it
    source  where it is written down: the tool and its version, or the paper
    rules   operator -> kind of work -> what one piece of it counts; `*` for all others. Kinds are those of Facts:
            macs, bias_adds, and the keys of `work`. What an operator's rule leaves out counts 0; an operator without
            a rule is unavailable.
    metric  the metric that is counted so: as `--columns` takes it and JSON has it
    title   the head of its column
    """

    name: str
    counts: str
    source: str
    rules: Mapping[str, Mapping[str, Value]]
    metric: str = "operations"
    title: str = "Operations"

    def figure(self, row: Row) -> Figure:
        """The work of a node, all its copies together: a bound or unavailable where work of a kind is not known."""
        node = row.node
        figures = node.applied.figures
        if self.name not in figures:
            figures[self.name] = self._of_one(node.applied)
        return multiple(figures[self.name], node.copies)

    def _of_one(self, applied: Applied) -> Figure:
        """The work of one copy."""
        op = applied.op.name
        rule = self.rules.get(op, self.rules.get(ANY))
        if rule is None:
            return Unavailable(f"{self.name} says nothing of `{op}`")
        facts, other = applied.facts, rule.get(ANY)
        if other is not None:
            rule = {kind: rule.get(kind, other) for kind in (*kinds(facts), *rule) if kind != ANY}
        figure: Value = 0
        unknown: dict[str, None] = {}
        for kind, weight in rule.items():
            each = amount(facts, kind)
            if type(each) is Unknown:
                unknown[each.reason] = None
            else:
                figure = figure + weight * each
        if not unknown:
            return figure
        none = isinstance(figure, int) and figure == 0
        return Unavailable("; ".join(unknown)) if none else AtLeast(figure, "; ".join(unknown))


def kinds(facts: Facts) -> tuple[str, ...]:
    """The kinds of work that an operator states."""
    return "macs", "bias_adds", *facts.work


def amount(facts: Facts, kind: str) -> Value | Unknown:
    """How much work of a kind there is."""
    if kind == "macs":
        return facts.macs
    return facts.bias_adds if kind == "bias_adds" else facts.work.get(kind, 0)


def work(rows: Iterable[Row]) -> dict[str, Figure]:
    """The work of some nodes by kind, all copies together; a kind that none of them states is not there."""
    found: dict[str, list[Figure]] = {"macs": [], "bias_adds": []}
    for row in rows:
        for kind in kinds(row.facts):
            each = amount(row.facts, kind)
            figure = Unavailable(each.reason) if isinstance(each, Unknown) else each * row.node.copies
            if not (type(figure) is int and figure == 0):
                found.setdefault(kind, []).append(figure)
    return {kind: total(figures) for kind, figures in found.items() if figures}


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
