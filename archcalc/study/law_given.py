"""What a law assumes of its symbols, as substitutions where it can be: `g divides M` is M = g·m, `N >= 72` N = 72 + t.

A symbol has one substitution at most. What cannot be one (`alpha*M whole`) is a condition of the space of symbols.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, count, islice

from archcalc.errors import Problem, RuleError, SpecError
from archcalc.spec.expr import Code
from archcalc.study.law_points import points
from archcalc.study.law_text import Given, Law, Range
from archcalc.values import Value, assume_whole, exactdiv, is_whole, show
from archcalc.values.exact import Exact
from archcalc.values.symbols import Condition, Space, Symbolic

LETTERS = "tuvwxyz"


@dataclass(frozen=True, slots=True)
class Definition:
    """A symbol in terms of others. `back` gives the `new` symbol in terms of the law's own."""

    code: Code
    names: frozenset[str]
    new: str = ""
    back: Callable[[Mapping[str, Value]], Value] = lambda env: 0


@dataclass(eq=False)
class Assumed:
    """The symbols of a law under its assumptions.

    space         the free symbols, with what is assumed of them
    values        each symbol of the law, in free ones
    substituted   the substitutions: name and value
    conditions    what else is assumed
    """

    space: Space
    values: dict[str, Value]
    definitions: dict[str, Definition]
    conditions: list[Condition] = field(default_factory=list)

    @property
    def substituted(self) -> dict[str, Value]:
        return {name: self.values[name] for name in self.definitions}

    def at(self, point: Mapping[str, Exact]) -> dict[str, Exact]:
        """The symbols of the law where the free ones have these values."""
        return {name: value.at(point) if isinstance(value, Symbolic) else value for name, value in self.values.items()}

    def own(self, value: Value) -> Value:
        """A value in the law's own symbols."""
        if not isinstance(value, Symbolic):
            return value
        space = Space()
        env: dict[str, Value] = {name: space.symbol(name, whole=False) for name in self.values}
        new = {each.new: each.back(env) for each in self.definitions.values() if each.new}
        return value.at({**env, **new})

    def points(self, tried: int) -> Iterator[dict[str, Exact]]:
        """Points of the free symbols that fulfil everything, those of a small sum first, among the first `tried`."""
        return (point for point in islice(points(self.space.domains), tried) if self.space.admits(point))


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
        space = Space()
        try:
            return {
                name: space.symbol(name, whole=r.whole, minimum=r.minimum, maximum=r.maximum, above=r.above)
                for name, r in ranges.items()
            }
        except ValueError as error:
            raise SpecError([Problem(f"{error}", self.law.where)]) from None

    def build(self) -> Assumed:
        for given in self.law.given:
            try:
                if not self._substituted(given):
                    self.conditions.append(given)
            except RuleError as error:
                raise SpecError([Problem(error.message, given.where, error.hint)]) from None
        for name, own in self.ranges.items():
            if own.minimum is not None and own.minimum == own.maximum and name not in self.definitions:
                self._define(name, Definition(lambda env, only=own.minimum: only, frozenset()))
        free = {name: own for name, own in self.ranges.items() if name not in self.definitions}
        symbols = self._space({**free, **self.new})
        space = next(iter(symbols.values())).space if symbols else Space()
        values: dict[str, Value] = dict(symbols)
        for name in self.law.symbols:
            self._value(name, values)
        own = {name: values[name] for name in self.law.symbols}
        result = Assumed(space, own, self.definitions)
        for name in self.definitions:
            self._keep_range(space, own[name], self.ranges[name])
        for given in self.conditions:
            if not self._condition(space, given, own):
                raise SpecError([Problem(f"`{given.text}` contradicts what is assumed before", given.where)])
        result.conditions = list(space.conditions)
        return result

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

    def _fresh(self, name: str, wished: str = LETTERS) -> str:
        taken = {*self.law.symbols, *self.new}
        lower = [name.lower()] if name.isupper() and wished is not LETTERS else []
        letters = chain(lower, wished, LETTERS, (f"t{n}" for n in count(1)))
        return next(each for each in letters if each not in taken)

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
        new, by = self._fresh(name, "qp"), given.sides[0]
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
        new = self._fresh(name, "jil")
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
        """`N >= 72`: N = 72 + t. An upper bound that is a number narrows the range instead."""
        name = self._bare(given, at, given.names[below])
        if not name:
            return self._at_most(given, below, at, strict)
        own, low = self.ranges[name], self._raw(given, below)
        if own.whole and not isinstance(low, Symbolic):
            low = math.floor(low) + 1 if strict else math.ceil(low)
            strict = False
        elif own.whole and not is_whole(low):
            return False
        start = given.sides[below] if isinstance(low, Symbolic) else lambda env: low
        first = 1 if strict and own.whole else 0
        new = self._fresh(name)
        above = {"above": 0} if strict and not own.whole else {"minimum": 0}
        if own.maximum is not None:
            return False
        return self._define(
            name,
            Definition(
                lambda env: start(env) + first + env[new],
                given.names[below] | {new},
                new,
                lambda env: env[name] - start(env) - first,
            ),
            Range(own.whole, **above),  # type: ignore[arg-type]
        )

    def _at_most(self, given: Given, at: int, bound: int, strict: bool) -> bool:
        name, high = self._bare(given, at, given.names[bound]), self._raw(given, bound)
        if not name or isinstance(high, Symbolic):
            return False
        own = self.ranges[name]
        if strict and not own.whole:
            return False
        last = (math.ceil(high) - 1 if strict else math.floor(high)) if own.whole else high
        self.ranges[name] = replace(own, maximum=last if own.maximum is None else min(own.maximum, last))
        return True

    # Conditions ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _keep_range(space: Space, value: Value, own: Range) -> None:
        """What the range of a substituted symbol says beyond what follows."""
        low = own.minimum if own.above is None else own.above
        if own.whole and not is_whole(value):
            space.record("whole", value, f"{value} is whole")
        if low is not None and not space.at_least_0(value - low, strict=own.above is not None):
            space.record("at least 0", value - low, f"{value} >= {show(low)}")
            if own.above is not None:
                space.record("not 0", value - low, f"{value} != {show(low)}")
        if own.maximum is not None and not space.at_least_0(own.maximum - value):
            space.record("at least 0", own.maximum - value, f"{value} <= {show(own.maximum)}")

    @staticmethod
    def _condition(space: Space, given: Given, own: Mapping[str, Value]) -> bool:
        """Record an assumption that is no substitution; False where it cannot be."""
        sides = [
            code({name: own[name] for name in names}) for code, names in zip(given.sides, given.names, strict=True)
        ]
        if given.kind == "whole":
            assume_whole(sides[0])
            return True
        if given.kind in ("divides", "rest"):
            over = sides[1] if given.kind == "divides" else sides[0] - sides[2]
            quotient = exactdiv(over, sides[0] if given.kind == "divides" else sides[1])
            return space.record("whole", quotient, given.text) if isinstance(quotient, Symbolic) else is_whole(quotient)
        difference = sides[0] - sides[1]
        if given.kind.startswith("<"):
            difference = -difference
        strict = given.kind in ("<", ">")
        if not isinstance(difference, Symbolic):
            return bool({"==": difference == 0, "!=": difference != 0}.get(given.kind, difference >= strict))
        if given.kind in ("==", "!="):
            return space.record("0" if given.kind == "==" else "not 0", difference, given.text)
        if strict and is_whole(difference):
            return space.record("at least 0", difference - 1, given.text)
        done = space.record("at least 0", difference, given.text)
        return done and (not strict or space.record("not 0", difference, given.text))
