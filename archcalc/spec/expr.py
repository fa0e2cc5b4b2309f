"""What expressions compute: the language's functions and operators over Values, bounded in size.

Exact: `/` never rounds. What a size of a spec leaves open for symbols is taken as whole, under a recorded condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from archcalc.errors import RuleError, Undecided
from archcalc.values import (
    Value,
    assume_whole,
    at_least,
    atom,
    ceil,
    equal,
    exactdiv,
    floor,
    is_value,
    is_whole,
    maximum,
    minimum,
    round_half_up,
    show,
)

MAX_BITS = 2048
MAX_LIST = 10_000

Env = Mapping[str, Any]
Code = Callable[[Env], Any]

# Functions -----------------------------------------------------------------------------------------------------------


def settle(name: str, rule: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """`rule` on a size of the spec: what symbols leave open is an atom of that name, or, where there are none, taken
    as whole, under a condition that is recorded."""

    def settled(x: Value) -> Value:
        value = numeric(x)
        try:
            return rule(value)
        except Undecided:
            kept = atom(name, rule, value)
            return assume_whole(value) if kept is None else kept

    return settled


def divisible(x: Value, d: Value) -> Value:
    """The multiple of d nearest to x (halves up), at least d, and never below 0.9x: MobileNet's `make_divisible`."""
    x, d = numeric(x), numeric(d)
    ratio = exactdiv(x, d)
    try:
        nearest = round_half_up(ratio)
    except Undecided:
        kept = atom("divisible", divisible, x, d)
        if kept is not None:
            return kept
        nearest = assume_whole(ratio)
    if not is_whole(ratio):
        nearest = maximum(nearest, ceil(exactdiv(9 * x, 10 * d)))
    return d * maximum(1, nearest)


def _of_list(name: str, fold: Callable[[Value, Value], Value]) -> Callable[..., Value]:
    def folded(*values: Any) -> Value:
        if len(values) == 1 and isinstance(values[0], list):
            values = tuple(values[0])
        if not values:
            raise RuleError(f"`{name}` of nothing")
        result = numeric(values[0])
        for value in values[1:]:
            result = fold(result, numeric(value))
        return result

    return folded


def _sum(values: Any) -> Value:
    result: Value = 0
    for value in _listed(values):
        result = result + numeric(value)
    return result


def _listed(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise RuleError(f"{said(values)} is not a list")
    return values


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "round": settle("round", round_half_up),
    "floor": settle("floor", floor),
    "ceil": settle("ceil", ceil),
    "min": _of_list("min", minimum),
    "max": _of_list("max", maximum),
    "abs": lambda x: maximum(numeric(x), -x),
    "sum": _sum,
    "len": lambda values: len(_listed(values)),
    "divisible": divisible,
}
"""The language's own functions; `let` adds a document's."""


# Operators -----------------------------------------------------------------------------------------------------------


def said(value: Any) -> str:
    """A value as the user would write it."""
    if isinstance(value, list):
        return f"[{', '.join(map(said, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return show(value) if is_value(value) else str(value)


def count_of(count: int, what: str) -> str:
    """`1 value`, `2 values`."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def normal(value: Value) -> Value:
    """An int for a whole Fraction; RuleError for a number out of all proportion."""
    if type(value) is int and value.bit_length() <= MAX_BITS:
        return value
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    if (isinstance(value, int) and value.bit_length() > MAX_BITS) or (
        isinstance(value, Fraction) and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS
    ):
        raise RuleError("the number is too large")
    return value


def bounded_list(items: list[Any]) -> list[Any]:
    """The list, if it is of a size that someone could have meant: lists of lists could double without end."""
    if any(isinstance(item, list) for item in items):
        if any(isinstance(part, list) for item in items if isinstance(item, list) for part in item):
            raise RuleError("lists stand at most two deep in each other")
        if sum(len(item) if isinstance(item, list) else 1 for item in items) > MAX_LIST:
            raise RuleError(f"a list of lists has at most {MAX_LIST:,} values")
    return items


def numeric(value: Any) -> Value:
    if not is_value(value):
        raise RuleError(f"{said(value)} is not a number")
    return value


def truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RuleError(f"{said(value)} is neither true nor false")
    return value


def _power(base: Value, exponent: Value) -> Value:
    if not isinstance(exponent, int):
        raise RuleError(f"an exponent is a whole number, not {said(exponent)}")
    size = max(base.numerator.bit_length(), base.denominator.bit_length()) if isinstance(base, (int, Fraction)) else 32
    if (size - 1) * abs(exponent) > MAX_BITS:
        raise RuleError("the number is too large")
    if isinstance(base, (int, Fraction)):
        return exactdiv(1, base**-exponent) if exponent < 0 else base**exponent
    result: Value = 1
    for _ in range(abs(exponent)):
        result = result * base
    return exactdiv(1, result) if exponent < 0 else result


def _is_equal(a: Any, b: Any) -> bool:
    if is_value(a) and is_value(b):
        return equal(a, b)
    if type(a) is not type(b) and not (isinstance(a, str) and isinstance(b, str)):
        raise RuleError(f"{said(a)} and {said(b)} are of different kinds and never equal")
    return bool(a == b)


_ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": exactdiv,
    "//": lambda a, b: settle("floor", floor)(exactdiv(a, b)),
    "%": lambda a, b: a - b * settle("floor", floor)(exactdiv(a, b)),
    "**": _power,
}

COMPARISON: dict[str, Callable[[Any, Any], bool]] = {
    "==": _is_equal,
    "!=": lambda a, b: not _is_equal(a, b),
    ">=": lambda a, b: at_least(numeric(a), numeric(b)),
    "<=": lambda a, b: at_least(numeric(b), numeric(a)),
    ">": lambda a, b: not at_least(numeric(b), numeric(a)),
    "<": lambda a, b: not at_least(numeric(a), numeric(b)),
}


def arithmetic(sign: str, a: Code, b: Code) -> Code:
    apply = _ARITHMETIC[sign]

    def code(env: Env) -> Value:
        left, right = a(env), b(env)
        if type(left) is int and type(right) is int:
            return normal(apply(left, right))
        return normal(apply(numeric(left), numeric(right)))

    return code


def normal_result(value: Any) -> Any:
    """`normal` for numbers, everything else as it is."""
    return normal(value) if is_value(value) else value
