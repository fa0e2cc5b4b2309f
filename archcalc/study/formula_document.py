"""The JSON documents of formulas; docs/formula.md describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from archcalc.report.document import plain, with_status
from archcalc.report.figures import Unavailable
from archcalc.study.formula import Formula
from archcalc.study.points import Point
from archcalc.study.quasi import Quasi
from archcalc.study.question import Figure, Question
from archcalc.study.views import Law, Share, elasticities, shares
from archcalc.values import Value
from archcalc.values.exact import Exact
from archcalc.values.symbols import Condition, Space, Symbolic

SCHEMA_VERSION = 1


def document(formula: Formula, by: str | None = None, derivative: str | None = None) -> dict[str, Any]:
    """The figure as a formula, and that of each group if there are groups."""
    result = {
        **_head(formula.question),
        **({} if derivative is None else {"derivative": derivative}),
        **_where(formula),
        "formula": figure(formula.whole),
        "checked": _points(formula.points),
    }
    if by is not None:
        result["groups"] = [{"name": name, "formula": figure(part)} for name, part in formula.parts]
    return result


def leading(formula: Formula, by: str | None = None) -> dict[str, Any]:
    """The terms with their shares at the point."""
    result = document(formula) | {"terms": [_share(each) for each in shares(formula, formula.whole)]}
    if by is not None:
        result["groups"] = [
            {"name": name, "terms": [_share(each) for each in shares(formula, part)]} for name, part in formula.parts
        ]
    return result


def elasticity(formula: Formula) -> dict[str, Any]:
    """The elasticities of the network and of each group at the point."""
    (_, whole), *groups = elasticities(formula)
    return document(formula) | {
        "elasticity": _plain(whole),
        "groups": [{"name": name, "elasticity": _plain(of)} for name, of in groups],
    }


def against(formula: Formula, law: Law) -> dict[str, Any]:
    """A law at each point of its grid."""
    return document(formula) | {
        "law": law.text,
        "trials": [
            {
                "at": _plain(each.point),
                "figure": plain(each.figure),
                "ratio": number(each.ratio),
                "law": number(each.law),
                "off": number(each.off),
            }
            for each in law.trials
        ],
    }


def every_size(found: Quasi) -> dict[str, Any]:
    """The formulas by remainder."""
    return {
        **_head(found.question),
        "symbols": symbols(found.space, {**found.question.parameters, found.symbol: None}, found.question),
        "axis": {
            "symbol": found.symbol,
            "divisor": found.divisor,
            "first_remainder": found.first,
            **_sides(found.question, found.symbol),
        },
        "fixed": _fixed(found.question),
        "atoms": atoms(found.space),
        "conditions": conditions(found.conditions),
        "smallest": found.smallest,
        "refused": list(found.refused),
        "alone": [{"size": size, "formula": figure(value)} for size, value in found.alone.items()],
        "formulas": [
            {"remainders": list(each.remainders), "formula": None if each.figure is None else figure(each.figure)}
            for each in found.branches
        ],
        "checked": _points(found.points),
    }


# Pieces --------------------------------------------------------------------------------------------------------------


def _head(question: Question) -> dict[str, Any]:
    network, metric = question.network, question.metric
    shapes = {name: plain(list(shape)) for name, shape in question.shapes.items()}
    return {
        "schema_version": SCHEMA_VERSION,
        "network": network.title,
        "variant": network.variant,
        "metric": {"name": metric.name, "title": metric.title, "unit": metric.unit},
        "parameters": {name: plain(value) for name, value in question.settings.items()},
        "input": next(iter(shapes.values())) if len(shapes) == 1 else shapes,
    }


def _where(formula: Formula) -> dict[str, Any]:
    return {
        "symbols": symbols(formula.space, formula.point, formula.question),
        "axes": [
            {
                "symbol": axis.symbol,
                "divisor": axis.divisor,
                "remainder": axis.remainder,
                **_sides(formula.question, axis.symbol),
            }
            for axis in formula.axes
        ],
        "fixed": _fixed(formula.question),
        "atoms": atoms(formula.space),
        "conditions": conditions(formula.conditions),
        "at": _plain(formula.point),
    }


def _sides(question: Question, symbol: str) -> dict[str, Any]:
    """Of which inputs, and which of their axes, a symbol is the size."""
    return {
        "inputs": question.following,
        "sides": [axis for axis, side in question.sides.items() if side == symbol],
    }


def _fixed(question: Question) -> dict[str, Any]:
    """The axes of these inputs that keep their size."""
    return {axis: plain(side) for axis, side in question.sides.items() if not isinstance(side, str)}


def symbols(space: Space, names: Iterable[str], question: Question) -> list[dict[str, Any]]:
    """What numbers each symbol stands for."""
    result = []
    for name in names:
        domain = space.domains[name]
        bounds = {"minimum": domain.minimum, "above": domain.above, "maximum": domain.maximum}
        entry: dict[str, Any] = {"name": name, "whole": domain.whole}
        entry |= {bound: number(value) for bound, value in bounds.items() if value is not None}
        if name in question.parameters:
            entry["help"] = question.parameters[name].help
        result.append(entry)
    return result


def atoms(space: Space) -> list[dict[str, Any]]:
    """What the names in `powers` stand for that are no symbols."""
    return [
        {"name": name, "rounding": atom.name, "of": [value(each) for each in atom.arguments]}
        for name, atom in space.atoms.items()
    ]


def conditions(given: Iterable[Condition]) -> list[dict[str, Any]]:
    """What must hold of each value: `whole`, `at least 0`, `0` or `not 0`."""
    return [{"value": value(each.value), "is": each.kind} for each in given]


def figure(of: Figure) -> Any:
    """One value, or a list of one an axis."""
    if isinstance(of, Unavailable):
        return {"text": None, **with_status({"formula": of})}
    return value(of[0]) if len(of) == 1 else [value(each) for each in of]


def value(of: Value) -> dict[str, Any]:
    """A value as a text of the expression language and as terms; a denominator of one term has negative exponents."""
    if not isinstance(of, Symbolic):
        return {"text": str(of), "terms": [_term({}, of)] if of else []}
    below = of.numerator_denominator()[1]
    result = {"text": str(of), "terms": [_term(powers, c) for powers, c in of.terms()]}
    if isinstance(below, Symbolic) and len(below.terms()) > 1:
        result["denominator"] = [_term(powers, c) for powers, c in below.terms()]
    return result


def _term(powers: Mapping[str, int], coefficient: Exact) -> dict[str, Any]:
    return {"powers": dict(powers), **number(coefficient)}


def number(of: Exact) -> dict[str, int]:
    """A coefficient."""
    return {"num": of.numerator, "den": of.denominator}


def _share(share: Share) -> dict[str, Any]:
    return {"term": value(share.term), "value": number(share.value), "share": number(share.share)}


def _plain(values: Mapping[str, Exact | None]) -> dict[str, Any]:
    return {name: None if each is None else plain(each) for name, each in values.items()}


def _points(points: Sequence[Point]) -> list[dict[str, Any]]:
    return [
        {name: plain(Fraction(each)) if each.denominator > 1 else int(each) for name, each in point.items()}
        for point in points
    ]
