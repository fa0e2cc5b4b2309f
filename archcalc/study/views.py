"""What a formula says: its largest terms, its derivatives and elasticities, and how far a law of thumb is off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

from archcalc.errors import RuleError, UsageError, near
from archcalc.report.figures import Unavailable
from archcalc.spec.expr import FUNCTIONS, said
from archcalc.spec.parser import Expression, ExpressionError, parse
from archcalc.study.formula import Formula
from archcalc.study.points import Point
from archcalc.study.question import Figure
from archcalc.values import Value, exactdiv, is_value
from archcalc.values.exact import Exact, normal
from archcalc.values.symbols import Symbolic

STEPS = (Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))
"""Where a law is tried, as parts of the value at the point; whole steps down from it where those are not admitted."""


# Terms ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A term, its value at the point, and its share in the figure there."""

    term: Value
    value: Exact
    share: Exact


def shares(formula: Formula, figure: Figure) -> list[Share]:
    """The terms of a figure on its first axis, the largest at the point first; none where it is 0 there."""
    if isinstance(figure, Unavailable):
        return []
    whole = there(formula, figure[0])
    if whole == 0:
        return []
    values = ((term, there(formula, term)) for term in _terms(figure[0]))
    found = [Share(term, value, exactdiv(value, whole)) for term, value in values]
    return sorted(found, key=lambda each: abs(Fraction(each.value)), reverse=True)


def there(formula: Formula, value: Value) -> Exact:
    """A value at the formula's point."""
    result: Exact = value.at(formula.point) if isinstance(value, Symbolic) else value
    return result


def _terms(value: Value) -> Iterator[Value]:
    if not isinstance(value, Symbolic) or _several(value):
        yield value
        return
    for exponents, coefficient in value.terms():
        term: Value = coefficient
        for name, exponent in exponents.items():
            for _ in range(abs(exponent)):
                term = term * value.space[name] if exponent > 0 else exactdiv(term, value.space[name])
        yield term


def _several(value: Symbolic) -> bool:
    """Whether the denominator has more terms than one."""
    below = value.numerator_denominator()[1]
    return isinstance(below, Symbolic) and len(below.terms()) > 1


# Derivatives ---------------------------------------------------------------------------------------------------------


def derivative(formula: Formula, name: str) -> Formula:
    """The same with the derivatives of all figures. Raises UsageError for what is no symbol, or is rounded."""
    if name not in formula.symbols:
        raise UsageError(f"`{name}` is no symbol of the formula", near(name, formula.symbols) or f"--in {name}")
    for atom in formula.space.atoms.values():
        if any(isinstance(each, Symbolic) and name in each.symbols for each in atom.arguments):
            written = f"{atom.name}({', '.join(map(str, atom.arguments))})"
            raise UsageError(
                f"{written} has no derivative by {name}", "at a value where nothing is rounded there is one"
            )

    def derived(figure: Figure) -> Any:
        if isinstance(figure, Unavailable):
            return figure
        return tuple(value.derivative(name) if isinstance(value, Symbolic) else 0 for value in figure)

    parts = tuple((group, derived(part)) for group, part in formula.parts)
    return replace(formula, whole=derived(formula.whole), parts=parts)


def elasticities(formula: Formula) -> list[tuple[str, dict[str, Exact | None]]]:
    """Of the network and each group, by symbol: by how many per cent the figure grows where the symbol grows by one, at
    the point. None where the figure is 0 or unknown. Sides of the map count in pixels."""
    derived = {name: derivative(formula, name) for name in formula.symbols}
    figures = [("", formula.whole), *formula.parts]
    result = []
    for number, (group, figure) in enumerate(figures):
        of: dict[str, Exact | None] = {}
        for name, each in derived.items():
            slope = each.whole if not number else each.parts[number - 1][1]
            of[name] = _elasticity(formula, name, figure, slope)
        result.append((group, of))
    return result


def _elasticity(formula: Formula, name: str, figure: Figure, slope: Figure) -> Exact | None:
    if isinstance(figure, Unavailable) or isinstance(slope, Unavailable):
        return None
    value, rise = there(formula, figure[0]), there(formula, slope[0])
    length: Value = formula.point[name]
    for axis in formula.axes:
        if axis.symbol == name:
            length = exactdiv(axis.size(length), axis.divisor)
    return exactdiv(length * rise, value) if value else None


