"""The traced system: exact numbers that remember how they were made.

A rule evaluated over it gives its figure and the rule with the numbers put in, `64·3·7·7 = 9,408`: a formula is written
once. Numbers that are put in are `Leaf`s; a plain number is a constant of the rule itself. What has no effect is left
out (`+ 0`, `/1` of an exact division, the 1 that a product begins with), equal terms cancel, and terms with a common
last factor join where that lets some cancel: size - 1 + (k - 1 - p)·s + p·s + 1 reads `size + (k - 1)·s`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from archcalc.values import Value, exact, is_value
from archcalc.values._named import Named
from archcalc.values.exact import Exact, normal


class Traced(Named):
    """A number and how it was made. `str` is that, without the result."""

    __slots__ = ("value",)
    system = sys.modules[__name__]

    def __init__(self, value: Exact) -> None:
        self.value = normal(value)

    def __add__(self, other: Value) -> Value:
        return _sum(self, other, 1) if is_value(other) else NotImplemented

    def __radd__(self, other: Value) -> Value:
        return _sum(other, self, 1) if is_value(other) else NotImplemented

    def __sub__(self, other: Value) -> Value:
        return _sum(self, other, -1) if is_value(other) else NotImplemented

    def __rsub__(self, other: Value) -> Value:
        return _sum(other, self, -1) if is_value(other) else NotImplemented

    def __neg__(self) -> Value:
        return _sum(0, self, -1)

    def __mul__(self, other: Value) -> Value:
        return _product(self, other) if is_value(other) else NotImplemented

    def __rmul__(self, other: Value) -> Value:
        return _product(other, self) if is_value(other) else NotImplemented

    def factor(self) -> str:
        """As a factor of a product or one side of a quotient."""
        return str(self)


class Leaf(Traced):
    """A number that was put in."""

    __slots__ = ()

    def __str__(self) -> str:
        return exact.show(self.value)

    def factor(self) -> str:
        return f"({self})" if self.value < 0 or self.value.denominator != 1 else str(self)


class Sum(Traced):
    """Terms with their signs, and a constant of the rule."""

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Sequence[tuple[int, Traced]], constant: Exact) -> None:
        super().__init__(sum((sign * term.value for sign, term in terms), constant))
        self.terms, self.constant = tuple(terms), constant

    def __str__(self) -> str:
        parts = []
        for sign, term in (*self.terms, *([(1, Leaf(self.constant))] if self.constant else [])):
            text = str(term)
            if isinstance(term, Leaf) and term.value < 0:
                sign, text = -sign, text[1:]
            parts.append(f"{'+-'[sign < 0]} {text}")
        text = " ".join(parts)
        return text[2:] if text[0] == "+" else f"-{text[2:]}"

    def factor(self) -> str:
        return f"({self})"


class Product(Traced):
    """Groups of factors: a shape's or a kernel's sizes are one, a single number is one. `open`: more may join it."""

    __slots__ = ("groups", "open")

    def __init__(self, groups: Sequence[tuple[Traced, ...]], *, open: bool = False) -> None:
        self.groups, self.open = tuple(groups), open
        result: Exact = 1
        for factor in self.factors():
            result *= factor.value
        super().__init__(result)

    def factors(self) -> Iterator[Traced]:
        for group in self.groups:
            yield from group

    def __str__(self) -> str:
        text, several = "", False
        for group in self.groups:
            apart = several and len(group) > 1
            text += (" · " if apart else "·") * bool(text) + "·".join(factor.factor() for factor in group)
            several |= len(group) > 1
        return text


class Quotient(Traced):
    """a / b, rounded as `rounding` says: `floor`, `ceil` or not at all; without `below`, a rounded."""

    __slots__ = ("above", "below", "rounding")

    def __init__(self, above: Value, below: Value | None, rounding: str = "") -> None:
        quotient = exact.divide(known(above), 1 if below is None else known(below))
        super().__init__({"": quotient, "floor": exact.floor(quotient), "ceil": -exact.floor(-quotient)}[rounding])
        self.above, self.below, self.rounding = above, below, rounding

    def __neg__(self) -> Value:
        return Quotient(-self.above, self.below, "ceil") if self.rounding == "floor" else super().__neg__()

    def __str__(self) -> str:
        if self.below is None:
            return f"{self.rounding}({self.above})"
        above, below = leaf(self.above), leaf(self.below)
        under = f"({below})" if isinstance(below, (Product, Quotient)) else below.factor()
        text = f"{above.factor()}/{under}"
        return f"{self.rounding}({text})" if self.rounding else text

    def factor(self) -> str:
        return str(self) if self.rounding else f"({self})"


class Chosen(Traced):
    """The smallest or the largest of some: `min` or `max`."""

    __slots__ = ("name", "of")

    def __init__(self, name: str, of: Sequence[Value]) -> None:
        super().__init__((min if name == "min" else max)(map(known, of)))
        self.name, self.of = name, tuple(of)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(str(leaf(each)) for each in self.of)})"


# How values are made -------------------------------------------------------------------------------------------------


def known(value: Value) -> Exact:
    """The number itself."""
    result: Exact = value.value if isinstance(value, Traced) else value
    return result


def leaf(value: Value) -> Traced:
    """A plain number as a Leaf; anything traced as it is."""
    return value if isinstance(value, Traced) else Leaf(value)


def leaves(value: Any) -> Any:
    """Numbers, and those in tuples, as leaves; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(leaves, value))
    return Leaf(value) if isinstance(value, (int, Fraction)) and not isinstance(value, bool) else value


