"""The symbol system: fractions of polynomials over ℚ in the symbols of a Space, which knows their domains.

Built on sympy's polynomial rings, not on its expressions, which are a hundred times slower. What domains leave open is
an error (`Undecided`) or, where a rule requires it, a condition that the Space records and every formula prints.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import QQ, Symbol
from sympy.polys.orderings import grlex
from sympy.polys.rings import PolyRing

from archcalc.errors import RuleError, Undecided
from archcalc.values import Value
from archcalc.values._polynomials import Poly, content, exact, scaled, terms
from archcalc.values._proofs import Contradiction, Domain, Known
from archcalc.values._symbolic import Condition, Symbolic
from archcalc.values.exact import Exact

__all__ = ["Condition", "Domain", "Space", "Symbolic"]


class Space:
    """An ordered set of symbols with their domains, and the conditions under which its answers hold."""

    system = sys.modules[__name__]

    def __init__(self) -> None:
        self.domains: dict[str, Domain] = {}
        self.conditions: list[Condition] = []
        self._values: dict[tuple[Poly, Poly | None], Symbolic] = {}
        self._grow()

    def symbol(
        self,
        name: str,
        *,
        whole: bool = True,
        minimum: Exact | None = None,
        maximum: Exact | None = None,
        above: Exact | None = None,
    ) -> Symbolic:
        """A symbol of that name. Raises ValueError where there is one with another domain, or the domain is empty."""
        domain = Domain(whole, minimum, maximum, above).narrowed()
        if domain.empty:
            raise ValueError(f"{name} stands for no number: none is {domain}")
        if name not in self.domains:
            self.domains[name] = domain
            self._grow()
        elif self.domains[name] != domain:
            raise ValueError(f"{name} is {self.domains[name]}, not {domain}")
        return self[name]

    def __getitem__(self, name: str) -> Symbolic:
        """The symbol of that name, or KeyError."""
        place = dict(zip(self.domains, self._ring.gens, strict=True))
        return self.value(place[name])  # type: ignore[no-any-return]

    def _grow(self) -> None:
        """A ring with all symbols; the values that there are move into it."""
        self._ring = PolyRing([Symbol(each) for each in self.domains], QQ, grlex)
        for value in self._values.values():
            value.num = value.num.set_ring(self._ring)
            value.den = value.den and value.den.set_ring(self._ring)
        self._values = {(value.num, value.den): value for value in self._values.values()}
        self._settle()

    def parts(self, value: Value) -> tuple[Poly, Poly | None]:
        """Numerator and denominator of a value that meets this space's."""
        if isinstance(value, Symbolic) and value.space is self:
            return value.num, value.den
        if isinstance(value, (int, Fraction)):
            return self._ring.ground_new(QQ(value.numerator, value.denominator)), None
        raise TypeError("a symbol meets a value of another space or number system")

    def value(self, num: Poly, den: Poly | None = None) -> Value:
        """num / den in lowest terms."""
        if den is not None and num:
            num, den = num.cancel(den)
            factor = content(den)
            num, den = scaled(num, 1 / factor), None if den.is_ground else scaled(den, 1 / factor)
        if num.is_ground and (den is None or not num):
            return exact(num.LC) if num else 0
        found = self._values.get((num, den))
        return self._values.setdefault((num, den), Symbolic(self, num, den)) if found is None else found

    def admits(self, point: Mapping[Any, Exact]) -> bool:
        """Whether these values of all symbols lie in their domains and fulfil all conditions."""
        values = {str(symbol): value for symbol, value in point.items()}
        domains = all(values[name] in domain for name, domain in self.domains.items())
        return domains and all(condition.holds(values) for condition in self.conditions)

    # Conditions ------------------------------------------------------------------------------------------------------

    def record(self, kind: str, value: Value, text: str) -> bool:
        """Take it for granted from now on; False, and nothing recorded, where it contradicts what is known."""
        if kind == "at least 0":
            value = next((self.value(poly) for poly in self._over_positive(value)), value)
        elif kind != "whole":
            value = self.value(self.parts(value)[0])
        if any(c.kind == kind and c.value is value for c in self.conditions):
            return True
        self.conditions.append(Condition(kind, value, text))
        try:
            self._settle()
        except Contradiction:  # what was known is kept
            self.conditions.pop()
            return False
        return True

    def _settle(self) -> None:
        """What the conditions amount to."""
        found: dict[str, list[Symbolic]] = {"whole": [], "at least 0": [], "0": [], "not 0": []}
        for condition in self.conditions:
            found[condition.kind].append(condition.value)
        polynomials = {kind: [value.num for value in values if value.den is None] for kind, values in found.items()}
        self._known = Known(tuple(self.domains.values()), polynomials)
        self._fractions = [value for value in found["whole"] if value.den is not None]

    def at_least_0(self, value: Value, strict: bool = False) -> bool:
        """Whether value ≥ 0 (strict: > 0) can be proved."""
        return any(self._known.at_least_0(poly, strict) for poly in self._over_positive(value))

    def _over_positive(self, value: Value) -> list[Poly]:
        """A polynomial of the sign of `value`, if its denominator's sign can be proved."""
        num, den = self.parts(value)
        if den is None or self._known.at_least_0(den, True):
            return [num]
        return [-num] if self._known.at_least_0(-den, True) else []

    def is_0(self, value: Value) -> bool:
        """Whether value = 0 for certain."""
        return self._known.is_0(self.parts(value)[0])

    def never_0(self, value: Value) -> bool:
        """Whether value ≠ 0 can be proved."""
        return self._known.never_0(self.parts(value)[0])

    def beyond_whole(self, value: Value) -> Value:
        """value without all that is known to be whole: an int or Fraction decides what its floor is."""
        num, den = self.parts(value)
        if den is None:
            return self.value(self._known.lattice.remainder(num))
        quotient, rest = num.div(den)
        for atom in self._fractions:  # atom = over + under/den: value = times*atom + quotient - times*over
            over, under = atom.num.div(atom.den)
            times = self.value(rest * atom.den, den * under)
            if self.parts(times)[1] is None and self.beyond_whole(times) == 0:
                return self.beyond_whole(self.value(quotient) - times * self.value(over))
        return self.value(self._known.lattice.remainder(quotient)) + self.value(rest, den)

    def wanted(self, value: Symbolic) -> str:
        """Where `value` is whole, in words: multiples of its whole symbols, if they are all it holds."""
        factors: dict[str, int] = {}
        for monomial, c in terms(value.num):
            names = [name for name, exponent in zip(self.domains, monomial, strict=True) if exponent]
            if value.den is not None or not all(self.domains[name].whole for name in names):
                return f"{value} is whole"
            if names:
                factors[names[0]] = math.lcm(factors.get(names[0], 1), c.denominator)
        places = " and ".join(f"{name} is a multiple of {factor}" for name, factor in factors.items())
        return f"{places}, e.g. {', '.join(f'{factor}*{name} for {name}' for name, factor in factors.items())}"


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
        constant = next((c for monomial, c in terms(left.num) if not sum(monomial)), 0) if left.den is None else 0
        raise Undecided(f"floor of {a} is open: it is decided where {space.wanted(left - constant)}")
    return a - left + left.numerator // left.denominator


