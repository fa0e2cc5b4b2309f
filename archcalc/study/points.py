"""Points at which a formula holds, drawn at random; and the engine over integers asked there."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from archcalc.errors import ArchcalcError
from archcalc.report.figures import Unavailable
from archcalc.study.question import Figure
from archcalc.values import Value
from archcalc.values.exact import Exact, normal, show
from archcalc.values.symbols import Space, Symbolic

if TYPE_CHECKING:
    from archcalc.study.formula import Formula

SEED = 2017
TRIES = 100
"""Draws for each point that is wanted: not every draw fulfils all conditions."""

Point = Mapping[str, Exact]


class Disagreement(Exception):  # a bug of archcalc's own, never the user's: no ArchcalcError
    """The engine over integers gives another figure than the formula."""


def check(formula: Formula, count: int) -> Formula:
    """The formula with the points at which the engine agreed: its own and others. Raises Disagreement."""
    points = [formula.point, *drawn(formula.space, formula.point, count - 1)]
    for point in points:
        agrees(formula, point)
    return replace(formula, points=tuple(points))


def agrees(formula: Formula, point: Point) -> None:
    """Ask the engine at a point. Raises Disagreement."""
    try:
        whole, parts = formula.question.ask(formula.sizes(point))
    except ArchcalcError as error:
        raise Disagreement(f"the network has a formula at {said(point)}, the engine refuses it: {error}") from None
    names = [formula.metric.title, *(name for name, _ in formula.parts)]
    for name, ours, theirs in zip(
        names, (formula.whole, *(part for _, part in formula.parts)), (whole, *parts), strict=True
    ):
        if not isinstance(ours, Unavailable) and at(ours, point) != theirs:
            raise Disagreement(f"{name} at {said(point)}: the formula gives {at(ours, point)}, the engine {theirs}")


def at(figure: Figure, point: Mapping[str, Value]) -> Figure:
    """A figure where the symbols have these values."""
    if isinstance(figure, Unavailable):
        return figure
    return tuple(value.at(point) if isinstance(value, Symbolic) else value for value in figure)


def said(point: Point) -> str:
    return ", ".join(f"{name} = {show(value)}" for name, value in point.items())


def drawn(space: Space, point: Point, count: int) -> Iterator[Point]:
    """Up to `count` points that the space admits, all different and none the one given; the same at every run."""
    choose = random.Random(SEED)
    seen = [dict(point)]
    for _ in range(TRIES * count):
        if len(seen) > count:
            return
        candidate = {name: _draw(space, name, value, choose) for name, value in point.items()}
        if candidate not in seen and space.admits(candidate):
            seen.append(candidate)
            yield candidate


def _draw(space: Space, name: str, there: Exact, choose: random.Random) -> Exact:
    """A value of a symbol, not far from the one that it has at the point; it may lie outside of the domain."""
    domain, unit = space.domains[name], space.unit(name)
    if domain.whole:
        low = int(there) - 12 if domain.minimum is None else int(domain.minimum)
        return choose.choice(
            [choose.randint(low, low + 12), choose.randint(int(there) - 4, int(there) + 4), 2 * int(there)]
        )
    if unit is None or choose.random() < 1 / 2:
        return normal(there * Fraction(choose.randint(1, 12), choose.choice([1, 2, 3, 4, 5, 8])))
    steps = max(abs(int(there * unit)), 4)
    return normal(Fraction(choose.randint(-steps // 4, 2 * steps)) / unit)
