"""The rows of a graph, whose receptive fields are found when the first of them is asked for: counts need none."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from archcalc.engine.graph import Graph, Node
from archcalc.engine.propagate import Row, propagate
from archcalc.fields import Reach


class Reaches:
    """The receptive fields of a graph's nodes, found when one is asked for."""

    __slots__ = ("found", "graph")

    def __init__(self, graph: Graph, found: list[Reach] | None = None) -> None:
        self.graph, self.found = graph, found

    def __getitem__(self, index: int) -> Reach:
        if self.found is None:
            self.found = [row.reach for row in propagate(self.graph)]
        return self.found[index]


class LateRow(Row):
    """A row of which only the node is known at first."""

    __slots__ = ("_all", "_index")

    def __init__(self, node: Node, index: int, all: Reaches) -> None:
        self.node, self._index, self._all = node, index, all

    @property
    def reach(self) -> Reach:  # type: ignore[override]
        return self._all[self._index]

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickles and copies: `reach` is no field of its own, and is not found for them."""
        return LateRow, (self.node, self._index, self._all)


class Rows(list[Row]):
    """Rows of which figures are asked more than once; it does not change."""

    @cached_property
    def alike(self) -> list[tuple[Row, int]]:
        """One row of each kind, and how many there are of it."""
        return alike(self)

    @cached_property
    def paths(self) -> list[str]:
        """The path of each."""
        return [row.node.path for row in self]


def alike(rows: Iterable[Row]) -> list[tuple[Row, int]]:
    """One row of each operator, shapes and copies, and how many there are of it: equal in all but their places."""
    found: dict[Any, list[Any]] = {}
    for row in rows:
        node = row.node
        key = node.applied, node.copies, node.shared is None
        if key in found:
            found[key][1] += 1
        else:
            found[key] = [row, 1]
    return [(row, times) for row, times in found.values()]


def rows(graph: Graph) -> Rows:
    """A row for each node, in the graph's order."""
    found = Reaches(graph)
    collecting = gc.isenabled()
    gc.disable()  # as in `propagate`: 100,000 rows without a cycle among them
    try:
        return Rows([LateRow(node, index, found) for index, node in enumerate(graph.nodes)])
    finally:
        if collecting:
            gc.enable()
