"""Values as LaTeX, by SymPy's printer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sympy import Function, Rational, Symbol, ceiling, latex
from sympy import floor as sympy_floor

from archcalc.values import Value
from archcalc.values._space import Space
from archcalc.values._symbolic import Symbolic
from archcalc.values.exact import Exact

ROUNDINGS = {"floor": sympy_floor, "ceil": ceiling}


def term(coefficient: Exact, exponents: Mapping[str, int], space: Space | None) -> str:
    """One term, its sign left out."""
    size = coefficient if coefficient > 0 else -coefficient
    above = [latex(symbol(name, space) ** e) for name, e in exponents.items() if e > 0]
    below = [latex(symbol(name, space) ** -e) for name, e in exponents.items() if e < 0]
    top = [str(size.numerator)] * (size.numerator != 1 or not above) + above
    bottom = [str(size.denominator)] * (size.denominator != 1) + below
    return rf"\frac{{{' '.join(top)}}}{{{' '.join(bottom)}}}" if bottom else " ".join(top)


def symbol(name: str, space: Space | None) -> Any:
    """A symbol, or what an atom stands for."""
    if space is None or name not in space.atoms:
        return _plain(name)
    atom = space.atoms[name]
    return ROUNDINGS.get(atom.name, Function(atom.name))(*map(expression, atom.arguments))


def expression(value: Value) -> Any:
    """A value as an expression of sympy, atoms as functions."""
    if not isinstance(value, Symbolic):
        return Rational(value.numerator, value.denominator)
    return value.as_expr().subs({_plain(name): symbol(name, value.space) for name in value.symbols})


@cache
def _plain(name: str) -> Any:
    return Symbol(name)
