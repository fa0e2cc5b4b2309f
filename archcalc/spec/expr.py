"""The expression language: text → closure over Values.

Python's arithmetic and no more: `+ - * / // % **`, comparisons (chained), `and or not`, `a if c else b`, quoted words,
calls. Exact: `0.714` is 357/500 and `/` never rounds. Lengths, nesting and the size of numbers are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from archcalc.errors import ArchcalcError, RuleError, Undecided
from archcalc.spec.source import number
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

MAX_LENGTH = 400
MAX_DEPTH = 50
MAX_BITS = 2048
MAX_LIST = 10_000

Env = Mapping[str, Any]
Code = Callable[[Env], Any]

KEYWORDS = frozenset({"and", "or", "not", "if", "else", "true", "false"})


class ExpressionError(ArchcalcError):
    """A text is not an expression. `offset` counts from its first character."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.offset, self.hint = message, offset, hint


class Expression(NamedTuple):
    """A parsed expression: its names (a function's with `()`), and a closure from an environment to its value."""

    text: str
    names: frozenset[str]
    code: Code


class Relation(NamedTuple):
    """A parsed comparison: `signs[i]` stands between `sides[i]` and `sides[i + 1]`."""

    text: str
    names: frozenset[str]
    sides: tuple[Code, ...]
    signs: tuple[str, ...]

    def holds(self, values: Sequence[Any]) -> bool:
        """Whether it does where the sides have these values."""
        return all(COMPARISON[sign](values[at], values[at + 1]) for at, sign in enumerate(self.signs))


# Functions -----------------------------------------------------------------------------------------------------------


def settle(name: str, rule: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """`rule` on a size of the spec: what symbols leave open is an atom of that name, or, where there are none, taken
    as whole, under a condition that is recorded."""

    def settled(x: Value) -> Value:
        value = _numeric(x)
        try:
            return rule(value)
        except Undecided:
            kept = atom(name, rule, value)
            return assume_whole(value) if kept is None else kept

    return settled


def divisible(x: Value, d: Value) -> Value:
    """The multiple of d nearest to x (halves up), at least d, and never below 0.9x: MobileNet's `make_divisible`."""
    x, d = _numeric(x), _numeric(d)
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
        result = _numeric(values[0])
        for value in values[1:]:
            result = fold(result, _numeric(value))
        return result

    return folded


def _sum(values: Any) -> Value:
    result: Value = 0
    for value in _listed(values):
        result = result + _numeric(value)
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
    "abs": lambda x: maximum(_numeric(x), -x),
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


def _numeric(value: Any) -> Value:
    if not is_value(value):
        raise RuleError(f"{said(value)} is not a number")
    return value


def _truth(value: Any) -> bool:
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
    ">=": lambda a, b: at_least(_numeric(a), _numeric(b)),
    "<=": lambda a, b: at_least(_numeric(b), _numeric(a)),
    ">": lambda a, b: not at_least(_numeric(b), _numeric(a)),
    "<": lambda a, b: not at_least(_numeric(a), _numeric(b)),
}


def _arithmetic(sign: str, a: Code, b: Code) -> Code:
    apply = _ARITHMETIC[sign]

    def code(env: Env) -> Value:
        return normal(apply(_numeric(a(env)), _numeric(b(env))))

    return code


# Parser --------------------------------------------------------------------------------------------------------------

_FORM = (
    r"""\s*(?:(?P<number>\.?\d[\d.]*(?:[eE][-+]?\d+)?\w*)|(?P<name>[A-Za-z_]\w*%s)|(?P<word>'[^']*'|"[^"]*")"""
    r"""|(?P<sign>\*\*|//|[=!<>]=|[-+*/%%<>(),])|(?P<other>\S))"""
)
_TOKEN = re.compile(_FORM % "")
_TOKEN_WITH_ATTRIBUTES = re.compile(_FORM % r"(?:\.[A-Za-z_]\w*)*")
_LEVELS = (("+", "-"), ("*", "/", "//", "%"))


