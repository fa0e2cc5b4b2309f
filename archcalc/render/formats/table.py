"""A table for a terminal, in colours, or plain where there is none."""

from __future__ import annotations

import textwrap

from archcalc.render.formats import Format, Screen
from archcalc.render.layout import layout, plain
from archcalc.render.pages import Page
from archcalc.render.table import Table

STYLES = {
    **{"title": "bold", "head": "bold", "total": "bold", "quiet": "dim", "bar": "cyan"},
    **{"+": "green", "-": "red", "~": "yellow"},
}


def write(table: Table, screen: Screen) -> str:
    if not screen.colours:
        return plain(table, screen.width)
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    text = Text()
    for line in layout(table, screen.width):
        for piece in line:
            text.append(piece.text, STYLES.get(piece.part))
        text.append("\n")
    console = Console(file=StringIO(), force_terminal=True, legacy_windows=False, width=screen.width)
    with console.capture() as written:
        console.print(text, soft_wrap=True, highlight=False, end="")
    return written.get()


def write_page(page: Page, screen: Screen) -> str:
    """Equations one below the other, broken where they are too long; tables, notes."""
    blocks = [[line for title in page.title for line in _wrapped(title, screen, "")]]
    blocks.append([line for each in page.equations for line in _wrapped(f"{each.left} = {each.right}", screen)])
    blocks += [write(table, screen).strip("\n").split("\n") for table in page.tables]
    blocks.append([line for note in page.notes for line in _wrapped("".join(map(str, note)), screen)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _wrapped(line: str, screen: Screen, indent: str = "    ") -> list[str]:
    if screen.width is None or len(line) <= screen.width:
        return [line]
    width = max(screen.width, 20)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


FORMAT = Format((".txt",), table=write, page=write_page, fitted=True)
