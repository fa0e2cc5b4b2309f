"""A comparison as Tables: the totals, the stages, and what makes the difference. Networks are letters there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from archcalc.errors import UsageError, near
from archcalc.fields import Reach
from archcalc.quantities import Unknown, show_shape
from archcalc.render.changes import HEAVY, A, arriving, counts, levels, one_number, words
from archcalc.render.fold import Item, fold
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import UNKNOWN, WHOLE, percent
from archcalc.report.figures import AtLeast, Unavailable, ratio, total
from archcalc.report.metrics import metrics
from archcalc.spec.expr import said
from archcalc.study.compare import Comparison, Difference, compared, difference, moved
from archcalc.values import is_value

PARTS = ("totals", "stages", "layers")
"""The tables of a comparison, by name."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How much of the differences is listed: the `top` first rows, or all, repeats and changes of the field too."""

    top: int = 10
    every: bool = False


def tables(comparison: Comparison, listing: Listing = Listing(), only: str | None = None) -> list[Table]:
    """The totals, the stages, and for each network but the first which layers make it differ from that one.

    only  one of PARTS. Raises UsageError.
    """
    if only is not None and only not in PARTS:
        raise UsageError(f"a comparison has no `{only}`", near(only, PARTS) or f"it has {', '.join(PARTS)}")
    others = range(1, len(comparison.sides))
    made: dict[str, Callable[[], list[Table]]] = {
        "totals": lambda: [totals(comparison)],
        "stages": lambda: [stages(comparison)],
        "layers": lambda: [differences(comparison, side, listing) for side in others],
    }
    return [table for part in PARTS if only in (None, part) for table in made[part]()]


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
        Line(
            (metrics()[name].title, figures[0], *(cell for each in figures[1:] for cell in _against(figures[0], each)))
        )
        for name, figures in comparison.totals.items()
    ]
    first, *others = (side.report.receptive_field for side in comparison.sides)
    fields = (cell for each in others for cell in (each, one_number(moved(first, each)), None))
    rows.append(Line(("Receptive field", first, *fields)))
    return Table(tuple(_title(comparison)), tuple(columns), tuple(rows), notes=tuple(_notes(rows)), titled=True)


def _against(first: Any, other: Any) -> tuple[Cell, Cell, Cell]:
    return other, difference(first, other), compared(first, other) if counts(first) else None


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
    for name in HEAVY:
        heavy = name == HEAVY[0]
        title = metrics()[name].title
        columns += [Column(f"{name}_{a.lower()}", f"{title} {a}", keep=None if heavy else 2) for a in letters]
        columns += [
            Column(f"{name}_{a.lower()}_to_a", f"{a}/{A}", ratio=True, keep=None if heavy else 1) for a in letters[1:]
        ]
    lines = []
    for stage in comparison.stages:
        figures = {name: comparison.figures(name, stage) for name in HEAVY}
        if any(each is not None and counts(each) for name in HEAVY for each in figures[name]):
            cells = [cell for given in figures.values() for cell in (*given, *_ratios(given))]
            lines.append(Line((stage.name, *cells)))
    return Table(("Stages",), tuple(columns), tuple(lines), notes=tuple(_notes(lines)), titled=True)


def _ratios(figures: Sequence[Any]) -> Iterator[Cell]:
    first, *others = figures
    for other in others:
        yield None if first is None or other is None or not counts(first) else compared(first, other)


# What makes the difference --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """Parts that are alike and follow each other: their figures together, the field of the last."""

    name: str
    what: str
    arriving: str
    figures: dict[str, Any]
    reach: Cell
    renamed: bool
    times: int

    @property
    def weight(self) -> list[tuple[bool, Any]]:
        """What comes first: the unknown, then the largest."""
        return [(is_value(figure), -abs(figure) if is_value(figure) else 0) for figure in self.figures.values()]