# Laws of thumb -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """A law at a point: the figure there, the figure and the law as ratios to those at the first point."""

    point: Point
    figure: Exact
    ratio: Exact
    law: Exact

    @property
    def off(self) -> Exact:
        """By which part of itself the law is too low."""
        return normal(Fraction(self.ratio) / self.law - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """`figure ~ law`, tried on a grid of the law's symbols.

    law    over the formula's symbols
    grid   the values of each of its symbols; the first of each are the point that all is relative to
    rest   the figure without the law times what it is at that point; None where the law is no polynomial
    """

    text: str
    law: Value
    grid: dict[str, list[Exact]]
    trials: list[Trial]
    rest: Value | None


def names_of(text: str) -> tuple[str, ...]:
    """The symbols of a law, in the order in which they stand there. Raises UsageError."""
    expression = _parsed(text)
    return tuple(sorted(expression.names, key=text.index))


def _parsed(text: str) -> Expression:
    try:
        return parse(text)
    except ExpressionError as error:
        raise UsageError(f"`{text}` is no law: {error.message}", error.hint or "such as 'alpha**2*rho**2'") from None


def against(formula: Formula, text: str, grid: Mapping[str, Sequence[Any]] | None = None) -> Law:
    """Hold a law against the figure. Every figure is the engine's own, over integers.

    grid  values of the law's symbols; without, some at and below the formula's point that it admits
    """
    expression = _parsed(text)
    names = names_of(text)
    if not names:
        raise UsageError(f"`{text}` holds no symbol")
    given = {name: _read(formula, name, values) for name, values in (grid or {}).items() if name in names}
    values = {name: given.get(name) or _values(formula, name) for name in names}
    start = {**formula.point, **{name: each[0] for name, each in values.items()}}
    first = _figure(formula, start)
    law_there = _law(expression, start)
    trials = []
    for combination in product(*values.values()):
        point = {**start, **dict(zip(names, combination, strict=True))}
        figure, law = _figure(formula, point), _law(expression, point)
        trials.append(Trial(point, figure, exactdiv(figure, first), exactdiv(law, law_there)))
    law = _law(expression, {name: formula.space[name] for name in formula.symbols})
    rest = formula.whole[0] - law * exactdiv(first, law_there)
    return Law(text, law, values, trials, rest)


def _law(expression: Expression, values: Mapping[str, Value]) -> Value:
    functions = {f"{name}()": function for name, function in FUNCTIONS.items()}
    try:
        value = expression.code({**functions, **values})
    except KeyError as error:
        raise UsageError(f"`{error.args[0]}` is no symbol of the formula") from None
    except RuleError as error:
        raise UsageError(f"`{expression.text}`: {error.message}", error.hint) from None
    if not is_value(value) or (isinstance(value, (int, Fraction)) and value == 0):
        raise UsageError(f"`{expression.text}` is {said(value)}, a number other than 0 is wanted")
    return value


def _figure(formula: Formula, point: Point) -> Exact:
    whole, _ = formula.question.ask(formula.sizes(point))
    figure: Exact = whole[0]  # type: ignore[index]
    return figure


def _read(formula: Formula, name: str, values: Sequence[Any]) -> list[Exact]:
    parameter = formula.question.parameters[name]
    try:
        return [parameter.read(value) for value in values]
    except RuleError as error:
        raise UsageError(f"`{name}` {error.message}", error.hint) from None


def _values(formula: Formula, name: str) -> list[Exact]:
    """Some values of a symbol, from that at the point down."""
    there = formula.point[name]
    parts = [normal(there * part) for part in STEPS]
    if all(_admitted(formula, name, value) for value in parts):
        return parts
    unit = formula.space.unit(name) or 1
    steps = [normal(there - number / Fraction(unit)) for number in range(len(STEPS))]
    return [value for value in steps if _admitted(formula, name, value)]


def _admitted(formula: Formula, name: str, value: Exact) -> bool:
    return formula.space.admits({**formula.point, name: value})
