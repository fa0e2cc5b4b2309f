"""Random expressions of the named functions, for tests of the number systems."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from archcalc import values as v

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
