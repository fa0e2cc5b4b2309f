"""A Table as texts in full, for formats that become part of a document: every digit, nothing folded or cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archcalc.render.table import Cell, Column, Table
from archcalc.render.text import exact, written

TOTAL = "Total"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Texts of a table: its title where it needs one, heads, rows, rows of totals, and notes.

    Totals stand under the columns that they are of, one without a column in a row of its own; those in words are notes.
    """

    title: list[str]
    heads: list[str]
    rows: list[list[str]]
    totals: list[list[str]]
    notes: list[str]


def sheet(table: Table, escape: Callable[[str, Cell], str]) -> Sheet:
    """The sheet of a table; `escape` gets a text and the cell that it is of."""
    columns = table.columns
    rows = [_row(columns, line.cells, escape) for line in table.rows]
    for row, line in zip(rows, table.rows, strict=True):
        if line.times > 1:
            row[0] += escape(f" ×{line.times}", "")
    figures = {name: figure for name, figure in table.totals if not isinstance(figure, str)}
    under = (TOTAL, *(figures.pop(column.title, None) for column in columns[1:]))
    totals = [_row(columns, under, escape)] if any(figure is not None for figure in under[1:]) else []
    gap = [""] * (len(columns) - 2)
    totals += [[escape(name, name), *gap, escape(exact(figure), figure)] for name, figure in figures.items()]
    words = [f"{name}: {figure}" for name, figure in table.totals if isinstance(figure, str)]
    return Sheet(
        title=[escape(line, line) for line in table.title] if table.titled else [],
        heads=[escape(column.title, column.title) for column in columns],
        rows=rows,
        totals=totals,
        notes=[escape(line, line) for line in (*words, *table.notes)],
    )


def _row(columns: tuple[Column, ...], cells: tuple[Cell, ...], escape: Callable[[str, Cell], str]) -> list[str]:
    return [escape(written(column, cell), cell) for column, cell in zip(columns, cells, strict=True)]
