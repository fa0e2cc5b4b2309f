"""Figures as text: exact, or short where room is scarce."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from archcalc.fields import Reach
from archcalc.quantities import Unknown, show_shape
from archcalc.render.table import Cell, Column
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.values import show

UNKNOWN = "?"
"""An unavailable figure in a cell; a note says why."""
WHOLE = "*"
"""Beside a receptive field: some path sees the whole image; a note says so."""


def exact(cell: Cell) -> str:
    """Every digit, with thousands separators."""
    match cell:
        case None:
            return ""
        case AtLeast():
            return f"≥ {exact(cell.value)}"
        case Unavailable():
            return UNKNOWN
        case int():
            return f"{cell:,}"
        case Fraction():
            return show(cell)
        case Reach():
            return field(cell)
        case tuple():
            return show_shape(cell)
        case list():
            return ", ".join(map(show_shape, cell))
    return str(cell)


def short(cell: Cell) -> str:
    """Counts from 10,000 in 4 digits with k, M, G, …; all else exact."""
    if isinstance(cell, AtLeast):
        return f"≥ {short(cell.value)}"
    if isinstance(cell, (int, Fraction)) and not -10_000 < cell < 10_000:
        return four_digits(cell)
    return exact(cell)


def four_digits(value: int | Fraction) -> str:
    """10,838,016 as 10.84M; a half goes up."""
    sign, size = ("-", -value) if value < 0 else ("", value)
    places = len(str(int(size))) - 4  # digits that go
    digits = int(size / Fraction(10) ** places + Fraction(1, 2))
    if digits == 10_000:
        digits, places = 1_000, places + 1
    thousands, whole = divmod(places + 3, 3)
    suffix = "kMGTPE"[thousands - 1] if thousands <= 6 else f"e{3 * thousands}"
    return f"{sign}{str(digits)[: whole + 1]}.{str(digits)[whole + 1 :]}{suffix}"


def percent(cell: Cell) -> str:
    """A share with one decimal; `<0.1%` for what would round to nothing."""
    match cell:
        case AtLeast():
            return f"≥ {percent(cell.value)}"
        case int() | Fraction():
            tenths = int(cell * 1000 + Fraction(1, 2))
            return "<0.1%" if tenths == 0 and cell > 0 else f"{tenths // 10}.{tenths % 10}%"
    return exact(cell)


def times(cell: Cell) -> str:
    """A ratio, not below 0: `1×`, `0.75×`, `1.035×`, `1.000×`."""
    return f"{decimal(cell)}×" if isinstance(cell, (int, Fraction)) else exact(cell)


def decimal(cell: Cell) -> str:
    """A number, not below 0: exact if three decimals can say it, else four digits: `1`, `0.75`, `1.035`, `1.000`."""
    if isinstance(cell, AtLeast):
        return f"≥ {decimal(cell.value)}"
    if not isinstance(cell, (int, Fraction)):
        return exact(cell)
    if (cell * 1000).denominator == 1:
        return show(cell)
    places = 3
    while cell * 10**places < 1000:
        places += 1
    while places and cell * 10**places >= 10_000:
        places -= 1
    whole, rest = divmod(int(cell * 10**places + Fraction(1, 2)), 10**places)
    return f"{whole:,}.{rest:0{places}}" if places else f"{whole:,}"


SECONDS = {"s": 1, "ms": 10**3, "µs": 10**6, "ns": 10**9}


def seconds(cell: Cell) -> str:
    """A time in the unit in which it is 1 or more: `8.21 ms`."""
    if not isinstance(cell, (int, Fraction)):
        return exact(cell)
    unit = next((unit for unit, scale in SECONDS.items() if cell * scale >= 1), "ns")
    return f"{decimal(cell * SECONDS[unit])} {unit}" if cell else "0"


def written(column: Column, cell: Cell, write: Callable[[Cell], str] = exact) -> str:
    """A cell as its column wants it; `write` is how counts are written."""
    if column.write is not None:
        return column.write(cell)
    if column.share:
        return percent(cell)
    if column.ratio:
        return times(cell)
    plus = column.signed and isinstance(cell, (int, Fraction)) and cell > 0
    return f"{'+' * plus}{write(cell)}"


def axes(cell: Cell) -> str:
    """One number if all axes have the same."""
    return exact(cell[0]) if isinstance(cell, tuple) and cell.count(cell[0]) == len(cell) > 0 else exact(cell)


def field(reach: Reach) -> str:
    """`483`, or `483x321` where the axes differ, with `*` if some path sees the whole image."""
    if isinstance(reach.local, Unknown):
        return UNKNOWN + WHOLE * reach.whole
    sizes = [at.size for at in reach.local]
    text = str(sizes[0]) if sizes and sizes.count(sizes[0]) == len(sizes) else show_shape(tuple(sizes))
    return text + WHOLE * reach.whole
