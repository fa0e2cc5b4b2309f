"""What a spec holds: inputs, parameters, variants, blocks, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.network import Network
from archcalc.quantities import show_shape
from archcalc.spec.actions import signature
from archcalc.spec.expr import said
from archcalc.spec.parameter import Parameter
from archcalc.study.sections import Line, Page, Section


def facts(parameter: Parameter) -> str:
    """Default, choices and bounds of a parameter in words."""
    known = [f"default: {said(parameter.value)}"]
    if parameter.choices:
        known.append(f"one of {', '.join(map(said, parameter.choices))}")
    for bound, words in ((parameter.min, "at least"), (parameter.above, "above"), (parameter.max, "at most")):
        if bound is not None:
            known.append(f"{words} {said(bound)}")
    return "; ".join(known)


def settings(given: Mapping[str, Any]) -> str:
    """`alpha=0.75  classes=10`."""
    return "  ".join(f"{name}={said(value)}" for name, value in given.items())


def description(network: Network, values: Mapping[str, Any], graph: Graph | None) -> Page:
    """The page of a spec at settings; without a graph if it holds nothing but blocks for others to import."""
    document = network.spec.document
    sources = [document.source] if isinstance(document.source, str) else document.source
    changed = {name: value for name, value in values.items() if value != network.parameters[name].value}
    heading = " · ".join(filter(None, (network.title, network.variant, settings(changed))))
    parameters = (Line(name, each.help, facts(each)) for name, each in network.parameters.items())
    variants = (Line(name, settings(given) or "defaults") for name, given in network.variants.items())
    return Page(
        (heading,),
        (
            Section("Sources", tuple(Line("", source) for source in sources if source)),
            Section("Notes", tuple(Line("", text) for text in filter(None, [document.notes.strip()]))),
            Section("Inputs", tuple(_inputs(network, graph))),
            Section("Outputs", tuple(_outputs(graph))),
            Section("Parameters", tuple(parameters)),
            Section("Variants", tuple(variants)),
            Section("Blocks", tuple(_blocks(network))),
        ),
    )


def _inputs(network: Network, graph: Graph | None) -> Iterator[Line]:
    for name, sizes in network.spec.inputs.items():
        rule = f"[{', '.join(size.text for size in sizes)}]" if any(size.code for size in sizes) else ""
        shape = show_shape(graph.nodes[graph.inputs[name]].applied.output) if graph else ""
        yield Line(name, shape or rule, rule and shape and rule)


def _outputs(graph: Graph | None) -> Iterator[Line]:
    if graph is not None:
        for name, index in graph.outputs.items():
            node = graph.nodes[index]
            yield Line(name, show_shape(node.applied.output), node.path)


def _blocks(network: Network) -> Iterator[Line]:
    module = network.spec.module
    for name in module.block_names:
        block = module.block(name)
        if block is not None:
            own = block.module is module
            yield Line("", signature(block) if own else f"{signature(block)}  from {block.where.source.name}")
