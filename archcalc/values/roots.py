"""Signs of a value in one symbol, decided by where its real roots lie."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from sympy import QQ, Poly, Symbol

from archcalc.values._polynomials import exact, terms
from archcalc.values._proofs import Domain
from archcalc.values._symbolic import Symbolic
from archcalc.values.exact import Exact

X = Symbol("x")


def at_least_0(value: Symbolic, strict: bool) -> bool:
    """Whether a value in one symbol is ≥ 0 (strict: > 0) wherever that symbol lies in its domain; exact, both ways.

    Points at which its denominator is 0 are left to the conditions of its space.
    """
    (name,) = value.symbols
    index = list(value.space.domains).index(name)
    poly = value.num if value.den is None else value.num * value.den
    coefficients = {monomial[index]: QQ(c.numerator, c.denominator) for monomial, c in terms(poly)}
    f = Poly.from_dict(coefficients, X, domain=QQ)
    domain = value.space.domains[name]
    return _on_integers(f, domain, strict) if domain.whole else _on_reals(f, domain, strict)


def _at(f: Poly, x: Exact) -> Exact:
    return exact(f.rep.eval(QQ(x.numerator, x.denominator)))


def _holds(value: Exact, strict: bool) -> bool:
    return value > 0 or (value == 0 and not strict)


def _on_integers(f: Poly, domain: Domain, strict: bool) -> bool:
    """The integers next to each root and the ends of the domain stand for all others: between them no sign changes."""
    points = {0, *(int(each) for each in (domain.minimum, domain.maximum) if each is not None)}
    for (low, high), _ in f.intervals(eps=QQ(1, 2)):
        points |= set(range(math.floor(exact(low)) - 1, math.floor(exact(high)) + 2))
    return all(_holds(_at(f, x), strict) for x in points if x in domain)


def _on_reals(f: Poly, domain: Domain, strict: bool) -> bool:
    """No root where it must be above 0; else none of odd order inside, and the right sign at some point."""
    low = domain.above if domain.minimum is None else domain.minimum
    high = domain.maximum
    ends = {each for each in (low, high) if each is not None}
    odd = [factor for factor, order in f.sqf_list()[1] if order % 2]
    if any(_inside(factor, low, high, ends) for factor in odd):
        return False
    if strict and (_inside(f, low, high, ends) or any(_at(f, end) == 0 for end in ends if end in domain)):
        return False
    return all(_holds(_at(f, end), strict) for end in ends if end in domain) and _holds(_sample(f, low, high), False)


def _inside(f: Poly, low: Exact | None, high: Exact | None, ends: set[Exact]) -> int:
    """How many roots lie strictly between the ends, by Sturm's theorem."""
    found = f.count_roots(*(None if end is None else QQ(end.numerator, end.denominator) for end in (low, high)))
    return int(found) - sum(_at(f, end) == 0 for end in ends)


def _sample(f: Poly, low: Exact | None, high: Exact | None) -> Any:
    """The value at a point inside that is no root, which a polynomial has few of."""
    for k in range(2, 3 + f.degree() + 1):
        if low is not None and high is not None:
            x: Exact = low + (high - low) * Fraction(1, k)
        else:
            x = low + k if low is not None else high - k if high is not None else k
        if value := _at(f, x):
            return value
    return 0
