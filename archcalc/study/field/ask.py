"""Questions to the field of a layer: `rf == 427`, as CI asks them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from archcalc.errors import RuleError, UsageError, near
from archcalc.fields import Range, ends
from archcalc.spec.expr import FUNCTIONS
from archcalc.spec.parser import ExpressionError, parse
from archcalc.study.field.layers import Layer, Sight
from archcalc.values import show

NAMES: Mapping[str, str] = {
    "rf": "its size, where all outputs see equally many pixels",
    "rf_min": "the size of the output that sees least",
    "rf_max": "the size of the output that sees most",
    "period": "outputs after which fields repeat",
    "stride": "pixels from an output to the next",
    "start": "the first pixel that output 0 sees",
    "end": "the last pixel that output 0 sees",
    "before": "padding on the left",
    "after": "padding on the right",
    "centre": "of what output 0 sees",
    "cover": "size as a part of the input",
    "narrowest": "the size of the narrowest path alone",
    "widest": "the size of the widest path alone",
}
"""What can be asked for."""


def holds(question: str, layer: Layer) -> bool:
    """Whether it is true on every axis. Raises UsageError where it is no question, or the layer has no such figure."""
    if not layer.sights:
        raise UsageError(f"{layer.row.node.path} has no field of its own: {layer.unknown}")
    try:
        expression = parse(question)
    except ExpressionError as error:
        raise UsageError(f"`{question}`: {error.message}", error.hint) from None
    functions = {f"{name}()": function for name, function in FUNCTIONS.items()}
    if unknown := sorted(expression.names - NAMES.keys() - functions.keys()):
        raise UsageError(f"`{question}`: a field has no `{unknown[0]}`", near(unknown[0], NAMES) or ", ".join(NAMES))
    if not expression.names & NAMES.keys():
        raise UsageError(f"`{question}` asks nothing of a field", f"it has {', '.join(NAMES)}")
    answers = []
    for sight in layer.sights:
        figures = {name: figure(sight, name, layer.row.node.path) for name in expression.names & NAMES.keys()}
        try:
            answers.append(expression.code({**functions, **figures}))
        except RuleError as error:
            raise UsageError(f"`{question}`: {error.message}", error.hint) from None
    if not all(isinstance(answer, bool) for answer in answers):
        raise UsageError(
            f"`{question}` is no question: it is {show_any(answers[0])}", "compare it: `rf == 427`, `cover >= 1`"
        )
    return all(answers)


def answer(question: str, layer: Layer) -> str:
    """The figures that it asks for, as they are: `rf is 483`."""
    names = [name for name in NAMES if name in parse(question).names]
    values = [[show_any(figure(sight, name, layer.row.node.path)) for sight in layer.sights] for name in names]
    return ", ".join(f"{name} is {' and '.join(dict.fromkeys(each))}" for name, each in zip(names, values, strict=True))


def show_any(value: Any) -> str:
    return show(value) if isinstance(value, (int, Fraction)) else str(value)


def figure(sight: Sight, name: str, path: str) -> Any:
    """A figure of a layer on one axis, by name. Raises UsageError where it has none."""
    if name in ("rf_min", "rf_max"):
        return ends(sight.size)[name == "rf_max"]
    if name == "rf" and isinstance(sight.size, Range):
        raise UsageError(f"outputs of {path} see {sight.size} pixels", "ask for `rf_min` or `rf_max`")
    value = sight.size if name == "rf" else getattr(sight, name)
    if value is None:
        raise UsageError(f"{path} has no `{name}`")
    return value
