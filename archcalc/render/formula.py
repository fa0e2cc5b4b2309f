"""A formula as a page: the figure, or that of each group of layers; what the sizes are, and where it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archcalc.quantities import show_shape
from archcalc.render.fold import Item, fold
from archcalc.render.math import Formula as Written
from archcalc.render.math import Math, Relation, condition, name_of
from archcalc.render.pages import Equation, Note, Page
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import UNKNOWN
from archcalc.report.figures import Unavailable
from archcalc.report.metrics import Count
from archcalc.spec.expr import said
from archcalc.study.formula import Formula
from archcalc.study.question import HEIGHT, Figure, Question
from archcalc.values import Value, show
from archcalc.values.symbols import Condition, Space


def page(formula: Formula, by: str | None = None) -> Page:
    """The formula of the network, or, with a grouping, of each group as well."""
    notes = [*size_notes(formula), *point_note(formula), checked_note(formula)]
    if by is None:
        return Page(title(formula.question), equations(formula.metric.title, formula.whole), notes=tuple(notes))
    column = Column(formula.metric.name, formula.metric.title, formula.metric.unit, left=True)
    lines = [Line((name, cell(part))) for name, part in formula.parts if matters(part)]
    unknown = dict.fromkeys(part.reason for _, part in formula.parts if isinstance(part, Unavailable))
    table = Table(
        title=(),
        columns=(Column("name", by.capitalize(), left=True), column),
        rows=tuple(folded(lines, isinstance(formula.metric, Count))),
        totals=((formula.metric.title, cell(formula.whole)),),
    )
    return Page(title(formula.question), tables=(table,), notes=(*notes, *((f"{UNKNOWN}: {why}",) for why in unknown)))


def title(question: Question) -> tuple[str, ...]:
    """The network, its input, and the parameters that are numbers."""
    network = question.network
    shapes = [show_shape(shape) for shape in question.shapes.values()]
    head = " · ".join((network.title, network.variant, f"input {', '.join(shapes)}"))
    fixed = "  ".join(f"{name}={said(value)}" for name, value in question.settings.items() if name not in question.point)
    return tuple(filter(None, (head, fixed)))


def equations(name: str, figure: Sequence[Value]) -> tuple[Equation, ...]:
    """One, or one an axis where the axes differ."""
    if len(set(map(id, figure))) == 1 or len(set(map(str, figure))) == 1:
        return (Equation(name, Written(figure[0])),)
    axes = ("height", "width") if len(figure) == 2 else [f"axis {number}" for number in range(1, len(figure) + 1)]
    return tuple(Equation(f"{name}, {axis}", Written(value)) for axis, value in zip(axes, figure, strict=True))


def cell(figure: Figure) -> Cell:
    """A figure in a table."""
    if isinstance(figure, Unavailable):
        return figure
    return Sizes(tuple(each.right for each in equations("", figure)))


class Sizes(Math):
    """One formula, or one an axis."""

    def __init__(self, each: Sequence[Math]) -> None:
        self.each = tuple(each)

    def __str__(self) -> str:
        return " × ".join(map(str, self.each))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sizes) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def latex(self) -> str:
        """For math mode."""
        return r" \times ".join(each.latex for each in self.each)


def matters(figure: Figure) -> bool:
    """Whether it is no plain 0."""
    return isinstance(figure, Unavailable) or any(not isinstance(value, int) or value for value in figure)


def folded(lines: Sequence[Line], counts: bool = True) -> list[Line]:
    """Repeats as one line with the figures of each; receptive fields differ from place to place."""
    items = [Item(tuple(line.cells[0].split("/")), line.cells[1:], at, at) for at, line in enumerate(lines)]
    folds = fold(items) if counts else items
    return [Line(("/".join(item.levels), *lines[item.first].cells[1:]), item.times) for item in folds]


# Notes ---------------------------------------------------------------------------------------------------------------


def size_notes(formula: Formula) -> Iterator[Note]:
    """What the sizes of the input are, where nothing is rounded, what else must hold, and what the symbols are."""
    space = formula.space
    whole = [each for each in formula.conditions if each.kind == "whole"]
    other = [each for each in formula.conditions if each.kind != "whole"]
    sizes = [Written(axis.size(space[axis.symbol])) for axis in formula.axes]
    note: list[Math | str] = ["input = ", *_joined([(each,) for each in sizes], " × ")] if sizes else []
    if whole:
        note += [", " if sizes else "", "no rounding of channels" if sizes else "no rounding", ": "]
        note += _joined(map(condition, whole), ", ")
    if note:
        yield tuple(note)
    if other:
        yield ("where ", *_joined(map(condition, other), ", "))
    if formula.symbols:
        yield tuple(_joined((tuple(_domain(space, name)) for name in formula.symbols), "; "))
    for name in formula.symbols:
        if not any(_occurs(name, value) for value in formula.whole):
            yield (f"{name_of(name)} does not occur",)


def _occurs(name: str, value: Value) -> bool:
    return isinstance(value, Math) or (
        hasattr(value, "symbols")
        and any(
            name == each or (each in value.space.atoms and any(_occurs(name, a) for a in value.space.atoms[each].arguments))
            for each in value.symbols
        )
    )


def _domain(space: Space, name: str) -> Iterator[Math | str]:
    domain, symbol = space.domains[name], space[name]
    low, sign = (domain.minimum, "≥") if domain.minimum is not None else (domain.above, ">")
    if low is not None:
        yield Relation(symbol, sign, low)
    else:
        yield Written(symbol)
    if domain.maximum is not None:
        yield ", "
        yield Relation(symbol, "≤", domain.maximum)
    if domain.whole:
        yield " whole"


def point_note(formula: Formula) -> Iterator[Note]:
    """The figure at the network's own settings."""
    at = (
        (Relation(formula.space[name], "=", value),) for name, value in formula.point.items()
    )
    values = [value.at(formula.point) if hasattr(value, "at") else value for value in formula.whole]
    figures = list(dict.fromkeys(f"{value:,}" if isinstance(value, int) else show(value) for value in values))
    if formula.symbols:
        yield ("at ", *_joined(at, ", "), f": {' × '.join(figures)}")


def checked_note(formula: Formula) -> Note:
    """Where the engine was asked."""
    count = len(formula.points)
    return (f"the engine over integers agrees at {count} point{'s' if count != 1 else ''}",)


def _joined(pieces: Iterator[Note] | Sequence[Note], between: str) -> list[Math | str]:
    result: list[Math | str] = []
    for number, piece in enumerate(pieces):
        result += [between, *piece] if number else piece
    return result
