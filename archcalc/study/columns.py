"""Columns of figures that a study finds of a report's rows, and their place in the report's JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.report.document import with_status
from archcalc.report.metrics import Count, Metric
from archcalc.report.report import Report


class Of(Metric):
    """A column of figures of some rows."""

    def __init__(self, name: str, title: str, unit: str, over: Callable[[Sequence[Row]], Any]) -> None:
        self.name, self.title, self.unit = name, title, unit  # type: ignore[misc]
        self._over = over

    def rule(self, row: Row) -> Any:
        return self._over([row])

    def over(self, rows: Iterable[Row]) -> Any:
        return self._over(list(rows))


class Sum(Of, Count):
    """One that adds up."""


def in_document(
    report: Report,
    section: str,
    shown: Mapping[str, Metric],
    assumed: Mapping[str, Any],
    by: str | None = None,
    level: int | None = None,
) -> dict[str, Any]:
    """The report's JSON document with a section: what was assumed, and figures of all, each layer and group."""

    def entry(rows: Sequence[Row]) -> dict[str, Any]:
        return with_status({name: column.over(rows) for name, column in shown.items()})

    whole = report.to_dict(by, level)
    layers = [each | {section: entry([row])} for each, row in zip(whole.pop("layers"), report.rows, strict=True)]
    groups = whole.pop("groups", None)
    whole |= {section: {**assumed, **entry(report.rows)}, "layers": layers}
    if groups is not None:
        each_group = zip(groups, report.groups(by or "layer", level), strict=True)
        whole["groups"] = [each | {section: entry(group.rows)} for each, group in each_group]
    return whole
