"""How a network branches: the way from its input to an output as a series of nodes and forks, and so on inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError


@dataclass(frozen=True, slots=True)
class Fork:
    """Branches that begin at one node, and the node that merges them. A branch without nodes passes on what arrived."""

    row: Row
    branches: list[list[Part]]


Part = Row | Fork


def series(rows: Sequence[Row], output: int) -> list[Part]:
    """All that the node `output` needs, in order.

    Raises UsageError for wiring that is no series of forks: a node inside of two branches of one fork.
    """
    return _series(rows, _gates(rows), output, -1, set())


def _gates(rows: Sequence[Row]) -> list[int]:
    """For each node the last one before it that all ways from the inputs to it go through; -1 for none."""
    gates: list[int] = []
    for row in rows:
        sources = row.node.sources
        gate = sources[0] if sources else -1
        for other in sources[1:]:
            while gate != other:  # the later of the two cannot stand before the other
                gate, other = (gates[gate], other) if gate > other else (gate, gates[other])
        gates.append(gate)
    return gates


def _series(rows: Sequence[Row], gates: Sequence[int], at: int, above: int, seen: set[int]) -> list[Part]:
    """The parts behind the node `above` as far as `at`."""
    parts: list[Part] = []
    while at != above:
        row = rows[at]
        if at in seen:
            raise UsageError(f"the branches of this network share `{row.node.path}`: a table of blocks cannot say so")
        seen.add(at)
        if len(row.node.sources) > 1:
            parts.append(Fork(row, [_series(rows, gates, source, gates[at], seen) for source in row.node.sources]))
        else:
            parts.append(row)
        at = gates[at]
    return parts[::-1]


def rows_of(parts: Sequence[Part]) -> Iterator[Row]:
    """Every node of a series, those in branches too."""
    for part in parts:
        if isinstance(part, Fork):
            for branch in part.branches:
                yield from rows_of(branch)
        yield part.row if isinstance(part, Fork) else part


def forks_of(parts: Sequence[Part]) -> Iterator[Fork]:
    """Every fork of a series, outer ones first."""
    for part in parts:
        if isinstance(part, Fork):
            yield part
            for branch in part.branches:
                yield from forks_of(branch)
