"""The formulas for every size of the input as a page: a row for each, with the remainders that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archcalc.render.formula import cell, checked_note, condition_notes, domain_notes, title
from archcalc.render.math import Formula as Written
from archcalc.render.pages import Note, Page
from archcalc.render.table import Column, Line, Table
from archcalc.study.quasi import Quasi


def page(found: Quasi) -> Page:
    """The table of a figure by remainder."""
    question = found.question
    of = Column(question.metric.name, question.metric.title, question.metric.unit, left=True)
    rows = [
        Line((ranges(each.remainders), "refused" if each.figure is None else cell(each.figure)))
        for each in found.branches
    ]
    table = Table((), (Column("remainder", "r", left=True), of), tuple(rows))
    return Page(title(question), (), (table,), tuple(_notes(found)))


def _notes(found: Quasi) -> Iterator[Note]:
    h = found.space[found.symbol]
    side = {"w": "width"}.get(found.symbol, "input")
    last = found.first + found.divisor - 1
    yield (f"{side} = ", Written(found.divisor * h), f" + r, r = {ranges(range(found.first, last + 1))}")
    yield (f"true for every size that the network accepts: from {found.smallest} on{_but(found)}",)
    for size, figure in found.alone.items():
        yield (f"but at {size}: ", cell(figure))
    yield from condition_notes(found.conditions)
    yield from domain_notes(found.space, [*found.question.parameters])
    yield checked_note(found.question, found.points)


def _but(found: Quasi) -> str:
    """The sizes above the smallest that are refused."""
    refused = [f"r = {ranges(each.remainders)}" for each in found.branches if each.figure is None]
    refused += [ranges(found.refused)] if found.refused else []
    return f", but for {' and '.join(refused)}" if refused else ""


def ranges(numbers: Sequence[int]) -> str:
    """`0, 1, 5…9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}…{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
