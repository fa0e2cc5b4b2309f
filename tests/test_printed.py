"""Printed figures: which exact values each form of docs/check.md stands for, and how ours are shown beside them."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcalc.errors import RuleError
from archcalc.study.printed import read, show_value

M = 10**6


@pytest.mark.parametrize(
    ("text", "within", "beyond"),
    [
        ("569M", (568_500_000, 569_499_999), (568_499_999, 569_500_000)),
        ("569 M", (568_500_000,), (569_500_000,)),
        ("4.2M", (4_150_000, 4_249_999), (4_149_999, 4_250_000)),
        ("4.20M", (4_195_000, 4_204_999), (4_194_999, 4_205_000)),
        ("4.1e9", (4_050_000_000, 4_149_999_999), (4_049_999_999, 4_150_000_000)),
        ("25.5e6", (25_450_000,), (25_550_000,)),
        ("4.2 G", (4_150_000_000,), (4_250_000_000,)),
        ("60k", (59_500, 60_499), (59_499, 60_500)),
        ("7.8 billion", (7_750_000_000,), (7_850_000_000,)),
        ("4.8 Bn", (4_800_000_000,), (4_850_000_000,)),
        ("60 million", (60_499_999,), (60_500_000,)),
        ("11,689,512", (11_689_512,), (11_689_511, 11_689_513)),
        ("1234", (1234,), (1233, 1235)),
        (".5", (Fraction(45, 100), Fraction(54, 100)), (Fraction(44, 100), Fraction(55, 100))),
        ("94.86%", (Fraction(94855, 10**5), Fraction(948649, 10**6)), (Fraction(94865, 10**5),)),
        ("~4.1 billion", (4_050_000_000,), (4_150_000_000,)),
        ("about 5MB", (4_500_000, 5_499_999), (5_500_000,)),
        (">90%", (Fraction(901, 1000), 1), (Fraction(9, 10), Fraction(1, 2))),
        ("more than 10", (11, Fraction(21, 2)), (10, 9)),
        ("≥ 3", (3, 4), (2,)),
        ("<0.5MB", (499_999, 0), (500_000,)),
        ("<= 5M", (5 * M,), (5 * M + 1,)),
        ("less than 1M", (M - 1,), (M,)),
        ("8-9", (8, Fraction(17, 2), 9), (Fraction(799, 100), Fraction(901, 100))),
        ("4–6 million", (4 * M, 6 * M), (4 * M - 1, 6 * M + 1)),
        ("1/50", (Fraction(1, 50), Fraction(1, Fraction(99, 2))), (Fraction(1, 49), Fraction(1, 51), 50, 0)),
        ("27/49", (Fraction(27, 49),), (Fraction(28, 49), Fraction(27, 50))),
        ("12×", (Fraction(23, 2), 12), (Fraction(25, 2), 11)),
        ("12x", (12,), (13,)),
        ("4.8MB", (4_750_000,), (4_850_000,)),
        ("4.6 MiB", (Fraction(455, 100) * 2**20,), (Fraction(465, 100) * 2**20,)),
        ("2 GiB", (2**31,), (3 * 2**30,)),
    ],
)
def test_a_figure_holds_what_rounds_to_it(text: str, within: tuple[Any, ...], beyond: tuple[Any, ...]) -> None:
    printed = read(text)
    assert [value for value in within if not printed.holds(value)] == []
    assert [value for value in beyond if printed.holds(value)] == []


@pytest.mark.parametrize(
    ("rounding", "within", "beyond"),
    [
        ("nearest", (3_550_000, 3_649_999), (3_549_999, 3_650_000)),
        ("down", (3_600_000, 3_699_999), (3_599_999, 3_700_000)),
        ("up", (3_500_001, 3_600_000), (3_500_000, 3_600_001)),
    ],
)
def test_tables_truncate_or_round_up(rounding: str, within: tuple[int, int], beyond: tuple[int, int]) -> None:
    printed = read("3.6M", rounding=rounding)
    assert [printed.holds(value) for value in (*within, *beyond)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("569", "M", 569 * M),
        ("0.26", "M", 260_000),
        ("4.2G", "M", 4_200_000_000),  # a cell's own unit stands before the table's
        ("50%", "M", Fraction(1, 2)),
        ("4.8MB", "MiB", Fraction(48, 10) * 2**20),  # MB of a table that means MiB
        ("4.8", "MiB", Fraction(48, 10) * 2**20),
        ("7", "", 7),
    ],
)
def test_a_unit_of_the_head_is_that_of_bare_cells(text: str, unit: str, value: Any) -> None:
    assert read(text, unit=unit).holds(value)


@pytest.mark.parametrize("text", ["4.2g", "4.2 Billion", "4.2B", "4.2bN", "4.2E9", "4200m"])
def test_units_have_no_case(text: str) -> None:
    assert read(text).holds(4_200_000_000)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("112×112×64", (112, 112, 64)), ("3x3x64x128", (3, 3, 64, 128)), ("3×3×32 dw", (3, 3, 32)), ("7 x 7", (7, 7))],
)
def test_a_shape_is_its_sizes(text: str, shape: tuple[int, ...]) -> None:
    assert read(text).shape == shape


def test_a_multiple_is_known_as_one() -> None:
    assert [read(text).times for text in ("12×", "1x", "8-9x", "50 times", "12", "8-9")] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`` is not a figure"),
        ("none", "`none` is not a figure"),
        ("4.2Mi", "`4.2Mi` is not a figure"),
        ("1,23", "`1,23` is not a figure"),
        ("1/0", "`1/0` is not a figure"),
        ("9-8", "`9-8` is not a figure: 9 is above 8"),
        ("-3", "`-3` is not a figure"),
    ],
)
def test_what_is_not_a_figure(text: str, message: str) -> None:
    with pytest.raises(RuleError) as error:
        read(text)
    assert error.value.message == message


def test_what_is_not_a_unit_or_a_rounding() -> None:
    with pytest.raises(RuleError, match="`Mb/s` is not a unit"):
        read("3", unit="Mb/s")
    with pytest.raises(RuleError, match="`rounding` is floor; it can be nearest, down, up"):
        read("3", rounding="floor")


@given(
    value=st.integers(0, 10**13),
    unit=st.sampled_from([("", 0), ("k", 3), ("M", 6), ("G", 9), (" billion", 9), ("e9", 9)]),
    places=st.integers(0, 4),
    rounding=st.sampled_from([("nearest", ROUND_HALF_UP), ("down", ROUND_FLOOR), ("up", ROUND_CEILING)]),
)
def test_what_is_printed_holds_and_what_is_a_digit_off_does_not(
    value: int, unit: tuple[str, int], places: int, rounding: tuple[str, str]
) -> None:
    name, exponent = unit
    figure = (Decimal(value) / 10**exponent).quantize(Decimal(1).scaleb(-places), rounding=rounding[1])
    printed = read(f"{figure:f}{name}", rounding=rounding[0])
    digit = Fraction(10) ** (exponent - places)
    assert printed.holds(value)
    assert not printed.holds(value + digit)
    assert not printed.holds(value - digit)


@pytest.mark.parametrize(
    ("value", "like", "shown"),
    [
        (568_740_352, "569M", "568,740,352"),
        (Fraction(10_838_016, 568_740_352), "1.19%", "≈ 1.9056%"),
        (1, "93.4%", "100%"),
        (Fraction(1, 4), "0.3", "0.25"),
        (Fraction(1, 3), "0.3", "≈ 0.333"),
        (Fraction(1, 49), "1/50", "1/49"),
        (Fraction(100, 4883), "1/50", "1/48.83"),
        (Fraction(1, 12), "12×", "12×"),
        (Fraction(87, 10), "12x", "8.7×"),
        ((6, 14, 14), "6×28×28", "6x14x14"),
    ],
)
def test_ours_is_shown_in_the_form_of_what_is_printed(value: Any, like: str, shown: str) -> None:
    assert show_value(value, like) == shown
