"""Symbols: cases worked by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import pytest
from expressions import half

from archcalc import values as v
from archcalc.errors import RuleError, Undecided
from archcalc.values.symbols import Domain, Space
from archcalc.values.vector import Vector


def test_a_half_of_a_whole_symbol_is_not_floored_away() -> None:
    """In a ring over the integers (w - 1)//2 + 1 is 1: wrong for every w above 2."""
    w = Space().symbol("w", minimum=1)
    with pytest.raises(Undecided) as caught:
        v.floordiv(w - 1, 2) + 1
    assert (
        caught.value.message == "floor of (w - 1)/2 is open: it is decided where w is a multiple of 2, e.g. 2*w for w"
    )


def test_a_window_of_stride_2_on_an_even_size() -> None:
    u = Space().symbol("u", minimum=1)
    assert v.floordiv(2 * u - 1, 2) + 1 is u  # u + floor(-1/2) + 1
    assert v.ceildiv(2 * u - 1, 2) is u
    assert v.mod(2 * u + 5, 2) == 1


def test_a_floor_of_a_symbol_that_is_not_whole_is_open() -> None:
    space = Space()
    alpha = space.symbol("alpha", whole=False, above=0)
    with pytest.raises(Undecided) as caught:
        v.floordiv(32 * alpha, 8)  # at 0.3: floor(9.6/8) is 1, 4*0.3 is not
    assert caught.value.message == "floor of 4*alpha is open: it is decided where 4*alpha is whole"
    assert v.assume_whole(32 * alpha) is 32 * alpha
    assert [str(condition) for condition in space.conditions] == ["32*alpha is whole"]
    assert v.round_half_up(32 * alpha) is 32 * alpha
    assert v.is_whole(96 * alpha - 5)
    assert v.is_whole(1024 * alpha * alpha)
    assert not v.is_whole(32 * alpha * alpha)
    assert not v.is_whole(16 * alpha)
    with pytest.raises(Undecided):
        v.floordiv(32 * alpha, 8)
    beta = Space().symbol("beta")
    assert v.floordiv(32 * beta, 8) is 4 * beta


@pytest.mark.parametrize(
    ("numerator", "message"),
    [
        (lambda h, w: h + 5, "floor of (h + 5)/32 is open: it is decided where h is a multiple of 32, e.g. 32*h for h"),
        (lambda h, w: 16 * h, "floor of 1/2*h is open: it is decided where h is a multiple of 2, e.g. 2*h for h"),
        (
            lambda h, w: h + 4 * w,
            "floor of (h + 4*w)/32 is open: it is decided where h is a multiple of 32 and w is a multiple of 8, "
            "e.g. 32*h for h, 8*w for w",
        ),
        (
            lambda h, w: 8 * h * w,
            "floor of 1/4*h*w is open: it is decided where h is a multiple of 4, e.g. 4*h for h",
        ),
    ],
)
def test_an_open_floor_names_divisors_that_decide_it(numerator: Callable[..., Any], message: str) -> None:
    space = Space()
    h, w = space.symbol("h", minimum=1), space.symbol("w", minimum=1)
    with pytest.raises(Undecided) as caught:
        v.floordiv(numerator(h, w), 32)
    assert caught.value.message == message
    factors = {name: int(factor) for factor, name in re.findall(r"(\d+)\*(\w) for", message)}
    there = [factors.get(symbol.text(), 1) * symbol for symbol in (h, w)]
    v.floordiv(numerator(*there), 32)


def test_recorded_wholes_combine() -> None:
    space = Space()
    a = space.symbol("a", whole=False, above=0)
    b = space.symbol("b", whole=False, above=0)
    v.assume_whole(6 * a)
    v.assume_whole(4 * a)
    assert v.is_whole(2 * a)  # 6a - 4a
    v.assume_whole(a * b + half * b)
    assert v.floor(3 * a * b + half * 3 * b + Fraction(7, 2)) is 3 * a * b + half * 3 * b + 3
    with pytest.raises(RuleError, match="is not whole"):
        v.assume_whole(2 * a + Fraction(1, 3))
    with pytest.raises(RuleError, match="is not whole"):  # twice it less the third condition would be 2/3
        v.assume_whole(half * (a * b + half * b) + Fraction(1, 3))
    assert not v.is_whole(half * (a * b + half * b) + Fraction(1, 3))
    v.assume_whole(b + half)
    assert v.floor(b) is b - half
    assert len(space.conditions) == 4


