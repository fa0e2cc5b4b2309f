"""Graph → Rows: the one loop."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archcalc.engine.graph import Applied, Graph, Node
from archcalc.engine.periodic import Join, hull
from archcalc.engine.reach import NOTHING, at_input, compose, merge
from archcalc.fields import Reach
from archcalc.quantities import NO_WEIGHTS, Facts, Shape, Weights
from archcalc.values import Value

Weigh = Callable[[Applied], Sequence[Value] | None]


@dataclass(slots=True, eq=False)
class Row:
    """Everything known of a node. Facts and weights are those of one copy; shared weights count where first met."""

    node: Node
    reach: Reach

    @property
    def output(self) -> Shape:
        return self.node.applied.output

    @property
    def facts(self) -> Facts:
        return self.node.applied.facts

    @property
    def weights(self) -> Weights:
        """The weights that this node adds to the network's: none where it shares an earlier node's."""
        return NO_WEIGHTS if self.node.shared is not None else self.node.applied.weights


def branches(rows: Sequence[Row], node: Node, join: Join = hull) -> list[Reach]:
    """What each layer that a node reads brings to it, in the node's own positions."""
    sizes = node.applied.output[1:]
    each = zip(node.sources, node.applied.reads, node.applied.pools, strict=True)
    return [compose(rows[source].reach, reads, sizes, join, pools) for source, reads, pools in each]


def propagate(
    graph: Graph, start: Callable[[Shape], Reach] = at_input, join: Join = hull, weigh: Weigh | None = None
) -> list[Row]:
    """A row for each node, in the graph's order.

    start   what the pixels of an input of a shape see
    join    what a position sees that reads others (`periodic.py`)
    weigh   what part each branch of a merge has, for joins that ask
    """
    rows: list[Row] = []
    inputs = set(graph.inputs.values())
    collecting = gc.isenabled()
    gc.disable()  # 100,000 rows without a cycle among them: collection alone would double the time
    try:
        for index, node in enumerate(graph.nodes):
            sources, applied = node.sources, node.applied
            if not sources:
                reach = start(applied.output) if index in inputs else NOTHING
            elif len(sources) == 1:
                reads, pools = applied.reads[0], applied.pools[0]
                reach = compose(rows[sources[0]].reach, reads, applied.output[1:], join, pools)
            else:
                weights = weigh and weigh(applied)
                reach = merge(branches(rows, node, join), applied.output[1:], join, weights)
            rows.append(Row(node, reach))
    finally:
        if collecting:
            gc.enable()
    return rows
