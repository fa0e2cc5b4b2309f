"""The named functions: the exact system against Python's own fractions; misuse of the others."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from expressions import OPERATIONS, half, numbers
from hypothesis import given

from archcalc import values as v
from archcalc.errors import RuleError
from archcalc.values.symbols import Space
from archcalc.values.vector import Vector


@given(numbers, numbers)
def test_exact_functions_are_those_of_fractions(a: Any, b: Any) -> None:
    assert v.floor(a) == math.floor(a)
    assert v.ceil(a) == math.ceil(a)
    assert v.round_half_up(a) == math.floor(Fraction(a) + half)
    assert v.minimum(a, b) == min(a, b)
    assert v.maximum(a, b) == max(a, b)
    assert v.equal(a, b) is (a == b)
    assert v.at_least(a, b) is (a >= b)
    assert v.is_whole(a) is (Fraction(a).denominator == 1)
    if b:
        assert v.exactdiv(a, b) == Fraction(a) / b
        assert v.floordiv(a, b) == Fraction(a) // b
        assert v.ceildiv(a, b) == -(-Fraction(a) // b)
        assert v.mod(a, b) == Fraction(a) % b
        assert type(v.floordiv(a, b)) is int


@pytest.mark.parametrize("rule", [v.exactdiv, v.floordiv, v.ceildiv, v.mod])
@pytest.mark.parametrize("a", [7, half, Vector.of([7, 8]), Space().symbol("h")], ids=["int", "Fraction", "Vector", "h"])
def test_division_by_zero_is_an_error_of_the_rule(rule: Callable[..., Any], a: Any) -> None:
    with pytest.raises(RuleError, match="is divided by 0"):
        rule(a, 0)


def test_importing_values_imports_neither_numpy_nor_sympy() -> None:
    program = "import sys, archcalc.values; print(sorted({'numpy', 'sympy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


# What rules must not do -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [Vector.of([6, 7]), Space().symbol("h", minimum=1)], ids=["Vector", "Symbolic"])
@pytest.mark.parametrize(
    ("misuse", "instead"),
    [
        (lambda a: a // 2, "floordiv"),
        (lambda a: 2 // a, "floordiv"),
        (lambda a: a % 2, "mod"),
        (lambda a: 2 % a, "mod"),
        (lambda a: divmod(a, 2), "floordiv and mod"),
        (lambda a: a / 2, "exactdiv"),
        (lambda a: 2 / a, "exactdiv"),
        (lambda a: a < 2, "at_least"),
        (lambda a: a >= 2, "at_least"),
        (lambda a: max(a, 2), "maximum"),
        (lambda a: min(2, a), "minimum"),
        (lambda a: a or 2, "equal"),
        (int, "floor"),
        (math.ceil, "ceil"),
        (round, "round_half_up"),
        (abs, "maximum"),
        (range, "floor"),
        (lambda a: a + 0.5, "float"),
        (lambda a: 0.5 * a, "float"),
    ],
)
def test_misuse_is_loud_and_names_the_function(size: Any, misuse: Callable[[Any], Any], instead: str) -> None:
    with pytest.raises(TypeError, match=instead):
        misuse(size)


def test_equality_and_hash_are_identity() -> None:
    a, b = Vector.of([1, 2]), Vector.of([1, 2])
    assert a != b
    assert len({a, b, a}) == 2
    h = Space().symbol("h")
    assert h == h
    assert h != Space().symbol("h")


def test_systems_and_spaces_do_not_mix() -> None:
    h = Space().symbol("h")
    for other in (Vector.of([1, 2]), Space().symbol("h")):
        for operation in (OPERATIONS["+"], OPERATIONS["-"], OPERATIONS["*"]):
            with pytest.raises(TypeError, match="another"):
                operation(h, other)
            with pytest.raises(TypeError):
                operation(other, h)
