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


@dataclass(frozen=True, slots=True)
class Entry:
    """Parts that are alike and follow each other: their figures together, the field of the last."""

    name: str
    what: str
    figures: dict[str, Any]
    reach: Cell
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
    entries = sorted(_folded(shown, letter), key=lambda entry: entry.weight)
    of = next((name for name in DELTAS if any(_counts(entry.figures[name]) for entry in entries)), DELTAS[0])
    whole = total(abs(entry.figures[of]) for entry in entries if is_value(entry.figures[of]))
    lines = [
        Line((entry.name, entry.what, *entry.figures.values(), entry.reach, _share(entry.figures[of], whole)), entry.times)
        for entry in entries
    ]
    kept = lines if listing.every else lines[: listing.top]
    columns = (
        Column("layer", "Layer", left=True),
        Column("what", "What differs", left=True),
        *(Column(name, f"Δ{metrics()[name].title}", signed=True) for name in DELTAS),
        Column("receptive_field", "ΔField", "pixels", signed=True, keep=0),
        Column("share", "Share", share=True, keep=1),
    )
    notes = _remarks(kept, lines[len(kept) :], len(parts) - len(shown), metrics()[of].title)
    return Table((f"What makes the difference from {A} to {letter}",), columns, tuple(kept), notes=tuple(notes))


def _share(figure: Any, whole: Any) -> Cell:
    return ratio(abs(figure), whole) if is_value(figure) and whole != 0 else None


def _folded(parts: Sequence[Difference], letter: str) -> Iterator[Entry]:
    """Parts that differ in the same way, one behind the other, as one."""
    words = [_words(part, letter) for part in parts]
    items = [
        Item(tuple(_levels(part)), (text, *map(str, part.figures.values())), index, index)
        for index, (part, text) in enumerate(zip(parts, words, strict=True))
    ]
    for item in fold(items):
        figures = {name: _times(parts[item.first].figures[name], item.times) for name in DELTAS}
        yield Entry("/".join(item.levels), words[item.first], figures, _one(parts[item.last].reach), item.times)


def _times(figure: Any, times: int) -> Any:
    return figure * times if is_value(figure) else figure


def _levels(part: Difference) -> list[str]:
    """The levels of a part's name; `conv2→layer1` where they differ."""
    first, other = (name.split("/") for name in part.names)
    if len(first) != len(other):
        return [" → ".join(part.names)]
    return [a if a == b else f"{a}→{b}" for a, b in zip(first, other, strict=True)]


def _one(reach: Any) -> Cell:
    """One number if the axes differ by the same."""
    if not isinstance(reach, tuple):
        return reach
    return reach[0] if reach and reach.count(reach[0]) == len(reach) else show_shape(reach)


def _words(part: Difference, letter: str) -> str:
    """What differs, in words."""
    if part.kind == ONLY_FIRST:
        return f"only in {A}: {_operators(part.first)}"
    if part.kind == ONLY_OTHER:
        return f"only in {letter}: {_operators(part.other)}"
    if part.kind != CHANGED:
        return f"{_operators(part.first)} → {_operators(part.other)}"
    texts: dict[str, list[str]] = {}
    for change in part.what:
        for name, text in _said(change):
            texts.setdefault(text, []).append(name)
    return ", ".join(" ".join(filter(None, (", ".join(names), text))) for text, names in texts.items())


def _operators(layers: Sequence[Layer]) -> str:
    """The operators of up to two layers with work or weights, else how many layers."""
    known = metrics()
    heavy = [each for each in layers if any(_counts(known[name].over(each.rows)) for name in DELTAS)] or layers
    if len(heavy) > 2:
        return f"{len(heavy)} layers"
    return " + ".join(known["op"].over(each.rows) for each in heavy)


def _said(change: Change) -> Iterator[tuple[str, str]]:
    """A change as name and text; those of one text are told together."""
    name, first, other = change
    if name == INPUT:
        pairs = list(zip(first, other, strict=False))
        a, b = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
        if a is None or b is None or len(first) != len(other):
            yield "inputs", f"{len(first)} → {len(other)}"
        elif len(a) != len(b):
            yield "input", f"{show_shape(a)} → {show_shape(b)}"
        else:
            if a[0] != b[0]:
                yield "in", f"{a[0]} → {b[0]}"
            if a[1:] != b[1:]:
                yield "map", f"{show_shape(a[1:])} → {show_shape(b[1:])}"
    elif (first, other) == (0, 1):
        yield "", f"with {name}"
    elif (first, other) == (1, 0):
        yield "", f"without {name}"
    else:
        yield name, f"{_given(name, first)} → {_given(name, other)}"


def _given(name: str, value: Any) -> str:
    """A parameter as one writes it: 3x3, 2, half."""
    if not isinstance(value, tuple):
        return show_given(value)
    if name != "kernel" and value.count(value[0]) == len(value):
        return _given(name, value[0])
    return show_shape(value) if all(map(is_value, value)) else show_given(value)


# Notes ----------------------------------------------------------------------------------------------------------------


def _remarks(kept: Sequence[Line], left: Sequence[Line], fields: int, of: str) -> Iterator[str]:
    if not (kept or left):
        yield "no layer differs" + " but in its receptive field: --all shows it" * bool(fields)
        return
    if left:
        share = total(line.cells[-1] for line in left if line.cells[-1] is not None)
        yield f"and {len(left)} more of {percent(share)} together; --top N or --all shows them"
    elif fields:
        yield f"and {fields} that differ in their receptive field alone; --all shows them"
    if any(line.times > 1 for line in kept):
        yield "×n: n alike in a row; the figures of all together, the field of the last"
    yield f"Share: of all that is more or less in {of}"
    yield from _notes(kept)


def _notes(lines: Iterable[Line]) -> Iterator[str]:
    """What the signs in the cells mean."""
    cells = [cell for line in lines for cell in line.cells[1:]]
    if any(isinstance(cell, Reach) and cell.whole for cell in cells):
        yield f"{WHOLE}: sees the whole image; the figure is that of the local layers"
    reasons = [cell.reason for cell in cells if isinstance(cell, (AtLeast, Unavailable))]
    reasons += [cell.local.reason for cell in cells if isinstance(cell, Reach) and isinstance(cell.local, Unknown)]
    yield from (f"{UNKNOWN}: {reason}" for reason in dict.fromkeys(reasons))
