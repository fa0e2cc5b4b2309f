"""Values over symbols as people write them, `11010048·α²h² + 576000·αh²`, and as LaTeX.

Terms are ordered by size: by degree in the symbols that have no upper bound, then by size at the point of their space.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from archcalc.values import Value
from archcalc.values.exact import Exact

if TYPE_CHECKING:
    from archcalc.values.symbols import Condition, Space

NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
GREEK = dict(zip(NAMES.split(), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SIGNS = {"=": "=", "≥": r"\geq", "≠": r"\neq", ">": ">", "≤": r"\leq"}

Term = tuple[dict[str, int], Exact]


class Math:
    """Something that has a text and a LaTeX form; a table may hold it."""

    @property
    def latex(self) -> str:
        """For math mode."""
        raise NotImplementedError

    def pieces(self) -> list[str]:
        """The same in pieces between which a line may end."""
        return [self.latex]


@dataclass(frozen=True, slots=True)
class Formula(Math):
    """A value."""

    value: Value

    def __str__(self) -> str:
        top, below = _parts(self.value)
        text = ""
        for exponents, c in top:
            sign = (" − " if c < 0 else " + ") if text else "−" if c < 0 else ""
            text += sign + _term(exponents, c if c > 0 else -c, self._space)
        return text or "0" if below is None else f"({text})/({Formula(below)})"

    @property
    def latex(self) -> str:
        """For math mode."""
        return " ".join(self.pieces())

    def pieces(self) -> list[str]:
        """The terms, each but the first with its sign before it; one piece where there is a denominator."""
        from archcalc.values.latex import term

        top, below = _parts(self.value)
        written: list[str] = []
        for exponents, c in top:
            sign = ("- " if c < 0 else "+ ") if written else "-" if c < 0 else ""
            written.append(sign + term(c, exponents, self._space))
        if below is not None:
            return [rf"\frac{{{' '.join(written)}}}{{{Formula(below).latex}}}"]
        return written or ["0"]

    @property
    def _space(self) -> Space | None:
        return getattr(self.value, "space", None)


@dataclass(frozen=True, slots=True)
class Over(Math):
    """A value over one denominator: `(k − 1)/2`."""

    value: Value

    def _parts(self) -> tuple[Formula, int]:
        below = math.lcm(*(c.denominator for _, c in self.value.terms()))
        return Formula(self.value * below), below

    def __str__(self) -> str:
        top, below = self._parts()
        return f"({top})/{below}" if below > 1 and len(self.value.terms()) > 1 else str(Formula(self.value))

    @property
    def latex(self) -> str:
        """For math mode."""
        top, below = self._parts()
        return rf"\frac{{{top.latex}}}{{{below}}}" if below > 1 else Formula(self.value).latex


@dataclass(frozen=True, slots=True)
class Relation(Math):
    """left SIGN right."""

    left: Value
    sign: str
    right: Value

    def __str__(self) -> str:
        return f"{Formula(self.left)} {self.sign} {Formula(self.right)}"

    @property
    def latex(self) -> str:
        """For math mode."""
        return f"{Formula(self.left).latex} {SIGNS[self.sign]} {Formula(self.right).latex}"


def condition(of: Condition) -> tuple[Math | str, ...]:
    """A condition as a note has it: `32·α whole`, `4·h ≥ 5`, what is negative moved to the other side."""
    if of.kind == "whole":
        return Over(of.value), " whole"
    sign = {"at least 0": "≥", "0": "=", "not 0": "≠"}[of.kind]
    left, right = _sides(of.value)
    if isinstance(left, (int, Fraction)):
        return (Relation(right, {"≥": "≤"}.get(sign, sign), left),)
    return (Relation(left, sign, right),)


def _sides(value: Any) -> tuple[Value, Value]:
    """a - b, over one denominator, as a and b without a common factor."""
    space, scale = value.space, 1 / value.content()
    moved: list[Value] = [0, 0]
    for exponents, c in value.terms():
        term: Value = Fraction(c if c > 0 else -c) * scale
        for name, exponent in exponents.items():
            for _ in range(exponent):
                term = term * space[name]
        moved[c < 0] = moved[c < 0] + term
    return moved[0], moved[1]


def name_of(symbol: str, space: Space | None = None) -> str:
    """A symbol as it is written: Greek letters as such, an atom by what it rounds."""
    if space is not None and symbol in space.atoms:
        atom = space.atoms[symbol]
        return f"{atom.name}({', '.join(str(Formula(each)) for each in atom.arguments)})"
    return GREEK.get(symbol, symbol)


def _parts(value: Value) -> tuple[list[Term], Value | None]:
    """Terms by size, and a denominator that is not one term."""
    if isinstance(value, (int, Fraction)):
        return [({}, value)] if value else [], None
    below = value.numerator_denominator()[1]
    several = not isinstance(below, int) and len(below.terms()) > 1
    point: Mapping[str, Exact] = value.space.point or {}

    def size(term: Term) -> tuple[int, Exact]:
        result = abs(Fraction(term[1]))
        for name, exponent in term[0].items():
            there = abs(Fraction(point.get(name, 1)))
            result *= there**exponent if there else 0
        return sum(e for name, e in term[0].items() if value.space.domains[name].maximum is None), result

    return sorted(value.terms(), key=size, reverse=True), below if several else None


def _term(exponents: Mapping[str, int], size: Exact, space: Space | None) -> str:
    """`3/2·α²h`, `2·C²/r`, `C/(2·r)`."""
    above = [(name_of(name, space), e) for name, e in exponents.items() if e > 0]
    below = [(name_of(name, space), -e) for name, e in exponents.items() if e < 0]
    if not below and (size.numerator != 1 or size == 1 or not above):
        return _product(size, above)
    under = _product(size.denominator, below)
    return f"{_product(size.numerator, above)}/{f'({under})' if '·' in under or len(below) > 1 else under}"


def _product(factor: Exact, powers: list[tuple[str, int]]) -> str:
    """Letters stand beside each other, longer names and numbers have a dot between."""
    text, last = ("", "") if factor == 1 and powers else (str(factor), "number")
    for name, exponent in powers:
        power = name + (str(exponent).translate(SUPERSCRIPTS) if exponent > 1 else "")
        letter = "letter" if len(name) == 1 else "word"
        text += ("" if not text or letter == last == "letter" else "·") + power
        last = letter
    return text
