"""Space: the symbols with their domains, what is taken for granted of them, and what follows from both."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from sympy import QQ, Symbol
from sympy.polys.orderings import grlex
from sympy.polys.rings import PolyRing

from archcalc.errors import RuleError
from archcalc.values import Value, show
from archcalc.values._polynomials import Poly, content, exact, scaled, terms
from archcalc.values._proofs import Contradiction, Domain, Known
from archcalc.values._symbolic import Condition, Symbolic
from archcalc.values.exact import Exact, normal


class Atom(NamedTuple):
    """What a symbol stands for that is no polynomial: a rounding of values."""

    name: str
    rule: Callable[..., Value]
    arguments: tuple[Value, ...]

    def at(self, point: Mapping[str, Value]) -> Value:
        """Its value where the symbols have these values."""
        return self.rule(*(each.at(point) if isinstance(each, Symbolic) else each for each in self.arguments))


@cache
def _ring(names: tuple[str, ...]) -> PolyRing:
    """The ring of polynomials in symbols of these names."""
    return PolyRing([Symbol(name) for name in names], QQ, grlex)


class Space:
    """An ordered set of symbols with their domains, and the conditions under which its answers hold.

    With a `point`, the values of all symbols to come, what domains leave open is answered as it is there, under a
    condition that is recorded; and a rounding that changes its value there becomes a symbol of its own, an `Atom`.
    """

    system: Any  # symbols.py, where the named functions stand

    def __init__(self, point: Mapping[str, Exact] | None = None) -> None:
        self.domains: dict[str, Domain] = {}
        self.conditions: list[Condition] = []
        self.atoms: dict[str, Atom] = {}
        self.point = None if point is None else dict(point)
        self.sums: dict[tuple[Value, Value], Value] = {}
        self.products: dict[tuple[Value, Value], Value] = {}
        self.quotients: dict[tuple[Value, Value], Value] = {}
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
        return self.symbols({name: Domain(whole, minimum, maximum, above)})[name]

    def symbols(self, domains: Mapping[str, Domain]) -> dict[str, Symbolic]:
        """Symbols of these names. Raises ValueError where one has another domain already, or an empty one."""
        narrowed = {name: domain.narrowed() for name, domain in domains.items()}
        for name, domain in narrowed.items():
            if domain.empty:
                raise ValueError(f"{name} stands for no number: none is {domain}")
            if self.domains.get(name, domain) != domain:
                raise ValueError(f"{name} is {self.domains[name]}, not {domain}")
        if narrowed.keys() - self.domains.keys():
            self.domains.update(narrowed)
            self._grow()
        return {name: self[name] for name in narrowed}

    def __getitem__(self, name: str) -> Symbolic:
        """The symbol of that name, or KeyError."""
        place = dict(zip(self.domains, self._ring.gens, strict=True))
        return self.value(place[name])  # type: ignore[no-any-return]

    def _grow(self) -> None:
        """A ring with all symbols; the values that there are move into it."""
        self._ring = _ring(tuple(self.domains))
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
        if not all(values[name] in domain for name, domain in self.domains.items() if name not in self.atoms):
            return False
        try:
            for name, atom in self.atoms.items():
                values[name] = atom.at(values)
        except RuleError:  # it divides by 0, which a condition forbids
            return False
        atoms = all(values[name] in self.domains[name] for name in self.atoms)
        return atoms and all(condition.holds(values) for condition in self.conditions)

    # The point -------------------------------------------------------------------------------------------------------

    def there(self, value: Value) -> Exact | None:
        """What `value` is at the point; None without one."""
        return None if self.point is None else value.at(self.point) if isinstance(value, Symbolic) else value

    def part_there(self, value: Symbolic) -> Exact | None:
        """By how much `value` exceeds its floor at the point, if it can be taken for granted that it always does so:
        a multiple of it is whole, or it is whole itself there. None if not, or without a point."""
        there = self.there(value)
        if there is None:
            return None
        part = Fraction(there) % 1
        times_it = value * part.denominator
        left = self.beyond_whole(times_it)
        whole = isinstance(left, (int, Fraction)) and left.denominator == 1
        return normal(part) if part == 0 or whole else None

    def atom(self, name: str, rule: Callable[..., Value], arguments: tuple[Value, ...]) -> Value | None:
        """The whole symbol that stands for `rule` of these values, which grows with the first; None without a point."""
        if self.point is None:
            return None
        written = f"{name}({', '.join(map(show, arguments))})"
        if written not in self.atoms:
            atom = self.atoms[written] = Atom(name, rule, arguments)
            first, *others = arguments
            low = (
                rule(0, *others)
                if self.at_least_0(first) and not any(isinstance(each, Symbolic) for each in others)
                else None
            )
            self.point[written] = atom.at(self.point)
            self.symbol(written, minimum=low)
        return self[written]

    # Conditions ------------------------------------------------------------------------------------------------------

    def record(self, kind: str, value: Value, text: str) -> bool:
        """Take it for granted from now on; False, and nothing recorded, where it contradicts what is known."""
        if kind == "at least 0":
            value = next((self.value(poly) for poly in self._over_positive(value)), value)
        elif kind != "whole":
            value = self.value(self.parts(value)[0])
        elif self.parts(value)[0].LC < 0:
            value = -value
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
        self._answers: dict[Any, Value] = {}  # sizes are few, and asked for at every layer
        found: dict[str, list[Symbolic]] = {"whole": [], "at least 0": [], "0": [], "not 0": []}
        for condition in self.conditions:
            found[condition.kind].append(condition.value)
        polynomials = {kind: [value.num for value in values if value.den is None] for kind, values in found.items()}
        self._known = Known(tuple(self.domains.values()), polynomials)
        self._fractions = [value for value in found["whole"] if value.den is not None]

    def at_least_0(self, value: Value, strict: bool = False) -> bool:
        """Whether value ≥ 0 (strict: > 0) can be proved."""
        key = value, strict
        if key not in self._answers:
            self._answers[key] = any(self._known.at_least_0(poly, strict) for poly in self._over_positive(value))
        return bool(self._answers[key])

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
        if value not in self._answers:
            self._answers[value] = self._beyond_whole(value)
        return self._answers[value]

    def _beyond_whole(self, value: Value) -> Value:
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

    def needed(self) -> list[Condition]:
        """The conditions without those that follow from the others."""
        every = self.conditions
        for condition in every:
            self.conditions = [each for each in self.conditions if each is not condition]
            self._settle()
            if not self._follows(condition):
                self.conditions = [each for each in every if each is condition or each in self.conditions]
        kept, self.conditions = self.conditions, every
        self._settle()
        return kept

    def _follows(self, condition: Condition) -> bool:
        if condition.kind == "at least 0":
            return self.at_least_0(condition.value)
        if condition.kind == "whole":
            left = self.beyond_whole(condition.value)
            return isinstance(left, int)
        return self.is_0(condition.value) if condition.kind == "0" else self.never_0(condition.value)

    def unit(self, name: str) -> Fraction | None:
        """What times the symbol is known to be whole, if anything is."""
        return self._known.lattice.units[list(self.domains).index(name)]

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
