"""The formulas for every size of the input as a page: a row for each, with the remainders that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archcalc.render.formula import cell, checked_note, condition_notes, domain_notes, side_note, title
from archcalc.render.math import Formula as Written
from archcalc.render.math import Math
from archcalc.render.pages import Note, Page
from archcalc.render.table import Column, Line, Table
from archcalc.study.quasi import Quasi
from archcalc.values import Value


@dataclass(frozen=True, slots=True)
class Remaining(Math):
    """A value and a remainder: `4·h + r`."""

    value: Value

    def __str__(self) -> str:
        return f"{Written(self.value)} + r"

    @property
    def latex(self) -> str:
        """For math mode."""
        return f"{Written(self.value).latex} + r"


def page(found: Quasi) -> Page:
    """The table of a figure by remainder."""
    question = found.question
    of = Column(question.metric.name, question.metric.title, question.metric.unit, left=True, wrap=True)
    rows = [
        Line((ranges(each.remainders), "refused" if each.figure is None else cell(each.figure)))
        for each in found.branches
    ]
    table = Table((), (Column("remainder", "r", left=True, wrap=True), of), tuple(rows))
    return Page(title(question), (), (table,), tuple(_notes(found)))


def _notes(found: Quasi) -> Iterator[Note]:
    h = found.space[found.symbol]
    last = found.first + found.divisor - 1
    side = side_note(found.question, {found.symbol: Remaining(found.divisor * h)})
    yield (*side, f", r = {ranges(range(found.first, last + 1))}")
    yield (f"true for every {sized(found)} that the network accepts: from {found.smallest} on{_but(found)}",)
    for size, figure in found.alone.items():
        yield (f"but at {size}: ", cell(figure))
    yield from condition_notes(found.conditions)
    yield from domain_notes(found.space, [*found.question.parameters])
    yield checked_note(found.question, found.points)


def sized(found: Quasi) -> str:
    """What the size is that the formulas are of: an axis by its name, where it is not every one."""
    sides = found.question.sides
    named = [axis for axis, side in sides.items() if side == found.symbol]
    return " and ".join(named) if len(named) < len(sides) else "size"


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
