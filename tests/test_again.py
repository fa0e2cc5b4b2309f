"""Blocks that run again as they ran before: the graph is the one that running them step by step gives."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.engine.graph import Graph
from archcalc.spec import again, limits, zoo
from archcalc.values.symbols import Space

NETS = {
    "alike": "[{Unit: 4, repeat: 3}]",
    "of a name inside an equal run": "[{Unit: 4, repeat: 3}, {add: [Unit3, Unit3/new/In1/conv, Unit2/new]}]",
    "from other layers": "[{name: a, Unit: 4}, {name: b, Unit: 4}, {name: c, Unit: 4, from: a}, {add: [b, c]}]",
    "branches with copies": "[add: {l: {copies: 2, do: [Unit: 4]}, r: {copies: 2, do: [Unit: 4]}, s: [Unit: 4]}]",
    "weights shared": "[{Unit: 4}, {Unit: 4, weights: w}, {Unit: 4, weights: w}, {Unit: 4}]",
    "weights shared inside": "[{Tied: 4, repeat: 2}, {Unit: 4}]",
    "survival inside": "[{Drop: 4, repeat: 3}, {Unit: 4, repeat: 2, survival: 0.5}, {Drop: 4, repeat: 2}]",
    "survival around": "[{Drop: 4, repeat: 2, survival: {last: 0.3}}, {Drop: 4, repeat: 2}]",
    "heads": "[{Head: 4, name: a}, {Head: 4, name: b}]",
    "what arrives differs": "[{Unit: 4, repeat: 2}, {Unit: 8}, {Unit: 4, repeat: 2}]",
    "nothing but what arrives": "[{Nothing: [], repeat: 3}, {Unit: 4, repeat: 2}]",
}

BLOCKS = """\
network: n
input: [4, 8, 8]
blocks:
  In(n=4): [conv: {out: n, kernel: 3, padding: 1}, relu]
  Unit(n): [add: {skip: {when: in != n, conv: {out: n, kernel: 1}, else: identity}, new: [In: n, In: n]}, relu]
  One(n): [conv: {out: n, kernel: 1}]
  Tied(n): [{name: a, One: n, weights: w}, {name: b, One: n, weights: w}]
  Drop(n):
    - add: {skip: identity, new: {survival: {last: 0.2}, do: [In: n]}}
    - add: {a: identity, b: {survival: 0.9, In: n}}
    - add: {a: {survival: 0.5, In: n}, b: {when: false, In: n, else: none}}
  Head(n): [Unit: n, head: {out: {One: n}}]
  Nothing: [identity]
body:
"""


def plainly(graph: Graph) -> list[Any]:
    """Everything that a graph says."""
    nodes = [
        (n.path, str(n.where), n.sources, n.copies, n.shared, n.block, n.survival, n.applied.op.name, n.applied.output)
        for n in graph.nodes
    ]
    return [nodes, graph.inputs, graph.outputs]


def both(network: archcalc.Network, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> tuple[Graph, Graph]:
    """The graph, and that of running every block step by step."""
    graph = network.graph(**settings)
    with monkeypatch.context() as patch:
        patch.setattr(again.Rerunner, "remember", lambda *_: None)
        return graph, network.graph(**settings)


@pytest.mark.parametrize("name", NETS)
def test_small_nets(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(BLOCKS + textwrap.indent(NETS[name], "  "), encoding="utf-8")
    ours, slow = both(archcalc.load(str(path)), monkeypatch)
    assert plainly(ours) == plainly(slow)


@pytest.mark.parametrize("name", [name for name in zoo.packaged() if archcalc.load(name).spec.body is not None])
def test_packaged_nets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = archcalc.load(name)
    for variant in list(network.variants)[-2:]:
        ours, slow = both(network.at(variant), monkeypatch)
        assert plainly(ours) == plainly(slow)


def test_equal_runs_are_not_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 200 units a stage in three stages, the first two of a stage differ in what arrives, the others are alike."""
    placed: list[str] = []
    place = again.Rerunner.node

    def node(self: again.Rerunner, op: Any, sources: Any, path: str, *more: Any) -> int:
        placed.append(path)
        return place(self, op, sources, path, *more)

    monkeypatch.setattr(again.Rerunner, "node", node)
    graph = archcalc.load("resnet_cifar1202").graph()
    assert len(graph.nodes) > 4_000
    assert len(placed) < 100


def test_settings_share_operators_on_equal_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    network = archcalc.load("resnet_cifar")
    graphs = [network.graph(n=n) for n in (3, 5)]
    monkeypatch.setattr(limits, "MAX_KNOWN", 1)
    graphs.append(network.graph(n=3))
    first, other, anew = ({id(node.applied) for node in graph.nodes if node.sources} for graph in graphs)
    assert first == other
    assert first.isdisjoint(anew)


def test_symbols_share_nothing_with_numbers() -> None:
    network = archcalc.load("resnet_cifar")
    numbers = network.graph()
    symbols = network.graph(classes=Space().symbol("classes", minimum=1))
    assert not {id(node.applied) for node in numbers.nodes} & {id(node.applied) for node in symbols.nodes}
