"""Fields as functions of the input size: what TensorFlow's SAME padding leaves open until the size is known.

A layer's padding of SAME depends on its input's size modulo its stride, so that of the network's depends on n modulo
the product of the strides: one network for each remainder tells it for every n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, propagate
from archcalc.errors import UsageError
from archcalc.network import Network
from archcalc.quantities import Periodic, Unknown
from archcalc.values.exact import Exact, show

MOST = 1024
"""Remainders that are tried."""


@dataclass(frozen=True, slots=True)
class OfSize:
    """A figure for every input size n: values[n mod len(values)]."""

    values: tuple[Any, ...]

    def __str__(self) -> str:
        """`7`, `126 + (-n mod 32)`, `239 if n mod 4 in {0, 3} else 241`, or the values one by one."""
        modulus = len(self.values)
        if modulus == 1:
            return _show(self.values[0])
        if line := self._line():
            return line
        kinds = list(dict.fromkeys(self.values))
        if len(kinds) == 2:
            places = {kind: [r for r, value in enumerate(self.values) if value == kind] for kind in kinds}
            rare, usual = sorted(kinds, key=lambda kind: len(places[kind]))
            listed = ", ".join(map(str, places[rare]))
            among = f"= {listed}" if len(places[rare]) == 1 else f"in {{{listed}}}"
            return f"{_show(rare)} if n mod {modulus} {among} else {_show(usual)}"
        return f"{', '.join(map(_show, self.values))} for n mod {modulus} = 0, 1, …"

    def _line(self) -> str:
        """As base + step*(±n mod m), if it is."""
        values, modulus = self.values, len(self.values)
        if not all(isinstance(value, (int, Fraction)) for value in values):
            return ""
        for sign, one in (("-", modulus - 1), ("", 1)):
            step = values[one] - values[0]
            if all(value == values[0] + step * ((-r if sign else r) % modulus) for r, value in enumerate(values)):
                times = "" if step == 1 else f"{show(step)}*"
                base = f"{show(values[0])} + " if values[0] else ""
                return f"{base}{times}({sign}n mod {modulus})"
        return ""


def _show(value: Any) -> str:
    return show(value) if isinstance(value, (int, Fraction)) else str(value)


def shortest(values: Sequence[Any]) -> OfSize:
    """With the smallest modulus that tells them apart."""
    count = len(values)
    for modulus in range(1, count + 1):
        if count % modulus == 0 and all(values[r] == values[r % modulus] for r in range(count)):
            return OfSize(tuple(values[:modulus]))
    raise AssertionError


@dataclass(frozen=True, slots=True)
class Anyhow:
    """The field of a layer on one axis for every input size, or why it has none."""

    path: str
    size: OfSize | None
    stride: Exact | None
    before: OfSize | None
    after: OfSize | None
    unknown: str = ""


def of_any_size(network: Network, settings: dict[str, Any]) -> list[Anyhow]:
    """Each layer's, for inputs n pixels high and wide. Raises UsageError where too many remainders would be tried."""
    graph = network.graph(**settings)
    if len(graph.inputs) > 1:
        raise UsageError(f"the network has {len(graph.inputs)} inputs", "of one can be asked `--input n`")
    (start,) = graph.inputs.values()
    shape = graph.nodes[start].applied.output
    rows = propagate(graph)
    modulus = 1
    for row in rows:
        for at in () if isinstance(row.reach.local, Unknown) else row.reach.local:
            cycle = periodic.cycle(at)
            if isinstance(cycle, Periodic):
                modulus = lcm(modulus, cycle.advance or 1)
    if modulus > MOST:
        raise UsageError(f"the strides make {modulus:,} remainders to tell apart, more than {MOST:,}")
    least = -(-max(shape[1:]) // modulus) * modulus

    def sized(n: int) -> list[Row]:
        return propagate(network.graph(input=(shape[0], *(n for _ in shape[1:])), **settings))

    return _together([(sized(least + r), sized(least + modulus + r)) for r in range(modulus)])


def _together(sizes: list[tuple[list[Row], list[Row]]]) -> list[Anyhow]:
    """From networks at n and at n + modulus, for each remainder of n."""
    first = sizes[0][0]
    for pair in sizes:
        for rows in pair:
            if [row.node.path for row in rows] != [row.node.path for row in first]:
                raise UsageError("other layers come with another input size", "--input takes one size at a time")
    found = []
    for index, row in enumerate(first):
        each = [tuple(_figures(rows[index]) for rows in pair) for pair in sizes]
        if any(isinstance(figures, str) for pair in each for figures in pair):
            reason = next(figures for pair in each for figures in pair if isinstance(figures, str))
            found.append(Anyhow(row.node.path, None, None, None, None, reason))
            continue
        if any(here != later for here, later in each):
            why = "it depends on more than the remainder of the input size"
            found.append(Anyhow(row.node.path, None, None, None, None, why))
            continue
        sides: Any = list(zip(*(here for here, _ in each), strict=True))
        strides, size, before, after = sides
        stride = strides[0] if len(set(strides)) == 1 else None
        found.append(Anyhow(row.node.path, shortest(size), stride, shortest(before), _maybe(after)))
    return found


def _maybe(values: Sequence[Any]) -> OfSize | None:
    return None if None in values else shortest(values)


def _figures(row: Row) -> tuple[Any, ...] | str:
    """Stride, size, padding before and after on the first axis; or why not."""
    local = row.reach.local
    if isinstance(local, Unknown):
        return local.reason
    if row.reach.whole or len(row.output) == 1:
        return "it sees the whole image" if row.reach.whole else "it has no positions"
    at = local[0]
    cycle = periodic.cycle(at)
    if not isinstance(cycle, Periodic):
        return cycle.why
    last = cycle.at(row.output[1] - 1)
    after = None if last is None else last.hi - (row.reach.grid[0] - 1)
    return at.stride, at.size, at.padding, after
