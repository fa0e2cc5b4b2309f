"""Fields as functions of the input size: what TensorFlow's SAME padding leaves open until the size is known.

A layer's padding of SAME depends on its input's size modulo its stride, so that of the network's depends on n modulo
the product of the strides: one network for each remainder tells it for every n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, propagate
from archcalc.errors import SpecError, UsageError
from archcalc.fields import Periodic
from archcalc.network import Network
from archcalc.quantities import Unknown
from archcalc.study.field.subject import has_map
from archcalc.values.exact import Exact, show

MOST = 1024
"""Remainders that are tried."""


class _Hole:
    """In place of a figure for sizes that the network does not take."""


HOLE = _Hole()


@dataclass(frozen=True, slots=True)
class OfSize:
    """A figure for every input size n: values[n mod len(values)]; a HOLE where the network does not take n."""

    values: tuple[Any, ...]

    def __str__(self) -> str:
        """`7`, `126 + (-n mod 32)`, `239 if n mod 4 in {0, 3} else 241`, or the values one by one."""
        modulus = len(self.values)
        if modulus == 1:
            return _show(self.values[0])
        if HOLE in self.values:
            given = [(r, value) for r, value in enumerate(self.values) if value is not HOLE]
            return ", ".join(f"{_show(value)} if n mod {modulus} = {r}" for r, value in given)
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
        """As base ± step*((±n + c) mod m), if it is."""
        values, modulus = self.values, len(self.values)
        if not all(isinstance(value, (int, Fraction)) for value in values):
            return ""
        step = Fraction(max(values) - min(values), modulus - 1)
        found = []
        for turn in (-1, 1):
            for base, way in ((min(values), 1), (max(values), -1)):
                c = -turn * values.index(base) % modulus
                if all(value == base + way * step * ((turn * r + c) % modulus) for r, value in enumerate(values)):
                    found.append((c != 0, base != 0, _written(base, way * step, turn, c, modulus)))
        return min(found, key=lambda each: each[:2])[-1] if found else ""


def _written(base: Any, step: Any, turn: int, c: int, modulus: int) -> str:
    """`126 + (-n mod 32)`, `-2*((n + 4) mod 8)`."""
    n = ("-n" if turn < 0 else "n") if not c else f"({c} - n)" if turn < 0 else f"(n + {c})"
    head = show(base) if base else ""
    sign = (" - " if head else "-") if step < 0 else " + " if head else ""
    times = "" if abs(step) == 1 else f"{show(abs(step))}*"
    return f"{head}{sign}{times}({n} mod {modulus})"


def _show(value: Any) -> str:
    return show(value) if isinstance(value, (int, Fraction)) else str(value)


def shortest(values: Sequence[Any]) -> OfSize:
    """With the smallest modulus that tells them apart."""
    count = len(values)
    for modulus in range(1, count + 1):
        if count % modulus:
            continue
        kinds = [[value for value in dict.fromkeys(values[r::modulus]) if value is not HOLE] for r in range(modulus)]
        if all(len(each) <= 1 for each in kinds):
            return OfSize(tuple(each[0] if each else HOLE for each in kinds))
    raise AssertionError


@dataclass(frozen=True, slots=True)
class OnAxis:
    """The field of a layer on one axis for every input size; `after` is None where the last output sees nothing."""

    size: OfSize
    stride: Exact | None
    before: OfSize | None
    after: OfSize | None


@dataclass(frozen=True, slots=True)
class Anyhow:
    """The field of a layer for every input size, or why it has none; `whole` if it also sees the whole image."""

    path: str
    axes: tuple[OnAxis, ...]
    whole: bool
    unknown: str = ""


class Anysize(NamedTuple):
    """Every layer's field for inputs n pixels long on every axis, and which n the network takes: n mod modulus."""

    layers: list[Anyhow]
    modulus: int
    taken: list[int]


