"""A figure of a network as a formula: its sizes stay symbols, and the conditions under which it holds are found.

The engine runs over symbols that start at the network's own settings: what domains leave open is answered as it is
there. So the formula always covers these settings, and every condition of it is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from archcalc.errors import SpecError, UsageError
from archcalc.network import Network
from archcalc.report.figures import Unavailable
from archcalc.report.metrics import Metric
from archcalc.study.points import check
from archcalc.study.question import Figure, Question
from archcalc.values import Value, ceil, exactdiv, floor
from archcalc.values.exact import Exact
from archcalc.values.symbols import Condition, Space, Symbolic


@dataclass(frozen=True, slots=True)
class Axis:
    """A side of the input map: divisor·symbol + remainder, on all sizes that the formula is of."""

    symbol: str
    divisor: int
    remainder: int

    def size(self, value: Value) -> Value:
        return self.divisor * value + self.remainder

    def value(self, size: Value) -> Value:
        return exactdiv(size - self.remainder, self.divisor)


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A figure over symbols.

    question    what was asked
    space       the symbols with their domains
    point       their values at the network's own settings
    axes        what they say of the input map
    whole       the network's figure
    parts       that of each group of layers
    conditions  under which all of it is exact
    points      where the engine over integers was asked, and agreed; `point` is the first
    """

    question: Question
    space: Space
    point: dict[str, Exact]
    axes: tuple[Axis, ...]
    whole: tuple[Value, ...]
    parts: tuple[tuple[str, Figure], ...]
    conditions: tuple[Condition, ...]
    points: tuple[Mapping[str, Exact], ...] = ()

    @property
    def network(self) -> Network:
        return self.question.network

    @property
    def metric(self) -> Metric:
        return self.question.metric

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self.point)

    def sizes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the question asks, of values of the formula's symbols: axes as pixels."""
        axes = {axis.symbol: axis.size(values[axis.symbol]) for axis in self.axes}
        return {**values, **axes}


def formula(
    network: Network,
    asked: Sequence[str],
    *,
    metric: str = "mult_adds",
    by: str | None = None,
    input: Any = None,
    checked: int = 4,
    given: Mapping[str, Any] | None = None,
) -> Formula:
    """The formula of a figure, checked against the engine over integers at random points.

    asked     what is a symbol: parameters, `h` for the side of the input map, `h` and `w` for its height and width
    metric    mult_adds, params, activations, receptive_field, field_stride or field_padding
    by        layer, block or stage: the figure of each as well
    checked   at how many points
    given     settings of the parameters: those of symbols say where the formula must hold

    Raises UsageError, or SpecError where the network is wrong at its settings or symbols leave it open.
    """
    question = Question(network, asked, metric=metric, by=by, input=input, given=given)
    return check(solved(question, raw(question)), checked)


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What the engine says over symbols: sides of the map are in pixels."""

    space: Space
    whole: Figure
    parts: list[Figure]
    conditions: list[Condition]


def raw(question: Question) -> Raw:
    """Asked over symbols that begin at the question's point."""
    space = Space(question.point)
    values = {name: symbol(space, question, name) for name in question.point}
    try:
        whole, parts = question.ask(values)
    except SpecError as error:
        raise UsageError(
            "there is no formula: what is open at this point must be decided\n" + str(error),
            "give the symbol a value at which the network is as it mostly is, or leave it out of --in",
        ) from None
    return Raw(space, whole, parts, space.needed())


def symbol(space: Space, question: Question, name: str, low: int | None = None, axis: Axis | None = None) -> Symbolic:
    """A symbol with the domain of its parameter, or of a side of 1 or more pixels; not below `low` if it is whole."""
    if name in question.places:
        first = int(ceil(axis.value(1))) if axis is not None else 1
        return space.symbol(name, minimum=first if low is None else max(first, low))
    parameter = question.network.parameters[name]
    whole = parameter.kind == "whole"
    bounds = [bound for bound in (parameter.min, low if whole else None) if bound is not None]
    minimum = max(bounds, default=None)
    return space.symbol(name, whole=whole, minimum=minimum, maximum=parameter.max, above=parameter.above)


def solved(question: Question, found: Raw) -> Formula:
    """The same with a side of the map as divisor·symbol + remainder, where its conditions are that."""
    axes = tuple(_axis(question, found, name) for name in question.places)
    point = dict(question.point)
    for axis in axes:
        point[axis.symbol] = axis.value(point[axis.symbol])
    space = Space(point)
    for name in point:
        axis = next((axis for axis in axes if axis.symbol == name), Axis(name, 1, 0))
        low = lowest(found.conditions, name, None)
        symbol(space, question, name, None if low is None else int(ceil(axis.value(low))), axis)
    moved = Mover(found.space, space, {axis.symbol: axis.size(space[axis.symbol]) for axis in axes})
    moved.take(found.conditions)
    return Formula(
        question,
        space,
        point,
        axes,
        whole=moved.each(found.whole),
        parts=tuple((name, moved.each(part)) for (name, _), part in zip(question.groups, found.parts, strict=True)),
        conditions=tuple(space.needed()),
    )


def _axis(question: Question, found: Raw, name: str) -> Axis:
    """Linear conditions `c*size + rest is whole` of a size alone hold on one class of sizes: that of the point."""
    divisor = divisor_of(found.conditions, name)
    return Axis(name, divisor, int(question.point[name] % divisor))


def divisor_of(conditions: Sequence[Condition], name: str) -> int:
    """Numbers with one remainder by it are alike in what is said to be whole of this symbol alone."""
    alone = [each.value for each in conditions if each.kind == "whole" and each.value.symbols == (name,)]
    return math.lcm(1, *(c.denominator for value in alone for _, c in value.terms()))


def lowest(conditions: Sequence[Condition], name: str, start: int | None, kind: str = "at least 0") -> int | None:
    """The smallest whole number, `start` or above, from which on the symbol fulfils its linear conditions of a kind."""
    for condition in conditions:
        if condition.kind == kind and condition.value.symbols == (name,):
            terms = {exponents.get(name, 0): c for exponents, c in condition.value.terms()}
            if set(terms) <= {0, 1} and (terms[1] > 0 or kind == "not 0"):
                root = -Fraction(terms.get(0, 0)) / terms[1]
                bound = int(ceil(root)) if kind == "at least 0" else int(floor(root)) + 1
                start = bound if start is None else max(start, bound)
    return start


class Mover:
    """Takes values of one space to another; atoms become atoms of the other."""

    def __init__(self, old: Space, new: Space, sizes: Mapping[str, Value]) -> None:
        self.new = new
        self.values: dict[str, Value] = {}
        for name in old.domains:
            if name in sizes:
                self.values[name] = sizes[name]
            elif name in old.atoms:
                atom = old.atoms[name]
                self.values[name] = new.atom(atom.name, atom.rule, tuple(map(self, atom.arguments)))
            else:
                self.values[name] = new[name]

    def __call__(self, value: Value) -> Value:
        return value.at(self.values) if isinstance(value, Symbolic) else value

    def take(self, conditions: Sequence[Condition]) -> None:
        """Record the conditions in the other space."""
        for condition in conditions:
            value = self(condition.value)
            if isinstance(value, Symbolic):
                self.new.record(condition.kind, value, condition.text)

    def each(self, figure: Any) -> Any:
        return figure if isinstance(figure, Unavailable) else tuple(map(self, figure))