def _sum(a: Value, b: Value, sign: int) -> Value:
    terms, constant = _terms(a)
    more, other = _terms(b)
    constant = normal(constant + sign * other)
    for own, term in more:
        terms = _joined(terms, sign * own, term)
    if not terms:
        return constant
    return terms[0][1] if len(terms) == 1 and terms[0][0] == 1 and not constant else Sum(terms, constant)


def _terms(value: Value) -> tuple[list[tuple[int, Traced]], Exact]:
    if isinstance(value, Sum):
        return list(value.terms), value.constant
    return ([(1, value)], 0) if isinstance(value, Traced) else ([], value)


def _joined(terms: list[tuple[int, Traced]], sign: int, term: Traced) -> list[tuple[int, Traced]]:
    """The terms with one more, which may cancel one or share its last factor."""
    for at, (own, other) in enumerate(terms):
        both = 0 if other is term and own == -sign else _collected(own, other, sign, term)
        if both is not None:
            return [*terms[:at], *([(1, both)] if isinstance(both, Traced) else []), *terms[at + 1 :]]
    return [*terms, (sign, term)]


def _collected(sign: int, a: Traced, other: int, b: Traced) -> Value | None:
    """±r·s ± q·s as (±r ± q)·s, where both end in the same s and some of r and q cancels."""
    if not isinstance(a, Product) or not isinstance(b, Product):
        return None
    (*r, s), (*q, t) = a.factors(), b.factors()
    if s is not t or not r or not q:
        return None
    rest, more = (each[0] if len(each) == 1 else Product([tuple(each)]) for each in (r, q))
    both = _sum(_sum(0, rest, sign), more, other)
    return _product(both, s) if len(_terms(both)[0]) < len(_terms(rest)[0]) + len(_terms(more)[0]) else None


def _product(a: Value, b: Value) -> Value:
    for one, other in ((a, b), (b, a)):
        if not isinstance(one, Traced) and one in (0, 1):
            if one == 0:
                return 0
            return Product([(other,)], open=True) if one is a and isinstance(other, Leaf) else other
    if isinstance(a, Product) and a.open and isinstance(b, Leaf):
        return Product([(*a.groups[0], b)], open=True)
    return Product([*_groups(a), *_groups(b)])


def _groups(value: Value) -> list[tuple[Traced, ...]]:
    if isinstance(value, Product):
        return list(value.groups)
    return [(leaf(value),)]


# The named functions -------------------------------------------------------------------------------------------------


def is_whole(value: Value) -> bool:
    return exact.is_whole(known(value))


def floor(value: Value) -> Value:
    return value if is_whole(value) else Quotient(value, None, "floor")


def floordiv(a: Value, b: Value) -> Value:
    return Quotient(a, b, "floor")


def divide(a: Value, b: Value) -> Value:
    if not isinstance(b, Traced) and b == 1:
        return a
    if isinstance(a, Leaf) and isinstance(b, Leaf) and a.value == b.value != 0:
        return Leaf(1)
    return Quotient(a, b)


def _choice(name: str) -> Callable[[Value, Value], Value]:
    def chosen(a: Value, b: Value) -> Value:
        if isinstance(a, Leaf) and isinstance(b, Leaf) and a.value == b.value:
            return a
        return Chosen(name, [*_of(name, a), *_of(name, b)])

    return chosen


def _of(name: str, value: Value) -> tuple[Value, ...]:
    return value.of if isinstance(value, Chosen) and value.name == name else (value,)


minimum = _choice("min")
maximum = _choice("max")


def _on_numbers(decide: Callable[[Exact, Exact], bool]) -> Callable[[Value, Value], bool]:
    return lambda a, b: decide(known(a), known(b))


equal = require_equal = _on_numbers(exact.equal)
at_least = require_at_least = _on_numbers(exact.at_least)
require_multiple = _on_numbers(exact.require_multiple)


def derived(value: Value) -> str:
    """`64·3·7·7 = 9,408`; the number alone where it was put in, or is a constant of its rule."""
    number = known(value)
    text = f"{number:,}" if isinstance(number, int) else exact.show(number)
    how = str(value) if isinstance(value, Traced) else text
    return text if how in (text, exact.show(number)) else f"{how} = {text}"