_SIGN_HINTS = {
    "^": "a power is `**`",
    "[": "lists are walked by `repeat`, tables asked through `let`",
    "=": "`==` compares",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=`",
    "'": "the quote is not closed",
    '"': "the quote is not closed",
    **dict.fromkeys("−–", "write `-`"),
    **dict.fromkeys("×·", "write `*`"),
    "÷": "write `/`",
    "≥": "write `>=`",
    "≤": "write `<=`",
    "≠": "write `!=`",
}


def parse(text: str) -> Expression:
    """Parse an expression. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression of {len(text):,} characters, {MAX_LENGTH} are the most", 0, "use `let`")
    return _Parser(text).parse()


def relation(text: str) -> Relation:
    """Parse a comparison, whose names may have attributes: `net.params == 2*C`. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"a comparison of {len(text):,} characters, {MAX_LENGTH} are the most", 0, "use `let`")
    return _Parser(text, _TOKEN_WITH_ATTRIBUTES).relation()


class _Parser:
    """Recursive descent; each method returns the closure of what it has read."""

    def __init__(self, text: str, token: re.Pattern[str] = _TOKEN) -> None:
        self.text = text
        self.names: set[str] = set()
        self.depth = 0
        self.tokens: list[tuple[str, str, int]] = []
        for match in token.finditer(text):
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind)))
        self.tokens.append(("end", "", len(text)))
        self.at = 0

    def parse(self) -> Expression:
        code = self._ternary()
        self._end()
        return Expression(self.text, frozenset(self.names), code)

    def relation(self) -> Relation:
        sides, signs = [self._binary(0)], []
        while sign := self._next(*COMPARISON):
            signs.append(sign)
            sides.append(self._binary(0))
        self._end()
        if not signs:
            raise ExpressionError(f"`{self.text}` compares nothing", 0, "such as net.params == 2*C")
        return Relation(self.text, frozenset(self.names), tuple(sides), tuple(signs))

    def _end(self) -> None:
        kind, text, offset = self.tokens[self.at]
        if kind != "end":
            raise self._unexpected(kind, text, offset)

    def _next(self, *signs: str) -> str:
        """Take the next token if it is one of `signs`."""
        kind, text, _ = self.tokens[self.at]
        if text in signs and kind in ("sign", "name"):
            self.at += 1
            return text
        return ""

    def _want(self, sign: str) -> None:
        if not self._next(sign):
            kind, text, offset = self.tokens[self.at]
            if kind == "end" and sign == "else":
                raise ExpressionError(f"`{self.text}` has an `if` without an `else`", self.text.rindex("if"))
            if kind == "end":
                raise self._ends()
            raise ExpressionError(f"`{sign}` is wanted before `{text}`", offset)

    def _ends(self) -> ExpressionError:
        hint = "inside […] and {…} a comma ends the value: quote it" if "(" in self.text else ""
        if self.text.count("(") > self.text.count(")"):
            return ExpressionError(f"`{self.text}` has an open bracket", self.text.rindex("("), hint)
        return ExpressionError(f"`{self.text}` ends too early" if self.text.strip() else "an expression is wanted", 0)

    def _unexpected(self, kind: str, text: str, offset: int) -> ExpressionError:
        if kind == "end":
            return self._ends()
        if text == ")":
            return ExpressionError(
                f"`{self.text}` closes a bracket that it does not open", offset,
                "inside […] and {…} a comma ends the value: quote it",
            )  # fmt: skip
        return ExpressionError(f"`{text}` is not expected here", offset, _SIGN_HINTS.get(text, ""))

    def _ternary(self) -> Code:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(
                f"an expression nested more than {MAX_DEPTH} deep", self.tokens[self.at][2], "use `let`"
            )
        yes = self._or()
        if self._next("if"):
            condition = self._or()
            self._want("else")
            no = self._ternary()
            self.depth -= 1
            return lambda env: yes(env) if _truth(condition(env)) else no(env)
        self.depth -= 1
        return yes

    def _or(self) -> Code:
        left = self._and()
        while self._next("or"):
            left = self._either(left, self._and())
        return left

    @staticmethod
    def _either(a: Code, b: Code) -> Code:
        return lambda env: _truth(a(env)) or _truth(b(env))

    def _and(self) -> Code:
        left = self._not()
        while self._next("and"):
            left = self._both(left, self._not())
        return left

    @staticmethod
    def _both(a: Code, b: Code) -> Code:
        return lambda env: _truth(a(env)) and _truth(b(env))

    def _not(self) -> Code:
        negations = 0
        while self._next("not"):
            negations += 1
        inner = self._comparison()
        if not negations:
            return inner
        return lambda env: _truth(inner(env)) is (negations % 2 == 0)

    def _comparison(self) -> Code:
        first = self._binary(0)
        rest: list[tuple[Callable[[Any, Any], bool], Code]] = []
        while sign := self._next(*COMPARISON):
            rest.append((COMPARISON[sign], self._binary(0)))
        if not rest:
            return first

        def code(env: Env) -> bool:
            left = first(env)
            for compare, operand in rest:
                right = operand(env)
                if not compare(left, right):
                    return False
                left = right
            return True

        return code

    def _binary(self, level: int) -> Code:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while sign := self._next(*_LEVELS[level]):
            left = _arithmetic(sign, left, self._binary(level + 1))
        return left

    def _unary(self) -> Code:
        negative = False
        while sign := self._next("-", "+"):
            negative ^= sign == "-"
        base = self._atom()
        if self._next("**"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise ExpressionError(f"an expression nested more than {MAX_DEPTH} deep", self.tokens[self.at][2])
            base = _arithmetic("**", base, self._unary())
            self.depth -= 1
        return (lambda env: -_numeric(base(env))) if negative else base

    def _atom(self) -> Code:
        kind, text, offset = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            value = number(text)
            if value is None:
                raise ExpressionError(f"`{text}` is not a number", offset, _number_hint(text))
            try:
                constant = normal(value)
            except RuleError as error:
                raise ExpressionError(error.message, offset) from None
            return lambda env: constant
        if kind == "word":
            word = text[1:-1]
            return lambda env: word
        if text in ("true", "false"):
            return lambda env: text == "true"
        if kind == "name" and text not in KEYWORDS:
            if self._next("("):
                return self._call(text)
            self.names.add(text)
            return lambda env: env[text]
        if text == "(" and kind == "sign":
            inner = self._ternary()
            self._want(")")
            return inner
        raise self._unexpected(kind, text, offset)

    def _call(self, name: str) -> Code:
        key = f"{name}()"
        self.names.add(key)
        arguments: list[Code] = []
        if not self._next(")"):
            arguments.append(self._ternary())
            while self._next(","):
                arguments.append(self._ternary())
            self._want(")")

        def code(env: Env) -> Any:
            function = env[key]
            values = [argument(env) for argument in arguments]
            try:
                return normal_result(function(*values))
            except TypeError:
                if not _takes(function, len(values)):
                    raise RuleError(
                        f"`{name}` is given {count_of(len(values), 'value')}, which it does not take"
                    ) from None
                raise

        return code


def normal_result(value: Any) -> Any:
    """`normal` for numbers, everything else as it is."""
    return normal(value) if is_value(value) else value


def _takes(function: Callable[..., Any], count: int) -> bool:
    import inspect

    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError:
        return False
    return True


def _number_hint(text: str) -> str:
    if re.fullmatch(r"0\d+", text):
        return "a whole number has no leading zero"
    if re.fullmatch(r"[\d_.]+", text):
        return "a number has no `_` and one point" if "_" in text else "a number has one point"
    if re.search(r"[A-Za-z_]", text):
        return "write `*` between a number and a name"
    return ""