def divide(a: Value, b: Value) -> Value:
    space = _space(a, b)
    if not space.never_0(b):
        if space.is_0(b):
            raise RuleError(f"{a} is divided by {b}, which is 0")
        space.record("not 0", b, f"{b} != 0")
    return _quotient(space, a, b)


def _quotient(space: Space, a: Value, b: Value) -> Value:
    (num, den), (over, under) = space.parts(a), space.parts(b)
    return space.value(num * (under or 1), over * (den or 1))


def floordiv(a: Value, b: Value) -> Value:
    return floor(divide(a, b))


def equal(a: Value, b: Value) -> bool:
    space, difference = _space(a, b), a - b
    if space.is_0(difference):
        return True
    if space.never_0(difference):
        return False
    raise _open(f"whether {a} = {b}", difference)


def at_least(a: Value, b: Value) -> bool:
    space, difference = _space(a, b), a - b
    if space.at_least_0(difference):
        return True
    if space.at_least_0(-difference, strict=True):
        return False
    raise _open(f"whether {a} ≥ {b}", difference)


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
    raise _open(f"which of {a} and {b} is larger", difference)


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
    return space.record("whole", quotient, f"{b} divides {a}")


def assume_whole(a: Symbolic) -> Symbolic:
    """`a`, from now on whole. Raises RuleError where it never is."""
    left = a.space.beyond_whole(a)
    decided = isinstance(left, (int, Fraction))
    if left.denominator == 1 if decided else a.space.record("whole", a, f"{a} is whole"):
        return a
    raise RuleError(f"{a} is not whole")
