"""Symbols that begin at a point: what domains leave open is answered as it is there, and recorded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from expressions import expressions, half
from hypothesis import given, settings
from hypothesis import strategies as st
from test_symbols import Point, at, at_point, exact, points

from archcalc import values as v
from archcalc.errors import RuleError, Undecided
from archcalc.values.symbols import Space


def space_at(point: dict[str, Any]) -> Space:
    """The symbols of `test_symbols.space_of_all`, at a point."""
    space = Space(point)
    space.symbol("h", minimum=1)
    space.symbol("w", minimum=0, maximum=4)
    space.symbol("n")
    space.symbol("g", above=0)
    space.symbol("a", whole=False, above=0)
    space.symbol("b", whole=False, minimum=half, maximum=2)
    return space


leaves = st.sampled_from([*"hwngab"]) | st.integers(-4, 8) | st.sampled_from([Fraction(1, 4), Fraction(3, 2), 32])


@settings(max_examples=300, deadline=None)
@given(expressions(leaves, 6), points)
def test_an_answer_holds_at_the_point_and_wherever_the_conditions_do(expression: Any, where: list[Point]) -> None:
    here = where[0]
    space = space_at(here)
    try:
        result = at_point(expression, space)
    except Undecided:  # a rounding of the user's, which is an atom, or two numbers that happen to be equal
        return
    except RuleError:
        with pytest.raises(RuleError):
            at_point(expression, here)
        return
    assert space.admits(here)
    for point in where:
        if space.admits(point):
            assert at(result, point) == exact(at_point(expression, point))


@settings(max_examples=200, deadline=None)
@given(expressions(leaves, 4), points)
def test_what_is_needed_says_as_much_as_all(expression: Any, where: list[Point]) -> None:
    space = space_at(where[0])
    try:
        at_point(expression, space)
    except RuleError:
        return
    needed = space.needed()
    for point in where:
        if not space.atoms and all(point[name] in domain for name, domain in space.domains.items()):
            try:
                every = all(c.holds(point) for c in space.conditions)
            except RuleError:  # a division by 0, which a condition after it forbids
                continue
            assert all(c.holds(point) for c in needed) == every


def test_a_floor_keeps_the_remainder_of_the_point() -> None:
    space = Space({"n": 227})
    n = space.symbol("n", minimum=1)
    side = v.floordiv(n - 11, 4) + 1
    assert (str(side), str(v.floordiv(side - 3, 2))) == ("(n - 7)/4", "(n - 19)/8")
    assert [str(c.value) for c in space.needed()] == ["(n - 3)/8"]


def test_a_rounding_that_changes_its_value_is_an_atom() -> None:
    space = Space({"alpha": Fraction(7, 10)})
    alpha = space.symbol("alpha", whole=False, above=0)
    with pytest.raises(Undecided):
        v.round_half_up(32 * alpha)
    channels = v.atom("round", v.round_half_up, 32 * alpha)
    assert channels is v.atom("round", v.round_half_up, 32 * alpha)
    assert v.is_whole(channels)
    assert str(9 * channels) == "9*round(32*alpha)"
    assert (9 * channels).at({"alpha": Fraction(7, 10)}) == 9 * 22
    assert (channels * channels).at({"alpha": half}) == 256
    assert space.conditions == []
    assert v.floordiv(channels, 2).at({"alpha": Fraction(7, 10)}) == 11
    assert [str(c.value) for c in space.conditions] == ["1/2*round(32*alpha)"]
    assert Space().atoms == {}


def test_no_atom_without_a_point() -> None:
    alpha = Space().symbol("alpha", whole=False)
    assert v.atom("round", v.round_half_up, alpha) is None


def test_orders_are_those_of_the_point() -> None:
    space = Space({"n": 5, "m": 9})
    n, m = space.symbol("n"), space.symbol("m")
    assert v.maximum(n, m) is m
    assert not v.at_least(n, m)
    assert not v.equal(2 * n, m)
    with pytest.raises(Undecided, match="whether n \\+ 4 = m is open"):
        v.equal(n + 4, m)
    assert [(c.kind, str(c.value)) for c in space.needed()] == [("at least 0", "-n + m - 1"), ("not 0", "2*n - m")]


def test_what_is_required_must_hold_at_the_point() -> None:
    space = Space({"n": 5})
    n = space.symbol("n")
    with pytest.raises(RuleError, match="too small"):
        v.require_at_least(n, 6, "too small")
    with pytest.raises(RuleError, match="other"):
        v.require_equal(n, 6, "other")
    with pytest.raises(RuleError, match="odd"):
        v.require_multiple(n, 2, "odd")
    v.require_multiple(n, 5, "no multiple")
    assert all(condition.holds({"n": 5}) for condition in space.conditions)


def test_steps_between_values_are_seen() -> None:
    space = Space()
    alpha = space.symbol("alpha", whole=False, above=0)
    assert not space.at_least_0(32 * alpha - 1)
    v.assume_whole(32 * alpha)
    assert space.at_least_0(32 * alpha - 1)
    assert space.at_least_0(64 * alpha - 2)
    assert space.at_least_0(32 * alpha - half, strict=True)  # so it is 1/2 or more
    assert not space.at_least_0(32 * alpha - 1, strict=True)
    assert not space.at_least_0(32 * alpha - Fraction(3, 2))


def test_terms_and_derivatives() -> None:
    space = Space()
    c, r = space.symbol("c", minimum=1), space.symbol("r", minimum=1)
    value = v.exactdiv(2 * c * c + r, r)
    assert value.terms() == [({"c": 2, "r": -1}, 2), ({}, 1)]
    assert str(value.derivative("c")) == "4*c/r"
    assert str(value.derivative("r")) == "-2*c**2/r**2"
    assert v.exactdiv(c, c + r).terms() == [({"c": 1}, 1)]
