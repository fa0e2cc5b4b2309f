"""A figure for every size of one side of the input map: a polynomial for each remainder, and which sizes are refused.

A network's floors depend on the remainder of the size by its total stride alone. For each remainder the engine runs
over `divisor·symbol + remainder`; sizes at which what holds far out need not hold are asked one by one.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archcalc.errors import ArchcalcError, SpecError, UsageError
from archcalc.network import Network
from archcalc.study.formula import Axis, Mover, divisor_of, lowest, raw, symbol
from archcalc.study.points import SEED, Disagreement, Point, at, drawn, said
from archcalc.study.question import Question
from archcalc.values import Value
from archcalc.values.exact import Exact
from archcalc.values.symbols import Condition, Space

FAR = 10**6
"""Where on the way to infinity open questions are answered; sizes for which the answer is another are asked alone."""

MOST_DIVISOR = 1024
MOST_ALONE = 4096


@dataclass(frozen=True, slots=True)
class Branch:
    """One formula for all sizes of these remainders; None where the network refuses them."""

    remainders: tuple[int, ...]
    figure: tuple[Value, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Quasi:
    """A figure for every size of one side of the input map.

    symbol, divisor  the size is divisor·symbol + remainder
    branches         by remainder, in order; remainders are `divisor` numbers in a row, from 0 or more
    smallest         the smallest size that the network accepts
    refused          sizes above it that it refuses, beside those whose remainder is
    alone            sizes at which the figure is another than that of their branch
    conditions       on the other symbols
    points           where the engine over integers agreed; of the axis's symbol they hold the size
    """

    question: Question
    space: Space
    symbol: str
    divisor: int
    branches: tuple[Branch, ...]
    smallest: int
    refused: tuple[int, ...]
    alone: Mapping[int, tuple[Value, ...]]
    conditions: tuple[Condition, ...]
    points: tuple[Point, ...] = ()

    @property
    def first(self) -> int:
        """The smallest remainder."""
        return self.branches[0].remainders[0]

    def of(self, size: int) -> tuple[int, tuple[Value, ...] | None]:
        """The value of the symbol at a size, and the figure there in it and the other symbols; None if refused."""
        value, rest = divmod(size - self.first, self.divisor)
        if size < self.smallest or size in self.refused:
            return value, None
        if size in self.alone:
            return value, self.alone[size]
        return value, next(each.figure for each in self.branches if rest + self.first in each.remainders)


def quasi(
    network: Network,
    asked: Sequence[str],
    *,
    metric: str = "mult_adds",
    input: Any = None,
    checked: int = 8,
    given: Mapping[str, Any] | None = None,
) -> Quasi:
    """The figure for every size; arguments as those of `formula`. Raises as it does."""
    question = Question(network, asked, metric=metric, input=input, given=given)
    if len(question.places) != 1:
        raise UsageError("--exact is of one side of the input map", "--in h, or with further parameters --in h,alpha")
    (name,) = question.places
    divisor = divisor_of(raw(question).conditions, name)
    while True:
        found = [Remainder(question, Axis(name, divisor, remainder)) for remainder in range(1, divisor + 1)]
        wanted = math.lcm(*(each.divisor for each in found))
        if wanted == 1:
            return _check(_joined(question, name, divisor, found), checked)
        divisor *= wanted
        if divisor > MOST_DIVISOR:
            raise UsageError(f"--exact would take more than {MOST_DIVISOR} formulas: the total stride is {divisor}")


class Remainder:
    """What the engine says of the sizes divisor·symbol + remainder, symbol = 0, 1, …

    figure   for all from `start` on; None if they are refused
    divisor  by which the divisor must be multiplied; 1 if it is enough
    """

    def __init__(self, question: Question, axis: Axis) -> None:
        self.axis = axis
        self.space = space = Space({**question.point, axis.symbol: FAR})
        values: dict[str, Value] = {name: symbol(space, question, name) for name in question.parameters}
        values[axis.symbol] = axis.size(space.symbol(axis.symbol, minimum=0))
        self.figure: tuple[Value, ...] | None = None
        self.why = ""
        try:
            self.figure = question.ask(values)[0]  # type: ignore[assignment]
        except SpecError as error:
            self.why = error.problems[0].message
        self.conditions = []
        for condition in space.needed():
            names = condition.value.symbols
            if axis.symbol not in names:
                self.conditions.append(condition)
            elif len(names) > 1 or condition.kind == "0":
                raise UsageError(f"--exact cannot say what a condition on {' and '.join(names)} is: {condition}")
        self.divisor = divisor_of(space.conditions, axis.symbol)
        start = lowest(space.conditions, axis.symbol, 0)
        self.start = lowest(space.conditions, axis.symbol, start, "not 0") or 0
        beyond = Space()
        far = beyond.symbol(axis.symbol, minimum=self.start)
        for condition in space.needed():
            if condition.value.symbols == (axis.symbol,) and condition.kind != "whole":
                value = condition.value.at({axis.symbol: far})
                if not (beyond.at_least_0(value) if condition.kind == "at least 0" else beyond.never_0(value)):
                    raise UsageError(f"--exact cannot say from where on this holds: {condition}")


def _joined(question: Question, name: str, divisor: int, found: Sequence[Remainder]) -> Quasi:
    space = Space({**question.point, name: 1})
    for parameter in question.parameters:
        symbol(space, question, parameter)
    h = space.symbol(name, minimum=0)

    def moved(each: Remainder, shift: int) -> tuple[Value, ...] | None:
        return None if each.figure is None else Mover(each.space, space, {name: h + shift}).each(each.figure)

    for remainder in found:
        Mover(remainder.space, space, {name: h}).take(remainder.conditions)
    shifted = {shift: [moved(each, shift) for each in found] for shift in (-1, 0, 1)}
    first = min(range(divisor), key=lambda first: len(set(_in_a_row(shifted, first, divisor))))
    by_figure: dict[Any, list[int]] = {}
    for place, figure in enumerate(_in_a_row(shifted, first, divisor), first):
        by_figure.setdefault(figure, []).append(place)
    branches = tuple(Branch(tuple(remainders), figure) for figure, remainders in by_figure.items())
    result = Quasi(question, space, name, divisor, branches, 1, (), {}, tuple(space.needed()))
    return _asked_alone(result, found)


def _in_a_row(shifted: Mapping[int, Sequence[Any]], first: int, divisor: int) -> list[Any]:
    """The figures of `divisor` remainders from `first` on; those that were found begin with remainder 1."""
    places = (divmod(remainder - 1, divisor) for remainder in range(first, first + divisor))
    return [shifted[shift][place] for shift, place in places]


def _asked_alone(result: Quasi, found: Sequence[Remainder]) -> Quasi:
    """With the sizes that are below the start of their remainder."""
    question, name = result.question, result.symbol
    sizes = sorted(each.axis.size(value) for each in found for value in range(each.start))
    if len(sizes) > MOST_ALONE:
        raise UsageError(f"--exact would have to ask {len(sizes)} sizes one by one")
    accepted: dict[int, tuple[Value, ...]] = {}
    for size in sizes:
        space = Space(question.point)
        values = {each: symbol(space, question, each) for each in question.parameters}
        try:
            figure = question.ask({**values, name: size})[0]
        except SpecError:
            continue
        move = Mover(space, result.space, {})
        accepted[size] = move.each(figure)
        move.take(space.needed())
    regular = [each.axis.size(each.start) for each in found if each.figure is not None]
    if not regular and not accepted:
        raise UsageError(f"{question.network.title} accepts no input of another size: {found[0].why}")
    smallest = min([*accepted, *regular])
    alone = {}
    for size, figure in accepted.items():
        value, general = result.of(size)
        if general is None or at(general, {**_symbols(result.space, name), name: value}) != figure:
            alone[size] = figure
    refused = tuple(size for size in sizes if size > smallest and size not in accepted)
    return replace(result, smallest=smallest, refused=refused, alone=alone, conditions=tuple(result.space.needed()))


def _symbols(space: Space, but: str) -> dict[str, Value]:
    return {name: space[name] for name in space.domains if name != but}


def _check(result: Quasi, count: int) -> Quasi:
    """Ask the engine over integers at the smallest size and at random ones. Raises Disagreement."""
    choose = random.Random(SEED)
    question, name = result.question, result.symbol
    own: dict[str, Exact] = {each: value for each, value in question.point.items() if each != name}
    others = [own]
    others += [{each: point[each] for each in own} for point in drawn(result.space, {**own, name: 1}, 3 if own else 0)]
    sizes = [result.smallest, int(question.point[name]), *result.alone]
    sizes += [choose.randint(result.smallest, result.smallest + 3 * result.divisor) for _ in range(count - 2)]
    points: list[Point] = []
    for size in dict.fromkeys(sizes):
        point = {**choose.choice(others), name: size}
        value, figure = result.of(size)
        try:
            theirs: Any = question.ask(point)[0]
        except ArchcalcError:
            theirs = None
        ours = None if figure is None else at(figure, {**point, name: value})
        if ours != theirs:
            raise Disagreement(f"at {said(point)} the formula gives {ours}, the engine {theirs}")
        points.append(point)
    return replace(result, points=tuple(points))
