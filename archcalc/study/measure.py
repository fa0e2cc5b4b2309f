"""A figure of a network, counted as a claim or a budget says: which layers, which weights, which convention, against what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import RuleError, UsageError
from archcalc.network import Network, load
from archcalc.quantities import Reach, Unknown
from archcalc.report.conventions import convention
from archcalc.report.figures import ratio, total
from archcalc.report.metrics import metric as metric_of
from archcalc.report.report import Report
from archcalc.study.claims import SHARE, names
from archcalc.study.patterns import inside, select


@dataclass
class Bench:
    """The reports of networks, each made once a setting."""

    networks: dict[str, Network] = field(default_factory=dict)
    reports: dict[Any, Report] = field(default_factory=dict)

    def report(self, network: Network, settings: Mapping[str, Any]) -> Report:
        """The report of a network at settings: parameters, and `variant` and `input` among them."""
        key = (network.spec.path, network.variant, *sorted((name, _key(value)) for name, value in settings.items()))
        if key not in self.reports:
            given = dict(settings)
            named = network.at(given.pop("variant", network.variant))
            self.reports[key] = named.report(input=given.pop("input", None), **given)
        return self.reports[key]

    def named(self, name: str) -> Network:
        """A network by the name that SPEC has on the command line."""
        if name not in self.networks:
            self.networks[name] = load(name)
        return self.networks[name]

    def measure(self, network: Network, settings: Mapping[str, Any], metric: str, how: Mapping[str, Any]) -> Any:
        """The figure of a metric: a Value, a shape, AtLeast or Unavailable.

        how  at, op, without (patterns), count (roles of weights), convention, against (another network or setting)
        Raises RuleError where a pattern finds nothing or the metric has no figure there.
        """
        figure = measure(self.report(network, settings), metric, how)
        against = how.get("against")
        if against is None:
            return figure
        other, others = self._other(network, settings, against)
        return ratio(figure, measure(self.report(other, others), metric, {**how, **_own(against)}))

    def _other(self, network: Network, settings: Mapping[str, Any], against: Any) -> tuple[Network, Mapping[str, Any]]:
        if not isinstance(against, Mapping):
            return self.named(str(against)), {}
        given = {name: value for name, value in against.items() if name not in ("network", *_HOW)}
        if "network" in against:
            return self.named(str(against["network"])), given
        return network, {**settings, **given}


_HOW = ("at", "op", "without", "count", "convention")


def _own(against: Any) -> dict[str, Any]:
    return {name: against[name] for name in _HOW if name in against} if isinstance(against, Mapping) else {}


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def measure(report: Report, metric: str, how: Mapping[str, Any]) -> Any:
    """The figure of one network."""
    rows = chosen(report, how)
    if metric == "repeats":
        return repeats(rows, how)
    if metric.startswith(SHARE):
        of = metric.removeprefix(SHARE)
        everything = chosen(report, {name: value for name, value in how.items() if name == "without"})
        return ratio(count(report, of, rows, how), count(report, of, everything, how))
    return count(report, metric, rows, how)


def chosen(report: Report, how: Mapping[str, Any]) -> list[Row]:
    """The layers that count: those of `at` and `op`, but for those of `without`."""
    rows = report.rows
    try:
        if patterns := names(how.get("at")):
            ids = {id(row) for pattern in patterns for row in select(pattern, rows)}
            rows = [row for row in rows if id(row) in ids]
        if ops := names(how.get("op")):
            rows = [row for row in rows if row.node.applied.op.name in ops]
        for pattern in names(how.get("without")):
            left_out = {id(row) for row in select(pattern, report.rows)}
            rows = [row for row in rows if id(row) not in left_out]
    except UsageError as error:
        raise RuleError(error.message, error.hint) from None
    if not rows:
        raise RuleError("no layer is left to count")
    return rows


def repeats(rows: Sequence[Row], how: Mapping[str, Any]) -> int:
    """How many levels the pattern of `at` stands for."""
    patterns = names(how.get("at"))
    return len({inside(pattern, row.node.path) for pattern in patterns for row in rows} - {""})


def count(report: Report, metric: str, rows: list[Row], how: Mapping[str, Any]) -> Any:
    """A metric over layers, by the roles or the convention asked for."""
    if metric == "params" and "count" in how:
        return total(report.figure(metric_of(role), rows) for role in names(how["count"]))
    if metric == "mult_adds" and "convention" in how:
        counted = convention(str(how["convention"]))
        return total(map(counted.figure, rows))
    figure = report.figure(metric_of(metric), rows)
    if isinstance(figure, Reach):
        if isinstance(figure.local, Unknown):
            raise RuleError(f"the receptive field is unavailable: {figure.local.reason}")
        return tuple(at.size for at in figure.local)
    if figure is None or isinstance(figure, list):
        raise RuleError(f"`{metric}` has no one figure there")
    return figure
