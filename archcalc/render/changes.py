"""What differs between layers, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase
from typing import Any

from archcalc.ops._fields import show_given
from archcalc.quantities import show_shape
from archcalc.render.table import Cell
from archcalc.report.figures import is_partial
from archcalc.report.metrics import metrics
from archcalc.study._align import Layer
from archcalc.study._changes import BESIDE, INPUT, Change
from archcalc.study.compare import CHANGED, ONLY_FIRST, ONLY_OTHER, Difference
from archcalc.values import is_value

A = ascii_uppercase[0]
"""The first network."""
MOST = 3
"""Changes that are told of a layer in short; beyond them, how many more there are."""
HEAVY = ("mult_adds", "params")
"""Metrics of which a layer has some if it is worth a word."""


def counts(figure: Any) -> bool:
    """Whether a figure is not 0, or may not be."""
    return is_partial(figure) or figure != 0


def levels(part: Difference, both: bool) -> list[str]:
    """The levels of a part's name in the first network; with `both`, `conv2→layer1` where the other has another."""
    first, other = (name.split("/") for name in part.names)
    if not both:
        return first
    if len(first) != len(other):
        return [" → ".join(part.names)]
    return [a if a == b else f"{a}→{b}" for a, b in zip(first, other, strict=True)]


def one_number(reach: Any) -> Cell:
    """One number if the axes differ by the same."""
    if not isinstance(reach, tuple):
        return reach
    return reach[0] if reach and reach.count(reach[0]) == len(reach) else show_shape(reach)


def words(part: Difference, letter: str, every: bool) -> str:
    """What differs: of a layer that is in both networks, its own, else what arrives at it. Unless `every`, in short."""
    if part.kind == ONLY_FIRST:
        return f"only in {A}: {_operators(part.first)}"
    if part.kind == ONLY_OTHER:
        return f"only in {letter}: {_operators(part.other)}"
    if part.kind != CHANGED:
        return f"{_operators(part.first)} → {_operators(part.other)}"
    own = _told(change for change in part.what if change.name != INPUT)
    if len(own) > MOST and not every:
        own[MOST - 1 :] = [f"{len(own) - MOST + 1} more"]
    return ", ".join(own) or arriving(part)


def arriving(part: Difference) -> str:
    """What arrives at a layer that is in both networks, if that differs."""
    return ", ".join(_told(change for change in part.what if change.name == INPUT)) if part.kind == CHANGED else ""


def _told(changes: Iterable[Change]) -> list[str]:
    texts: dict[str, list[str]] = {}
    for change in changes:
        for name, text in _said(change):
            texts.setdefault(text, []).append(name)
    return [" ".join(filter(None, (", ".join(names), text))) for text, names in texts.items()]


def _operators(layers: Sequence[Layer]) -> str:
    """The operators of up to two layers with work or weights, else how many layers: `conv 3x3 groups 64 + 1x1`."""
    known = metrics()
    heavy = [each for each in layers if any(counts(known[name].over(each.rows)) for name in HEAVY)] or layers
    if len(heavy) > 2:
        return f"{len(heavy)} layers"
    first, *second = (known["op"].over(each.rows) for each in heavy)
    return " + ".join((first, *(text.removeprefix(f"{first.partition(' ')[0]} ") for text in second)))


def _said(change: Change) -> Iterator[tuple[str, str]]:
    """A change as name and text; those of one text are told together."""
    name, first, other = change
    if name == INPUT:
        pairs = list(zip(first, other, strict=False))
        a, b = next((pair for pair in pairs if pair[0] != pair[1]), (None, None))
        if a is None or b is None or len(first) != len(other):
            yield "inputs", f"{len(first)}→{len(other)}"
        elif len(a) != len(b):
            yield "input", f"{show_shape(a)}→{show_shape(b)}"
        else:
            if a[0] != b[0]:
                yield "in", f"{a[0]}→{b[0]}"
            if a[1:] != b[1:]:
                yield "map", f"{show_shape(a[1:])}→{show_shape(b[1:])}"
    elif name == BESIDE:
        yield "", f"{first}→{other}"
    elif type(first) is int and {first, other} == {0, 1}:  # norms and activations
        yield "", f"{'with' if other else 'without'} {name}"
    else:
        yield name, f"{_given(name, first)}→{_given(name, other)}"


def _given(name: str, value: Any) -> str:
    """A parameter as one writes it: 3x3, 2, half."""
    if not isinstance(value, tuple):
        return show_given(value)
    if name != "kernel" and value.count(value[0]) == len(value):
        return _given(name, value[0])
    return show_shape(value) if all(map(is_value, value)) else show_given(value)
