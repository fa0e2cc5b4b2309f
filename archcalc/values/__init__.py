"""Values: exact numbers in one of three systems, and the named functions on them.

exact    int and Fraction                                    report, check, compare
vector   `Vector`: many designs at once, int64 where it fits  sweep, solve
symbols  `Symbolic`: fractions of polynomials over ℚ          formula, law

Rules use `+ - *` and the functions below, never `//`, `%`, `/`, `max`, `min` or comparisons: those mean something else,
or nothing, for a symbol. numpy and sympy are imported by the systems that need them, when a value of theirs is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from types import ModuleType
from typing import Any

from archcalc.errors import Message, RuleError
from archcalc.values import exact

Value = Any  # int | Fraction | Vector | Symbolic; Any, for what a type checker cannot see the cases check in all three
"""An exact number of one of the three systems."""


def _system(*values: Value) -> ModuleType | Any:
    """The number system of the first value that is not a plain int or Fraction; a Vector and a Symbolic never mix."""
    for value in values:
        if not isinstance(value, (int, Fraction)):
            return value.system
    return exact


def is_value(thing: object) -> bool:
    """Whether `thing` is a Value: an exact number, not a truth value, not a float."""
    kind = type(thing)
    return kind is int or kind is Fraction or (kind is not bool and hasattr(thing, "system"))


def is_whole(value: Value) -> bool:
    """Whether `value` is an integer (of a vector: everywhere; of a symbol: by the symbols' domains)."""
    return type(value) is int or bool(_system(value).is_whole(value))


def floor(value: Value) -> Value:
    """The largest integer that is not above `value`."""
    return value if type(value) is int else _system(value).floor(value)


def ceil(value: Value) -> Value:
    """The smallest integer that is not below `value`."""
    return value if type(value) is int else -_system(value).floor(-value)


def round_half_up(value: Value) -> Value:
    """The nearest integer; a half goes up, as in MobileNet's and most papers' code."""
    return value if type(value) is int else _system(value).floor(value + Fraction(1, 2))


def floordiv(a: Value, b: Value) -> Value:
    """floor(a / b), b not 0."""
    return a // b if type(a) is int and type(b) is int and b else _system(a, b).floordiv(a, b)


def ceildiv(a: Value, b: Value) -> Value:
    """ceil(a / b), b not 0."""
    return -(-a // b) if type(a) is int and type(b) is int and b else -_system(a, b).floordiv(-a, b)


def exactdiv(a: Value, b: Value) -> Value:
    """a / b without rounding, b not 0: an int where it comes out whole, else a Fraction."""
    if type(a) is int and type(b) is int and b and not a % b:
        return a // b
    return _system(a, b).divide(a, b)


def mod(a: Value, b: Value) -> Value:
    """a - b * floor(a / b), b above 0."""
    return a % b if type(a) is int and type(b) is int and b else a - b * floordiv(a, b)


def minimum(a: Value, b: Value) -> Value:
    """The smaller of two."""
    return (a if a <= b else b) if type(a) is int and type(b) is int else _system(a, b).minimum(a, b)


def maximum(a: Value, b: Value) -> Value:
    """The larger of two."""
    return (a if a >= b else b) if type(a) is int and type(b) is int else _system(a, b).maximum(a, b)


def product(values: Iterable[Value]) -> Value:
    """The product of all, 1 of none."""
    result = 1
    for value in values:
        result = result * value
    return result


def equal(a: Value, b: Value) -> bool:
    """Whether a = b. Raises Undecided where the points of a vector, or the values of a symbol, disagree."""
    return a is b or (a == b if type(a) is int and type(b) is int else bool(_system(a, b).equal(a, b)))


def at_least(a: Value, b: Value) -> bool:
    """Whether a ≥ b. Raises Undecided where the points of a vector, or the values of a symbol, disagree."""
    return a >= b if type(a) is int and type(b) is int else bool(_system(a, b).at_least(a, b))


def same_shape(a: tuple[Value, ...], b: tuple[Value, ...]) -> bool:
    """Whether two shapes are equal, axis by axis."""
    return a is b or (len(a) == len(b) and all(equal(m, n) for m, n in zip(a, b, strict=True)))


def require_equal(a: Value, b: Value, message: Message, hint: str = "", parameter: str = "") -> None:
    """Raise RuleError(message) unless a = b. What symbols leave open becomes a recorded condition."""
    if type(a) is int and type(b) is int:
        if a == b:
            return
    elif _system(a, b).require_equal(a, b):
        return
    raise RuleError(message, hint, parameter)


def require_at_least(a: Value, b: Value, message: Message, hint: str = "", parameter: str = "") -> None:
    """Raise RuleError(message) unless a ≥ b. What symbols leave open becomes a recorded condition."""
    if type(a) is int and type(b) is int:
        if a >= b:
            return
    elif _system(a, b).require_at_least(a, b):
        return
    raise RuleError(message, hint, parameter)


def require_multiple(a: Value, b: Value, message: Message, hint: str = "", parameter: str = "") -> None:
    """Raise RuleError(message) unless a is a whole multiple of b. What symbols leave open is a recorded condition."""
    if type(a) is int and type(b) is int:
        if b != 0 and a % b == 0:
            return
    elif _system(a, b).require_multiple(a, b):
        return
    raise RuleError(message, hint, parameter)


def assume_whole(value: Value) -> Value:
    """`value`, taken as whole under a condition that its symbols' space records. For symbols only."""
    return _system(value).assume_whole(value)


def atom(name: str, rule: Callable[..., Value], *arguments: Value) -> Value | None:
    """A symbol that stands for `rule` of these, which symbols leave open; None where their space has no point to
    answer open questions. For symbols only."""
    kept: Value | None = _system(*arguments).atom(name, rule, arguments)
    return kept


def show(value: Value) -> str:
    """A value as people write it: 22.4 for a finite decimal, 1/3 for other fractions, digits for an integer."""
    return exact.show(value) if isinstance(value, (int, Fraction)) else str(value)
