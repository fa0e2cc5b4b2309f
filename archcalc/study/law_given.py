"""What a law assumes of its symbols, as substitutions where it can be: `g divides M` is M = g·m, `N >= 72` N = 72 + t.

A symbol has one substitution at most. What cannot be one (`alpha*M whole`) is a condition of the space of symbols.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import chain, count

from archcalc.errors import Problem, RuleError, SpecError
from archcalc.spec.expr import Code
from archcalc.study.law_assumed import Assumed, Definition, keep_range, record
from archcalc.study.law_text import Given, Law, Range
from archcalc.values import Value, exactdiv, is_whole, show
from archcalc.values.exact import Exact
from archcalc.values.symbols import Domain, Space, Symbolic

LETTERS = "tuvwxyz"


def _from(low: Exact, strict: bool) -> tuple[Exact | None, None, Exact | None]:
    """Minimum, maximum and `above` of a range that begins there."""
    return (None, None, low) if strict else (low, None, None)


def _always(value: Exact) -> Code:
    return lambda env: value


def assumed(law: Law) -> Assumed:
    """The space of a law. Raises SpecError where its assumptions contradict each other or fit no number."""
    return _Builder(law).build()


class _Builder:
    def __init__(self, law: Law) -> None:
        self.law = law
        self.ranges: dict[str, Range] = dict(law.symbols)
        self.new: dict[str, Range] = {}
        self.definitions: dict[str, Definition] = {}
        self.conditions: list[Given] = []
        self.raw = self._space(law.symbols)

    def _space(self, ranges: Mapping[str, Range]) -> dict[str, Symbolic]:
        """A space of symbols in these ranges."""
        try:
            return Space().symbols({name: Domain(r.whole, r.minimum, r.maximum, r.above) for name, r in ranges.items()})
        except ValueError as error:
            raise SpecError([Problem(f"{error}", self.law.where)]) from None

    def build(self) -> Assumed:
        rest = [given for given in self.law.given if not self._tried(self._at_most, given)]
        self.conditions = [given for given in rest if not self._tried(self._substituted, given)]
        for name, each in self.ranges.items():
            if each.minimum is not None and each.minimum == each.maximum and name not in self.definitions:
                self._define(name, Definition(_always(each.minimum), frozenset()))
        free = {name: each for name, each in self.ranges.items() if name not in self.definitions}
        symbols = self._space({**free, **self.new})
        space = next(iter(symbols.values())).space if symbols else Space()
        values: dict[str, Value] = dict(symbols)
        for name in self.law.symbols:
            self._value(name, values)
        own = {name: values[name] for name in self.law.symbols}
        result = Assumed(space, own, self.definitions)
        for name in self.definitions:
            if not keep_range(space, own[name], self.ranges[name]):
                raise SpecError([Problem(f"no `{name}` is in its range and fulfils the assumptions", self.law.where)])
        for given in self.conditions:
            if not record(space, given, own):
                raise SpecError([Problem(f"`{given.text}` contradicts what is assumed before", given.where)])
        result.conditions = list(space.conditions)
        return result

    @staticmethod
    def _tried(rule: Callable[[Given], bool], given: Given) -> bool:
        try:
            return rule(given)
        except RuleError as error:
            raise SpecError([Problem(error.message, given.where, error.hint)]) from None

    def _value(self, name: str, values: dict[str, Value]) -> Value:
        if name not in values:
            definition = self.definitions[name]
            env = {each: self._value(each, values) for each in definition.names}
            values[name] = definition.code(env)
        return values[name]

    # Substitutions ---------------------------------------------------------------------------------------------------

    def _substituted(self, given: Given) -> bool:
        """Take an assumption as a substitution, or as a range, if it can be one."""
        match given.kind:
            case "divides":
                return self._multiple(given)
            case "rest":
                return self._rest(given)
            case "==":
                return self._equal(given, 0) or self._equal(given, 1)
            case ">=" | ">":
                return self._above(given, 0, 1, given.kind == ">")
            case "<=" | "<":
                return self._above(given, 1, 0, given.kind == "<")
        return False

    def _bare(self, given: Given, at: int, names: frozenset[str]) -> str:
        """The symbol that a side is alone, if it can still be written in terms of these others."""
        name = given.texts[at]
        free = name in self.ranges and name not in self.definitions and not self._holds(names, name)
        return name if free else ""

    def _holds(self, names: frozenset[str], wanted: str) -> bool:
        return wanted in names or any(
            self._holds(self.definitions[name].names, wanted) for name in names if name in self.definitions
        )

    def _define(self, name: str, definition: Definition, new: Range | None = None) -> bool:
        self.definitions[name] = definition
        if new is not None:
            self.new[definition.new] = new
        return True

    def _fresh(self, *wished: str) -> str:
        taken = {*self.law.symbols, *self.new}
        return next(each for each in chain(wished, LETTERS, (f"t{n}" for n in count(1))) if each not in taken)

    def _raw(self, given: Given, at: int) -> Value:
        return given.sides[at](self.raw)

    def _multiple(self, given: Given) -> bool:
        """`g divides M`: M = g·m."""
        name = self._bare(given, 1, given.names[0])
        factor = self._raw(given, 0)
        if not name or not self.ranges[name].whole or not is_whole(factor):
            return False
        low = self.ranges[name].minimum
        if isinstance(factor, Symbolic):
            least = 1 if low is not None and low >= 1 and factor.space.at_least_0(factor, strict=True) else None
        elif factor <= 0:
            raise RuleError(f"{show(factor)} divides nothing of a size")
        else:
            least = None if low is None else math.ceil(Fraction(low) / factor)
        new, by = self._fresh(*([name.lower()] if name.isupper() else []), *"qp"), given.sides[0]
        return self._define(
            name,
            Definition(
                lambda env: by(env) * env[new], given.names[0] | {new}, new, lambda env: exactdiv(env[name], by(env))
            ),
            Range(True, least),
        )

    def _rest(self, given: Given) -> bool:
        """`k odd`: k = 2·j + 1."""
        name, (divisor, rest) = self._bare(given, 0, frozenset()), (int(text) for text in given.texts[1:])
        if not name or not self.ranges[name].whole or divisor < 1 or rest >= divisor:
            return False
        low = self.ranges[name].minimum
        new = self._fresh(*"jil")
        return self._define(
            name,
            Definition(
                lambda env: divisor * env[new] + rest,
                frozenset({new}),
                new,
                lambda env: exactdiv(env[name] - rest, divisor),
            ),
            Range(True, None if low is None else math.ceil(Fraction(low - rest) / divisor)),
        )

    def _equal(self, given: Given, at: int) -> bool:
        """`e == 4*s`."""
        name = self._bare(given, at, given.names[1 - at])
        return bool(name) and self._define(name, Definition(given.sides[1 - at], given.names[1 - at]))

    def _above(self, given: Given, at: int, below: int, strict: bool) -> bool:
        """`N >= 72`: N = 72 + t, where N has no upper bound; else a number narrows its range."""
        name = self._bare(given, at, given.names[below])
        if not name:
            return False
        own, low = self.ranges[name], self._raw(given, below)
        if not isinstance(low, Symbolic) and own.whole:
            low, strict = (math.floor(low) + 1 if strict else math.ceil(low)), False
        if own.maximum is not None:
            return not isinstance(low, Symbolic) and self._narrow(name, Range(own.whole, *_from(low, strict)))
        if own.whole and not is_whole(low):
            return False
        start = given.sides[below] if isinstance(low, Symbolic) else _always(low)
        first = int(strict and own.whole)
        new = self._fresh()
        return self._define(
            name,
            Definition(
                lambda env: start(env) + first + env[new],
                given.names[below] | {new},
                new,
                lambda env: env[name] - start(env) - first,
            ),
            Range(own.whole, *_from(0, strict and not own.whole)),
        )

    def _at_most(self, given: Given) -> bool:
        """`N <= 100` and `100 >= N`, where one side is a number, narrow the range."""
        if given.kind not in ("<", "<=", ">", ">="):
            return False
        at, bound = (0, 1) if given.kind.startswith("<") else (1, 0)
        strict = len(given.kind) == 1
        name, high = self._bare(given, at, given.names[bound]), self._raw(given, bound)
        if not name or isinstance(high, Symbolic) or (strict and not self.ranges[name].whole):
            return False
        if self.ranges[name].whole:
            high = math.ceil(high) - 1 if strict else math.floor(high)
        return self._narrow(name, Range(maximum=high))

    def _narrow(self, name: str, to: Range) -> bool:
        own = self.ranges[name]
        lows = [each for each in (own.minimum, to.minimum) if each is not None]
        above = [each for each in (own.above, to.above) if each is not None]
        highs = [each for each in (own.maximum, to.maximum) if each is not None]
        bounds = (max(lows, default=None), min(highs, default=None), max(above, default=None))
        self.ranges[name] = Range(own.whole, *bounds)
        return True