def differences(comparison: Comparison, side: int = 1, listing: Listing = Listing()) -> Table:
    """One row a part that differs, repeats folded, the largest first."""
    letter = ascii_uppercase[side]
    parts = [part for part in comparison.parts(side) if part.differs]
    shown = parts if listing.every else [part for part in parts if part.counts or part.altered]
    entries = sorted(_entries(shown, letter, folded=not listing.every), key=lambda entry: entry.weight)
    of = next((name for name in HEAVY if any(counts(entry.figures[name]) for entry in entries)), HEAVY[0])
    whole = total(abs(entry.figures[of]) for entry in entries if is_value(entry.figures[of]))
    lines = [
        Line(
            (
                entry.name,
                entry.what,
                entry.arriving,
                *entry.figures.values(),
                entry.reach,
                _share(entry.figures[of], whole),
            ),
            entry.times,
        )
        for entry in entries
    ]
    kept = len(lines) if listing.every else listing.top
    columns = (
        Column("layer", "Layer", left=True),
        Column("what", "What differs", left=True),
        Column("input", "Input", left=True, keep=0),
        *(_delta(name, entries) for name in HEAVY),
        Column("receptive_field", "ΔField", "pixels", signed=True, keep=0),
        Column("share", "Share", share=True, keep=1),
    )
    notes = [*_remarks(lines[:kept], lines[kept:], len(parts) - len(shown))]
    if not listing.every and any(entry.renamed for entry in entries[:kept]):
        notes.append(f"layers have their names in {A}; --all shows both")
    title = f"What makes the difference from {A} to {letter}, by |Δ{metrics()[of].title}|"
    return Table((title,), columns, tuple(lines[:kept]), notes=tuple(notes), titled=True)


def _delta(name: str, entries: Sequence[Entry]) -> Column:
    """A column that goes first from a narrow screen if it says nothing."""
    says = any(counts(entry.figures[name]) for entry in entries)
    return Column(name, f"Δ{metrics()[name].title}", metrics()[name].unit, signed=True, keep=None if says else 0)


def _share(figure: Any, whole: Any) -> Cell:
    return ratio(abs(figure), whole) if is_value(figure) and whole != 0 else None


def _entries(parts: Sequence[Difference], letter: str, folded: bool) -> Iterator[Entry]:
    """A part each; folded, those that differ in the same way, one behind the other, are one."""
    texts = [(words(part, letter, not folded), arriving(part)) for part in parts]
    items = [
        Item(tuple(levels(part, not folded)), (*text, *map(str, part.figures.values())), index, index)
        for index, (part, text) in enumerate(zip(parts, texts, strict=True))
    ]
    for item in fold(items) if folded else items:
        figures = {name: _times(parts[item.first].figures[name], item.times) for name in HEAVY}
        last = parts[item.last]
        renamed = last.names[0] != last.names[1]
        yield Entry("/".join(item.levels), *texts[item.first], figures, one_number(last.reach), renamed, item.times)


def _times(figure: Any, times: int) -> Any:
    return figure * times if is_value(figure) else figure


# Notes ----------------------------------------------------------------------------------------------------------------


def _remarks(kept: Sequence[Line], left: Sequence[Line], fields: int) -> Iterator[str]:
    if not (kept or left):
        yield "no layer differs" + " but in its input or receptive field; --all shows them" * bool(fields)
        return
    if left:
        share = total(line.cells[-1] for line in left if line.cells[-1] is not None)
        yield f"and {len(left)} more of {percent(share)} together; --top N or --all shows them"
    elif fields:
        yield f"and {fields} that differ only in their input or receptive field; --all shows them"
    if any(line.times > 1 for line in kept):
        yield "×n: n alike in a row; the figures of all together, the field of the last"
    yield from _notes(kept)


def _notes(lines: Iterable[Line]) -> Iterator[str]:
    """What the signs in the cells mean."""
    cells = [cell for line in lines for cell in line.cells[1:]]
    if any(isinstance(cell, Reach) and cell.whole for cell in cells):
        yield f"{WHOLE}: sees the whole image; the figure is that of the local layers"
    reasons = [cell.reason for cell in cells if isinstance(cell, (AtLeast, Unavailable))]
    reasons += [cell.local.reason for cell in cells if isinstance(cell, Reach) and isinstance(cell.local, Unknown)]
    yield from (f"{UNKNOWN}: {reason}" for reason in dict.fromkeys(reasons))
