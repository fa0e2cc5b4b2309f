"""A page: equations, tables and notes, as text, Markdown or LaTeX."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from archcalc.render.formats import Screen
from archcalc.render.math import Formula, Math
from archcalc.render.table import Table

Note = tuple[Math | str, ...]
"""A sentence in pieces."""

LATEX_LINE = 90
"""Characters of text that a line of an equation in LaTeX stands for, about."""


@dataclass(frozen=True, slots=True)
class Equation:
    """left = right; the right side is a formula or a sentence."""

    left: str
    right: Math


@dataclass(frozen=True, slots=True)
class Page:
    """What a reader gets, in this order: a title for those who see nothing else, equations, tables, notes."""

    title: tuple[str, ...]
    equations: tuple[Equation, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()


def text(page: Page, screen: Screen) -> str:
    """For a terminal."""
    from archcalc.render.formats.table import write

    blocks = ["\n".join(line for title in page.title for line in _wrapped(title, screen.width, "")) + "\n"]
    if page.equations:
        lines = (line for each in page.equations for line in _wrapped(f"{each.left} = {each.right}", screen.width))
        blocks.append("\n".join(lines) + "\n")
    blocks += [write(table, screen).lstrip("\n") for table in page.tables]
    notes = [line for note in page.notes for line in _wrapped("".join(map(str, note)), screen.width)]
    return "\n".join([*blocks, *(["\n".join(notes) + "\n"] if notes else [])])


def _wrapped(line: str, width: int | None, indent: str = "    ") -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    return textwrap.wrap(
        line, max(width, 20), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def markdown(page: Page, screen: Screen) -> str:
    """For GitHub and the like."""
    from archcalc.render.formats.markdown import escape, write

    def escaped(piece: object) -> str:
        return escape(str(piece), "")

    blocks = [f"**{escaped(each.left)}** = {escaped(each.right)}\n" for each in page.equations]
    blocks += [write(table, screen) for table in page.tables]
    notes = [f"- {''.join(map(escaped, note))}" for note in page.notes]
    return "\n".join([*blocks, *(["\n".join(notes) + "\n"] if notes else [])])


def latex(page: Page, screen: Screen) -> str:
    """For a paper that uses amsmath and booktabs."""
    from archcalc.render.formats.latex import escape, write

    def written(piece: Math | str) -> str:
        return f"${piece.latex}$" if isinstance(piece, Math) else escape(piece, piece)

    blocks = []
    if page.equations:
        lines = [rf"\text{{{escape(each.left, each.left)}}} ={{}}& {_lines(each.right)}" for each in page.equations]
        body = " \\\\\n  ".join(lines)
        blocks.append(f"% needs \\usepackage{{amsmath}}\n\\begin{{align*}}\n  {body}\n\\end{{align*}}\n")
    blocks += [write(table, screen) for table in page.tables]
    notes = [rf"\par{{\footnotesize {''.join(map(written, note))}\par}}" for note in page.notes]
    return "".join([*blocks, *(["\n".join(notes) + "\n"] if notes else [])])


def _lines(right: Math) -> str:
    """A formula, broken before a sign where it grows too long for a line."""
    if not isinstance(right, Formula):
        return right.latex
    lines, length = [""], 0
    for piece in right.pieces():
        if lines[-1] and length + len(piece) > LATEX_LINE:
            lines.append("& ")
            length = 0
        lines[-1] += f"{' ' if lines[-1] and length else ''}{piece}"
        length += len(piece)
    return " \\\\\n  ".join(lines)
