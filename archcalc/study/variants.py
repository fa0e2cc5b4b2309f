"""The variants of a spec side by side, each with its report and the accuracies published for exactly its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archcalc.network import Network
from archcalc.quantities import Shape
from archcalc.report.document import SCHEMA_VERSION, whole
from archcalc.report.report import Report
from archcalc.study.claims import claims_of
from archcalc.study.words import DATA


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as printed, and where: document and table."""

    printed: str
    source: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant at the settings asked for; `published` by name (DATA), of several figures for one name the first."""

    name: str
    report: Report
    published: dict[str, Published]


def variants(network: Network, *, input: Any = None, **given: Any) -> list[Variant]:
    """Every variant of the network's spec, the one with the file's name first; `input` and `given` go to all.

    Raises UsageError for settings that do not fit, SpecError for a spec or claims that are wrong.
    """
    rows = claims_of(network.spec).data
    result = []
    for name in network.variants:
        report = network.at(name).report(input=input, **given)
        found: dict[str, Published] = {}
        for settings, figures, source in rows:
            if _is_at(network, settings, report, input):
                found = {data: Published(printed, source) for data, printed in figures.items()} | found
        result.append(Variant(name, report, {data: found[data] for data in DATA if data in found}))
    return result


def _is_at(network: Network, settings: Mapping[str, Any], report: Report, input: Any) -> bool:
    """Whether published settings, defaults included, are those of the report, and so is the input."""
    given = dict(settings)
    named = network.at(given.pop("variant", network.name))
    size = given.pop("input", None)
    if named.settings(**given) != report.parameters:
        return False
    if size is None and input is None:
        return True
    graph = named.graph(input=size, **given)
    return {name: graph.nodes[at].applied.output for name, at in graph.inputs.items()} == _inputs(report)


def _inputs(report: Report) -> dict[str, Shape]:
    return {name: report.rows[at].output for name, at in report.graph.inputs.items()}


def document(network: Network, found: list[Variant]) -> dict[str, Any]:
    """The JSON document; see docs/json.md."""
    return {"schema_version": SCHEMA_VERSION, "network": network.title, "variants": list(map(_entry, found))}


def _entry(variant: Variant) -> dict[str, Any]:
    published = {
        name: {"printed": figure.printed, "source": figure.source} for name, figure in variant.published.items()
    }
    return {**whole(variant.report), "published": published}