def test_groups_divide_channels() -> None:
    space = Space()
    c, g = space.symbol("C", minimum=1), space.symbol("groups", minimum=1)
    with pytest.raises(Undecided):
        v.floordiv(c, g)
    v.require_multiple(c, g, "no")
    v.require_multiple(c, g, "no")
    v.require_multiple(5 * c + g, g, "no")
    assert [condition.text for condition in space.conditions] == ["groups divides C"]
    assert str(v.floordiv(c, g)) == "C/groups"
    assert v.exactdiv(c, g) * g is c
    assert v.is_whole(v.exactdiv(3 * c * c + 2 * g, g))
    assert not v.is_whole(v.exactdiv(c, 2 * g))
    assert not v.is_whole(v.exactdiv(c, g * g))
    for a, b in ((c * g + v.exactdiv(g, 2), g), (c, 0)):
        with pytest.raises(RuleError, match="no"):
            v.require_multiple(a, b, "no")


def test_a_whole_fraction_with_a_part_that_is_not() -> None:
    space = Space()
    c, g = space.symbol("C", minimum=1), space.symbol("groups", minimum=1)
    alpha = space.symbol("alpha", whole=False)
    v.require_multiple(c + alpha * g, g, "no")  # C/groups + alpha is whole
    assert not v.is_whole(v.exactdiv(c, g))
    assert v.floor(v.exactdiv(c, g) + alpha + half) is v.exactdiv(c, g) + alpha


# Decisions: cases worked by hand


def test_comparisons_on_declared_ranges() -> None:
    space = Space()
    h, n = space.symbol("h", minimum=7), space.symbol("n", minimum=1, maximum=4)
    a = space.symbol("a", whole=False, above=0)
    assert v.at_least(h, 7)
    assert not v.at_least(6, h)
    assert not v.equal(h, 6)
    assert not v.at_least(v.exactdiv(1, n - 5), 0)
    assert v.at_least(0, v.exactdiv(1, n - 5))
    assert not v.equal(a, 0)
    assert not v.at_least(0, a)
    assert v.at_least(h, n)
    assert v.at_least(n * (5 - n), 4)  # 0 at both ends, above between
    assert v.maximum(h - n, 0) is h - n
    assert v.minimum(v.exactdiv(1, h), 1) is v.exactdiv(1, h)
    m = space.symbol("m")
    assert v.at_least(m * m, 0)
    assert not v.equal(m * m, -1)
    assert not v.equal(2 * m, 2 * h + 1)
    with pytest.raises(Undecided) as caught:
        v.equal(h, 8)
    assert caught.value.message == "whether h = 8 is open: h is whole, at least 7"
    with pytest.raises(Undecided):
        v.equal(m * m, 0)
    with pytest.raises(Undecided):
        v.maximum(n, 3)


def test_open_requirements_become_conditions() -> None:
    space = Space()
    n, m = space.symbol("n"), space.symbol("m")
    v.require_at_least(n, 7, "no")
    v.require_at_least(2 * n, 14, "no")
    assert v.at_least(3 * n, 20)
    with pytest.raises(RuleError, match="no"):
        v.require_at_least(6, n, "no")
    v.require_equal(n, m, "no")
    assert v.equal(2 * m, 2 * n)
    assert str(v.exactdiv(1, m)) == "1/m"
    assert [str(condition) for condition in space.conditions] == ["n >= 7", "n == m", "m != 0"]
    assert space.admits({"n": 8, "m": 8})
    assert not space.admits({n: 8, m: 7})
    assert not space.admits({n: 6, m: 6})


def test_conditions_on_fractions() -> None:
    space = Space()
    h, n, k = space.symbol("h", minimum=1), space.symbol("n"), space.symbol("k")
    v.require_at_least(v.exactdiv(n, h), 2, "no")
    assert v.at_least(n, 2 * h)
    v.require_equal(v.exactdiv(n, h), k, "no")
    assert v.equal(n, h * k)
    for _ in range(2):
        v.require_at_least(v.exactdiv(h, k), 1, "no")
    assert [str(condition) for condition in space.conditions] == ["n/h >= 2", "n/h == k", "k != 0", "h/k >= 1"]
    assert not v.equal(k, 0)


