"""Symbols against the exact system, at random points that their space admits."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from expressions import DECISIONS, REQUIREMENTS, evaluated, exact, expressions, half
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archcalc import values as v
from archcalc.errors import RuleError, Undecided
from archcalc.values.symbols import Domain, Space, Symbolic

SAMPLES: dict[str, list[Any]] = {
    "h": [1, 2, 3, 4, 5, 8, 12, 31],
    "w": [0, 1, 2, 3, 4],
    "n": [-5, -2, -1, 0, 1, 2, 3, 4, 40],
    "g": [1, 2, 3, 4],
    "a": [Fraction(n, 8) for n in (1, 2, 3, 4, 7, 8, 10, 12, 16, 80)] + [Fraction(1, 3), Fraction(7, 6)],
    "b": [half, Fraction(5, 7), 1, Fraction(3, 2), Fraction(15, 8), 2],
}


def space_of_all(*, positive: bool = False) -> Space:
    """A symbol of each kind; SAMPLES are in their domains. With `positive`, those alone that are above 0."""
    space = Space()
    space.symbol("h", minimum=1)
    if not positive:
        space.symbol("w", minimum=0, maximum=4)
        space.symbol("n")
    space.symbol("g", above=0)
    space.symbol("a", whole=False, above=0)
    space.symbol("b", whole=False, minimum=half, maximum=2)
    return space


of_positive = st.sampled_from(["h", "g", "a", "b"]) | st.integers(-1, 4) | st.sampled_from([Fraction(1, 4), 32])
leaves = st.sampled_from([*SAMPLES]) | st.integers(-4, 8) | st.sampled_from([Fraction(1, 4), Fraction(3, 2), 32])
conditions = st.lists(
    st.sampled_from(
        [
            ("whole", 4, "a"),
            ("whole", 6, "a"),
            ("whole", 2, "b"),
            ("multiple", "h", 4),
            ("multiple", "h", "g"),
            ("multiple", "n", "g"),
            ("at least", "h", "g"),
            ("at least", "n", 3),
            ("at least", "a", 1),
            ("equal", "n", "w"),
        ]
    ),
    max_size=3,
    unique=True,
)


def record(space: Space, condition: tuple[str, Any, Any]) -> None:
    kind, *given_ = condition
    a, b = (space[each] if isinstance(each, str) else each for each in given_)
    if kind == "whole":
        v.assume_whole(a * b)
    else:
        {"multiple": v.require_multiple, "at least": v.require_at_least, "equal": v.require_equal}[kind](a, b, "no")


Point = dict[str, Any]


def sampled(seed: int) -> list[Point]:
    """Points of all domains. From a seed: drawing each number costs more than the test."""
    chosen = random.Random(seed)
    return [{name: chosen.choice(sample) for name, sample in SAMPLES.items()} for _ in range(20)]


points = st.integers(0, 10**6).map(sampled)


def at_point(expression: Any, symbols: Any) -> Any:
    """Its value where each name stands for a symbol of a space, or a number."""
    return evaluated(expression, lambda leaf: symbols[leaf] if isinstance(leaf, str) else leaf)


def at(value: Any, point: Point) -> Any:
    return exact(value.at(point) if isinstance(value, Symbolic) else value)


@settings(max_examples=300, deadline=None)
@given(expressions(leaves, 6), conditions, points)
def test_a_decided_symbol_is_exact_at_every_admissible_point(
    expression: Any, taken: list[Any], where: list[Point]
) -> None:
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    try:
        result = at_point(expression, space)
    except Undecided:
        return
    except RuleError:
        result = None  # a division by 0, everywhere
    for point in where:
        try:
            wanted = exact(at_point(expression, point))
        except RuleError:
            assert result is None or not space.admits(point)
            continue
        if space.admits(point):
            assert result is not None
            assert at(result, point) == wanted
            assert not v.is_whole(result) or wanted.denominator == 1


def agree(space: Space, sides: tuple[Any, Any], decide: Callable[..., bool], admitted: Iterator[Point]) -> None:
    """What is decided of two sides on symbols is so at every point; which are admitted is asked after the decision."""
    try:
        a, b = (at_point(side, space) for side in sides)
        answer = decide(a, b)
    except RuleError:
        return
    for point in admitted:
        assert decide(at(a, point), at(b, point)) is answer


@settings(max_examples=300, deadline=None)
@given(
    expressions(leaves, 3),
    expressions(leaves, 3),
    st.sampled_from(DECISIONS),
    conditions,
    points,
)
def test_a_decision_on_symbols_holds_at_every_admissible_point(
    left: Any, right: Any, decide: Callable[..., bool], taken: list[Any], where: list[Point]
) -> None:
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    agree(space, (left, right), decide, filter(space.admits, where))


@settings(max_examples=200, deadline=None)
@given(expressions(of_positive, 3), expressions(of_positive, 3), st.sampled_from(DECISIONS), points)
def test_a_decision_on_sizes_holds_at_every_point(
    left: Any, right: Any, decide: Callable[..., bool], where: list[Point]
) -> None:
    """Where all symbols are above 0, most signs are seen at a glance."""
    agree(space_of_all(positive=True), (left, right), decide, iter(where))


@pytest.mark.parametrize(
    ("domain", "positive"),
    [
        (Domain(minimum=1), True),
        (Domain(minimum=0), False),
        (Domain(minimum=-1), False),
        (Domain(above=0), True),
        (Domain(whole=False, above=0), True),
        (Domain(whole=False, above=-1), False),
        (Domain(whole=False, minimum=0, above=-1), False),
        (Domain(maximum=4), False),
        (Domain(), False),
    ],
)
def test_a_size_above_0(domain: Domain, positive: bool) -> None:
    assert domain.positive is positive
    x = Space().symbols({"x": domain})["x"]
    assert x.space.at_least_0(x * x + x, strict=True) is positive
    assert x.space.at_least_0(x) is (positive or domain.minimum == 0)


def test_sums_and_products_are_found_once_and_stay_right_where_symbols_come_later() -> None:
    space = Space()
    x = space.symbol("x", minimum=1)
    before = [x + 1, x * x, v.exactdiv(1, x), -x, x - x, x * Fraction(1, 2)]
    y = space.symbol("y", minimum=1)
    after = [x + 1, x * x, v.exactdiv(1, x), -x, x - x, x * Fraction(1, 2)]
    assert list(map(id, before)) == list(map(id, after))
    assert [at(each, {"x": 3, "y": 5}) for each in after] == [4, 9, Fraction(1, 3), -3, 0, Fraction(3, 2)]
    assert x + y is y + x
    assert (x * 2 + y * 2) is 2 * (x + y)
    with pytest.raises(TypeError, match="bool"):
        x + True
    other = Space().symbol("x", minimum=1)
    for meet in (lambda: x + other, lambda: x * other, lambda: v.exactdiv(x, other)):
        with pytest.raises(TypeError, match="another space"):
            meet()


@settings(max_examples=300, deadline=None)
@given(
    expressions(leaves, 3),
    expressions(leaves, 3),
    st.sampled_from([*REQUIREMENTS, lambda a, b, message: v.assume_whole(a)]),
    conditions,
    points,
)
def test_a_requirement_of_symbols_is_fulfilled_where_conditions_hold(
    left: Any, right: Any, require: Callable[..., Any], taken: list[Any], where: list[Point]
) -> None:
    """What is required is met at each point that the space still admits; what is refused is met at none of before."""
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    try:
        a, b = (at_point(side, space) for side in (left, right))
    except RuleError:
        return
    assume(isinstance(a, Symbolic))
    before = [point for point in where if space.admits(point)]
    required = True
    try:
        require(a, b, "no")
    except Undecided:
        pytest.fail("a requirement is never left open")
    except RuleError:
        required = False
    for point in before:
        try:
            p, q = at(a, point), at(b, point)
            if require in REQUIREMENTS:
                require(p, q, "no")
            elif p.denominator != 1:
                raise RuleError("no")
            met = True
        except RuleError:
            met = False
        if space.admits(point) or not required:
            assert met is required


@settings(max_examples=100, deadline=None)
@given(expressions(leaves, 6), points.map(lambda some: some[0]))
def test_the_text_of_a_symbol_is_an_expression_of_the_same_value(expression: Any, point: Point) -> None:
    space = space_of_all()
    try:
        result = at_point(expression, space)
        assume(isinstance(result, Symbolic))
        wanted = result.at(point)
    except RuleError:
        return
    text = re.sub(r"\d+", r"Fraction(\g<0>)", str(result))
    assert eval(text, {"Fraction": Fraction, **{name: Fraction(n) for name, n in point.items()}}) == wanted
    top, bottom = result.numerator_denominator()
    assert at(top, point) / at(bottom, point) == wanted
    assert Fraction(str(result.as_expr().subs({k: str(n) for k, n in point.items()}))) == wanted
