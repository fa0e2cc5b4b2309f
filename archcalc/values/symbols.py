"""The symbol system: fractions of polynomials over ℚ in the symbols of a Space, which knows their domains.

Built on sympy's polynomial rings, not on its expressions, which are a hundred times slower. What domains leave open is
an error (`Undecided`) or, where a rule requires it, a condition that the Space records and every formula prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction

from archcalc import values
from archcalc.errors import RuleError, Undecided
from archcalc.values import Value
from archcalc.values._polynomials import terms
from archcalc.values._proofs import Domain
from archcalc.values._space import Atom, Space
from archcalc.values._symbolic import Condition, Symbolic

__all__ = ["Atom", "Condition", "Domain", "Space", "Symbolic"]

Space.system = sys.modules[__name__]


def _space(*values: Value) -> Space:
    return next(value.space for value in values if isinstance(value, Symbolic))


# The named functions -------------------------------------------------------------------------------------------------


def is_whole(a: Value) -> bool:
    left = _space(a).beyond_whole(a)
    return isinstance(left, (int, Fraction)) and left.denominator == 1


def floor(a: Value) -> Value:
    if isinstance(a, (int, Fraction)):
        return a.numerator // a.denominator
    space = a.space
    left = space.beyond_whole(a)
    if isinstance(left, Symbolic):
        for whole in (0, -1):  # left may be a remainder above or below 0
            if space.at_least_0(left - whole) and space.at_least_0(whole + 1 - left, strict=True):
                return a - left + whole
        constant = next((c for monomial, c in terms(left.num) if not sum(monomial)), 0) if left.den is None else 0
        rest = left - constant
        part = space.part_there(rest)
        if part is None or not space.record("whole", rest - part, f"{rest - part} is whole"):
            raise Undecided(f"floor of {a} is open: it is decided where {space.wanted(rest)}")
        return a - (constant + part) + (constant + part).__floor__()
    return a - left + left.numerator // left.denominator


def divide(a: Value, b: Value) -> Value:
    if isinstance(b, (int, Fraction)) and b:
        return a if b == 1 else a * (Fraction(1) / b)
    space = _space(a, b)
    if not space.never_0(b):
        if space.is_0(b) or space.there(b) == 0:
            raise RuleError(f"{a} is divided by {b}, which is 0")
        space.record("not 0", b, f"{b} != 0")
    return _quotient(space, a, b)


def _quotient(space: Space, a: Value, b: Value) -> Value:
    known, key = space.quotients, (a, b)
    if key not in known:
        (num, den), (over, under) = space.parts(a), space.parts(b)
        known[key] = space.value(num * (under or 1), over * (den or 1))
    return known[key]


def floordiv(a: Value, b: Value) -> Value:
    quotient = divide(a, b)
    try:
        return floor(quotient)
    except Undecided:
        kept = atom("floor", values.floor, (quotient,))
        if kept is None:
            raise
        return kept


def atom(name: str, rule: Callable[..., Value], arguments: tuple[Value, ...]) -> Value | None:
    return _space(*arguments).atom(name, rule, arguments)


def equal(a: Value, b: Value) -> bool:
    space, difference = _space(a, b), a - b
    if space.is_0(difference):
        return True
    if space.never_0(difference):
        return False
    if space.there(difference):
        space.record("not 0", difference, f"{a} != {b}")
        return False
    raise _open(f"whether {a} = {b}", difference)


def at_least(a: Value, b: Value) -> bool:
    space, difference = _space(a, b), a - b
    if space.at_least_0(difference):
        return True
    if space.at_least_0(-difference, strict=True):
        return False
    there = space.there(difference)
    if there is None:
        raise _open(f"whether {a} ≥ {b}", difference)
    _as_there(space, difference, there, f"{a} >= {b}", f"{a} < {b}")
    return there >= 0


def _as_there(space: Space, difference: Symbolic, there: Value, yes: str, no: str) -> None:
    """Take it for granted that the difference has the sign that it has at the point."""
    if there >= 0:
        space.record("at least 0", difference, yes)
    elif is_whole(difference):
        space.record("at least 0", -difference - 1, no)
    else:
        space.record("at least 0", -difference, no)
        space.record("not 0", difference, no)


def _open(question: str, difference: Symbolic) -> Undecided:
    ranges = "; ".join(f"{name} is {difference.space.domains[name]}" for name in difference.symbols)
    return Undecided(
        f"{question} is open: {ranges}", f"give {' or '.join(difference.symbols)} a number or a narrower range"
    )


def minimum(a: Value, b: Value) -> Value:
    return _ordered(a, b)[0]


def maximum(a: Value, b: Value) -> Value:
    return _ordered(a, b)[1]


def _ordered(a: Value, b: Value) -> tuple[Value, Value]:
    """The smaller and the larger."""
    space, difference = _space(a, b), a - b
    if space.at_least_0(difference):
        return b, a
    if space.at_least_0(-difference):
        return a, b
    there = space.there(difference)
    if there is None:
        raise _open(f"which of {a} and {b} is larger", difference)
    space.record("at least 0", difference if there >= 0 else -difference, f"{a} {'>=' if there >= 0 else '<='} {b}")
    return (b, a) if there >= 0 else (a, b)


def require_equal(a: Value, b: Value) -> bool:
    try:
        return equal(a, b)
    except Undecided:
        return _space(a, b).record("0", a - b, f"{a} == {b}")


def require_at_least(a: Value, b: Value) -> bool:
    try:
        return at_least(a, b)
    except Undecided:
        return _space(a, b).record("at least 0", a - b, f"{a} >= {b}")


def require_multiple(a: Value, b: Value) -> bool:
    space = _space(a, b)
    if space.is_0(b):
        return False
    quotient = divide(a, b)
    if isinstance(quotient, (int, Fraction)):
        return quotient.denominator == 1
    left = space.beyond_whole(quotient)
    if isinstance(left, (int, Fraction)):
        return left.denominator == 1
    part = space.part_there(quotient) or 0
    return space.record("whole", quotient - part, f"{b} divides {a}{f' but for {part}' if part else ''}") and part == 0


def assume_whole(a: Symbolic) -> Symbolic:
    """`a`, from now on whole. Raises RuleError where it never is."""
    left = a.space.beyond_whole(a)
    decided = isinstance(left, (int, Fraction))
    if left.denominator == 1 if decided else a.space.record("whole", a, f"{a} is whole"):
        return a
    raise RuleError(f"{a} is not whole")
