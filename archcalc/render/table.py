"""Table: what every format but JSON gets. Cells are figures, not texts; a format decides how they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Cell = Any
"""A text, a Value, AtLeast, Unavailable, a Shape, a list of Shapes, a Reach, or None for nothing."""


@dataclass(frozen=True)
class Column:
    """A column.

    name   of its metric, as `--columns` takes it
    title  its head
    unit   what one of it is
    left   whether it is aligned to the left
    share  whether its figures are shares, to be written in per cent
    ratio  whether its figures are ratios: `1.035×`
    signed whether its figures are differences: `+5`
    write  how its figures are written, where they are none of these and no counts
    keep   how long it stays where the screen is narrow: the lowest goes first; None if it stays whatever happens
    wrap   whether its texts go on in further lines where the screen is narrow, before they are cut
    """

    name: str
    title: str
    unit: str = ""
    left: bool = False
    share: bool = False
    keep: int | None = None
    ratio: bool = False
    signed: bool = False
    write: Callable[[Cell], str] | None = None
    wrap: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a table: `times` of the like in a row, each with these cells; `mark` says what became of it."""

    cells: tuple[Cell, ...]
    times: int = 1
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A title of some lines, columns, rows, exact totals by name, and notes. The first column names the row.

    titled  whether one cannot read the table without its title, so that documents get it too
    moved   how each total moved since another table, in words
    """

    title: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    totals: tuple[tuple[str, Cell], ...] = ()
    notes: tuple[str, ...] = ()
    titled: bool = False
    moved: tuple[str, ...] = ()
