"""Polynomials over ℚ as archcalc reads and writes them: coefficients, content, values and text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import QQ

from archcalc.values import Value, product
from archcalc.values.exact import Exact

Poly = Any  # sympy's PolyElement over QQ
Monomial = tuple[int, ...]


def exact(c: Any) -> Exact:
    """A coefficient as int or Fraction; sympy's own type depends on what else is installed."""
    numerator, denominator = int(QQ.numer(c)), int(QQ.denom(c))
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def terms(poly: Poly) -> list[tuple[Monomial, Exact]]:
    """Exponents and coefficient of each term, the highest total degree first."""
    return [(monomial, exact(c)) for monomial, c in poly.terms()]


def coefficient(poly: Poly, monomial: Monomial) -> Exact:
    return dict(terms(poly)).get(monomial, 0)


def content(poly: Poly) -> Fraction:
    """The positive c for which poly / c has integer coefficients without a common divisor; 1 for 0."""
    found = [c for _, c in terms(poly)] or [1]
    return Fraction(math.gcd(*(c.numerator for c in found)), math.lcm(*(c.denominator for c in found)))


def scaled(poly: Poly, factor: Exact) -> Poly:
    return poly.mul_ground(QQ(factor.numerator, factor.denominator))


def primitive(poly: Poly) -> Poly:
    """poly with integer coefficients without a common divisor, its sign kept."""
    return scaled(poly, 1 / content(poly))


def evaluated(poly: Poly, names: Sequence[str], values: Mapping[str, Value]) -> Value:
    """poly where the generators, of these names, have these values."""
    result: Value = 0
    for monomial, c in terms(poly):
        powers = [product([values[name]] * e) for name, e in zip(names, monomial, strict=True) if e]
        result = result + c * product(powers)
    return result


def written(num: Poly, den: Poly | None, names: Sequence[str]) -> str:
    """num / den as the expression language reads it: the highest degree first, over one denominator."""
    found = terms(num)
    below = math.lcm(*(c.denominator for _, c in found))
    if den is None and (below == 1 or len(found) == 1):
        return _sum(num, names)
    top = _sum(scaled(num, below), names)
    top = f"({top})" if len(found) > 1 else top
    if den is None:
        return f"{top}/{below}"
    bottom = _sum(scaled(den, below), names)
    return f"{top}/{bottom}" if not {*" */"} & {*bottom.replace("**", "")} else f"{top}/({bottom})"


def _sum(poly: Poly, names: Sequence[str]) -> str:
    result = ""
    for monomial, c in terms(poly):
        factors = [f"{name}**{e}" if e > 1 else name for name, e in zip(names, monomial, strict=True) if e]
        if abs(c) != 1 or not factors:
            factors.insert(0, str(abs(c)))
        sign = (" - " if c < 0 else " + ") if result else "-" if c < 0 else ""
        result += sign + "*".join(factors)
    return result
