"""Graph → Rows: the one loop."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from archcalc.engine.graph import Graph, Node
from archcalc.engine.reach import NOTHING, at_input, compose, merge
from archcalc.quantities import NO_WEIGHTS, Facts, Reach, Shape, Weights


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


def propagate(graph: Graph) -> list[Row]:
    """A row for each node, in the graph's order."""
    rows: list[Row] = []
    inputs = set(graph.inputs.values())
    collecting = gc.isenabled()
    gc.disable()  # 100,000 rows without a cycle among them: collection alone would double the time
    try:
        for index, node in enumerate(graph.nodes):
            sources, applied = node.sources, node.applied
            if not sources:
                reach = at_input(applied.output) if index in inputs else NOTHING
            elif len(sources) == 1:
                reach = compose(rows[sources[0]].reach, applied.reads[0])
            else:
                seen = (rows[source].reach for source in sources)
                reach = merge([compose(at, reads) for at, reads in zip(seen, applied.reads, strict=True)])
            rows.append(Row(node, reach))
    finally:
        if collecting:
            gc.enable()
    return rows
