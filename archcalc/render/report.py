"""A report as a Table: which rows and columns a reader gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from archcalc.errors import UsageError
from archcalc.fields import Range, Reach
from archcalc.quantities import Unknown, show_shape
from archcalc.render.fold import Item, fold
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import UNKNOWN, WHOLE, axes, exact
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.groups import Group, by_node
from archcalc.report.metrics import Count, Metric, metric, metrics
from archcalc.report.report import Report
from archcalc.spec.expr import said

KEEP = {"op": 0, "nodes": 0, "activations": 1, "share": 2, "receptive_field": 3, "output": 4}
"""Which columns go first from a narrow screen; those not named stay."""
COLUMNS = ("output", "mult_adds", "params", "activations", "receptive_field", "share")
BY_OP = ("nodes", "mult_adds", "params", "activations", "share")


@dataclass(frozen=True, slots=True)
class View:
    """What a reader wants to see.

    by, level  the grouping, as `Report.groups` takes it
    columns    names of metrics; without any, those that suit the grouping
    every      all rows, also those without weights and work, and each repeat by itself
    screenful  lines that the screen holds: beyond them repeats are folded; None for any number
    """

    by: str = "layer"
    level: int | None = None
    columns: tuple[str, ...] = ()
    every: bool = False
    screenful: int | None = None


def table(report: Report, view: View = View(), more: Mapping[str, Metric] = MappingProxyType({})) -> Table:
    """The table of a report; `more` are columns beside the metrics. Raises UsageError for an unknown name."""
    by_layer = view.by == "layer" and view.level is None
    of_ops = view.by == "op" and view.level is None
    names = view.columns or usual(report, BY_OP if of_ops else ("op" if by_layer else "nodes", *COLUMNS))
    chosen = [metric(name, more) for name in names]
    for place in chosen:
        if of_ops and not isinstance(place, Count):
            raise UsageError(f"`{place.name}` is the figure of one place, an operator stands at many")
    groups = by_node(report.rows) if view.every and by_layer else report.groups(view.by, view.level)
    shown = groups if view.every else [group for group in groups if _matters(report, group, chosen)] or groups
    lines = [Line((group.name, *(report.figure(each, group.rows) for each in chosen))) for group in shown]
    if not (view.every or of_ops) and view.screenful is not None and len(lines) > view.screenful:
        lines = _folded(lines, chosen)
    title = f"Level {view.level}" if view.level is not None else view.by.capitalize()
    columns = [column(each, bool(view.columns)) for each in chosen]
    return Table(
        title=title_of(report),
        columns=(Column("name", title, left=True), *columns),
        rows=tuple(lines),
        totals=_totals(report),
        notes=(*notes(lines), *([kinds_note(report)] if _counts_more(report, names) else [])),
    )


def _matters(report: Report, group: Group, chosen: Sequence[Metric]) -> bool:
    """Whether a group has work or weights, or any of what the columns count."""
    known = metrics()
    counted = [each for each in chosen if isinstance(each, Count) and each.name != "nodes" and not each.part_of]
    return any(each.over(group.rows) != 0 for each in (known["mult_adds"], known["params"], *counted))


def column(of: Metric, asked_for: bool) -> Column:
    """The column of a metric; one that was asked for stays on a narrow screen."""
    left = not of.unit and of.name != "nodes"
    keep = None if asked_for else KEEP.get(of.name)
    return Column(of.name, of.title, of.unit, left, bool(of.part_of), keep, write=axes if of.of_field else None)


def _folded(lines: list[Line], chosen: Sequence[Metric]) -> list[Line]:
    """Repeats as one line with the figures of each, and the receptive field of the last."""
    placed = [each.of_place for each in chosen]
    items = [
        Item(
            tuple(line.cells[0].split("/")),
            tuple(cell for cell, place in zip(line.cells[1:], placed, strict=True) if not place),
            index,
            index,
        )
        for index, line in enumerate(lines)
    ]
    result = []
    for item in fold(items):
        first, last = lines[item.first].cells[1:], lines[item.last].cells[1:]
        cells = (b if place else a for a, b, place in zip(first, last, placed, strict=True))
        result.append(Line(("/".join(item.levels), *cells), item.times))
    return result


def title_of(report: Report) -> tuple[str, ...]:
    """The network and its input, its parameters, and what Mult-Adds count."""
    return *name_of(report), convention_of(report)


def name_of(report: Report) -> tuple[str, ...]:
    """The network and its input, its parameters."""
    inputs = [(name, report.rows[index].output) for name, index in report.graph.inputs.items()]
    shapes = ", ".join(
        show_shape(shape) if len(inputs) == 1 else f"{name} {show_shape(shape)}" for name, shape in inputs
    )
    head = " · ".join(filter(None, (report.network, report.variant, f"input {shapes}")))
    settings = "  ".join(f"{name}={said(value)}" for name, value in report.parameters.items())
    return tuple(filter(None, (head, settings)))


def convention_of(report: Report) -> str:
    """What is counted."""
    return f"{report.convention.title}: {report.convention.counts}"


def usual(report: Report, names: Sequence[str]) -> tuple[str, ...]:
    """These columns, with what the report's convention counts in the place of Mult-Adds."""
    return tuple(report.convention.metric if name == "mult_adds" else name for name in names)


def _counts_more(report: Report, names: Sequence[str]) -> bool:
    """Whether a column holds more than Mult-Adds."""
    return report.convention.metric != "mult_adds" and report.convention.metric in names


def kinds_note(report: Report) -> str:
    """The work of the network by kind."""
    return "; ".join(f"{kind.replace('_', ' ')} {exact(figure)}" for kind, figure in report.work().items())


def _totals(report: Report) -> tuple[tuple[str, Cell], ...]:
    counts = [(metrics()[name].title, figure) for name, figure in report.totals.items()]
    return *counts, ("Receptive field", field(report.receptive_field))


def field(reach: Reach) -> str:
    """Size, stride and padding in words; the local figure if some path sees the whole image."""
    if isinstance(reach.local, Unknown):
        return f"{'the whole image; ' * reach.whole}local: unavailable, {reach.local.reason}"
    words = []
    for side in ("size", "stride", "padding"):
        values = [getattr(at, side) for at in reach.local]
        if None in values:
            continue
        same = (
            (side != "size" or isinstance(values[0], Range)) and values.count(values[0]) == len(values)
            if values
            else False
        )
        words.append(f"{side if side != 'size' else ''} {values[0] if same else show_shape(tuple(values))}".strip())
    text = ", ".join(words)
    return f"the whole image; local: {text}" if reach.whole else text


def notes(lines: Sequence[Line]) -> list[str]:
    """What the signs in the cells mean."""
    texts = []
    if any(line.times > 1 for line in lines):
        texts.append("×n: n alike in a row; figures of each, field of the last. --all shows every node")
    cells = [cell for line in lines for cell in line.cells[1:]]
    if any(isinstance(cell, Reach) and cell.whole for cell in cells):
        texts.append(f"{WHOLE}: sees the whole image; the figure is that of the local layers")
    reasons = [cell.reason for cell in cells if isinstance(cell, (AtLeast, Unavailable))]
    reasons += [cell.local.reason for cell in cells if isinstance(cell, Reach) and isinstance(cell.local, Unknown)]
    return texts + [f"{UNKNOWN}: {reason}" for reason in dict.fromkeys(reasons)]
