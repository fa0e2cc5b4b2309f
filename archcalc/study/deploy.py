"""A network as it is deployed: batch norms folded into the weights of the layers before them.

At inference a batch norm with running statistics is a*x + b with an a and a b for each channel. After a layer whose
output channels are sums with weights of their own, a goes into these weights and b into the bias.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

from archcalc.engine.graph import Applied, Graph, Node
from archcalc.report.report import Report


@dataclass(frozen=True, slots=True, eq=False)
class Deployed:
    """A report after folding.

    folded  the paths of the norms that are gone, each with that of the layer that took it in
    kept    the paths of the others, each with the reason
    """

    report: Report
    folded: dict[str, str]
    kept: dict[str, str]

    def sentence(self) -> str:
        """What was done."""
        count = len(self.folded)
        text = f"--deploy: {count} batch norm{'s' * (count != 1)} folded into the weights of the layers before"
        return f"{text}; kept: {'; '.join(f'{path} ({why})' for path, why in self.kept.items())}" if self.kept else text

    def document(self) -> dict[str, Any]:
        """As plain data (docs/json.md)."""
        folded = [{"path": path, "into": into} for path, into in self.folded.items()]
        return {"folded": folded, "kept": [{"path": path, "reason": why} for path, why in self.kept.items()]}


def deploy(report: Report) -> Deployed:
    """The report of the same network with batch norms folded where that can be."""
    graph = report.graph
    readers: list[list[int]] = [[] for _ in graph.nodes]
    for index, node in enumerate(graph.nodes):
        for source in node.sources:
            readers[source].append(index)
    sharing = {index for at, node in enumerate(graph.nodes) if node.shared is not None for index in (at, node.shared)}
    outputs = set(graph.outputs.values())
    folded: dict[int, int] = {}
    kept: dict[str, str] = {}
    for index, node in enumerate(graph.nodes):
        if "track" in node.applied.op.fields:  # what else normalises does so by the sample itself
            before = node.sources[0]
            why = _why_not(graph.nodes[before], node, alone=readers[before] == [index] and before not in outputs)
            why = why or "it shares weights with another layer" * bool({index, before} & sharing)
            if why:
                kept[node.path] = why
            else:
                folded[index] = before
    nodes = graph.nodes
    new = Report.of(
        folded_graph(graph, folded),
        network=report.network,
        variant=report.variant,
        parameters=report.parameters,
        convention=report.convention.name,
    )
    return Deployed(new, {nodes[norm].path: nodes[layer].path for norm, layer in folded.items()}, kept)


def _why_not(layer: Node, norm: Node, *, alone: bool) -> str:
    """Why a norm cannot go into the layer that it reads; empty if it can."""
    op: Any = layer.applied.op
    if not norm.applied.weights.statistics:
        return "without `track` it normalises by the batch itself"
    if not {"out", "bias"} <= set(op.fields) or not layer.applied.facts.macs:
        return f"it stands behind `{op.name}`"
    if not alone:
        return f"`{op.name}` before it is read by others too"
    return "" if layer.copies == norm.copies else f"`{op.name}` before it has other copies"


def folded_graph(graph: Graph, folded: dict[int, int]) -> Graph:
    """The graph without these norms, norm -> layer: the layers have a bias, and what read the norm reads the layer."""
    biased: dict[int, Applied] = {}  # layers that share an Applied go on sharing one
    places: list[int] = []  # of each old node, its new index
    nodes: list[Node] = []
    layers = set(folded.values())
    for index, node in enumerate(graph.nodes):
        if index in folded:
            places.append(places[folded[index]])
            continue
        applied = node.applied
        if index in layers:
            if id(applied) not in biased:
                op = copy.copy(applied.op)
                op.__dict__["bias"] = True
                biased[id(applied)] = Applied(op, applied.inputs)
            applied = biased[id(applied)]
        sources = tuple(places[source] for source in node.sources)
        shared = None if node.shared is None else places[node.shared]
        places.append(len(nodes))
        nodes.append(replace(node, applied=applied, sources=sources, shared=shared))
    return Graph(
        nodes,
        {name: places[index] for name, index in graph.inputs.items()},
        {name: places[index] for name, index in graph.outputs.items()},
    )
