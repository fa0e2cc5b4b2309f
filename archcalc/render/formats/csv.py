"""CSV: one header row, the names of the columns, then the rows with raw numbers. No title, totals or notes."""

from __future__ import annotations

import csv
import io

from archcalc.render.formats import Format, Screen
from archcalc.render.table import Cell, Table
from archcalc.render.text import exact
from archcalc.report.figures import AtLeast


def write(table: Table, screen: Screen) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    repeats = any(line.times > 1 for line in table.rows)
    rows.writerow([*(column.name for column in table.columns), *(["times"] * repeats)])
    for line in table.rows:
        rows.writerow([*map(raw, line.cells), *([line.times] * repeats)])
    return text.getvalue()


def raw(cell: Cell) -> str:
    """A cell without separators of thousands: 4089184256, 1/3, ≥ 12345, 64x112x112."""
    if isinstance(cell, AtLeast):
        return f"≥ {raw(cell.value)}"
    return str(cell) if isinstance(cell, int) else exact(cell)


FORMAT = Format((".csv",), table=write)
