"""A Table laid out as lines of text for a screen of some width: which columns fit, and how they are written."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest
from types import NoneType
from typing import NamedTuple

from archcalc.render.table import Cell, Column, Table
from archcalc.render.text import WHOLE, exact, short, written
from archcalc.report.figures import AtLeast, Unavailable

GAP = 2
BAR = 12
CUT = 12
WRAP = 40
EIGHTHS = " ▏▎▍▌▋▊▉█"


class Piece(NamedTuple):
    """A text and its part in the table: title, head, name, cell, bar, total, quiet; `+`, `-` and `~` in marked rows."""

    text: str
    part: str


class Laid(NamedTuple):
    """A column with its texts, all of one width."""

    column: Column
    width: int
    texts: list[str]
    part: str = "cell"


def layout(table: Table, width: int | None) -> list[list[Piece]]:
    """The lines of a table, none wider than `width` where dropping and shortening can help it; None for any width."""
    margin = GAP * any(row.mark for row in table.rows)
    laid = _fit(table, width and width - margin)
    whole = margin + _width(laid)
    lines = [[Piece(line, "title")] for text in table.title[:1] for line in _wrap(text, width)]
    lines += [[Piece(line, "quiet")] for text in table.title[1:] for line in _wrap(text, width)]
    heads = _line([_align(each, each.column.title) for each in laid], ["head"] * len(laid))
    lines += [[], [Piece(" " * margin, "quiet"), *heads] if margin else heads]
    lines += [[Piece("─" * whole, "quiet")]]
    for index, row in enumerate(table.rows):
        for texts in zip_longest(*(_wrapped(each, each.texts[index]) for each in laid), fillvalue=""):
            cells = [_align(each, text) for each, text in zip(laid, texts, strict=True)]
            pieces = _line(cells, [row.mark or each.part for each in laid])
            lines.append([Piece(row.mark.ljust(margin), row.mark or "quiet"), *pieces] if margin else pieces)
    lines += [[Piece("─" * whole, "quiet")], *_totals(table, width)]
    stars = any(WHOLE in text for each in laid for text in each.texts)
    notes = [text for text in table.notes if stars or not text.startswith(f"{WHOLE}:")]
    lines += [[Piece(line, "quiet")] for text in notes for line in _wrap(text, width)]
    return lines


def plain(table: Table, width: int | None) -> str:
    """The table as text without colours."""
    return "".join("".join(piece.text for piece in line).rstrip() + "\n" for line in layout(table, width))


def _fit(table: Table, width: int | None) -> list[Laid]:
    """Exact with bars; without; without what may go first; short; without more and more; at last the names are cut."""
    wide = _lay(table, exact)
    if width is None or _width(wide) <= width:
        return wide
    wide = [laid for laid in wide if laid.part != "bar"]
    for kept in (wide, [laid for laid in wide if laid.column.keep != 0]):
        if _width(kept) <= width:
            return kept
    laid = [laid for laid in _lay(table, short) if laid.part != "bar"]
    while (spare := width - _width(laid)) < 0:
        names = laid[0]
        if names.width + spare >= width // 2:
            narrow = names.width + spare
            return [names._replace(width=narrow) if names.column.wrap else _cut(names, narrow), *laid[1:]]
        weakest = min((each.column.keep for each in laid if each.column.keep is not None), default=None)
        if weakest is None:
            return _cramped(laid, width)
        laid = [each for each in laid if each.column.keep != weakest]
    return laid


def _cramped(laid: list[Laid], width: int) -> list[Laid]:
    """Texts wrapped, names cut, then the other words, to no less than CUT signs each."""
    turns = [(at, each, WRAP) for at, each in enumerate(laid) if each.column.wrap]
    turns += [(at, each, CUT) for at, each in enumerate(laid) if each.column.left]
    for at, each, least in turns:
        spare = width - _width(laid)
        narrow = max(laid[at].width + spare, least)
        if spare < 0 and narrow < laid[at].width:
            laid = [
                *laid[:at],
                each._replace(width=narrow) if each.column.wrap else _cut(each, narrow),
                *laid[at + 1 :],
            ]
    return laid


def _wrapped(laid: Laid, text: str) -> list[str]:
    """The lines of a cell: one, unless its column wraps."""
    return _wrap(text, laid.width) if laid.column.wrap else [text]


def _lay(table: Table, write: Callable[[Cell], str]) -> list[Laid]:
    laid = []
    for index, column in enumerate(table.columns):
        cells = [row.cells[index] for row in table.rows]
        texts = _hang([written(column, cell, write) for cell in cells])
        laid.append(_laid(column, texts, "cell" if index else "name"))
        if not index and any(row.times > 1 for row in table.rows):
            times = [f"×{row.times}" if row.times > 1 else "" for row in table.rows]
            laid.append(_laid(Column("times", ""), times, "quiet"))
        if column.share:
            laid.append(_laid(replace(column, name="bar", title="", left=True), _bars(cells), "bar"))
    return laid


def _hang(texts: list[str]) -> list[str]:
    """Room for the sign that some figures bear behind their last digit."""
    if not any(text.endswith(WHOLE) for text in texts):
        return texts
    return [text if text.endswith(WHOLE) else text + " " for text in texts]


def _laid(column: Column, texts: list[str], part: str) -> Laid:
    return Laid(column, max(map(len, [column.title, *texts])), texts, part)


def _width(laid: list[Laid]) -> int:
    return sum(each.width for each in laid) + GAP * (len(laid) - 1)


def _align(laid: Laid, text: str) -> str:
    return text.ljust(laid.width) if laid.column.left else text.rjust(laid.width)


def _line(texts: list[str], parts: list[str]) -> list[Piece]:
    gaps = [" " * GAP] * (len(texts) - 1) + [""]
    return [Piece(text + gap, part) for text, part, gap in zip(texts, parts, gaps, strict=True)]


def _cut(laid: Laid, width: int) -> Laid:
    """Names cut in the middle: what they end with tells them apart."""
    tail = (width - 1) * 2 // 3
    head = width - 1 - tail
    texts = [text if len(text) <= width else f"{text[:head]}…{text[len(text) - tail :]}" for text in laid.texts]
    return laid._replace(texts=texts, width=width)


def _bars(cells: list[Cell]) -> list[str]:
    """Bars as long as their shares, the longest of them full."""
    none = (Unavailable, NoneType)
    values = [cell.value if isinstance(cell, AtLeast) else 0 if isinstance(cell, none) else cell for cell in cells]
    most = max(values, default=0)
    bars = []
    for value in values:
        eighths = int(Fraction(value) * BAR * 8 / most + Fraction(1, 2)) if most else 0
        bars.append(("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip())
    return bars


def _totals(table: Table, width: int | None) -> list[list[Piece]]:
    """One below the other; the numbers end in one column."""
    texts = [
        (name, cell if isinstance(cell, str) else exact(cell), isinstance(cell, str)) for name, cell in table.totals
    ]
    names = max((len(name) for name, _, _ in texts), default=0)
    numbers = max((len(text) for _, text, worded in texts if not worded), default=0)
    lines = []
    for at, (name, text, worded) in enumerate(texts):
        moved = f"  {table.moved[at]}" if table.moved and table.moved[at] else ""
        shown = (text if worded else text.rjust(numbers)) + moved
        for part, line in enumerate(_wrap(shown, width and width - names - GAP)):
            lines.append([Piece(("" if part else name).ljust(names + GAP), "quiet"), Piece(line, "total")])
    return lines


def _wrap(text: str, width: int | None) -> list[str]:
    if width is None or len(text) <= width:
        return [text]
    return textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)
