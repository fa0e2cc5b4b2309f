"""Figures: a Value, a lower bound, or the reason why there is none; never a silent 0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from archcalc.values import Value, exactdiv


@dataclass(frozen=True)
class AtLeast:
    """A part of the figure is unknown, and why: the true one is not below `value`."""

    value: Value
    reason: str


@dataclass(frozen=True)
class Unavailable:
    """The figure is unknown, and why."""

    reason: str


Figure = Value | AtLeast | Unavailable


def is_partial(figure: object) -> bool:
    """Whether the figure is a lower bound or unavailable."""
    return isinstance(figure, (AtLeast, Unavailable))


def total(figures: Iterable[Figure]) -> Figure:
    """The sum: exact if all are, a lower bound if some are not, unavailable if none is known. Of nothing: 0."""
    known: list[Value] = []
    reasons: dict[str, None] = {}
    for figure in figures:
        if isinstance(figure, (AtLeast, Unavailable)):
            reasons[figure.reason] = None
        if not isinstance(figure, Unavailable):
            known.append(figure.value if isinstance(figure, AtLeast) else figure)
    if not reasons:
        return sum(known)
    reason = "; ".join(reasons)
    return AtLeast(sum(known), reason) if known else Unavailable(reason)


def multiple(figure: Figure, times: Value) -> Figure:
    """`times` a figure."""
    if isinstance(figure, Unavailable):
        return figure
    return AtLeast(figure.value * times, figure.reason) if isinstance(figure, AtLeast) else figure * times


def ratio(part: Figure, whole: Figure) -> Figure:
    """part / whole as an exact fraction; unavailable where the whole is 0 or not known exactly."""
    if isinstance(whole, (AtLeast, Unavailable)):
        return Unavailable(f"the total is not known: {whole.reason}")
    if isinstance(whole, (int, Fraction)) and whole == 0:
        return Unavailable("the total is 0")
    if isinstance(part, Unavailable):
        return part
    if isinstance(part, AtLeast):
        return AtLeast(exactdiv(part.value, whole), part.reason)
    return exactdiv(part, whole)
