"""Reports and networks as `print` and notebooks show them: whole, every digit where there is room for it."""

from __future__ import annotations

import shutil
from html import escape

from archcalc.engine.graph import Graph
from archcalc.errors import ArchcalcError
from archcalc.network import Network
from archcalc.render import report as reports
from archcalc.render import sections
from archcalc.render.layout import plain
from archcalc.render.sheet import sheet
from archcalc.render.table import Table
from archcalc.report.report import Report
from archcalc.study.description import description
from archcalc.study.sections import Page

LEFT = ' style="text-align: left"'
TABLE = '<table style="text-align: right">'
NOTE = '<div style="opacity: 0.7">'


def text(shown: Report | Network) -> str:
    """As wide as the terminal, without colours."""
    width = shutil.get_terminal_size().columns
    if isinstance(shown, Report):
        return plain(reports.table(shown), width).rstrip("\n")
    return sections.text([_page(shown)], width).rstrip("\n")


def html(shown: Report | Network) -> str:
    """A piece of a page, which needs no style sheet and no script."""
    inner = table(reports.table(shown)) if isinstance(shown, Report) else _sections(_page(shown))
    return f'<div style="overflow: auto">\n{inner}</div>\n'


def _page(network: Network) -> Page:
    """What `archcalc show` says of it; where it does not expand, what there is to say of it without a graph."""
    graph: Graph | None = None
    if network.spec.body is not None:
        try:
            graph = network.graph()
        except ArchcalcError:
            graph = None
    return description(network, network.settings(), graph)


def table(table: Table) -> str:
    first, *more = (escape(line) for line in table.title)
    texts = sheet(table, lambda given, cell: escape(given))
    sides = [LEFT if column.left else "" for column in table.columns]
    body = "".join(_row("td", row, sides) for row in texts.rows)
    foot = "".join(_row("th", row, sides) for row in texts.totals)
    return (
        f"<div><strong>{first}</strong></div>\n{_lines(more)}"
        f"{TABLE}\n<thead>\n{_row('th', texts.heads, sides)}</thead>\n<tbody>\n{body}</tbody>\n"
        f"<tfoot>\n{foot}</tfoot>\n</table>\n{_lines(texts.notes)}"
    )


def _row(tag: str, texts: list[str], sides: list[str]) -> str:
    cells = "".join(f"<{tag}{side}>{text}</{tag}>" for text, side in zip(texts, sides, strict=True))
    return f"<tr>{cells}</tr>\n"


def _lines(texts: list[str]) -> str:
    return "".join(f"{NOTE}{line}</div>\n" for line in texts)


def _sections(page: Page) -> str:
    parts = [f"<div><strong>{escape(line)}</strong></div>\n" for line in page.heading]
    for section in page.sections:
        rows = [[escape(cell) for cell in (line.label, line.text, line.place)] for line in section.lines]
        kept = [at for at in range(3) if any(row[at] for row in rows)]
        body = "".join(_row("td", [row[at] for at in kept], [LEFT] * len(kept)) for row in rows)
        if body:
            parts.append(f"{TABLE}\n<caption{LEFT}>{escape(section.title)}</caption>\n{body}</table>\n")
    return "".join(parts)
