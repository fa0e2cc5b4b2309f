"""The work that operators state, against numbers that count what is done to them in a plain run of the definition."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from typing import Any

import pytest
from op_cases import apply

DONE: Counter[str] = Counter()


class Counted:
    """A number that counts the arithmetic on it. A sign costs nothing; a constant is a factor, never a divisor."""

    def __init__(self, value: float) -> None:
        self.value = value

    def _do(self, kind: str, value: float) -> Counted:
        DONE[kind] += 1
        return Counted(value)

    def __add__(self, other: Any) -> Counted:
        return self._do("adds", self.value + plain(other))

    def __sub__(self, other: Any) -> Counted:
        return self._do("adds", self.value - plain(other))

    def __rsub__(self, other: float) -> Counted:
        return self._do("adds", other - self.value)

    def __mul__(self, other: Any) -> Counted:
        return self._do("multiplies", self.value * plain(other))

    def __truediv__(self, other: Any) -> Counted:
        return self._do("divisions", self.value / plain(other))

    def __rtruediv__(self, other: float) -> Counted:
        return self._do("divisions", other / self.value)

    def __pow__(self, power: float) -> Counted:
        return self._do("powers", self.value**power)

    def __neg__(self) -> Counted:
        return Counted(-self.value)

    def __gt__(self, other: Any) -> bool:
        DONE["compares"] += 1
        return self.value > plain(other)

    __radd__, __rmul__ = __add__, __mul__


def plain(number: Any) -> float:
    return number.value if isinstance(number, Counted) else number


def exp(x: Counted) -> Counted:
    return x._do("exponentials", math.exp(x.value))


def root(x: Counted) -> Counted:
    return x._do("roots", x.value**0.5)


def erf(x: Counted) -> Counted:
    return x._do("error_functions", math.erf(x.value))


def larger(a: Any, b: Any) -> Any:
    DONE["compares"] += 1
    return a if plain(a) > plain(b) else b


def smaller(a: Any, b: Any) -> Any:
    DONE["compares"] += 1
    return b if plain(a) > plain(b) else a


def total(numbers: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a + b, numbers)


# Definitions ---------------------------------------------------------------------------------------------------------


def tanh(x: Any) -> Any:
    e = exp(-2 * x)
    return (1 - e) / (1 + e)


def relu6(x: Any) -> Any:
    return smaller(larger(x, 0), 6)


ELEMENTS: dict[str, tuple[dict[str, Any], Callable[[Any], Any], Callable[[float], float]]] = {
    "relu": ({}, lambda x: larger(x, 0), lambda x: max(x, 0)),
    "relu6": ({}, relu6, lambda x: min(max(x, 0), 6)),
    "leaky_relu": ({}, lambda x: larger(x, 0.01 * x), lambda x: x if x > 0 else 0.01 * x),
    "prelu": ({}, lambda x: x if x > 0 else 0.25 * x, lambda x: x if x > 0 else 0.25 * x),
    "elu": ({}, lambda x: x if x > 0 else 1.0 * (exp(x) - 1), lambda x: x if x > 0 else math.expm1(x)),
    "sigmoid": ({}, lambda x: 1 / (1 + exp(-x)), lambda x: (1 + math.tanh(x / 2)) / 2),
    "tanh": ({}, tanh, math.tanh),
    "silu": ({}, lambda x: x / (1 + exp(-x)), lambda x: x * (1 + math.tanh(x / 2)) / 2),
    "hardsigmoid": ({}, lambda x: relu6(x + 3) / 6, lambda x: min(max(x / 6 + 0.5, 0), 1)),
    "hardswish": ({}, lambda x: x * relu6(x + 3) / 6, lambda x: x * min(max(x / 6 + 0.5, 0), 1)),
    "gelu": ({}, lambda x: 0.5 * x * (1 + erf(0.5**0.5 * x)), lambda x: x * math.erfc(-(0.5**0.5) * x) / 2),
    "gelu, tanh": (
        {"approximate": "tanh"},
        lambda x: 0.5 * x * (1 + tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * (x * x * x)))),
        lambda x: 0.5 * x * (1 + math.tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3))),
    ),
    "gelu, sigmoid": (
        {"approximate": "sigmoid"},
        lambda x: x / (1 + exp(-1.702 * x)),
        lambda x: x * (1 + math.tanh(0.851 * x)) / 2,
    ),
}
"""Parameters, the definition step by step, and another form of it that it must agree with."""


@pytest.mark.parametrize("name", ELEMENTS)
def test_activations(name: str) -> None:
    given, definition, other = ELEMENTS[name]
    DONE.clear()
    for number in (-0.5, -1.0, -1.5, -2.0, -2.5, -0.25):
        assert plain(definition(Counted(number))) == pytest.approx(other(number))
    assert apply(name.split(",")[0], given, ((3, 2),)).facts.work == DONE
    for number in (0.5, 3.0, 7.0):
        assert plain(definition(Counted(number))) == pytest.approx(other(number))


def normalised(group: list[Any], affine: bool) -> list[Any]:
    mean = total(group) / len(group)
    differences = [x - mean for x in group]
    variance = total([d * d for d in differences]) / len(group)
    factor = 1 / root(variance + 1e-5)
    return [d * factor * 1.5 + 0.5 if affine else d * factor for d in differences]


NORMS = [
    ("group_norm", {"groups": 2}, 2, True),
    ("group_norm", {"groups": 3, "affine": False}, 3, False),
    ("instance_norm", {}, 6, False),
    ("instance_norm", {"affine": True}, 6, True),
    ("layer_norm", {}, 20, True),
    ("layer_norm", {"affine": False}, 20, False),
    ("layer_norm", {"over": "all"}, 1, True),
]


@pytest.mark.parametrize(("op", "given", "groups", "affine"), NORMS, ids=str)
def test_norms(op: str, given: dict[str, Any], groups: int, affine: bool) -> None:
    DONE.clear()
    for _ in range(groups):
        normalised([Counted(i * i) for i in range(6 * 4 * 5 // groups)], affine)
    assert apply(op, given, ((6, 4, 5),)).facts.work == DONE


def test_softmax() -> None:
    DONE.clear()
    for _ in range(6):
        numbers = [Counted(i) for i in range(5)]
        most = reduce(larger, numbers)
        powers = [exp(x - most) for x in numbers]
        below = total(powers)
        assert sum((p / below).value for p in powers) == pytest.approx(1)
    assert apply("softmax", {}, ((5, 2, 3),)).facts.work == DONE


def test_windows_and_reductions() -> None:
    def done(rule: Callable[[list[Any]], Any], times: int, numbers: int) -> Counter[str]:
        DONE.clear()
        for _ in range(times):
            rule([Counted(i + 1) for i in range(numbers)])
        return DONE.copy()

    lp = done(lambda xs: root(total([x**2 for x in xs])), 2 * 2 * 3, 6)
    assert apply("lp_pool", {"kernel": [2, 3]}, ((2, 4, 9),)).facts.work == lp
    assert apply("maxout", {"pieces": 4}, ((8, 3),)).facts.work == done(lambda xs: reduce(larger, xs), 6, 4)
    assert apply("sum", {"over": "channels"}, ((8, 3),)).facts.work == done(total, 3, 8)
    assert apply("sum", {"over": "positions"}, ((8, 3),)).facts.work == done(total, 8, 3)
    mean = done(lambda xs: total(xs) / len(xs), 8, 12)
    assert apply("mean", {"over": "positions"}, ((8, 3, 4),)).facts.work == mean
    assert apply("average", {}, ((8,), (8,), (8,))).facts.work == done(lambda xs: total(xs) / 3, 8, 3)
    assert apply("scale", {"by": -1, "add": 1}, ((8,),)).facts.work == done(lambda xs: -1 * xs[0] + 1, 8, 1)


@pytest.mark.parametrize("sizes", [(3,), (2, 3), (2, 1, 2)], ids=str)
def test_linear_upsampling_weighs_a_corner_an_axis(sizes: tuple[int, ...]) -> None:
    DONE.clear()
    for _ in product(*(range(2 * n) for n in sizes)):
        total([0.25 * Counted(1) for _ in product((0, 1), repeat=len(sizes))])
    assert apply("upsample", {"by": 2, "mode": "bilinear"}, ((1, *sizes),)).facts.work == DONE
