"""The exact system: int and Fraction, an int wherever the value is whole."""

from __future__ import annotations

from fractions import Fraction

from archcalc.errors import RuleError

Exact = int | Fraction


def normal(value: Exact) -> Exact:
    """An int for a whole Fraction."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def is_whole(value: Exact) -> bool:
    return value.denominator == 1


def floor(value: Exact) -> int:
    return value.numerator // value.denominator


def divide(a: Exact, b: Exact) -> Exact:
    if b == 0:
        raise RuleError(f"{show(a)} is divided by 0")
    return normal(Fraction(a) / b)


def floordiv(a: Exact, b: Exact) -> int:
    return floor(divide(a, b))


def minimum(a: Exact, b: Exact) -> Exact:
    return a if a <= b else b


def maximum(a: Exact, b: Exact) -> Exact:
    return a if a >= b else b


def equal(a: Exact, b: Exact) -> bool:
    return a == b


def at_least(a: Exact, b: Exact) -> bool:
    return a >= b


require_equal = equal
require_at_least = at_least


def require_multiple(a: Exact, b: Exact) -> bool:
    return b != 0 and Fraction(a, b).denominator == 1


def show(value: Exact) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 12:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
