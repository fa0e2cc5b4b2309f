"""What a formula says, as pages: its largest terms, elasticities, and how far a law of thumb is off."""

from __future__ import annotations

from fractions import Fraction

from archcalc.render.formula import checked_note, equations, folded, matters, point_note, size_notes, title
from archcalc.render.math import Formula as Written
from archcalc.render.math import Math, Relation, name_of
from archcalc.render.pages import Equation, Note, Page
from archcalc.render.table import Column, Line, Table
from archcalc.study.formula import Formula
from archcalc.study.views import Law, elasticities, shares
from archcalc.values import show
from archcalc.values.exact import Exact


def leading(formula: Formula, by: str | None = None) -> Page:
    """The terms with their shares at the point; with a grouping, the largest term of each group."""
    notes = (*size_notes(formula), *point_note(formula), checked_note(formula.question, formula.points))
    term = Column("term", "Term", left=True, wrap=True)
    value, share = Column("value", "Value"), Column("share", "Share")
    if by is None:
        rows = [Line((Written(each.term), each.value, percent(each.share))) for each in shares(formula, formula.whole)]
        table = Table((), (term, value, share), tuple(rows))
        return Page(title(formula.question), equations(formula.metric.title, formula.whole), (table,), notes)
    lines = []
    for name, part in formula.parts:
        if matters(part) and (found := shares(formula, part)):
            lines.append(Line((name, Written(found[0].term), found[0].value, percent(found[0].share))))
    table = Table((), (Column("name", by.capitalize(), left=True), term, value, share), tuple(folded(lines)))
    return Page(title(formula.question), (), (table,), notes)


def elasticity(formula: Formula, by: str) -> Page:
    """A row for each group, a column for each symbol."""
    lines = []
    (_, whole), *groups = elasticities(formula)
    for (name, part), (_, of) in zip(formula.parts, groups, strict=True):
        if matters(part):
            lines.append(Line((name, *map(decimal, of.values()))))
    rows = (*folded(lines), Line(("the network", *map(decimal, whole.values()))))
    columns = (Column(name, name_of(name)) for name in formula.symbols)
    names = [name_of(name) for name in formula.symbols]
    grow = f"{formula.metric.title} grow where {' or '.join(names)} grows by one per cent"
    said: Note = (f"by how many per cent {grow}; ≈: rounded",)
    table = Table((), (Column("name", by.capitalize(), left=True), *columns), rows)
    notes = (said, *size_notes(formula), *point_note(formula), checked_note(formula.question, formula.points))
    return Page(title(formula.question), (), (table,), notes)


def against(formula: Formula, law: Law) -> Page:
    """How far the law is off, over its symbols: two make a table of rows and columns."""
    names = list(law.grid)
    off = {tuple(each.point[name] for name in names): signed(percent(each.off), each.off) for each in law.trials}
    if len(names) == 2:
        first, second = names
        columns = (Column(str(show(value)), f"{name_of(second)} = {show(value)}") for value in law.grid[second])
        head = (Column(first, name_of(first), left=True), *columns)
        rows = [Line((show(value), *(off[value, other] for other in law.grid[second]))) for value in law.grid[first]]
    else:
        head = (*(Column(name, name_of(name), left=True) for name in names), Column("off", "Off"))
        rows = [Line((*map(show, values), cell)) for values, cell in off.items()]
    written = Written(law.law)
    lines: list[Equation] = list(equations(formula.metric.title, formula.whole[:1]))
    if law.rest is not None:
        lines.append(Equation("beyond the law", Written(law.rest)))
    start = law.trials[0].point
    at: list[Math | str] = []
    for name in names:
        at += [", " if at else "", Relation(formula.space[name], "=", start[name])]
    notes: list[Note] = [
        (f"the table: {formula.metric.title} are so much above the law ", written, ", both relative to ", *at),
        *size_notes(formula),
        checked_note(formula.question, formula.points),
    ]
    return Page(title(formula.question), tuple(lines), (Table((), head, tuple(rows)),), tuple(notes))


# Figures -------------------------------------------------------------------------------------------------------------


def percent(part: Exact) -> str:
    """In per cent with two decimals, half up; `0.00` only where it is nothing."""
    hundredths = abs(Fraction(part)) * 10_000
    rounded = int(hundredths + Fraction(1, 2))
    text = f"{rounded // 100}.{rounded % 100:02}%"
    if hundredths and not rounded:
        text = "<0.01%"
    return f"−{text}" if part < 0 else text


def signed(text: str, value: Exact) -> str:
    return f"+{text}" if value > 0 else text


def decimal(value: Exact | None) -> str:
    """Exact where three decimals can say it, else rounded to them."""
    if value is None:
        return ""
    thousandths = Fraction(value) * 1000
    if thousandths.denominator == 1:
        return show(value)
    return f"≈{show(Fraction(int(thousandths + (Fraction(1, 2) if value > 0 else -Fraction(1, 2))), 1000))}"
