"""A table for a terminal, in colours, or plain where there is none."""

from __future__ import annotations

from archcalc.render.formats import Format, Screen
from archcalc.render.layout import layout, plain
from archcalc.render.table import Table

STYLES = {"title": "bold", "head": "bold", "total": "bold", "quiet": "dim", "bar": "cyan"}


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


FORMAT = Format((".txt",), table=write, fitted=True)
