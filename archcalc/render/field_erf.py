"""Effective receptive fields as a Table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archcalc.render.field import text
from archcalc.render.report import name_of
from archcalc.render.table import Column, Line, Table
from archcalc.render.text import percent
from archcalc.report.report import Report
from archcalc.study.field.effective import LABEL, PARTS, Effective


def table(report: Report, path: str, found: Sequence[Effective], assumed: Sequence[str]) -> Table:
    """A row an axis, one for all where they are alike; `a..b` where outputs differ."""
    columns = (
        Column("axis", "Axis", left=True),
        *(Column(name, title, "pixels", write=_written) for name, title in (("size", "Field"), ("sigma", "σ"))),
        *(Column(f"holds_{part}", f"{part}%", "pixels", keep=FIRST.get(part), write=_written) for part in PARTS),
        *(Column(name, title, unit, keep=keep, write=_written) for name, title, unit, keep in PLAIN),
    )
    rows = [Line((each.axis, *(each.ends(figure) for figure in _figures()))) for each in found]
    if len({row.cells[1:] for row in rows}) == 1 and len(rows) > 1:
        rows = [Line(("each", *rows[0].cells[1:]))]
    variance = found[0].ends(lambda each: each.variance)
    notes = (
        f"{LABEL}: not what training makes of it",
        f"σ: the root of the variance{f', {text(variance[0])}' if variance[0] == variance[1] else ''}",
        "50% … 99%: pixels round the mean that hold so much of an output",
        "Luo: pixels with more than 4.55% of what the one with most has (Luo et al. 2016)",
        "Density: the part of the field's pixels that is seen at all",
        *assumed,
    )
    return Table((*name_of(report), f"Effective field of {path}"), columns, tuple(rows), notes=notes)


PLAIN = (("luo", "Luo", "pixels", None), ("share", "Luo/field", "", 1), ("density", "Density", "", 4))
FIRST = {"50": 2, "99": 3}
"""Widths that go from a narrow screen, in this order: `keep` of Column."""


def _figures() -> list[Callable[[Any], Any]]:
    widths: list[Callable[[Any], Any]] = [lambda each, part=part: each.widths[part] for part in PARTS]  # type: ignore[misc]
    shares: list[Callable[[Any], Any]] = [lambda each: percent(each.share), lambda each: percent(each.density)]
    return [lambda each: each.size, lambda each: each.sigma, *widths, lambda each: each.luo, *shares]


def _written(ends: Any) -> str:
    least, most = ends
    return text(least) if least == most else f"{text(least)}..{text(most)}"
