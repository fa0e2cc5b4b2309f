"""Effective receptive fields as a Table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from archcalc.render.field import text
from archcalc.render.report import name_of
from archcalc.render.table import Column, Line, Table
from archcalc.render.text import percent
from archcalc.report.report import Report
from archcalc.study.field.effective import LABEL, PARTS, Effective, Prior
from archcalc.study.printed import show_value


def table(report: Report, path: str, found: Sequence[Effective], assumed: Sequence[str]) -> Table:
    """A row an axis, one for all where they are alike; `a..b` where outputs differ."""
    columns = (
        Column("axis", "Axis", left=True),
        *(Column(name, title, "pixels", write=_written) for name, title in (("size", "Field"), ("sigma", "σ"))),
        *(Column(f"holds_{part}", f"{part}%", "pixels", keep=FIRST.get(part), write=_written) for part in PARTS),
        Column("luo", "Luo", "pixels", write=_written),
        Column("share", "Luo/field", keep=1, write=_percents),
        Column("density", "Density", keep=4, write=_percents),
    )
    rows = [Line((each.axis, *map(each.ends, FIGURES))) for each in found]
    if len({row.cells[1:] for row in rows}) == 1 and len(rows) > 1:
        rows = [Line(("each", *rows[0].cells[1:]))]
    notes = (
        f"{LABEL}: not what training makes of it",
        f"σ: the root of the variance{_variance(found[0])}",
        "50% … 99%: pixels round the mean that hold so much of an output",
        "Luo: pixels with more than 4.55% of what the one with most has (Luo et al. 2016)",
        "Density: the part of the field's pixels that is seen at all",
        *assumed,
    )
    return Table((*name_of(report), f"Effective field of {path}"), columns, tuple(rows), notes=notes)


def _variance(found: Effective) -> str:
    """The variance, exact unless nobody could read it; nothing where outputs differ."""
    low, high = found.ends(lambda each: each.variance)
    exact = text(low)
    return "" if low != high else f", {exact if len(exact) <= READABLE else show_value(low)}"


READABLE = 20
"""Signs of a fraction."""

FIRST = {"50": 2, "99": 3}
"""Widths that go from a narrow screen, in this order: `keep` of Column."""


def _width(part: str) -> Callable[[Prior], int]:
    return lambda each: each.widths[part]


FIGURES: tuple[Callable[[Prior], Any], ...] = (
    attrgetter("size"),
    attrgetter("sigma"),
    *map(_width, PARTS),
    attrgetter("luo"),
    attrgetter("share"),
    attrgetter("density"),
)
"""In the order of the columns."""


def _written(ends: Any) -> str:
    least, most = ends
    return text(least) if least == most else f"{text(least)}..{text(most)}"


def _percents(ends: Any) -> str:
    return _written(tuple(map(percent, ends)))
