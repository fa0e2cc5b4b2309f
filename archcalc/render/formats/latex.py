"""LaTeX: a `tabular` with the rules of booktabs, totals as bold last rows, notes below."""

from __future__ import annotations

import re

from archcalc.render.formats import Format, Screen
from archcalc.render.math import Math
from archcalc.render.pages import Page
from archcalc.render.sheet import sheet
from archcalc.render.table import Cell, Table

SIGNS = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "<": "$<$", ">": "$>$", "|": "$|$", "×": r"$\times$", "≥": r"$\geq$", "≤": r"$\leq$", "≈": r"$\approx$",
    "−": "$-$", "→": r"$\to$", "·": r"$\cdot$", "…": r"\ldots{}", "Δ": r"$\Delta$",
    "α": r"$\alpha$", "β": r"$\beta$", "θ": r"$\theta$", "ρ": r"$\rho$",
}  # fmt: skip
"""How signs are written that mean something else to LaTeX, or that its first font lacks."""
SIGN = re.compile("[" + re.escape("".join(SIGNS)) + "]")
GROUP = re.compile(r"(?<=\d),(?=\d{3})")
BY = re.compile(r"(?<=\d)x(?=\d)")
LINE = 90
"""Signs of an equation after which it goes on in another line."""
NEGATIVE = re.compile(r"^-(?=\d)")


def write(table: Table, screen: Screen) -> str:
    texts = sheet(table, escape)
    totals = [[text and f"\\textbf{{{text}}}" for text in row] for row in texts.totals]
    parts = [
        *(f"{title}\\par" for title in texts.title),
        f"\\begin{{tabular}}{{{''.join('l' if column.left else 'r' for column in table.columns)}}}",
        r"\toprule",
        _line(texts.heads),
        r"\midrule",
        *map(_line, texts.rows),
        *([r"\midrule", *map(_line, totals)] if totals else []),
        r"\bottomrule",
        r"\end{tabular}",
        *(f"\\par{{\\footnotesize {note}\\par}}" for note in texts.notes),
    ]
    return "\n".join(["% needs \\usepackage{booktabs}", *parts, ""])


def escape(text: str, cell: Cell) -> str:
    """A text of one line in which nothing is a sign of LaTeX's; numbers in groups of three with thin spaces."""
    if isinstance(cell, Math):
        return f"${cell.latex}$"
    if not isinstance(cell, str):
        text = NEGATIVE.sub("−", BY.sub("×", text))
    text = SIGN.sub(lambda sign: SIGNS[sign[0]], " ".join(text.splitlines()))
    return text.replace("--", "-{}-") if isinstance(cell, str) else GROUP.sub(r"\\,", text)


def _line(texts: list[str]) -> str:
    """A row. What begins it must not be read as an argument of the command before it: `\\\\[1cm]`, `\\\\*`."""
    first, *rest = texts
    return f"{' & '.join(['{}' * first.startswith(('[', '*')) + first, *rest])} \\\\"


def write_page(page: Page, screen: Screen) -> str:
    """Equations as amsmath aligns them, tables, notes; no title."""
    blocks = []
    if page.equations:
        lines = [rf"\text{{{escape(each.left, '')}}} ={{}}& {_broken(each.right)}" for each in page.equations]
        body = " \\\\\n  ".join(lines)
        blocks.append(f"% needs \\usepackage{{amsmath}}\n\\begin{{align*}}\n  {body}\n\\end{{align*}}\n")
    blocks += [write(table, screen) for table in page.tables]
    for note in page.notes:
        text = "".join(escape(str(piece), "" if isinstance(piece, str) else piece) for piece in note)
        blocks.append(f"\\par{{\\footnotesize {text}\\par}}\n")
    return "".join(blocks)


def _broken(right: Math) -> str:
    """A formula, broken before a sign where it grows too long for a line."""
    lines = [""]
    for piece in right.pieces():
        if lines[-1] and len(lines[-1]) + len(piece) > LINE:
            lines.append("& ")
        lines[-1] += f"{'' if lines[-1] in ('', '& ') else ' '}{piece}"
    return " \\\\\n  ".join(lines)


FORMAT = Format((".tex",), table=write, page=write_page)
