"""Blocks that run again as they ran before: the graph is the one that running them step by step gives."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.engine.graph import Applied, Graph
from archcalc.errors import SpecError
from archcalc.spec import again, limits
from archcalc.spec.place import Known
from archcalc.values.symbols import Space

WRONG, DEEP = "a number is no truth value", "blocks that run each other too deep the second time"
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
    "chances without layers": "[Zero: , {name: x, add: {a: identity, b: {survival: {last: 0.5}, In: 4}}}, Zero: ]",
    DEEP: "[{Deep: 150}, {To: 100}]",
    WRONG: "[{Is: true}, {Is: 1}, {Is: true}]",
    "levels that end where they begin": "[{Back: 4, repeat: 2}, {add: [Back2, Back1/here, Back2/here, Back2/In/conv]}]",
    "levels of a line from elsewhere": "[{name: z, relu: }, {name: a, Back: 4}, {name: b, from: z, Back: 4}, "
    "{add: [a, b, b/here]}]",
    "levels of one layer": "[{Alone: 4, repeat: 2}, {Outer: 4, repeat: 2}, {add: [Outer2, Outer2/Alone, Alone1]}]",
    "an argument held again": "[{Hold: [In, 1]}, {Hold: [In, 2]}, {Hold: [Drop, 1]}, {Hold: [Drop, 2]}]",
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
  Idle: [relu, {do: identity, repeat: 30}]
  Zero: [relu, {survival: {last: 0.5}, do: identity}]
  Is(t): {when: t == true, conv: {out: 4, kernel: 1}, else: relu}
  Deep(n): {when: n > 0, Deep: n - 1, else: {In: 4}}
  To(n): {when: n > 0, To: n - 1, else: {Deep: 150}}
  Back(n): [{name: here, do: identity}, In: n, {name: a, from: here, In: n}, {add: [In, a]}]
  Alone(n): [conv: {out: n, kernel: 1}]
  Outer(n): [Alone: n, relu]
  With(B, n): [B: n, relu]
  Hold(B, tag): [With: [B, 4], {name: "of{tag}", With: [B, 4]}]
body:
"""


def plainly(graph: Graph) -> list[Any]:
    """Everything that a graph says."""
    nodes = [
        (n.path, str(n.where), n.sources, n.copies, n.shared, n.block, n.survival, *of_operator(n.applied))
        for n in graph.nodes
    ]
    return [nodes, graph.inputs, graph.outputs]


def of_operator(applied: Applied) -> list[Any]:
    """What an operator is, and what it takes and puts out."""
    fields = [(name, type(value), value) for name in applied.op.fields for value in [getattr(applied.op, name)]]
    return [applied.op.name, fields, applied.inputs, applied.output]


class Forgetful(dict[Any, Any]):
    """Keeps nothing."""

    def __setitem__(self, *_: object) -> None:
        pass


def slowly(network: archcalc.Network, patch: pytest.MonkeyPatch, /, **settings: Any) -> Graph:
    """The graph where every block runs step by step, every function is asked anew, and nothing is known of before."""
    with patch.context() as alone:
        alone.setattr(again.Rerunner, "remember", lambda *_: None)
        alone.setattr(again.Rerunner, "answers", lambda *_: Forgetful())
        return network.spec.graph(network.settings(**settings), {}, Known())


def said(graph: Callable[[], Graph]) -> Any:
    """What a graph says, or the problems that it has."""
    try:
        return plainly(graph())
    except SpecError as error:
        return [(problem.message, str(problem.where), problem.hint) for problem in error.problems]


@pytest.mark.parametrize("name", NETS)
def test_small_nets(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(BLOCKS + textwrap.indent(NETS[name], "  "), encoding="utf-8")
    network = archcalc.load(str(path))
    slow = said(partial(slowly, network, monkeypatch))
    for _ in range(2):  # the second is placed again, as far as may be
        assert said(network.graph) == slow
    assert (len(slow) == 3) is (name not in (WRONG, DEEP))


@pytest.mark.parametrize(
    ("limit", "most", "body"),
    [
        ("MAX_NODES", 30, "[{Unit: 4, repeat: 3}, {Outer: 4, repeat: 30}]"),
        ("MAX_IDLE", 60, "[{Idle: , repeat: 30}]"),
        ("MAX_RECURSIONS", 40, "[{Deep: 4, repeat: 30}]"),
    ],
)
def test_what_is_too_large_is_so_at_the_same_place(
    limit: str, most: int, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, limit, most)
    path = tmp_path / "n.yaml"
    path.write_text(f"{BLOCKS}  {body}\n", encoding="utf-8")
    network = archcalc.load(str(path))
    for _ in range(2):
        found = said(network.graph)
        assert found == said(partial(slowly, network, monkeypatch))
        assert len(found) == 1


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
