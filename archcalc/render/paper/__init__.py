"""The network as its paper prints it. Its wiring decides how, not its name.

A chain has a row a layer: Type / Stride, Filter Shape, Input Size (Howard et al. 2017, Table 1). A network of branches
has a row a stage: Stage, Output, Blocks (He et al. 2015, Table 1; Xie et al. 2017, Table 1). Repeats are folded; norms
and activations have no rows.
"""

from __future__ import annotations

from archcalc.render.paper import chain, stages
from archcalc.render.report import title_of
from archcalc.render.table import Column, Line, Table
from archcalc.report.metrics import metric
from archcalc.report.report import Report

TOTALS = ("mult_adds", "params")


def table(report: Report) -> Table:
    """The table of a report. Raises UsageError for a network whose branches share layers."""
    one_way = len(report.graph.outputs) == 1 and all(len(row.node.sources) <= 1 for row in report.rows)
    heads, rows, notes = chain.texts(report) if one_way else stages.texts(report)
    return Table(
        title=title_of(report),
        columns=tuple(Column(h.partition(" ")[0].lower(), h, left=True, wrap=h == heads[-1]) for h in heads),
        rows=tuple(map(Line, rows)),
        totals=tuple((metric(name).title, report.total(name)) for name in TOTALS),
        notes=tuple(notes),
    )
