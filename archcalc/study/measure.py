"""A figure of a network, counted as a claim or a budget says: of which layers and weights, how, against what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import RuleError, UsageError
from archcalc.fields import Range, Reach
from archcalc.network import Network, at_variant
from archcalc.quantities import Shape, Unknown
from archcalc.report.conventions import convention
from archcalc.report.figures import ratio, total
from archcalc.report.metrics import metric as metric_of
from archcalc.report.metrics import summed
from archcalc.report.metrics.architecture import FLOAT
from archcalc.report.report import Report
from archcalc.report.rows import Rows
from archcalc.spec.load import Shelf
from archcalc.study import size
from archcalc.study.patterns import inside, select
from archcalc.study.words import OF_COMPRESSIONS, SHARE, names

OF_ROLES = {"params": 1, "bytes": FLOAT}
"""Metrics that are of some roles of weights, and how much a number of a role is."""

_HOW = ("at", "op", "without", "count", "convention", "compression")


@dataclass
class Bench:
    """The reports of networks, each made once a setting, and the layers chosen in them."""

    shelf: Shelf = field(default_factory=Shelf)
    benched: dict[Any, Benched] = field(default_factory=dict)
    asked: dict[Any, Benched] = field(default_factory=dict)

    def at(self, network: Network, settings: Mapping[str, Any]) -> Benched:
        """A network at settings: parameters, and `variant` and `input` among them."""
        asked = (network.spec.path, network.variant, *((name, _key(value)) for name, value in settings.items()))
        if asked not in self.asked:
            given = dict(settings)
            shapes = given.pop("input", None)
            network = network.at(given.pop("variant", network.variant))
            values = network.settings(**given)
            key = (network.spec.path, _key(shapes), *map(_key, values.values()))
            if key not in self.benched:
                self.benched[key] = Benched(network, network.report(input=shapes, **given))
            self.asked[asked] = self.benched[key]
        return self.asked[asked]

    def named(self, name: str) -> Network:
        """A network by the name that SPEC has on the command line."""
        return at_variant(*self.shelf.load(name))

    def measure(self, network: Network, settings: Mapping[str, Any], metric: str, how: Mapping[str, Any]) -> Any:
        """The figure of a metric: a Value, a shape, AtLeast or Unavailable.

        how  at, op, without (patterns), count (roles of weights), convention, compression, against (another network or
             setting; of this network too without the compression, unless it names one)
        Raises RuleError where a pattern finds nothing or the metric has no figure there.
        """
        figure = self.at(network, settings).measure(metric, how)
        against = how.get("against")
        if against is None:
            return figure
        other, others = self._other(network, settings, against)
        shared = {name: value for name, value in how.items() if name != "compression"}
        base = self.at(other, others).measure(metric, {**shared, **_own(against)})
        if isinstance(figure, (tuple, str)) or isinstance(base, (tuple, str)):
            raise RuleError(f"`{metric}` is no number, so it has no ratio")
        return ratio(figure, base)

    def _other(self, network: Network, settings: Mapping[str, Any], against: Any) -> tuple[Network, Mapping[str, Any]]:
        if not isinstance(against, Mapping):
            return self.named(str(against)), {}
        given = {name: value for name, value in against.items() if name not in ("network", *_HOW)}
        if "network" in against:
            return self.named(str(against["network"])), given
        return network, {**settings, **given}


@dataclass
class Benched:
    """One network at one setting."""

    network: Network
    report: Report
    selected: dict[str, Rows] = field(default_factory=dict)
    choices: dict[Any, Rows] = field(default_factory=dict)
    sizes: dict[str, size.Size] = field(default_factory=dict)

    def measure(self, metric: str, how: Mapping[str, Any]) -> Any:
        """The figure of this network."""
        rows = self.chosen(how)
        if metric == "repeats":
            return repeats(rows, how)
        if metric.startswith(SHARE):
            of = metric.removeprefix(SHARE)
            everything = self.chosen({name: value for name, value in how.items() if name == "without"})
            return ratio(self.count(of, rows, how), self.count(of, everything, how))
        return self.count(metric, rows, how)

    def chosen(self, how: Mapping[str, Any]) -> Rows:
        """The layers that count: those of `at` and `op`, but for those of `without`."""
        key = tuple([tuple(names(how.get(name))) for name in ("at", "op", "without")])
        if key not in self.choices:
            self.choices[key] = self._choice(*key)
        return self.choices[key]

    def _choice(self, at: Sequence[str], ops: Sequence[str], without: Sequence[str]) -> Rows:
        rows = self.report.rows
        if at:
            rows = self.select(at[0]) if len(at) == 1 else self.within(rows, at)
        if ops:
            rows = Rows([row for row in rows if row.node.applied.op.name in ops])
        if without:
            rows = self.within(rows, without, wanted=False)
        if not rows:
            raise RuleError("no layer is left to count")
        return rows

    def within(self, rows: Sequence[Row], patterns: Sequence[str], wanted: bool = True) -> Rows:
        """The rows that some pattern matches, or none if they are not wanted."""
        found = {id(row) for pattern in patterns for row in self.select(pattern)}
        return Rows([row for row in rows if (id(row) in found) is wanted])

    def select(self, pattern: str) -> Rows:
        """The rows that a pattern matches."""
        if pattern not in self.selected:
            try:
                self.selected[pattern] = select(pattern, self.report.rows)
            except UsageError as error:
                raise RuleError(error.message, error.hint) from None
        return self.selected[pattern]

    def count(self, metric: str, rows: Sequence[Row], how: Mapping[str, Any]) -> Any:
        """A metric over layers, by the roles or the convention asked for."""
        report = self.report
        if "compression" in how:
            if metric == "bytes" and "count" in how:
                raise RuleError("`bytes` of a compression are all that is stored", "leave out `count`")
            roles = names(how.get("count")) or size.TRAINED
            return size.measure(self.compressed(str(how["compression"])), metric, rows, roles)
        if metric in OF_COMPRESSIONS:
            raise RuleError(f"`{metric}` is of a compression", "say which: `compression: NAME`")
        if metric in OF_ROLES and "count" in how:
            return total(OF_ROLES[metric] * report.figure(metric_of(role), rows) for role in names(how["count"]))
        if metric == "mult_adds" and "convention" in how:
            return summed(convention(str(how["convention"])).figure, rows)
        if metric == "receptive_field":
            return field_of(rows[-1].reach)
        figure = report.figure(metric_of("input" if metric == "input_size" else metric), rows)
        if figure is None or isinstance(figure, list):
            raise RuleError(f"`{metric}` has no one figure there")
        return figure

    def compressed(self, name: str) -> size.Size:
        """The size of this network under a compression."""
        if name not in self.sizes:
            self.sizes[name] = size.size(self.network, self.report, name)
        return self.sizes[name]


def repeats(rows: Sequence[Row], how: Mapping[str, Any]) -> int:
    """How many levels the pattern of `at` stands for."""
    patterns = names(how.get("at"))
    return len({inside(pattern, row.node.path) for pattern in patterns for row in rows} - {""})


def field_of(reach: Reach) -> Shape:
    """The size of a receptive field on each axis; operators that see the whole image are passed over."""
    if isinstance(reach.local, Unknown):
        raise RuleError(f"the receptive field is unavailable: {reach.local.reason}")
    sizes = tuple(at.size for at in reach.local)
    for each in sizes:
        if isinstance(each, Range):
            raise RuleError(f"positions see {each} pixels: not one", "`field_least` and `field_most` are the ends")
    return sizes


def _own(against: Any) -> dict[str, Any]:
    return {name: against[name] for name in _HOW if name in against} if isinstance(against, Mapping) else {}


def _key(value: Any) -> Any:
    return tuple(map(_key, value)) if isinstance(value, list) else value
