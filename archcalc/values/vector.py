"""The vector system: exact rationals over many designs at once, in int64 where they fit, in Python's integers beyond.

Before each operation its result is bounded with exact integers, so that int64 never wraps.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from archcalc.errors import RuleError, Undecided
from archcalc.values._named import Named
from archcalc.values.exact import Exact, normal, show

Array = np.ndarray[Any, np.dtype[Any]]

LIMIT = 2**63 - 1
"""The largest magnitude kept in int64."""

MAX_BITS = 4096
"""The largest common denominator: that of all divisors up to 2,800."""


class Mixed(Undecided):
    """Some designs say yes and others no: `mask` is true at the former. `take(mask)` and `take(~mask)` part them."""

    def __init__(self, question: str, mask: Array) -> None:
        yes, first = int(mask.sum()), int(mask.argmin())
        super().__init__(
            f"{question} holds at {yes} of {len(mask)} designs, not at design {first}",
            "split the designs where they part",
        )
        self.mask = mask


class Vector(Named):
    """`num` / `den` at each design: an array of int64 or of Python ints over one positive int, in lowest terms.

    bound   no |num| is above it; LIMIT + 1 for an array of Python ints
    """

    __slots__ = ("bound", "den", "num", "tight")

    system = sys.modules[__name__]
    __array_ufunc__ = None  # numpy's own numbers stay out: they wrap

    def __init__(self, num: Array, den: int = 1, bound: int = LIMIT) -> None:
        """`num` is kept, and frozen."""
        if den != 1:
            num, den = _reduced(num, den)
        num.setflags(write=False)
        self.num, self.den = num, den
        self.tight = num.dtype == object
        self.bound = LIMIT + 1 if self.tight else bound

    @classmethod
    def of(cls, values: Iterable[Exact]) -> Vector:
        """A vector of ints and Fractions, at least one."""
        points = list(values)
        kinds = set(map(type, points))
        if not points or not kinds <= {int, Fraction}:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise TypeError(f"a Vector is made of ints and Fractions, not of {names or 'nothing'}")
        den = math.lcm(*{value.denominator for value in points}) if Fraction in kinds else 1
        numerators = [value.numerator * (den // value.denominator) for value in points]
        bound = max(map(abs, numerators))
        return cls(np.array(numerators, dtype=np.int64 if bound <= LIMIT else object), den, bound)

    def tolist(self) -> list[Exact]:
        """The value at each design."""
        whole: list[Exact] = self.num.tolist()
        return whole if self.den == 1 else [normal(Fraction(n, self.den)) for n in whole]

    def take(self, mask: Array) -> Vector:
        """The designs where `mask` is true, at least one."""
        num = self.num[mask]
        if not len(num):
            raise ValueError("no design is left")
        return Vector(num, self.den, self.bound)

    def tighten(self) -> int:
        """The bound, found anew."""
        if not self.tight:
            self.bound = max(int(self.num.max()), -int(self.num.min()))
            self.tight = True
        return self.bound

    def __len__(self) -> int:
        return len(self.num)

    def __str__(self) -> str:
        shown = [show(normal(Fraction(n, self.den))) for n in self.num[:4].tolist()]
        return f"[{', '.join(shown)}{f', … {len(self)} designs' if len(self) > 4 else ''}]"

    __repr__ = __str__

    def __neg__(self) -> Vector:
        return Vector(-self.num, self.den, self.bound)

    def __add__(self, other: Exact | Vector) -> Vector:
        return _sum(self, other, np.add) if isinstance(other, (int, Fraction, Vector)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Exact | Vector) -> Vector:
        return _sum(self, other, np.subtract) if isinstance(other, (int, Fraction, Vector)) else NotImplemented

    def __rsub__(self, other: Exact) -> Vector:
        return _sum(other, self, np.subtract) if isinstance(other, (int, Fraction)) else NotImplemented

    def __mul__(self, other: Exact | Vector) -> Vector:
        if not isinstance(other, (int, Fraction, Vector)):
            return NotImplemented
        a, b, bound = _fitting(self, other, lambda m, n: m * n)
        return Vector(a * b, self.den * _den(other), bound)

    __rmul__ = __mul__


Operand = int | Fraction | Vector


def _num(value: Operand) -> Any:
    return value.num if isinstance(value, Vector) else value.numerator


def _den(value: Operand) -> int:
    return value.den if isinstance(value, Vector) else value.denominator


def _bound(value: Operand, tight: bool) -> int:
    """At least 1, so that a factor is never lost on a vector of zeros."""
    if isinstance(value, Vector):
        return max(1, value.tighten() if tight else value.bound)
    return max(1, abs(value.numerator))


def _wide(num: Any) -> Any:
    """An array of Python ints; a Python int as it is."""
    return num if isinstance(num, int) else num.astype(object)


def _fitting(a: Operand, b: Operand, rule: Callable[[int, int], int]) -> tuple[Any, Any, int]:
    """The numerators of both, as types in which a result fits whose magnitude is `rule` of theirs; and that bound."""
    if isinstance(a, Vector) and isinstance(b, Vector) and len(a) != len(b):
        raise ValueError(f"vectors of {len(a)} and {len(b)} designs meet")
    bound = rule(_bound(a, False), _bound(b, False))
    if bound > LIMIT:
        bound = rule(_bound(a, True), _bound(b, True))
    if bound > LIMIT:
        return _wide(_num(a)), _wide(_num(b)), bound
    return _num(a), _num(b), bound


def _reduced(num: Array, den: int) -> tuple[Array, int]:
    """In lowest terms. The first designs tell in most cases that they are."""
    common = math.gcd(den, *num[:64].tolist())
    if common != 1:
        common = math.gcd(common, int(np.gcd.reduce(num)))
    if common == 1:
        return num, den
    return (num if common <= LIMIT else _wide(num)) // common, den // common


def _aligned(a: Operand, b: Operand) -> tuple[Any, Any, int, int]:
    """The numerators of both over one denominator, the denominator, and a bound of the sum of their magnitudes."""
    den = math.lcm(_den(a), _den(b))
    m, n = den // _den(a), den // _den(b)
    num_a, num_b, bound = _fitting(a, b, lambda x, y: x * m + y * n)
    return num_a if m == 1 else num_a * m, num_b if n == 1 else num_b * n, den, bound


def _sum(a: Operand, b: Operand, operation: Callable[[Any, Any], Any]) -> Vector:
    num_a, num_b, den, bound = _aligned(a, b)
    return Vector(operation(num_a, num_b), den, bound)


def _quotient(a: Operand, b: Operand) -> tuple[Any, Any, int]:
    """Numerators and divisors of a / b at each design, and a bound of the numerators."""
    m, n = _den(b), _den(a)
    num, divisor, _ = _fitting(a, b, lambda x, y: max(x * m, y * n))
    if isinstance(divisor, int):
        if divisor == 0:
            raise RuleError(f"{a} is divided by 0")
    elif not divisor.all():
        raise RuleError(f"{a} is divided by {b}, which is 0 at design {int((divisor == 0).argmax())}")
    return num * m, divisor * n, _bound(a, False) * m


# The named functions -------------------------------------------------------------------------------------------------


def is_whole(a: Vector) -> bool:
    return a.den == 1


def floor(a: Vector) -> Vector:
    return a if a.den == 1 else floordiv(a, 1)


def floordiv(a: Operand, b: Operand) -> Vector:
    num, divisor, bound = _quotient(a, b)
    return Vector(num // divisor, 1, bound)


def divide(a: Operand, b: Operand) -> Vector:
    num, divisor, bound = _quotient(a, b)
    if isinstance(divisor, int):
        return Vector(num if divisor > 0 else -num, abs(divisor), bound)
    common = np.gcd(num, divisor)
    num, divisor = num // common, divisor // common
    den = 1
    for each in set(divisor.tolist()):
        den = math.lcm(den, each)
        if den.bit_length() > MAX_BITS:
            raise RuleError(f"{a} / {b} has too many different divisors", "split the designs")
    if bound * den > LIMIT:
        num, divisor = _wide(num), _wide(divisor)
    return Vector(num * (den // divisor), den, bound * den)


def minimum(a: Operand, b: Operand) -> Vector:
    return _sum(a, b, np.minimum)


def maximum(a: Operand, b: Operand) -> Vector:
    return _sum(a, b, np.maximum)


def _agree(mask: Array, question: str) -> bool:
    """What all designs say; Mixed where they differ."""
    yes = bool(mask.all())
    if not yes and mask.any():
        raise Mixed(question, mask)
    return yes


def _equal(a: Operand, b: Operand) -> Array:
    num_a, num_b, *_ = _aligned(a, b)
    return np.asarray(num_a == num_b, dtype=bool)


def _at_least(a: Operand, b: Operand) -> Array:
    num_a, num_b, *_ = _aligned(a, b)
    return np.asarray(num_a >= num_b, dtype=bool)


def equal(a: Operand, b: Operand) -> bool:
    return _agree(_equal(a, b), f"{a} = {b}")


def at_least(a: Operand, b: Operand) -> bool:
    return _agree(_at_least(a, b), f"{a} ≥ {b}")


def require_equal(a: Operand, b: Operand) -> bool:
    return bool(_equal(a, b).all())


def require_at_least(a: Operand, b: Operand) -> bool:
    return bool(_at_least(a, b).all())


def require_multiple(a: Operand, b: Operand) -> bool:
    if not np.all(_num(b)):
        return False
    num, divisor, _ = _quotient(a, b)
    return not np.any(num % divisor)
