"""Linting a network: which rules, what its spec silences, what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import Problem, SpecError, UsageError, near
from archcalc.network import Network
from archcalc.report.document import plain, whole
from archcalc.report.figures import is_partial, ratio
from archcalc.report.report import TOTALS, Report
from archcalc.spec.source import Mapping, Scalar, Tree
from archcalc.spec.source import Sequence as Items
from archcalc.study.lint import Finding, Rule, rules
from archcalc.study.lint._net import Net
from archcalc.study.patterns import select
from archcalc.values import Value

SHAPE = "`lint: {ignore: {rule: [pattern, …]}}`"


@dataclass(frozen=True, slots=True, eq=False)
class Linted:
    """What rules found in a report, in their order; `silenced` findings that the spec does not want are left out."""

    report: Report
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    silenced: int = 0


def lint(network: Network, report: Report, only: Sequence[str] = (), ignore: Sequence[str] = ()) -> Linted:
    """The findings of all rules, or of `only` these, less those to `ignore`.

    Raises UsageError for a rule that there is not, SpecError where the spec's `lint` is wrong.
    """
    known = rules()
    for name in (*only, *ignore):
        if name not in known:
            raise UsageError(f"there is no rule `{name}`", near(name, known) or f"there are {', '.join(known)}")
    silent = ignored(network)
    wanted = tuple(rule for name, rule in known.items() if name not in ignore and (not only or name in only))
    net = Net(report)
    findings: list[Finding] = []
    silenced = 0
    for rule in wanted:
        meant = {id(row) for pattern in silent.get(rule.name, ()) for row in _meant(pattern, net.rows)}
        found = list(rule.find(net))
        findings += (each for each in found if id(each.row) not in meant)
        silenced += sum(id(each.row) in meant for each in found)
    return Linted(report, wanted, tuple(findings), silenced)


def _meant(pattern: str, rows: Sequence[Row]) -> list[Row]:
    """The layers that a pattern silences; none where it is of a layer that this setting lacks."""
    try:
        return select(pattern, rows)
    except UsageError:
        return []


def ignored(network: Network) -> dict[str, list[str]]:
    """Patterns of the layers that a spec silences, by rule. Raises SpecError with all problems."""
    tree = network.spec.root.get("lint")
    problems: list[Problem] = []
    result: dict[str, list[str]] = {}
    for name, key, entry in _entries(tree, problems):
        if name != "ignore":
            problems.append(Problem(f"`lint` has no `{name}`", key.where, near(name, ["ignore"]) or SHAPE))
            continue
        for rule, at, patterns in _entries(entry, problems):
            if rule not in rules():
                hint = near(rule, rules()) or f"there are {', '.join(rules())}"
                problems.append(Problem(f"there is no rule `{rule}`", at.where, hint))
            result[rule] = _patterns(patterns, problems)
    if problems:
        raise SpecError(problems)
    return result


def _entries(tree: Tree | None, problems: list[Problem]) -> Mapping | tuple[()]:
    """The entries of a mapping; of nothing none."""
    if isinstance(tree, Mapping):
        return tree
    if tree is not None and not (isinstance(tree, Scalar) and tree.empty):
        problems.append(Problem("this is no mapping", tree.where, SHAPE))
    return ()


def _patterns(tree: Tree, problems: list[Problem]) -> list[str]:
    """One pattern or a list of them."""
    found = []
    for item in tree.items if isinstance(tree, Items) else [tree]:
        if isinstance(item, Scalar) and not item.empty:
            found.append(item.text)
        else:
            problems.append(Problem("a pattern of layers is wanted", item.where, "such as stem or 'conv*'; '*' is all"))
    return found


def share(linted: Linted, name: str, part: Value, of: Value | None) -> Value | None:
    """A price as a part of its whole: the one that the rule says, or the network's."""
    if of is None and name not in TOTALS:
        return None
    result = ratio(part, linted.report.total(name) if of is None else of)
    return None if is_partial(result) else result


def document(linted: Linted) -> dict[str, Any]:
    """The findings as plain data (docs/lint.md)."""
    report = whole(linted.report)
    settings = {name: report[name] for name in ("network", "variant", "parameters", "input")}
    return {
        "schema_version": 1,
        **settings,
        "rules": [rule.name for rule in linted.rules],
        "silenced": linted.silenced,
        "findings": [_entry(linted, finding) for finding in linted.findings],
    }


def _entry(linted: Linted, finding: Finding) -> dict[str, Any]:
    where = finding.row.node.where
    shares = {name: share(linted, name, price, finding.of.get(name)) for name, price in finding.price.items()}
    return {
        "rule": finding.rule.name,
        "path": finding.row.node.path,
        "message": finding.message,
        "details": {name: plain(value) for name, value in finding.details.items()},
        "price": {name: plain(value) for name, value in finding.price.items()},
        "share": {name: plain(value) for name, value in shares.items() if value is not None},
        "where": {"file": where.source.name, "line": where.line, "column": where.column},
    }
