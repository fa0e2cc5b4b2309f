"""What changed between two tables of one thing: rows marked, totals with how they moved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import exact, times, written
from archcalc.report.metrics import metrics
from archcalc.study._align import common
from archcalc.study.compare import compared
from archcalc.values import is_value

NEW, GONE, CHANGED = "+", "-", "~"
WORDS = {NEW: "new", GONE: "gone", CHANGED: "changed"}
NUMBER = re.compile(r"\d+")


def marked(before: Table, after: Table) -> Table:
    """The later table: rows with marks, those that are gone where they stood, and a note on the marks.

    A row is the one of its name, in the same order; between two such, one of its name but for numbers. It has changed
    if a cell has: not a share, nor what tells only of its place (the receptive field), which other rows change too.
    """
    pairs = _pairs([_name(line) for line in before.rows], [_name(line) for line in after.rows])
    lines = tuple(_lines(before, after, pairs))
    marks = [f"{mark} {word}" for mark, word in WORDS.items() if any(line.mark == mark for line in lines)]
    note = f"since the last save: {', '.join(marks) or 'no row changed'}"
    totals = dict(before.totals)
    moved = tuple(_moved(totals.get(name), figure) for name, figure in after.totals)
    return replace(after, rows=lines, moved=moved, notes=(*after.notes, note))


def _lines(before: Table, after: Table, pairs: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """The rows of both in one order: what is gone, then what is new, then the next that is in both."""
    old = {column.name: at for at, column in enumerate(before.columns)}
    places = [old.get(column.name) for column in after.columns]
    i = j = 0
    for here, there in [*pairs, (len(before.rows), len(after.rows))]:
        yield from (_gone(line, after.columns, places) for line in before.rows[i:here])
        yield from (replace(line, mark=NEW) for line in after.rows[j:there])
        if there < len(after.rows):
            line = after.rows[there]
            was = _signs(before.rows[here], after.columns, places)
            changed = _signs(line, after.columns, range(len(places))) != was
            yield replace(line, mark=CHANGED) if changed else line
        i, j = here + 1, there + 1


def _gone(line: Line, columns: Sequence[Column], places: Sequence[int | None]) -> Line:
    cells = (None if at is None or column.share else line.cells[at] for column, at in zip(columns, places, strict=True))
    return Line(tuple(cells), line.times, GONE)


def _signs(line: Line, columns: Sequence[Column], places: Sequence[int | None]) -> list[Any]:
    """What says whether a row is the same."""
    known = metrics()
    cells = [
        None if at is None else line.cells[at]
        for column, at in zip(columns, places, strict=True)
        if not (column.share or (column.name in known and known[column.name].of_place))
    ]
    return [line.times, *cells]


def _name(line: Line) -> str:
    return str(line.cells[0])


def _pairs(first: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Indices of rows that are one, ascending on both sides."""
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for here, there in [*common(first, other), (len(first), len(other))]:
        runs = [[NUMBER.sub("", name) for name in run] for run in (first[i:here], other[j:there])]
        pairs += [(i + a, j + b) for a, b in common(*runs)]
        pairs.append((here, there))
        i, j = here + 1, there + 1
    return pairs[:-1]


def _moved(before: Cell, after: Cell) -> str:
    """How a total moved: `+1,024, 1.035×`, or what it was."""
    if before is None or before == after:
        return ""
    if not (is_value(before) and is_value(after)):
        return f"(was {exact(before)})"
    difference = written(Column("", "", signed=True), after - before)
    return f"{difference}, {times(compared(before, after))}" if before != 0 else difference