def of_any_size(network: Network, settings: dict[str, Any]) -> Anysize:
    """Raises UsageError where that is not to be told."""
    graph = network.graph(**settings)
    if len(graph.inputs) > 1:
        raise UsageError(f"the network has {len(graph.inputs)} inputs", "`--input n` is for networks of one")
    (start,) = graph.inputs.values()
    shape = graph.nodes[start].applied.output
    modulus = _modulus(propagate(graph))
    if modulus > MOST:
        raise UsageError(f"the strides make {modulus:,} remainders to tell apart, more than {MOST:,}")
    least = -(-max(shape[1:]) // modulus) * modulus

    def sized(n: int) -> list[Row]:
        return propagate(network.graph(input=(shape[0], *(n for _ in shape[1:])), **settings))

    sizes: list[Pair] = []
    refused = None
    for r in range(modulus):
        try:
            sizes.append((sized(least + r), sized(least + modulus + r)))
        except SpecError as error:
            sizes.append(None)
            refused = error
    if not any(sizes):
        raise UsageError(f"the network takes no other input sizes than its own:\n{refused}")
    return Anysize(_together(sizes), modulus, [r for r, pair in enumerate(sizes) if pair is not None])


Pair = tuple[list[Row], list[Row]] | None
"""Networks at n and at n + modulus; None where the network takes no such n."""


def _modulus(rows: Sequence[Row]) -> int:
    """What the input size is taken modulo: all strides divide it."""
    modulus = 1
    for row in rows:
        for at in () if isinstance(row.reach.local, Unknown) else row.reach.local:
            cycle = periodic.cycle(at)
            if isinstance(cycle, Periodic):
                modulus = lcm(modulus, cycle.advance or 1)
    return modulus


def _together(sizes: Sequence[Pair]) -> list[Anyhow]:
    """From networks for each remainder of n."""
    first = next(pair[0] for pair in sizes if pair is not None)
    for pair in sizes:
        for rows in pair or ():
            if [row.node.path for row in rows] != [row.node.path for row in first]:
                raise UsageError("other layers come with another input size", "--input takes one size at a time")
    return [_of_layer(index, row, sizes) for index, row in enumerate(first)]


def _of_layer(index: int, row: Row, sizes: Sequence[Pair]) -> Anyhow:
    path, whole = row.node.path, row.reach.whole
    each: list[Any] = [pair and tuple(_figures(rows[index]) for rows in pair) for pair in sizes]
    for both in each:
        for figures in both or ():
            if isinstance(figures, str):
                return Anyhow(path, (), whole, figures)
        if both and both[0] != both[1]:
            return Anyhow(path, (), whole, "it depends on more than the remainder of the input size")
    rank = next(len(both[0]) for both in each if both)
    on = [[both[0][axis] if both else (HOLE,) * 4 for both in each] for axis in range(rank)]
    return Anyhow(path, tuple(map(_on_axis, on)), whole)


def _on_axis(figures: Sequence[tuple[Any, ...]]) -> OnAxis:
    """From stride, size and padding before and after for each remainder."""
    strides, size, before, after = zip(*figures, strict=True)
    known = {*strides} - {HOLE}
    return OnAxis(shortest(size), known.pop() if len(known) == 1 else None, _maybe(before), _maybe(after))


def _maybe(values: Sequence[Any]) -> OfSize | None:
    return None if None in values else shortest(values)


def _figures(row: Row) -> list[tuple[Any, ...]] | str:
    """Stride, size, padding before and after on each axis; or why not."""
    local = row.reach.local
    if isinstance(local, Unknown):
        return local.reason
    if not has_map(row):
        return "it has no positions of its own"
    found = []
    for at, outputs, n in zip(local, row.output[1:], row.reach.grid, strict=True):
        cycle = periodic.cycle(at)
        if not isinstance(cycle, Periodic):
            return cycle.why
        last = cycle.at(outputs - 1)
        found.append((at.stride, at.size, at.padding, None if last is None else last.hi - (n - 1)))
    return found
