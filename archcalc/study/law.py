"""Deciding laws: the engine runs over symbols, and what comes out is compared as rational functions.

proved     an equality: the difference is 0 identically; an inequality: the signs of the coefficients of the difference,
           or the roots of a difference in one symbol, leave nothing else
false      there is a point that fulfils all assumptions where the engine over integers says no
undecided  neither was found, or the nets need more than the law assumes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archcalc.errors import Problem, RuleError, SpecError
from archcalc.report.document import plain
from archcalc.spec.expr import said
from archcalc.study.law_assumed import Assumed
from archcalc.study.law_given import assumed
from archcalc.study.law_nets import Figures, exact_number
from archcalc.study.law_text import Law, Statement
from archcalc.values import Value, exactdiv, product, show
from archcalc.values.exact import Exact
from archcalc.values.roots import at_least_0 as by_roots
from archcalc.values.symbols import Symbolic

PROVED, FALSE, UNDECIDED = "proved", "false", "undecided"
TRIED = 5_000
"""How many points are looked at for a counter-example."""
NO_PROOF = "no proof was found, and no counter-example among small numbers"

ABOVE = {">=": (0, 1, False), ">": (0, 1, True), "<=": (1, 0, False), "<": (1, 0, True)}
"""Which side is the larger, and whether strictly."""


@dataclass(frozen=True, slots=True)
class CounterExample:
    """Symbols of the law, and what the sides of the statement are there."""

    point: dict[str, Exact]
    sides: tuple[Exact, ...]

    def __str__(self) -> str:
        return f"{listed(self.point)}: {' against '.join(map(said, self.sides))}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a statement.

    how         what decided it, or why it stays undecided
    assumed     the law's symbols under its assumptions
    difference  of the comparison that decided, left - right in the law's own symbols; None where there is none
    signs       for each inequality the larger side less the other, in substituted symbols
    """

    law: Law
    statement: Statement
    verdict: str
    how: str
    assumed: Assumed
    difference: Value = None
    signs: tuple[Value, ...] = ()
    counter: CounterExample | None = None

    @property
    def expected(self) -> bool:
        """Whether it is what the law says of it."""
        return self.verdict == (FALSE if self.statement.refuted else PROVED)

    @property
    def document(self) -> str:
        """Where the statement stands."""
        return self.statement.source or self.law.source


@dataclass(frozen=True, slots=True)
class _Step:
    """One comparison of a statement, decided."""

    verdict: str
    how: str
    difference: Value
    signs: Value = None


def outcomes(laws: Sequence[Law]) -> Iterator[Outcome]:
    """What becomes of each statement of these laws. Raises SpecError for what is wrong with one at any numbers."""
    for law in laws:
        prover = _Prover(law)
        yield from map(prover.outcome, law.statements)


