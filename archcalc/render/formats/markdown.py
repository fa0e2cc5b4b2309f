"""Markdown: a table with pipes as GitHub reads it, totals as bold last rows, notes below."""

from __future__ import annotations

import re

from archcalc.render.formats import Format, Screen
from archcalc.render.pages import Page
from archcalc.render.sheet import sheet
from archcalc.render.table import Cell, Table

SIGN = re.compile(r"[\\`*|<~$]|(?<!\w)_|_(?!\w)|&(?=[\w#])|\](?=[(\[:])")
"""What could be a sign of Markdown's: `_` inside of a name is none, nor are brackets that make no link."""


def write(table: Table, screen: Screen) -> str:
    texts, left = sheet(table, escape), [column.left for column in table.columns]
    rows = [texts.heads, *texts.rows, *([text and f"**{text}**" for text in row] for row in texts.totals)]
    widths = [max(3, *map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line([_aligned(*each) for each in zip(row, widths, left, strict=True)]) for row in rows]
    lines.insert(1, _line([_rule(*each) for each in zip(widths, left, strict=True)]))
    above = [line for text in texts.title for line in (text, "")]
    below = ["", *(f"- {note}" for note in texts.notes)] if texts.notes else []
    return "\n".join([*above, *lines, *below, ""])


def escape(text: str, cell: Cell) -> str:
    """A text of one line in which nothing is a sign of Markdown's."""
    return SIGN.sub(lambda sign: f"\\{sign[0]}", " ".join(text.splitlines()))


def _line(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _aligned(text: str, width: int, left: bool) -> str:
    return text.ljust(width) if left else text.rjust(width)


def _rule(width: int, left: bool) -> str:
    return f":{'-' * (width - 1)}" if left else f"{'-' * (width - 1)}:"


def write_page(page: Page, screen: Screen) -> str:
    """Equations in lines of their own, tables, notes; no title."""
    blocks = [f"**{escape(each.left, '')}** = {escape(str(each.right), '')}\n" for each in page.equations]
    blocks += [write(table, screen) for table in page.tables]
    blocks.append("".join(f"- {escape(''.join(map(str, note)), '')}\n" for note in page.notes))
    return "\n".join(filter(None, blocks))


FORMAT = Format((".md", ".markdown"), table=write, page=write_page)
