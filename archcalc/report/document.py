"""The JSON document of a report; docs/json.md describes it, and promises that it stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from archcalc.engine.propagate import Row
from archcalc.fields import Range, Reach, unaligned
from archcalc.quantities import Shape, Unknown
from archcalc.report.conventions import work
from archcalc.report.figures import AtLeast, Figure, Unavailable
from archcalc.report.groups import Group
from archcalc.report.metrics import metrics

if TYPE_CHECKING:
    from archcalc.report.report import Report

SCHEMA_VERSION = 1

LAYER = ("mult_adds", "params", "activations", "receptive_field")
"""The figures of every layer."""


def document(report: Report, grouping: list[Group] | None = None) -> dict[str, Any]:
    """The whole report, and its figures by group if a grouping is given; see docs/json.md."""
    rows = report.rows
    names = LAYER if report.convention.metric in LAYER else (report.convention.metric, *LAYER)
    result = {"schema_version": SCHEMA_VERSION, **whole(report), "layers": [layer(row, rows, names) for row in rows]}
    if grouping is not None:
        result["groups"] = [group_entry(report, group) for group in grouping]
    return result


def whole(report: Report) -> dict[str, Any]:
    """The network as a whole: what it is, at which settings, its totals."""
    graph, rows = report.graph, report.rows
    inputs = {name: shape(rows[index].output) for name, index in graph.inputs.items()}
    return {
        "network": report.network,
        "variant": report.variant,
        "parameters": {name: plain(value) for name, value in report.parameters.items()},
        "input": next(iter(inputs.values())) if len(inputs) == 1 else inputs,
        "outputs": {name: shape(rows[index].output) for name, index in graph.outputs.items()},
        "convention": {"name": report.convention.name, "counts": report.convention.counts},
        "totals": counted(report, report.totals, rows),
        **with_status({"receptive_field": report.receptive_field}),
    }


def group_entry(report: Report, group: Group) -> dict[str, Any]:
    """The sums of a group, and the paths in it."""
    figures = {name: report.figure(metrics()[name], group.rows) for name in report.totals}
    paths = [row.node.path for row in group.rows]
    return {"name": group.name, "paths": paths, **counted(report, figures, group.rows)}


def counted(report: Report, figures: Mapping[str, Figure], rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of some rows; with their work by kind, if the report counts by more than Mult-Adds."""
    by_kind = {} if report.convention.metric in LAYER else {"work": with_status(report.work(rows))}
    return with_status(figures) | by_kind


def layer(row: Row, rows: list[Row], names: Sequence[str] = LAYER) -> dict[str, Any]:
    """One node, all its copies together, with the figures of these names."""
    node, known = row.node, metrics()
    where = node.where
    figures = {name: known[name].rule(row) for name in names}
    read = known["input"].rule(row)
    return {
        "name": node.path.rpartition("/")[2],
        "op": node.applied.op.name,
        "path": node.path,
        "from": [rows[source].node.path for source in node.sources],
        "input": [shape(each) for each in read] if isinstance(read, list) else read and shape(read),
        "output": shape(row.output),
        "copies": plain(node.copies),
        "survival": plain(node.survival),
        "shared": None if node.shared is None else rows[node.shared].node.path,
        "weights": {role: plain(count * node.copies) for role, count in row.weights._asdict().items()},
        **with_status(figures),
        **({} if names is LAYER else {"work": with_status(work([row]))}),
        "where": {"file": where.source.name, "line": where.line, "column": where.column},
    }


def with_status(figures: Mapping[str, Figure | Reach]) -> dict[str, Any]:
    """Figures as plain values, and a `status` for those that are not exact, if there are any."""
    result: dict[str, Any] = {}
    status: dict[str, Any] = {}
    for name, figure in figures.items():
        result[name] = plain(figure)
        if isinstance(figure, AtLeast):
            status[name] = {"status": "lower_bound", "reason": figure.reason}
        elif isinstance(figure, Unavailable):
            status[name] = {"status": "unavailable", "reason": figure.reason}
        elif isinstance(figure, Reach) and isinstance(figure.local, Unknown):
            status[name] = {"status": "unavailable", "reason": figure.local.reason}
        elif isinstance(figure, Reach) and (why := unaligned(figure)):
            status[name] = {"status": "unaligned", "reason": why}
    return result | {"status": status} if status else result


def shape(sizes: Shape) -> list[Any]:
    return list(map(plain, sizes))


def plain(value: Any) -> Any:
    """A figure or a parameter's value as JSON has it."""
    if type(value) is int:  # nearly all are
        return value
    match value:
        case AtLeast():
            return plain(value.value)
        case Unavailable():
            return None
        case Range():
            return {"least": value.least, "most": value.most}
        case Fraction():
            return {"num": value.numerator, "den": value.denominator}
        case Reach(local=Unknown()):
            return {"size": None, "stride": None, "padding": None, "whole": value.whole}
        case Reach():
            local: Any = value.local
            sides = {side: [plain(getattr(at, side)) for at in local] for side in ("size", "stride", "padding")}
            return {**sides, **({"stride": None} if unaligned(value) else {}), "whole": value.whole}
        case list() | tuple():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
    return value