class _Prover:
    def __init__(self, law: Law) -> None:
        self.law = law
        self.assumed = assumed(law)
        self.space = self.assumed.space
        self.figures = Figures(law.module, law.nets, self.assumed.values, law.spec)
        self.witness = next(self.assumed.points(TRIED), None)
        self._numbers: dict[tuple[Exact, ...], Figures] = {}

    def outcome(self, statement: Statement) -> Outcome:
        if self.witness is None:
            return self._outcome(statement, UNDECIDED, "no numbers were found that fulfil the assumptions")
        there = self._there(statement, self.witness)  # first, for what is wrong with the law at any numbers
        try:
            sides = [exact_number(code(self.figures)) for code in statement.relation.sides]
            steps = [self._step(sign, sides[at : at + 2]) for at, sign in enumerate(statement.relation.signs)]
        except (RuleError, SpecError) as error:
            reason = error.problems[0].message if isinstance(error, SpecError) else str(error)
            return self._refuted(statement, there, None, reason)
        wrong = next((step for step in steps if step.verdict != PROVED), None)
        if wrong is not None:
            return self._refuted(statement, there, wrong, wrong.how)
        if open_ := self._open():
            return self._refuted(statement, there, None, f"it holds only where {' and '.join(open_)}")
        if not statement.relation.holds(there):
            raise AssertionError(f"{self.law.name}: {statement.text} is proved, and false at {self.witness}")
        difference = self.assumed.own(steps[-1].difference)
        signs = tuple(step.signs for step in steps if step.signs is not None)
        return self._outcome(statement, PROVED, steps[-1].how, difference, signs)

    def _outcome(self, statement: Statement, verdict: str, how: str, *more: Any) -> Outcome:
        return Outcome(self.law, statement, verdict, how, self.assumed, *more)

    def _open(self) -> list[str]:
        """Conditions of the nets that the law does not assume."""
        known = self.assumed.conditions
        if len(self.space.conditions) == len(known):
            return []
        return [str(each) for each in self.space.needed() if not any(each is one for one in known)]

    # Proofs ----------------------------------------------------------------------------------------------------------

    def _step(self, sign: str, sides: Sequence[Value]) -> _Step:
        """One comparison of two values."""
        if sign in ABOVE:
            larger, smaller, strict = ABOVE[sign]
            return self._inequality(sides[larger] - sides[smaller], strict, sides)
        difference = sides[0] - sides[1]
        if sign == "==":
            zero = self.space.is_0(difference) if isinstance(difference, Symbolic) else difference == 0
            return _Step(PROVED, "equal as rational functions", 0) if zero else _Step(UNDECIDED, NO_PROOF, difference)
        never = self.space.never_0(difference) if isinstance(difference, Symbolic) else difference != 0
        return _Step(PROVED if never else UNDECIDED, "never equal" if never else NO_PROOF, difference)

    def _inequality(self, above: Value, strict: bool, sides: Sequence[Value]) -> _Step:
        difference = sides[0] - sides[1]
        if not isinstance(above, Symbolic):
            holds = above > 0 or (above == 0 and not strict)
            return _Step(PROVED if holds else UNDECIDED, "numbers" if holds else NO_PROOF, difference, above)
        if self.space.at_least_0(self._without_factors(above), strict):
            return _Step(PROVED, "signs of the coefficients", difference, above)
        if len(above.symbols) == 1 and by_roots(above, strict):
            return _Step(PROVED, "roots of the difference (Sturm)", difference, above)
        return _Step(UNDECIDED, NO_PROOF, difference, above)

    def _without_factors(self, value: Symbolic) -> Value:
        """A value of the same sign: over the powers of symbols above 0 that divide all its terms."""
        result: Value = value
        for name in value.symbols:
            power = min(exponents.get(name, 0) for exponents, _ in value.terms())
            if power > 0 and self.space.at_least_0(self.space[name], strict=True):
                result = exactdiv(result, product([self.space[name]] * power))
        return result

    # Counter-examples ------------------------------------------------------------------------------------------------

    def _refuted(self, statement: Statement, there: list[Exact], step: _Step | None, reason: str) -> Outcome:
        """False, with a counter-example; else undecided, for this reason."""
        difference = None if step is None else self.assumed.own(step.difference)
        signs = () if step is None or step.signs is None else (step.signs,)
        counter = self._counter(statement, step)
        if counter is not None:
            return self._outcome(statement, FALSE, "a counter-example", difference, signs, counter)
        return self._outcome(statement, UNDECIDED, reason, difference, signs)

    def _counter(self, statement: Statement, step: _Step | None) -> CounterExample | None:
        """The first of the small points where the engine over integers says no. Where there is a difference over
        symbols, it says which points are worth asking at."""
        if step is None:
            return self._at(statement, self.witness or {})
        sides = [code(self.figures) for code in statement.relation.sides]
        asked = [*sides, *(condition.value for condition in self.space.conditions)]
        matters = {name for value in asked if isinstance(value, Symbolic) for name in value.symbols}
        kept = {name: value for name, value in (self.witness or {}).items() if name not in matters}
        for point in self.assumed.points(TRIED, kept):
            values = [side.at(point) if isinstance(side, Symbolic) else side for side in sides]
            if statement.relation.holds(values):
                continue
            if found := self._at(statement, point):
                return found
            raise AssertionError(f"{self.law.name}: symbols and numbers differ on {statement.text} at {point}")
        return None

    def _at(self, statement: Statement, point: Mapping[str, Exact]) -> CounterExample | None:
        sides = self._there(statement, point)
        return None if statement.relation.holds(sides) else CounterExample(self.assumed.at(point), tuple(sides))

    def _there(self, statement: Statement, point: Mapping[str, Exact]) -> list[Exact]:
        """The sides of a statement by the engine over integers. Raises SpecError."""
        own = self.assumed.at(point)
        key = tuple(own.values())
        if key not in self._numbers:
            self._numbers[key] = Figures(self.law.module, self.law.nets, own, self.law.spec)
        figures = self._numbers[key]
        at = f" (where {listed(own)})" if own else ""
        try:
            return [exact_number(code(figures)) for code in statement.relation.sides]
        except RuleError as error:
            message = f"`{statement.text}`: {error.message}{at}"
            raise SpecError([Problem(message, statement.where, error.hint)]) from None
        except SpecError as error:
            raise SpecError([replace(each, message=f"{each.message}{at}") for each in error.problems]) from None


def listed(point: Mapping[str, Exact]) -> str:
    """`M = 1, alpha = 1/2`."""
    return ", ".join(f"{name} = {said(value)}" for name, value in point.items())


def documents(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Outcomes as plain data (docs/laws.md)."""
    return [
        {
            "name": each.law.name,
            "spec": each.law.spec.name,
            "document": each.document,
            "statement": each.statement.text,
            "expected": FALSE if each.statement.refuted else PROVED,
            "verdict": each.verdict,
            "how": each.how,
            "symbols": {name: str(domain) for name, domain in each.assumed.space.domains.items()},
            "given": [given.text for given in each.law.given],
            "substitutions": {name: show(value) for name, value in each.assumed.substituted.items()},
            "difference": None if each.difference is None else show(each.difference),
            "signs": list(map(show, each.signs)),
            "counterexample": None
            if each.counter is None
            else {
                "point": {name: plain(value) for name, value in each.counter.point.items()},
                "sides": [plain(side) for side in each.counter.sides],
            },
            "note": each.statement.note,
            "where": {
                "file": each.statement.where.source.name,
                "line": each.statement.where.line,
                "column": each.statement.where.column,
            },
        }
        for each in found
    ]
