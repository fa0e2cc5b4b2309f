"""The variants of a spec as a Table: a row a variant, published accuracy beside cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archcalc.errors import UsageError, near
from archcalc.render.report import column, convention_of, notes, usual
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.report.metrics import Count, metrics
from archcalc.spec.expr import said
from archcalc.study.variants import Variant
from archcalc.study.words import DATA

COLUMNS = ("mult_adds", "params", "activations", "receptive_field")
OF_OUTPUT = ("output", "channels", "receptive_field")
WHOLE = ("depth", "input", *OF_OUTPUT)
"""Metrics beside counts that a network as a whole has; some are those of its main output."""


def table(variants: Sequence[Variant], given: Iterable[str], columns: Sequence[str] = ()) -> Table:
    """A row a variant; `given` are the parameters set for all. Raises UsageError for a figure of one layer."""
    published = [name for name in DATA if any(name in variant.published for variant in variants)]
    report = variants[0].report
    chosen = columns or (*published, *usual(report, COLUMNS))
    heads = [_column(name, bool(columns)) for name in chosen]
    lines = [Line((variant.name, *(_cell(variant, name) for name in chosen))) for variant in variants]
    settings = "  ".join(f"{name}={said(report.parameters[name])}" for name in given)
    title = (f"{report.network} · {len(variants)} variants", settings, convention_of(report))
    return Table(
        title=tuple(filter(None, title)),
        columns=(Column("variant", "Variant", left=True), *heads),
        rows=tuple(lines),
        notes=(*_sources(variants, [name for name in chosen if name in DATA]), *notes(lines)),
    )


def _column(name: str, asked_for: bool) -> Column:
    if name in DATA:
        words = name.replace("_", " ").replace("top", "top-")
        return Column(name, words.capitalize())
    known = {each: metric for each, metric in metrics().items() if isinstance(metric, Count) or each in WHOLE}
    if name not in known:
        single = f"`{name}` is the figure of one layer" if name in metrics() else f"there is no column `{name}`"
        everything = [*known, *DATA]
        raise UsageError(single, near(name, everything) or f"there are {', '.join(sorted(everything))}")
    return column(known[name], asked_for)


def _cell(variant: Variant, name: str) -> Cell:
    report = variant.report
    if name in DATA:
        return variant.published[name].printed if name in variant.published else None
    if name in OF_OUTPUT:
        return metrics()[name].rule(report.rows[next(iter(report.graph.outputs.values()))])
    if name == "input":
        shapes = [report.rows[at].output for at in report.graph.inputs.values()]
        return shapes if len(shapes) > 1 else shapes[0]
    return report.total(name)


def _sources(variants: Sequence[Variant], names: Sequence[str]) -> Iterator[str]:
    """Where published figures are from; figures that are from the same tables together."""
    titles: dict[str, list[str]] = {}
    for name in names:
        sources = dict.fromkeys(variant.published[name].source for variant in variants if name in variant.published)
        if sources:
            titles.setdefault(_joined(list(sources)), []).append(_column(name, False).title)
    for sources_said, named in titles.items():
        yield f"{', '.join(named)}: {sources_said}"


def _joined(sources: Sequence[str]) -> str:
    """Sources one behind the other, a document once for those of its tables that follow each other."""
    parts: list[str] = []
    for before, source in zip(["", *sources], sources, strict=False):
        document = source.rpartition(", ")[0]
        same = document and before.rpartition(", ")[0] == document
        parts.append(source.removeprefix(f"{document}, ") if same else source)
    return "; ".join(parts)
