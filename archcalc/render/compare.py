"""A comparison as Tables: the totals, the stages, and what makes the difference. Networks are letters there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from archcalc.ops._base import show_given
from archcalc.quantities import Reach, Unknown, show_shape
from archcalc.render.fold import Item, fold
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import UNKNOWN, WHOLE, percent
from archcalc.report.figures import AtLeast, Unavailable, is_partial, ratio, total
from archcalc.report.metrics import metrics
from archcalc.spec.expr import said
from archcalc.study._align import Layer
from archcalc.study._changes import INPUT, Change
from archcalc.study.compare import (
    CHANGED,
    ONLY_FIRST,
    ONLY_OTHER,
    Comparison,
    Difference,
    compared,
    difference,
    moved,
)
from archcalc.values import is_value

A = ascii_uppercase[0]
DELTAS = ("mult_adds", "params")


@dataclass(frozen=True, slots=True)
class Listing:
    """How much of the differences is listed: the `top` first rows, or all, also those in the field alone."""

    top: int = 10
    every: bool = False


def tables(comparison: Comparison, listing: Listing = Listing()) -> list[Table]:
    """The totals, the stages, and for each network but the first what makes it differ from that one."""
    others = range(1, len(comparison.sides))
    return [totals(comparison), stages(comparison), *(differences(comparison, side, listing) for side in others)]


# Totals and stages ----------------------------------------------------------------------------------------------------


def totals(comparison: Comparison) -> Table:
    """One row a metric, one column a network; differences and ratios are to the first."""
    letters = ascii_uppercase[: len(comparison.sides)]
    columns = [Column("metric", "Total", left=True), Column(A.lower(), A)]
    for letter in letters[1:]:
        columns += [
            Column(letter.lower(), letter),
            Column(f"{letter.lower()}_less_a", f"{letter} − {A}", signed=True, keep=None if len(letters) == 2 else 0),
            Column(f"{letter.lower()}_to_a", f"{letter}/{A}", ratio=True),
        ]
    rows = [
        Line((metrics()[name].title, figures[0], *(cell for each in figures[1:] for cell in _against(figures[0], each))))
        for name, figures in comparison.totals.items()
    ]
    first, *others = (side.report.receptive_field for side in comparison.sides)
    fields = (cell for each in others for cell in (each, _one(moved(first, each)), None))
    rows.append(Line(("Receptive field", first, *fields)))
    return Table(tuple(_title(comparison)), tuple(columns), tuple(rows), notes=tuple(_notes(rows)))


def _against(first: Any, other: Any) -> tuple[Cell, Cell, Cell]:
    return other, difference(first, other), compared(first, other) if _counts(first) else None


def _counts(figure: Any) -> bool:
    return is_partial(figure) or figure != 0


def _title(comparison: Comparison) -> Iterator[str]:
    """Which letter is which network, and the parameters that differ."""
    inputs = []
    for side in comparison.sides:
        report = side.report
        shapes = {name: show_shape(report.rows[index].output) for name, index in report.graph.inputs.items()}
        inputs.append(", ".join(shapes.values() if len(shapes) == 1 else map(" ".join, shapes.items())))
    for letter, side, shape in zip(ascii_uppercase, comparison.sides, inputs, strict=False):
        yield " · ".join((f"{letter}  {side.label}", side.report.network, f"input {shape}"))
    settings = comparison.settings().items()
    if settings:
        yield ", ".join(f"{name}: {' → '.join(map(said, values))}" for name, values in settings)
    yield f"Mult-Adds: {comparison.sides[0].report.convention.counts}"


def stages(comparison: Comparison) -> Table:
    """One row a stage that has work or weights in any network."""
    letters = ascii_uppercase[: len(comparison.sides)]
    columns = [Column("stage", "Stage", left=True)]
    for name in DELTAS:
        heavy = name == DELTAS[0]
        title = metrics()[name].title
        columns += [Column(f"{name}_{a.lower()}", f"{title} {a}", keep=None if heavy else 2) for a in letters]
        columns += [
            Column(f"{name}_{a.lower()}_to_a", f"{a}/{A}", ratio=True, keep=None if heavy else 1) for a in letters[1:]
        ]
    lines = []
    for stage in comparison.stages:
        figures = {name: comparison.figures(name, stage) for name in DELTAS}
        if any(each is not None and _counts(each) for name in DELTAS for each in figures[name]):
            cells = [cell for given in figures.values() for cell in (*given, *_ratios(given))]
            lines.append(Line((stage.name, *cells)))
    return Table(("Stages",), tuple(columns), tuple(lines), notes=tuple(_notes(lines)))


def _ratios(figures: Sequence[Any]) -> Iterator[Cell]:
    first, *others = figures
    for other in others:
        yield None if first is None or other is None or not _counts(first) else compared(first, other)


# What makes the difference --------------------------------------------------------------------------------------------


def differences(comparison: Comparison, side: int = 1, listing: Listing = Listing()) -> Table:
    """One row a part that differs, repeats folded, the largest first."""
    letter = ascii_uppercase[side]
    parts = [part for part in comparison.parts(side) if part.differs]
    shown = parts if listing.every else [part for part in parts if part.counts or part.altered]
    rows = _folded(shown, letter)
    of = next((name for name in DELTAS if any(_counts(part.figures[name]) for part in parts)), DELTAS[0])
    whole = total(abs(part.figures[of]) for part in parts if is_value(part.figures[of]))
    lines = [
        Line((name, what, *(figures[each] for each in DELTAS), reach, ratio(abs(figures[of]), whole)), times)
        if is_value(figures[of]) and _counts(whole)
        else Line((name, what, *(figures[each] for each in DELTAS), reach, None), times)
        for name, what, figures, reach, times in rows
    ]
    kept = lines if listing.every else lines[: listing.top]
    titles = [metrics()[name].title for name in DELTAS]
    columns = [
        Column("layer", "Layer", left=True),
        Column("what", "What differs", left=True),
        *(Column(name, f"Δ{title}", signed=True) for name, title in zip(DELTAS, titles, strict=True)),
        Column("receptive_field", "ΔField", "pixels", signed=True, keep=0),
        Column("share", "Share", share=True, keep=1),
    ]
    return Table(
        (f"What makes the difference from {A} to {letter}",),
        tuple(columns),
        tuple(kept),
        notes=tuple(_remarks(kept, lines[len(kept) :], len(parts) - len(shown), metrics()[of].title)),
    )
