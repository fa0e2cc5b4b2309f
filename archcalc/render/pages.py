"""A page: equations, tables and notes. Formats write it."""

from __future__ import annotations

from dataclasses import dataclass

from archcalc.render.math import Math
from archcalc.render.table import Table

Note = tuple[Math | str, ...]
"""A sentence in pieces."""


@dataclass(frozen=True, slots=True)
class Equation:
    """left = right; the left side is a text."""

    left: str
    right: Math


@dataclass(frozen=True, slots=True)
class Page:
    """What a reader gets, in this order: a title for those who see nothing else, equations, tables, notes."""

    title: tuple[str, ...]
    equations: tuple[Equation, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
