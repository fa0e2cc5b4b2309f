"""A value of the symbol system, and a condition on such values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from sympy import QQ

from archcalc.values import Value, exactdiv, is_value
from archcalc.values._named import Named
from archcalc.values._polynomials import Poly, content, evaluated, exact, terms, written
from archcalc.values.exact import Exact, normal

if TYPE_CHECKING:
    from archcalc.values.symbols import Space


@dataclass(frozen=True, slots=True)
class Condition:
    """What was taken for granted: `value` is whole, at least 0, 0 or not 0. `text` says it as it was asked."""

    kind: str
    value: Symbolic
    text: str

    def holds(self, point: Mapping[Any, Exact]) -> bool:
        """Whether it holds where the symbols have these values."""
        value = self.value.at(point)
        checks = {"whole": value.denominator == 1, "at least 0": value >= 0, "0": value == 0, "not 0": value != 0}
        return bool(checks[self.kind])

    def __str__(self) -> str:
        return self.text


class Symbolic(Named):
    """`numerator` / `denominator`, coprime polynomials; the denominator is None for 1, else primitive, its leading
    coefficient positive. Never a constant: that is an int or a Fraction. Equal values of a Space are one object.
    """

    __slots__ = ("den", "num", "space", "written")

    def __init__(self, space: Space, num: Poly, den: Poly | None) -> None:
        """For Space alone."""
        self.space, self.num, self.den = space, num, den
        self.written: str | None = None

    @property
    def system(self) -> Any:
        """Where the named functions for it stand."""
        return self.space.system

    def __add__(self, other: Value) -> Value:
        if type(other) is int and other == 0:
            return self
        if not is_value(other):
            return NotImplemented
        known, key = self.space.sums, (self, other)
        if key not in known:
            num, den = self.space.parts(other)
            if self.den == den:
                known[key] = self.space.value(self.num + num, den)
            else:
                over = self.num * (den or 1) + num * (self.den or 1)
                known[key] = self.space.value(over, (self.den or 1) * (den or 1))
        return known[key]

    __radd__ = __add__

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value) -> Value:
        return self + -other if is_value(other) else NotImplemented

    def __rsub__(self, other: Value) -> Value:
        return -self + other if is_value(other) else NotImplemented

    def __mul__(self, other: Value) -> Value:
        if type(other) is int and other in (0, 1):
            return self if other else 0
        if not is_value(other):
            return NotImplemented
        known, key = self.space.products, (self, other)
        if key not in known:
            if type(other) is int:
                known[key] = self.space.value(self.num.mul_ground(QQ(other)), self.den)
            else:
                num, den = self.space.parts(other)
                known[key] = self.space.value(self.num * num, self.den * den if self.den and den else self.den or den)
        return known[key]

    __rmul__ = __mul__

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the symbols in it."""
        degrees = [poly.degrees() for poly in (self.num, self.den) if poly is not None]
        return tuple(name for name, *each in zip(self.space.domains, *degrees, strict=True) if max(each) > 0)

    def numerator_denominator(self) -> tuple[Value, Value]:
        """Both as Values; the denominator of a polynomial is 1."""
        return self.space.value(self.num), 1 if self.den is None else self.space.value(self.den)

    def terms(self) -> list[tuple[dict[str, int], Exact]]:
        """Exponents of the symbols and coefficient of each term. Exponents of a denominator of one term are negative; a
        denominator of more terms is left out."""
        names, below = tuple(self.space.domains), self.den.terms() if self.den is not None else []
        shift, factor = ((), 1) if len(below) != 1 else (below[0][0], exact(below[0][1]))
        found = []
        for monomial, c in terms(self.num):
            exponents = (e - m for e, m in zip_longest(monomial, shift, fillvalue=0))
            found.append(
                ({name: e for name, e in zip(names, exponents, strict=True) if e}, normal(Fraction(c) / factor))
            )
        return found

    def content(self) -> Fraction:
        """The positive number that leaves its numerator, divided by it, whole coefficients without a common divisor."""
        return content(self.num)

    def derivative(self, name: str) -> Value:
        """By the symbol of that name; atoms count as constants."""
        gen = self.space.parts(self.space[name])[0]
        if self.den is None:
            return self.space.value(self.num.diff(gen))
        return self.space.value(self.num.diff(gen) * self.den - self.num * self.den.diff(gen), self.den * self.den)

    def as_expr(self) -> Any:
        """As an expression of sympy, in symbols of the same names."""
        return self.num.as_expr() if self.den is None else self.num.as_expr() / self.den.as_expr()

    def at(self, point: Mapping[Any, Value]) -> Value:
        """Its value where the symbols (keys: names or symbols) have these values, of any system. Exact."""
        values = {str(symbol): value for symbol, value in point.items()}
        names = self.symbols
        for name in names:
            if name not in values and name in self.space.atoms:
                values[name] = self.space.atoms[name].at(values)
        if missing := [name for name in names if name not in values]:
            raise KeyError(f"no value is given for {', '.join(missing)}")
        top = evaluated(self.num, tuple(self.space.domains), values)
        if self.den is not None:
            return exactdiv(top, evaluated(self.den, tuple(self.space.domains), values))
        return normal(top) if isinstance(top, Fraction) else top

    def __str__(self) -> str:
        if self.written is None:  # rules write messages that are seldom read
            self.written = written(self.num, self.den, tuple(self.space.domains))
        return self.written

    text = __str__
    __repr__ = __str__
