"""Formulas as Python source that evaluates them, exactly: of ints and Fractions."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archcalc.render.formula import matters, side_note
from archcalc.render.math import condition
from archcalc.report.figures import Unavailable
from archcalc.spec.expr import said
from archcalc.study.formula import Formula
from archcalc.study.quasi import Quasi
from archcalc.study.question import Figure, Question
from archcalc.values import Value
from archcalc.values.exact import Exact
from archcalc.values.symbols import Atom, Condition, Space, Symbolic

HELPERS = {
    "floor": ("from math import floor",),
    "ceil": ("from math import ceil",),
    "round": ("from math import floor",),
    "divisible": ("from math import ceil, floor",),
}
"""The imports that a rounding needs."""

DEFINITIONS = {
    "round": "def round_half_up(x):\n    return floor(x + Fraction(1, 2))\n",
    "divisible": (
        "def divisible(x, d):\n"
        "    return d * max(1, floor(Fraction(x) / d + Fraction(1, 2)), ceil(Fraction(9 * x) / (10 * d)))\n"
    ),
}
CALLED = {"round": "round_half_up"}
"""What a rounding is called, if not by its own name."""

USED = ("Fraction", "ceil", "divmod", *DEFINITIONS, *CALLED.values())
"""What stands in functions, so that no symbol may be called so; `floor` and the like no parameter is."""


def source(formula: Formula, by: str | None = None, derivative: str | None = None) -> str:
    """A function of the symbols; with a grouping, a second one that answers a dict."""
    name = formula.metric.name if derivative is None else f"{formula.metric.name}_by_{derivative}"
    sizes = {axis.symbol: str(axis.size(formula.space[axis.symbol])) for axis in formula.axes}
    said = [*_head(formula.question, derivative), *_sides(formula.question, sizes), *_conditions(formula.conditions)]
    functions = [_function(name, formula.symbols, said, [f"return {_figure(formula.whole)}"])]
    if by is not None:
        known = [(group, part) for group, part in formula.parts if matters(part) and not isinstance(part, Unavailable)]
        entries = [f"    {group!r}: {_figure(part)}," for group, part in known]
        head = [f"That of each {by}, where it is not 0."]
        functions.append(_function(f"{name}_of_each", formula.symbols, head, ["return {", *entries, "}"]))
    return _module(functions, formula.space.atoms)


def every_size(found: Quasi) -> str:
    """A function of the size of the input and the other symbols; None for a size that the network refuses."""
    question, h = found.question, found.symbol
    r = "r_" if "r" in question.parameters else "r"
    lines = [f"{h}, {r} = divmod(size - {found.first}, {found.divisor})", f"{r} += {found.first}"]
    refused = f"if size < {found.smallest}" + (f" or size in {set(found.refused)}" if found.refused else "")
    lines += [f"{refused}:", "    return None"]
    for size, value in found.alone.items():
        lines += [f"if size == {size}:", f"    return {_figure(value)}"]
    for branch in found.branches:
        lines += [
            f"if {r} in {branch.remainders}:",
            f"    return {'None' if branch.figure is None else _figure(branch.figure)}",
        ]
    sides = _sides(question, {h: "size"})
    said = [*_head(question), *sides, *_conditions(found.conditions), "None for a size that the network refuses."]
    names = ["size", *question.parameters]
    return _module([_function(question.metric.name, names, said, lines)], found.space.atoms)


def _head(question: Question, derivative: str | None = None) -> Iterator[str]:
    fixed = ", ".join(
        f"{name}={said(value)}" for name, value in question.settings.items() if name not in question.point
    )
    by = "" if derivative is None else f", its derivative by {derivative}"
    yield f"{question.metric.title} of {question.network.title}, {question.network.variant}{by}."
    yield from ["", fixed] if fixed else []


def _sides(question: Question, sizes: Mapping[str, str]) -> Iterator[str]:
    yield from filter(None, ["".join(map(str, side_note(question, sizes)))])


def _conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    for each in conditions:
        yield f"where {''.join(map(str, condition(each)))}"


def _module(functions: Sequence[str], atoms: Mapping[str, Atom]) -> str:
    used = dict.fromkeys(atom.name for atom in atoms.values())
    imports = sorted({line for name in used for line in HELPERS.get(name, ())})
    if any("Fraction(" in text for text in (*functions, *(DEFINITIONS.get(name, "") for name in used))):
        imports.insert(0, "from fractions import Fraction")
    defined = [DEFINITIONS[name] for name in used if name in DEFINITIONS]
    head = "\n".join(imports) + "\n" if imports else ""
    return "\n\n".join(filter(None, [head, *defined, *functions]))


def _function(name: str, arguments: Sequence[str], said: Sequence[str], lines: Sequence[str]) -> str:
    first, *rest = map(_quoted, said)
    doc = [f'    """{first}', *(f"    {line}".rstrip() for line in rest), '    """'] if rest else [f'    """{first}"""']
    body = [f"    {line}" for line in lines]
    return "\n".join([f"def {name}({', '.join(map(_name, arguments))}):", *doc, *body, ""])


def _quoted(text: str) -> str:
    """A line of a docstring, whatever a title or a word holds."""
    signs = ("\\\\" if sign == "\\" else sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    quoted = "".join(signs)
    return quoted.replace('"', r"\"") if '"""' in text or text.endswith('"') else quoted


def _name(symbol: str) -> str:
    return f"{symbol}_" if keyword.iskeyword(symbol) or symbol in USED else symbol


def _figure(figure: Figure) -> str:
    assert not isinstance(figure, Unavailable)
    values = [expression(value) for value in figure]
    return values[0] if len(set(values)) == 1 else f"({', '.join(values)})"


def expression(value: Value) -> str:
    """A value as Python."""
    if not isinstance(value, Symbolic):
        return _constant(value)
    below = value.numerator_denominator()[1]
    text = ""
    for powers, c in value.terms():
        sign = (" - " if c < 0 else " + ") if text else "-" if c < 0 else ""
        text += sign + _term(powers, c if c > 0 else -c, value.space)
    if isinstance(below, Symbolic) and len(below.terms()) > 1:
        return f"({text}) / Fraction({expression(below)})"
    return text


def _term(powers: Mapping[str, int], size: Exact, space: Space) -> str:
    above = [_power(name, e, space) for name, e in powers.items() if e > 0]
    below = [_power(name, -e, space) for name, e in powers.items() if e < 0]
    factors = [*([_constant(size)] if size != 1 or not above else []), *above]
    text = "*".join(factors)
    return f"{text} / Fraction({'*'.join(below)})" if below else text


def _power(name: str, exponent: int, space: Space) -> str:
    atom = space.atoms.get(name)
    text = _name(name)
    if atom is not None:
        text = f"{CALLED.get(atom.name, atom.name)}({', '.join(map(expression, atom.arguments))})"
    return f"{text}**{exponent}" if exponent > 1 else text


def _constant(value: Exact) -> str:
    return str(value) if value.denominator == 1 else f"Fraction({value.numerator}, {value.denominator})"
