"""A formula as a page: the figure, or that of each group of layers; what the sizes are, and where it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archcalc.quantities import AXES, show_shape
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
from archcalc.study.points import at
from archcalc.study.question import Figure, Question
from archcalc.values import Value, show
from archcalc.values.symbols import Condition, Space, Symbolic


def page(formula: Formula, by: str | None = None, name: str = "") -> Page:
    """The formula of the network; with a grouping, that of each group as well. `name`: of what, if not the metric."""
    name = name or formula.metric.title
    notes = [*size_notes(formula), *point_note(formula), checked_note(formula.question, formula.points)]
    if by is None:
        return Page(title(formula.question), equations(name, formula.whole), notes=tuple(notes))
    column = Column(formula.metric.name, name, formula.metric.unit, left=True, wrap=True)
    lines = [Line((name, cell(part))) for name, part in formula.parts if matters(part)]
    unknown = dict.fromkeys(part.reason for _, part in formula.parts if isinstance(part, Unavailable))
    table = Table(
        title=(),
        columns=(Column("name", by.capitalize(), left=True), column),
        rows=tuple(folded(lines, isinstance(formula.metric, Count))),
        totals=((name, cell(formula.whole)),),
    )
    return Page(title(formula.question), tables=(table,), notes=(*notes, *((f"{UNKNOWN}: {why}",) for why in unknown)))


def name_of_derivative(formula: Formula, symbol: str | None) -> str:
    """`d(Mult-Adds)/dα`; of no symbol, nothing."""
    return "" if symbol is None else f"d({formula.metric.title})/d{name_of(symbol)}"


def title(question: Question) -> tuple[str, ...]:
    """The network, its input, and the parameters that are numbers."""
    network = question.network
    shapes = {name: show_shape(shape) for name, shape in question.shapes.items()}
    listed = shapes.values() if len(shapes) == 1 else [f"{name} {shape}" for name, shape in shapes.items()]
    head = " · ".join((network.title, network.variant, f"input {', '.join(listed)}"))
    fixed = "  ".join(
        f"{name}={said(value)}" for name, value in question.settings.items() if name not in question.point
    )
    return tuple(filter(None, (head, fixed)))


def equations(name: str, figure: Sequence[Value]) -> tuple[Equation, ...]:
    """One, or one an axis where the axes differ."""
    if len(set(map(id, figure))) == 1 or len(set(map(str, figure))) == 1:
        return (Equation(name, Written(figure[0])),)
    axes = zip(AXES[len(figure)], figure, strict=True)
    return tuple(Equation(f"{name}, {axis}", Written(value)) for axis, value in axes)


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
    sizes = {axis.symbol: Written(axis.size(space[axis.symbol])) for axis in formula.axes}
    yield from condition_notes(formula.conditions, side_note(formula.question, sizes))
    yield from domain_notes(space, formula.symbols)
    for name in formula.symbols:
        if not any(_occurs(name, value) for value in formula.whole):
            yield (f"{name_of(name)} does not occur",)


def side_note(question: Question, sizes: Mapping[str, Math | str]) -> Note:
    """`input = 32·h`; where an axis keeps its size, or inputs do, by name: `height = 4·h, width 48`."""
    sides = question.sides
    of = "" if len(question.following) == len(question.shapes) else " and ".join(question.following)
    symbols = [side for side in sides.values() if isinstance(side, str)]
    if len(symbols) == len(sides):
        each = symbols if len(set(symbols)) > 1 else symbols[:1]
        return (f"{of or 'input'} = ", *_joined([(sizes[symbol],) for symbol in each], " × ")) if sides else ()
    named = [(f"{axis} = ", sizes[side]) for axis, side in sides.items() if isinstance(side, str)]
    fixed = [(f"{axis} {side}",) for axis, side in sides.items() if not isinstance(side, str)]
    return (f"{of}: " if of else "", *_joined([*named, *fixed], ", "))


def condition_notes(conditions: Sequence[Condition], sizes: Note | Sequence[Math | str] = ()) -> Iterator[Note]:
    """What the sizes of the input are and where nothing is rounded; what else must hold."""
    whole = [condition(each) for each in conditions if each.kind == "whole"]
    other = [condition(each) for each in conditions if each.kind != "whole"]
    note = list(sizes)
    if whole:
        note += [
            ", " if sizes else "",
            "no rounding of channels" if sizes else "no rounding",
            ": ",
            *_joined(whole, ", "),
        ]
    if note:
        yield tuple(note)
    if other:
        yield ("where ", *_joined(other, ", "))


def domain_notes(space: Space, names: Sequence[str]) -> Iterator[Note]:
    """What numbers the symbols stand for."""
    if names:
        yield tuple(_joined([tuple(_domain(space, name)) for name in names], "; "))


def _occurs(name: str, value: Value) -> bool:
    """Whether a symbol stands in a value, or in what an atom of it rounds."""
    if not isinstance(value, Symbolic):
        return False
    atoms = [value.space.atoms[each] for each in value.symbols if each in value.space.atoms]
    return name in value.symbols or any(_occurs(name, each) for atom in atoms for each in atom.arguments)


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
    equal = [(Relation(formula.space[name], "=", value),) for name, value in formula.point.items()]
    whole = at(formula.whole, formula.point)
    assert isinstance(whole, tuple)
    figures = list(dict.fromkeys(f"{value:,}" if isinstance(value, int) else show(value) for value in whole))
    if equal:
        yield ("at ", *_joined(equal, ", "), f": {' × '.join(figures)}")


def checked_note(question: Question, points: Sequence[object]) -> Note:
    """Where the engine over integers was asked."""
    where = f"{len(points)} point{'s' if len(points) != 1 else ''}"
    return (f"checked: the engine over integers gives the same {question.metric.title} at {where}",)


def _joined(pieces: Sequence[Note], between: str) -> list[Math | str]:
    result: list[Math | str] = []
    for number, piece in enumerate(pieces):
        result += [between, *piece] if number else piece
    return result
