"""The rows of a graph, whose receptive fields are found when the first of them is asked for: counts need none."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cache

from archcalc.engine.graph import Graph, Node
from archcalc.engine.propagate import Row, propagate
from archcalc.fields import Reach


class LateRow(Row):
    """A row of which only the node is known at first."""

    __slots__ = ("_all", "_index")

    def __init__(self, node: Node, index: int, all: Callable[[], list[Row]]) -> None:
        self.node, self._index, self._all = node, index, all

    @property
    def reach(self) -> Reach:  # type: ignore[override]
        return self._all()[self._index].reach


def rows(graph: Graph) -> list[Row]:
    """A row for each node, in the graph's order."""
    found = cache(lambda: propagate(graph))
    collecting = gc.isenabled()
    gc.disable()  # as in `propagate`: 100,000 rows without a cycle among them
    try:
        return [LateRow(node, index, found) for index, node in enumerate(graph.nodes)]
    finally:
        if collecting:
            gc.enable()
