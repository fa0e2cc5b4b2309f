"""Fields that do not slide: composed and merged position by position, over one period or over all of a map.

A cell is whatever one position sees: a Span here; a set of pixels or a distribution over them in `study`. It knows
`shifted(by)`; `join` makes one of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import gcd, lcm
from typing import Any

from archcalc.engine.taps import Taps, inside, most_taps, ratio, shares, taps
from archcalc.fields import AxisField, Interval, Listed, Periodic, Span
from archcalc.quantities import Reads
from archcalc.values import Value

Cycle = Periodic | Listed

Join = Callable[[Sequence[Any], Sequence[Any] | None], Any]
"""join(cells, shares): what a position sees that reads these; the part each has in it, or None if all are equal."""

MAX_PERIOD = 4096
"""Beyond, what each position of the map sees is listed."""

LONG = "its period is longer than can be followed"

MOST = 200_000
"""Inputs of one layer that are looked at, position by position."""


class Endless(Exception):
    """There are too many positions to look at."""


def _positions(count: int, each: int) -> range:
    """So many positions of so many inputs each. Raises Endless."""
    if count * each > MOST:
        raise Endless
    return range(count)


def hull(cells: Sequence[Span], _: Sequence[Any] | None = None) -> Span:
    """From the first to the last pixel of all."""
    return Span(min([cell[0] for cell in cells]), max([cell[1] for cell in cells]))


def cycle(at: AxisField) -> Cycle:
    """A sliding field as one of period 1."""
    return Periodic((Span(at.lo, at.hi),), at.stride) if isinstance(at, Interval) else at


def compose(at: Cycle, read: Reads, outputs: Value, join: Join = hull) -> Cycle:
    """What a layer of `outputs` positions sees on an axis that reads one that sees `at`. Raises Endless."""
    taps_each = most_taps(read)
    if isinstance(at, Listed):
        n, positions = len(at.cells), _positions(outputs, taps_each)
        return Listed(tuple(_joined(at, read, o, inside(read, o, n), join) for o in positions), at.why)
    period = len(at.cells)
    advance, step = ratio(read)
    rounds = period // gcd(advance, period)
    if step * rounds > MAX_PERIOD:
        positions = _positions(outputs, taps_each)
        return Listed(tuple(_joined(at, read, o, taps(read, o), join) for o in positions), LONG)
    positions = _positions(step * rounds, taps_each)
    if join is hull:
        cells = tuple(_hull_at([(at, taps(read, o))]) for o in positions)
    else:
        cells = tuple(_joined(at, read, o, taps(read, o), join) for o in positions)
    return shortest(Periodic(cells, at.advance * advance * rounds // period))


def _hull_at(read: Iterable[tuple[Periodic, Taps]]) -> Span | None:
    """The hull of these places, without a Span for each: a report asks it for every output of every period."""
    los, his = [], []
    for at, places in read:
        cells, advance = at.cells, at.advance
        period = len(cells)
        for i in places:
            cell = cells[i % period]
            if cell is not None:
                by = i // period * advance
                los.append(cell[0] + by)
                his.append(cell[1] + by)
    return Span(min(los), max(his)) if los else None


def _joined(at: Cycle, read: Reads, o: int, read_by_o: Any, join: Join) -> Any:
    places = list(read_by_o)
    found = [at.at(i) for i in places]
    cells = [cell for cell in found if cell is not None]
    if not cells:
        return None
    return join(cells, shares(read, o) if len(cells) == len(found) else None)


def merge(
    fields: Sequence[Cycle],
    outputs: Value,
    why: Callable[[], str],
    join: Join = hull,
    weights: Sequence[Any] | None = None,
) -> Cycle:
    """What a layer of `outputs` positions sees on an axis that reads, each at its own position, all of these.

    Where they advance by different strides each position is listed, and `why` says what met. Raises Endless.
    """
    periodic = [field for field in fields if isinstance(field, Periodic)]
    first = fields[0]
    alike = len(periodic) == len(fields) and all(
        each.advance * len(periodic[0].cells) == periodic[0].advance * len(each.cells) for each in periodic
    )
    if alike and isinstance(first, Periodic):
        period = lcm(*(len(each.cells) for each in periodic))
        if join is hull and period <= MAX_PERIOD:
            cells = tuple(_hull_at([(each, (o,)) for each in periodic]) for o in range(period))
        else:
            cells = tuple(
                _met(fields, o, join, weights)
                for o in _positions(period if period <= MAX_PERIOD else outputs, len(fields))
            )
        if period > MAX_PERIOD:
            return Listed(cells, LONG)
        return shortest(Periodic(cells, first.advance * period // len(first.cells)))
    reason = next((field.why for field in fields if isinstance(field, Listed)), None)
    return Listed(
        tuple(_met(fields, o, join, weights) for o in _positions(outputs, len(fields))),
        why() if reason is None else reason,
    )


def _met(fields: Sequence[Cycle], o: int, join: Join, weights: Sequence[Any] | None) -> Any:
    found = [field.at(o) for field in fields]
    cells = [cell for cell in found if cell is not None]
    if not cells:
        return None
    parts = weights and [part for part, cell in zip(weights, found, strict=True) if cell is not None]
    return join(cells, parts)


def shortest(at: Periodic) -> Periodic:
    """The same with its shortest period."""
    period = len(at.cells)
    for part in range(1, period):
        if period % part == 0 and at.advance * part % period == 0:
            step = at.advance * part // period
            if all(_same(at.cells[o], at.cells[o + part], step) for o in range(period - part)):
                return Periodic(at.cells[:part], step)
    return at


def _same(cell: Any, later: Any, step: int) -> bool:
    return later is None if cell is None else bool(cell.shifted(step) == later)


def sliding(at: Cycle) -> AxisField:
    """As an Interval where the period is 1 and a Span is seen."""
    if isinstance(at, Periodic) and len(at.cells) == 1 and isinstance(at.cells[0], Span):
        return Interval(at.cells[0].lo, at.cells[0].hi, at.advance)
    return at
