"""The expression language: text → closure over Values.

Python's arithmetic and no more: `+ - * / // % **`, comparisons (chained), `and or not`, `a if c else b`, quoted words,
calls. Exact: `0.714` is 357/500. Lengths and nesting are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from archcalc.errors import ArchcalcError, RuleError
from archcalc.spec.expr import COMPARISON, Code, Env, arithmetic, count_of, normal, normal_result, numeric, truth
from archcalc.spec.source import number

MAX_LENGTH = 400
MAX_DEPTH = 50

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
            return lambda env: yes(env) if truth(condition(env)) else no(env)
        self.depth -= 1
        return yes

    def _or(self) -> Code:
        left = self._and()
        while self._next("or"):
            left = self._either(left, self._and())
        return left

    @staticmethod
    def _either(a: Code, b: Code) -> Code:
        return lambda env: truth(a(env)) or truth(b(env))

    def _and(self) -> Code:
        left = self._not()
        while self._next("and"):
            left = self._both(left, self._not())
        return left

    @staticmethod
    def _both(a: Code, b: Code) -> Code:
        return lambda env: truth(a(env)) and truth(b(env))

    def _not(self) -> Code:
        negations = 0
        while self._next("not"):
            negations += 1
        inner = self._comparison()
        if not negations:
            return inner
        return lambda env: truth(inner(env)) is (negations % 2 == 0)

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
            left = arithmetic(sign, left, self._binary(level + 1))
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
            base = arithmetic("**", base, self._unary())
            self.depth -= 1
        return (lambda env: -numeric(base(env))) if negative else base

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