# Spaces


def test_a_space_grows_and_its_values_move_with_it() -> None:
    space = Space()
    h = space.symbol("h", minimum=1)
    whole = v.exactdiv(h, h + 1) * 4 * h
    v.require_multiple(h, 4, "no")
    alpha = space.symbol("alpha", whole=False, above=0)
    assert str(whole * alpha) == "4*h**2*alpha/(h + 1)"
    assert v.exactdiv(whole, 4 * h) * (h + 1) is h
    assert v.floordiv(h, 4) * 4 is h
    assert space["h"] is h is space.symbol("h", above=0)
    assert (alpha + h).symbols == ("h", "alpha")
    assert (alpha * h + half).at({"h": space["h"] + 1, alpha: 2}) is 2 * h + Fraction(5, 2)
    with pytest.raises(KeyError, match="no value is given for alpha"):
        (alpha + h).at({"h": 1})


def test_constants_are_plain_numbers() -> None:
    h = Space().symbol("h", minimum=1)
    for constant, wanted in ((h - h, 0), (v.exactdiv(6 * h, 4 * h), Fraction(3, 2)), (h * 0, 0), (h + 2 - h, 2)):
        assert constant == wanted
        assert type(constant) is type(wanted)


def test_domains_of_symbols() -> None:
    space = Space()
    with pytest.raises(KeyError):
        space["h"]
    space.symbol("h", minimum=half, maximum=Fraction(3, 2), above=-1)
    assert str(space.domains["h"]) == "whole, at least 1, at most 1"
    space.symbol("alpha", whole=False, minimum=1, above=0)
    assert str(space.domains["alpha"]) == "at least 1"
    assert str(Space().symbol("x", whole=False).space.domains["x"]) == "any number"
    with pytest.raises(ValueError, match="h is whole, at least 1, at most 1, not whole, at least 2"):
        space.symbol("h", minimum=2)
    for empty in (Domain(above=3, maximum=3), Domain(False, above=3, maximum=3), Domain(minimum=2, maximum=1)):
        with pytest.raises(ValueError, match="stands for no number"):
            space.symbol("x", **asdict(empty))
    assert "x" not in space.domains


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (lambda a, h: 32 * a + 1, "32*a + 1"),
        (lambda a, h: half * h, "1/2*h"),
        (lambda a, h: -h, "-h"),
        (lambda a, h: half - h, "(-2*h + 1)/2"),
        (lambda a, h: v.exactdiv(a, 2 * h), "a/(2*h)"),
        (lambda a, h: v.exactdiv(a + 1, h * h), "(a + 1)/h**2"),
        (lambda a, h: v.exactdiv(-1, 1 - h), "1/(h - 1)"),
        (lambda a, h: a * h * h + a * a * h + h, "a**2*h + a*h**2 + h"),
    ],
)
def test_symbols_are_written_as_people_write_them(value: Callable[..., Any], text: str) -> None:
    space = Space()
    a, h = space.symbol("a", whole=False, above=0), space.symbol("h", minimum=2)
    assert v.show(value(a, h)) == text


def test_mobilenet_v1_in_closed_form() -> None:
    """Howard et al. 2017, arXiv 1704.04861, Table 1, on inputs of 32h; Table 4 says 569 million at h = 7, α = 1."""
    space = Space()
    h, alpha = space.symbol("h", minimum=1), space.symbol("alpha", whole=False, above=0)

    def halved(n: Any) -> Any:
        return v.floordiv(n + 2 - 3, 2) + 1

    size = halved(32 * h)
    channels = 32 * alpha
    macs = size * size * channels * 27
    layers = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for out, stride in layers:
        size = halved(size) if stride == 2 else size
        macs = macs + size * size * channels * (9 + out * alpha)
        channels = out * alpha
    macs = macs + channels * 1000
    assert str(macs) == "11010048*h**2*alpha**2 + 576000*h**2*alpha + 1024000*alpha"
    assert macs.at({"h": 7, "alpha": 1}) == 568_740_352
    assert macs.at({h: Vector.of([7, 6]), alpha: Vector.of([1, half])}).tolist()[0] == 568_740_352
    assert space.conditions == []
