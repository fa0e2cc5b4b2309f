"""Budgets: `budget: {mult_adds: < 300M}` of a spec, upper limits that its networks must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archcalc.errors import Problem, RuleError, SpecError, UsageError, Where, near
from archcalc.network import Network
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import Count, metrics
from archcalc.spec.source import Mapping as Tree
from archcalc.spec.source import Scalar, Sequence, plain
from archcalc.study.checks import Check, Result
from archcalc.study.measure import Bench
from archcalc.study.printed import Printed, read, show_value

Limit = tuple[dict[str, Any], str, str, Printed, Where]
"""Settings, metric, the limit as written, the limit, its place."""


def limit(text: str) -> Printed:
    """`< 300M`, `<= 5M`, or `300M` for at most that. Raises RuleError."""
    bare = text.strip()
    printed = read(bare if bare.startswith(("<", "≤")) else f"<= {bare}")
    if printed.high is None or printed.low is not None:
        raise RuleError(f"`{text}` is not a limit", "such as `< 300M` or `<= 5M`")
    return printed


def limits(network: Network) -> list[Limit]:
    """The limits of a spec. Raises SpecError with all problems."""
    tree = network.spec.root.get("budget")
    problems: list[Problem] = []
    found: list[Limit] = []
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        return found
    for row in tree.items if isinstance(tree, Sequence) else [tree]:
        if not isinstance(row, Tree):
            problems.append(Problem("a budget is {metric: limit, …}, with settings if there is more than one", row.where))
            continue
        settings: dict[str, Any] = {}
        for name, key, value in row:
            if name in ("variant", "input", *network.parameters):
                settings[name] = plain(value)
            elif not isinstance(metrics().get(name), Count):
                hint = near(name, [*network.parameters, *metrics()])
                problems.append(Problem(f"a budget has no `{name}`: not a count, not a parameter", key.where, hint))
            else:
                try:
                    text = value.text if isinstance(value, Scalar) else ""
                    found.append((settings, name, text, limit(text), value.where))
                except RuleError as error:
                    problems.append(Problem(error.message, value.where, error.hint))
    if problems:
        raise SpecError(problems)
    return found


def run(network: Network, bench: Bench) -> Iterator[Result]:
    for settings, metric, text, bound, where in limits(network):
        yield result(network, bench, settings, metric, text, bound, where)


def result(
    network: Network, bench: Bench, settings: Mapping[str, Any], metric: str, text: str, bound: Printed, where: Where
) -> Result:
    """Whether a network keeps a limit."""
    try:
        computed = bench.measure(network, settings, metric, {})
    except (RuleError, UsageError, SpecError) as error:
        computed, kept, note = None, False, f"there is no figure of ours: {error}"
    else:
        kept = not isinstance(computed, (AtLeast, Unavailable)) and bound.holds(computed)
        note = "" if kept else f"ours is {show_value(computed)}"
    listed = ",".join(f"{name}={value}" for name, value in settings.items())
    return Result(
        id="/".join(filter(None, (network.name, "budget", listed, metric))),
        kind="budget",
        document=where.source.name,
        table="",
        network=network.name,
        setting=dict(settings),
        metric=metric,
        printed=text,
        computed=computed if kept or isinstance(computed, int) else None,
        verdict="agrees" if kept else "differs",
        note=note,
        where=where,
    )


CHECK = Check("budget", lambda network: len(limits(network)), run)
