"""Values: the exact system against Python's own fractions, then vectors and symbols against the exact system."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archcalc import values as v
from archcalc.errors import RuleError, Undecided
from archcalc.values.symbols import Space, Symbolic
from archcalc.values.vector import LIMIT, Mixed, Vector

half = Fraction(1, 2)

OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "negative": lambda a: -a,
    **{name: getattr(v, name) for name in ("floordiv", "ceildiv", "exactdiv", "mod", "minimum", "maximum")},
    **{name: getattr(v, name) for name in ("floor", "ceil", "round_half_up")},
}
UNARY = ("negative", "floor", "ceil", "round_half_up")
DECISIONS = (v.equal, v.at_least)
REQUIREMENTS = (v.require_equal, v.require_at_least, v.require_multiple)


def expressions(leaves: st.SearchStrategy[Any], max_leaves: int) -> st.SearchStrategy[Any]:
    """Nested tuples (operation, operand, …)."""

    def larger(smaller: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        two = st.tuples(st.sampled_from(sorted(set(OPERATIONS) - set(UNARY))), smaller, smaller)
        return two | st.tuples(st.sampled_from(UNARY), smaller)

    return st.recursive(leaves, larger, max_leaves=max_leaves)


def evaluated(expression: Any, leaf: Callable[[Any], Any]) -> Any:
    if not isinstance(expression, tuple):
        return leaf(expression)
    operation, *operands = expression
    return OPERATIONS[operation](*(evaluated(operand, leaf) for operand in operands))


def exact(value: Any) -> Any:
    """A value of the exact system as a Fraction; anything else is a fault."""
    assert type(value) in (int, Fraction), value
    return Fraction(value)


fractions = st.fractions(min_value=-50, max_value=50, max_denominator=12)
numbers = st.integers(-50, 50) | fractions


# The exact system ----------------------------------------------------------------------------------------------------


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


# What rules must not do ----------------------------------------------------------------------------------------------


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
        (lambda a: a + 0.5, ""),
        (lambda a: 0.5 * a, ""),
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


# Vectors -------------------------------------------------------------------------------------------------------------

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


def as_vector(leaf: Any) -> Any:
    return Vector.of(leaf) if isinstance(leaf, list) else leaf


@settings(max_examples=600, deadline=None)
@given(vector_expressions())
def test_a_vector_is_exact_at_every_point(case: tuple[Any, int]) -> None:
    expression, length = case
    try:
        wanted = [
            exact(evaluated(expression, lambda leaf, i=i: leaf[i] if isinstance(leaf, list) else leaf))
            for i in range(length)
        ]
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
    except Mixed as mixed:
        assert mixed.mask.tolist() == wanted
        assert decide(a.take(mixed.mask), b if scalar else b.take(mixed.mask)) is True
        assert decide(a.take(~mixed.mask), b if scalar else b.take(~mixed.mask)) is False


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
        except RuleError as error:
            assert error.message == "no"
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


# Symbols -------------------------------------------------------------------------------------------------------------

WHOLE = {"h": st.integers(1, 9), "w": st.integers(0, 4), "n": st.integers(-5, 5), "g": st.sampled_from([1, 2, 3, 4])}
NAMES = [*WHOLE, "a", "b"]


def space_of_all() -> Space:
    """A symbol of each kind; what is true of them at all `points_of_all`."""
    space = Space()
    space.symbol("h", minimum=1)
    space.symbol("w", minimum=0, maximum=4)
    space.symbol("n")
    space.symbol("g", above=0)
    space.symbol("a", whole=False, above=0)
    space.symbol("b", whole=False, minimum=half, maximum=2)
    return space


points_of_all = st.fixed_dictionaries(
    {
        **WHOLE,
        "a": st.fractions(Fraction(1, 99), 4, max_denominator=8),
        "b": st.fractions(half, 2, max_denominator=8),
    }
)
atoms = st.sampled_from([8 * half, Fraction(1, 4), Fraction(3, 2), 2, 3, 32, -1])
leaves = st.sampled_from(NAMES) | st.integers(-4, 8) | atoms
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


def at(value: Any, point: dict[str, Any]) -> Any:
    return exact(value.at(point) if isinstance(value, Symbolic) else value)


@settings(max_examples=1500, deadline=None)
@given(expressions(leaves, 6), conditions, st.lists(points_of_all, min_size=3, max_size=8))
def test_a_decided_symbol_is_exact_at_every_admissible_point(
    expression: Any, taken: list[Any], where: list[dict[str, Any]]
) -> None:
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    try:
        result = evaluated(expression, lambda leaf: space[leaf] if isinstance(leaf, str) else leaf)
    except Undecided:
        return
    except RuleError:
        result = None  # a division by 0, everywhere
    for point in where:
        try:
            wanted = exact(evaluated(expression, lambda leaf, at=point: at[leaf] if isinstance(leaf, str) else leaf))
        except RuleError:
            assert not space.admits(point)
            continue
        if space.admits(point):
            assert result is not None
            assert at(result, point) == wanted
            assert not v.is_whole(result) or wanted.denominator == 1


@settings(max_examples=1000, deadline=None)
@given(
    expressions(leaves, 3),
    expressions(leaves, 3),
    st.sampled_from(DECISIONS),
    conditions,
    st.lists(points_of_all, min_size=3, max_size=8),
)
def test_a_decision_on_symbols_holds_at_every_admissible_point(
    left: Any, right: Any, decide: Callable[..., bool], taken: list[Any], where: list[dict[str, Any]]
) -> None:
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    try:
        a, b = (evaluated(side, lambda leaf: space[leaf] if isinstance(leaf, str) else leaf) for side in (left, right))
        answer = decide(a, b)
    except RuleError:
        return
    for point in where:
        if space.admits(point):
            assert decide(at(a, point), at(b, point)) is answer


@settings(max_examples=700, deadline=None)
@given(
    expressions(leaves, 3),
    expressions(leaves, 3),
    st.sampled_from([*REQUIREMENTS, lambda a, b, message: v.assume_whole(v.exactdiv(a, b))]),
    conditions,
    st.lists(points_of_all, min_size=3, max_size=8),
)
def test_a_requirement_of_symbols_is_fulfilled_where_conditions_hold(
    left: Any, right: Any, require: Callable[..., Any], taken: list[Any], where: list[dict[str, Any]]
) -> None:
    """What is required is met at each point that the space still admits; what is refused is met at none of before."""
    space = space_of_all()
    for condition in taken:
        record(space, condition)
    try:
        a, b = (evaluated(side, lambda leaf: space[leaf] if isinstance(leaf, str) else leaf) for side in (left, right))
    except RuleError:
        return
    assume(isinstance(a, Symbolic) or isinstance(b, Symbolic))
    before = [point for point in where if space.admits(point)]
    try:
        require(a, b, "no")
        required = True
    except RuleError as error:
        assert not isinstance(error, Undecided)
        required = False
    for point in before:
        try:
            p, q = at(a, point), at(b, point)
            if require in REQUIREMENTS:
                require(p, q, "no")
            elif (p / q).denominator != 1:
                raise RuleError("no")
            met = True
        except (RuleError, ZeroDivisionError):
            met = False
        if space.admits(point) or not required:
            assert met is required


@settings(max_examples=300, deadline=None)
@given(expressions(leaves, 6), points_of_all)
def test_the_text_of_a_symbol_is_an_expression_of_the_same_value(expression: Any, point: dict[str, Any]) -> None:
    space = space_of_all()
    try:
        result = evaluated(expression, lambda leaf: space[leaf] if isinstance(leaf, str) else leaf)
        assume(isinstance(result, Symbolic))
        wanted = result.at(point)
    except RuleError:
        return
    text = re.sub(r"\d+", r"Fraction(\g<0>)", str(result))
    assert eval(text, {"Fraction": Fraction, **{name: Fraction(n) for name, n in point.items()}}) == wanted
    top, bottom = result.numerator_denominator()
    assert at(top, point) / at(bottom, point) == wanted
    assert Fraction(str(result.as_expr().subs({k: str(n) for k, n in point.items()}))) == wanted


# Floors: cases worked by hand


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
            lambda h, w: 8 * h * h * w,
            "floor of 1/4*h**2*w is open: it is decided where h is a multiple of 4, e.g. 4*h for h",
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
    for wrong in (v.exactdiv(c, 1) * g + v.exactdiv(g, 2), 0):
        with pytest.raises(RuleError, match="no"):
            v.require_multiple(wrong if wrong else c, 0 if not wrong else g, "no")


# Decisions: cases worked by hand


def test_comparisons_on_declared_ranges() -> None:
    space = Space()
    h, n = space.symbol("h", minimum=7), space.symbol("n", minimum=1, maximum=4)
    a = space.symbol("a", whole=False, above=0)
    assert v.at_least(h, 7)
    assert not v.at_least(6, h)
    assert not v.equal(h, 6)
    assert not v.equal(2 * h, 2 * n + 1)
    assert not v.equal(a, 0)
    assert not v.at_least(0, a)
    assert v.at_least(h, n)
    assert v.at_least(n * (5 - n), 4)  # 0 at both ends, above between
    assert v.maximum(h - n, 0) is h - n
    assert v.minimum(v.exactdiv(1, h), 1) is v.exactdiv(1, h)
    m = space.symbol("m")
    assert v.at_least(m * m, 0)
    assert not v.equal(m * m, -1)
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
    space.symbol("h", minimum=half, above=0)
    assert str(space.domains["h"]) == "whole, at least 1"
    assert str(Space().symbol("x", whole=False).space.domains["x"]) == "any number"
    with pytest.raises(ValueError, match="h is whole, at least 1, not whole, at least 2"):
        space.symbol("h", minimum=2)
    for empty in ({"above": 3, "maximum": 3}, {"whole": False, "above": 3, "maximum": 3}, {"minimum": 2, "maximum": 1}):
        with pytest.raises(ValueError, match="stands for no number"):
            space.symbol("x", **empty)
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
    """Howard et al. 2017, arXiv 1704.04861, Table 1 and equation 5, on inputs of 32h; at h = 7, α = 1 it costs 569 M."""
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
