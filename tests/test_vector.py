"""Vectors against the exact system, at every point."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from expressions import DECISIONS, REQUIREMENTS, evaluated, exact, expressions, fractions, half
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archcalc import values as v
from archcalc.errors import RuleError
from archcalc.values.vector import LIMIT, Mixed, Vector

EDGES = [0, 1, -1, 10**6, 2**31, LIMIT, LIMIT + 1, -LIMIT, -LIMIT - 1, 2**62, 10**24]
points = st.integers(-9, 9) | st.sampled_from(EDGES) | fractions


@st.composite
def vector_expressions(draw: st.DrawFn) -> tuple[Any, int]:
    """An expression whose leaves are numbers or lists of one length, and that length."""
    length = draw(st.integers(1, 5))
    columns = st.lists(points, min_size=length, max_size=length) | st.lists(
        st.integers(-9, 9), min_size=length, max_size=length
    )
    return draw(expressions(points | columns, 6)), length


def design(index: int, leaf: Any) -> Any:
    return leaf[index] if isinstance(leaf, list) else leaf


def as_vector(leaf: Any) -> Any:
    return Vector.of(leaf) if isinstance(leaf, list) else leaf


@settings(max_examples=600, deadline=None)
@given(vector_expressions())
@example((("exactdiv", [1, 2], -1), 2))
@example((("exactdiv", [1, 3], [-2, 2]), 2))
@example((("exactdiv", [LIMIT, 1], [1, 3]), 2))
@example((("*", [-(2**40), 1], [-(2**40), 1]), 2))
@example((("exactdiv", [2] * 64 + [3], 4), 65))
@example((("ceildiv", -LIMIT - 1, [1]), 1))
def test_a_vector_is_exact_at_every_point(case: tuple[Any, int]) -> None:
    expression, length = case
    try:
        wanted = [exact(evaluated(expression, partial(design, i))) for i in range(length)]
    except RuleError:
        with pytest.raises(RuleError, match="divided by"):
            evaluated(expression, as_vector)
        return
    result = evaluated(expression, as_vector)
    if not isinstance(result, Vector):
        assert result == wanted[0]
        return
    assert result.tolist() == wanted
    assert all(type(n) is int or n.denominator > 1 for n in result.tolist())
    assert v.is_whole(result) is all(n.denominator == 1 for n in wanted)
    assert max(abs(n) * result.den for n in wanted) <= result.bound or result.num.dtype == object


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(points, points), min_size=1, max_size=5), st.booleans(), st.sampled_from(DECISIONS))
def test_a_vector_decides_where_all_points_agree(
    pairs: list[tuple[Any, Any]], scalar: bool, decide: Callable[..., bool]
) -> None:
    if scalar:
        pairs = [(a, pairs[0][1]) for a, _ in pairs]
    a, b = Vector.of(p for p, _ in pairs), pairs[0][1] if scalar else Vector.of(q for _, q in pairs)
    wanted = [decide(p, q) for p, q in pairs]
    try:
        assert decide(a, b) is wanted[0]
        assert len(set(wanted)) == 1
        return
    except Mixed as mixed:
        mask = mixed.mask
    assert mask.tolist() == wanted
    assert decide(a.take(mask), b if scalar else b.take(mask)) is True
    assert decide(a.take(~mask), b if scalar else b.take(~mask)) is False


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(points, points), min_size=1, max_size=4), st.booleans(), st.sampled_from(REQUIREMENTS))
def test_a_vector_fulfils_what_every_point_fulfils(
    pairs: list[tuple[Any, Any]], product: bool, require: Callable[..., None]
) -> None:
    if product:
        pairs = [(a * b, b) for a, b in pairs]

    def fulfils(a: Any, b: Any) -> bool:
        try:
            require(a, b, "no")
        except RuleError:
            return False
        return True

    assert fulfils(*map(Vector.of, zip(*pairs, strict=True))) is all(fulfils(a, b) for a, b in pairs)


def test_int64_never_wraps_and_is_kept_where_it_fits() -> None:
    million = Vector.of([10**6, 3])
    cube = million * million * million
    assert cube.num.dtype == "int64"
    assert (cube * million).tolist() == [10**24, 81]
    assert (Vector.of([LIMIT]) + 1).tolist() == [LIMIT + 1]
    assert (-Vector.of([-LIMIT - 1])).tolist() == [LIMIT + 1]
    assert (Vector.of([0, 0]) * 10**30 + 10**30).tolist() == [10**30] * 2
    loose = million * million * million - (million * million - 1) * million  # the bound is loose, the figures are small
    assert (loose * 10**9).num.dtype == "int64"


def test_vectors_are_refused_where_they_would_mean_something_else() -> None:
    for wrong in ([], [0.5], [True], ["1"], [Vector.of([1])]):
        with pytest.raises(TypeError, match="made of ints and Fractions"):
            Vector.of(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="vectors of 2 and 1 designs meet"):
        Vector.of([1, 2]) + Vector.of([1])
    with pytest.raises(RuleError, match=r"^no$"):
        v.require_multiple(Vector.of([1, 0]), Vector.of([1, 0]), "no")
    with pytest.raises(ValueError, match="no design is left"):
        Vector.of([1]).take(Vector.of([1]).num > 1)
    with pytest.raises(RuleError, match="too many different divisors"):
        v.exactdiv(1, Vector.of(range(1, 4000)))
    with pytest.raises(ValueError, match="read-only"):
        Vector.of([1]).num[0] = 2
    with pytest.raises(TypeError):
        Vector.of([1]).num * Vector.of([1])


def test_many_divisors_divide_where_the_quotients_are_whole_or_rounded() -> None:
    n = Vector.of(range(1, 4001))
    assert v.exactdiv(n * 6, n * 2).tolist() == [3] * 4000
    assert v.floordiv(10**6, n).tolist() == [10**6 // k for k in range(1, 4001)]


def test_a_vector_is_shown_short() -> None:
    assert str(Vector.of([1, half])) == "[1, 0.5]"
    assert str(Vector.of(range(9))) == "[0, 1, 2, 3, … 9 designs]"
    with pytest.raises(Mixed) as caught:
        v.equal(Vector.of([1, 2, 1]), 1)
    assert caught.value.message == "[1, 2, 1] = 1 holds at 2 of 3 designs, not at design 1"
