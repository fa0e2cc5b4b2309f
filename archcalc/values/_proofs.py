"""What can be proved of polynomials over ℚ: that they keep one sign on ranges, that they are whole, that they are 0.

A proof that is not found proves nothing: callers treat it as an open question.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import QQ

from archcalc.values._polynomials import Monomial, Poly, coefficient, content, exact, primitive, scaled, terms
from archcalc.values.exact import Exact, show

# Signs ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Domain:
    """The numbers that a symbol stands for: from `minimum` or above `above`, up to `maximum`."""

    whole: bool = True
    minimum: Exact | None = None
    maximum: Exact | None = None
    above: Exact | None = None

    def __contains__(self, value: Exact) -> bool:
        return (
            (not self.whole or value.denominator == 1)
            and (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
            and (self.above is None or value > self.above)
        )

    def narrowed(self) -> Domain:
        """The same numbers with one lower bound at most; of whole numbers the first and the last."""
        low, high, above = self.minimum, self.maximum, self.above
        if self.whole:
            bounds = [] if low is None else [math.ceil(low)]
            bounds += [] if above is None else [math.floor(above) + 1]
            low, above = max(bounds, default=None), None
            high = None if high is None else math.floor(high)
        elif low is not None and above is not None:
            low, above = (low, None) if low > above else (None, above)
        return Domain(self.whole, low, high, above)

    @property
    def positive(self) -> bool:
        """Whether all are above 0."""
        return (self.minimum is not None and self.minimum > 0) or (self.above is not None and self.above >= 0)

    @property
    def empty(self) -> bool:
        """Whether a narrowed domain holds nothing."""
        high, low, above = self.maximum, self.minimum, self.above
        return high is not None and ((low is not None and low > high) or (above is not None and above >= high))

    def __str__(self) -> str:
        parts = ["whole"] if self.whole else []
        parts += [] if self.minimum is None else [f"at least {show(self.minimum)}"]
        parts += [] if self.above is None else [f"above {show(self.above)}"]
        parts += [] if self.maximum is None else [f"at most {show(self.maximum)}"]
        return ", ".join(parts) or "any number"


def keeps_sign(poly: Poly, domains: Sequence[Domain], strict: bool) -> bool:
    """Whether poly ≥ 0 (strict: > 0) is seen wherever each generator is in its domain.

    Each generator is written as a function of one t ≥ 0: minimum + t, maximum - t, (minimum + maximum*t)/(1 + t)
    between two bounds, t and -t in turn without any. The sign is seen where no coefficient of the numerator is negative
    and, if strict, at each choice of ends that belong to the domain (t = 0, t = ∞) a positive one remains.
    """
    if all(domain.positive for domain in domains) and poly and all(c > 0 for c in poly.values()):
        return True  # as of most sizes
    ends: list[list[int | None]] = [[None]] * len(domains)
    return _keeps_sign(poly, domains, 0, ends, strict)


def _keeps_sign(poly: Poly, domains: Sequence[Domain], index: int, ends: list[list[int | None]], strict: bool) -> bool:
    if index == len(domains):
        found = terms(poly)
        if any(c < 0 for _, c in found):
            return False
        return not strict or all(
            any(all(e in (None, m) for e, m in zip(end, monomial, strict=True)) for monomial, _ in found)
            for end in product(*ends)
        )
    degree = max(poly.degree(index), 0)
    if degree == 0:
        return _keeps_sign(poly, domains, index + 1, ends, strict)
    domain, t, one = domains[index], poly.ring.gens[index], poly.ring.one
    low = domain.above if domain.minimum is None else domain.minimum
    if low is None:
        sides = [(t, one), (-t, one)] if domain.maximum is None else [(-t + _ground(poly, domain.maximum), one)]
    elif domain.maximum is None:
        sides = [(t + _ground(poly, low), one)]
    else:
        sides = [(scaled(t, domain.maximum) + _ground(poly, low), one + t)]
    here: list[int | None] = [] if domain.above is not None else [0]
    if low is not None and domain.maximum is not None:
        here.append(degree)
    ends = [*ends[:index], here or [None], *ends[index + 1 :]]
    return all(
        _keeps_sign(_substituted(poly, index, degree, over, under), domains, index + 1, ends, strict)
        for over, under in sides
    )


def _ground(poly: Poly, value: Exact) -> Poly:
    return poly.ring.ground_new(QQ(value.numerator, value.denominator))


def _substituted(poly: Poly, index: int, degree: int, over: Poly, under: Poly) -> Poly:
    """under**degree * poly, with over/under for the generator."""
    ring = poly.ring
    if under == ring.one and over == ring.gens[index]:
        return poly
    parts: dict[int, dict[Monomial, Any]] = {}
    for monomial, c in poly.terms():
        rest = (*monomial[:index], 0, *monomial[index + 1 :])
        parts.setdefault(monomial[index], {})[rest] = c
    result = ring.zero
    for exponent, part in parts.items():
        result = result + ring.from_dict(part) * over**exponent * under ** (degree - exponent)
    return result


# Wholeness -----------------------------------------------------------------------------------------------------------


class Contradiction(Exception):
    """No point makes all atoms whole."""


class Lattice:
    """The polynomials that are whole because certain atoms are: their integer combinations, products in simple cases.

    units   for a generator x the smallest u for which u*x is known to be whole; a monomial's is the product of theirs
    basis   by its leading monomial, a further whole polynomial; leading coefficients are as small as the atoms allow
    """

    def __init__(self, domains: Sequence[Domain], atoms: Iterable[Poly]) -> None:
        """Raises Contradiction where the atoms cannot all be whole."""
        self.units: list[Fraction | None] = [Fraction(1) if domain.whole else None for domain in domains]
        self.basis: dict[Monomial, Poly] = {}
        for atom in [atom for atom in atoms if not self._unit(terms(atom))]:
            self._insert(atom)

    def _unit(self, atom: list[tuple[Monomial, Exact]]) -> bool:
        """Take in `c*x + integer`."""
        (monomial, leading), *rest = atom
        if sum(monomial) != 1 or any(sum(m) or c.denominator != 1 for m, c in rest):
            return False
        index, known = monomial.index(1), self.units[monomial.index(1)]
        c = abs(Fraction(leading))
        self.units[index] = c if known is None else _gcd(c, known)
        return True

    def unit(self, monomial: Monomial) -> Fraction | None:
        """u for which u times the monomial is known to be whole by its generators."""
        result = Fraction(1)
        for exponent, unit in zip(monomial, self.units, strict=True):
            if exponent:
                if unit is None:
                    return None
                result *= unit**exponent
        return result

    def _insert(self, poly: Poly) -> None:
        while poly and not poly.is_ground:
            monomial = poly.leading_expv()
            known, unit = self.basis.get(monomial), self.unit(monomial)
            if known is None:
                if unit is None:
                    self.basis[monomial] = poly
                    return
                known = poly.ring.term_new(monomial, QQ(unit.numerator, unit.denominator))
            while c := coefficient(poly, monomial):  # Euclid's algorithm on the leading coefficients
                known, poly = poly, known - poly * math.floor(Fraction(coefficient(known, monomial)) / c)
            self.basis[monomial] = known
        if self.remainder(poly):
            raise Contradiction

    def remainder(self, poly: Poly) -> Poly:
        """poly without all that is known to be whole; where a constant is left, poly is a whole number and that."""
        for monomial in sorted(self.basis, key=poly.ring.order, reverse=True):
            times = Fraction(coefficient(poly, monomial)) / coefficient(self.basis[monomial], monomial)
            if times and times.denominator == 1:
                poly = poly - self.basis[monomial] * times.numerator
        rest = {}
        for monomial, c in poly.terms():
            unit = self.unit(monomial)
            if unit is None or (exact(c) / unit).denominator != 1:
                rest[monomial] = c
        return poly.ring.from_dict(rest)


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    """The largest number of which both are whole multiples."""
    return Fraction(math.gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)


# Both ----------------------------------------------------------------------------------------------------------------


class Known:
    """What domains and conditions say of polynomials. Raises Contradiction where no point fulfils them."""

    def __init__(self, domains: Sequence[Domain], conditions: Mapping[str, Sequence[Poly]]) -> None:
        """`conditions`: the polynomials that are `whole`, `at least 0`, `0`, `not 0`."""
        self.domains = domains
        self.lattice = Lattice(domains, conditions["whole"])
        self.not_negative = [primitive(poly) for poly in conditions["at least 0"]]
        self.zero = [primitive(poly) for poly in conditions["0"]]
        self.not_zero = [primitive(poly) for poly in conditions["not 0"]]

    def at_least_0(self, poly: Poly, strict: bool) -> bool:
        """Whether poly ≥ 0 (strict: > 0) can be proved, by domains, by the steps between values, by one condition."""
        if keeps_sign(poly, self.domains, strict) or self._by_steps(poly, strict):
            return True
        for known in self.not_negative:
            leading = known.leading_expv()
            times = Fraction(coefficient(poly, leading)) / coefficient(known, leading)
            if times > 0 and keeps_sign(poly - scaled(known, times), self.domains, strict):
                return True
        return False

    def _by_steps(self, poly: Poly, strict: bool) -> bool:
        """Whether it is seen of a poly that is whole, or r + whole numbers of steps, 0 ≤ r < 1: then it is enough that
        it is above -1, or r - 1. So 32a - 1 ≥ 0 where 32a is whole and above 0."""
        left = self.lattice.remainder(primitive(poly))
        if not strict and left.is_ground and exact(left.LC if left else 0).denominator == 1:
            return keeps_sign(primitive(poly) + 1, self.domains, True)
        step = Fraction(0)
        for monomial, c in terms(poly):
            unit = self.lattice.unit(monomial)
            if unit is None:
                return False
            step = _gcd(step, Fraction(c) / unit) if any(monomial) else step
        if not step:
            return False
        rest = Fraction(coefficient(poly, (0,) * len(self.domains))) / step % 1
        return (rest > 0 or not strict) and keeps_sign(
            scaled(poly, 1 / step) + _ground(poly, 1 - rest), self.domains, True
        )

    def is_0(self, poly: Poly) -> bool:
        """Whether poly is 0, identically or as recorded."""
        return not poly or _listed(poly, self.zero)

    def never_0(self, poly: Poly) -> bool:
        """Whether poly ≠ 0 can be proved: by its sign, by a divisor of all terms but the constant, or as recorded."""
        if poly.is_ground:
            return bool(poly)
        if self.at_least_0(poly, True) or self.at_least_0(-poly, True) or _listed(poly, self.not_zero):
            return True
        left = self.lattice.remainder(scaled(poly, 1 / content(poly - poly.const())))
        return bool(left) and bool(left.is_ground)


def _listed(poly: Poly, known: Sequence[Poly]) -> bool:
    return primitive(poly) in known or primitive(-poly) in known
