"""Budgets: upper limits that networks keep, `budget: {mult_adds: < 300M}` of a spec or `--max mult_adds=300M`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archcalc.errors import Problem, RuleError, SpecError, UsageError, Where, near
from archcalc.network import Network
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import Count, metrics
from archcalc.spec.source import Mapping, Scalar, Sequence
from archcalc.study.checks import Check, Result
from archcalc.study.measure import Bench
from archcalc.study.printed import Printed, read, require_unit, show_value
from archcalc.study.words import setting, unit_of


@dataclass(frozen=True, slots=True)
class Limit:
    """One upper limit.

    said   where it was set, for the id: budget, or max for `--max`
    bound  what the figure may be
    """

    said: str
    metric: str
    bound: Printed
    where: Where
    settings: dict[str, Any] = field(default_factory=dict)


def bound(metric: str, text: str) -> Printed:
    """The limit of a count: `< 300M`, `<= 5M`, or `300M` for at most that. Raises RuleError."""
    bare = text.strip()
    try:
        printed = read(bare if bare.startswith(("<", "≤")) else f"<= {bare}")
    except RuleError:
        printed = Printed(bare)
    if printed.high is None or printed.low is not None or printed.times:
        raise RuleError(f"`{bare}` is not a limit" if bare else "a limit is wanted", "such as `< 300M` or `<= 5M`")
    require_unit(bare, unit_of(metric))
    return printed


def counts() -> list[str]:
    """The metrics that can have a limit."""
    return [name for name, metric in metrics().items() if isinstance(metric, Count)]


def limits(network: Network) -> list[Limit]:
    """The limits of a spec. Raises SpecError with all problems."""
    tree = network.spec.root.get("budget")
    problems: list[Problem] = []
    found: list[Limit] = []
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        return found
    for row in tree.items if isinstance(tree, Sequence) else [tree]:
        if isinstance(row, Mapping):
            found += _row(network, row, problems)
        else:
            message = "a budget is {metric: limit, …}, or a list of such with settings"
            problems.append(Problem(message, row.where))
    if problems:
        raise SpecError(problems)
    return found


def _row(network: Network, row: Mapping, problems: list[Problem]) -> list[Limit]:
    """The limits of one mapping at its settings."""
    settings: dict[str, Any] = {}
    found: list[Limit] = []
    for name, key, value in row:
        try:
            if name in ("variant", "input", *network.parameters):
                settings[name] = setting(network.spec, name, value)
            elif name in counts():
                text = value.text if isinstance(value, Scalar) else ""
                found.append(Limit("budget", name, bound(name, text), value.where, settings))
            else:
                hint = near(name, [*network.parameters, *counts()])
                problems.append(Problem(f"a budget has no `{name}`: not a parameter, not a count", key.where, hint))
        except RuleError as error:
            problems.append(Problem(error.message, value.where, error.hint))
    return found


def run(network: Network, bench: Bench) -> Iterator[Result]:
    for limit in limits(network):
        yield result(network.at(network.name), bench, limit)


def result(network: Network, bench: Bench, limit: Limit) -> Result:
    """Whether a network keeps a limit."""
    computed: Any = None
    try:
        computed = bench.measure(network, limit.settings, limit.metric, {})
    except (RuleError, UsageError, SpecError) as error:
        kept, note = False, f"there is no figure of ours: {error}"
    else:
        kept = not isinstance(computed, (AtLeast, Unavailable)) and limit.bound.holds(computed)
        note = "" if kept else f"ours is {show_value(computed)}"
        if isinstance(computed, (AtLeast, Unavailable)):
            computed, note = None, f"our figure is not exact: {computed.reason}"
    listed = ",".join(f"{name}={value}" for name, value in limit.settings.items())
    return Result(
        id="/".join(filter(None, (network.name, limit.said, listed, limit.metric))),
        kind="budget",
        document=limit.where.source.name,
        table="",
        network=network.name,
        setting=dict(limit.settings),
        metric=limit.metric,
        printed=limit.bound.text,
        computed=computed,
        verdict="agrees" if kept else "differs",
        note=note,
        where=limit.where,
    )


CHECK = Check("budget", run)
