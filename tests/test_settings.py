"""One loaded network at many settings: each graph is the one that a network gives which knows of no other setting."""

from __future__ import annotations

import os
import random
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from test_again import plainly, said, slowly
from tried import NAMES

import archcalc
from archcalc.engine.graph import Node
from archcalc.errors import UsageError
from archcalc.spec import limits
from archcalc.spec.parameter import Parameter
from archcalc.spec.place import Known
from archcalc.values.symbols import Space, Symbolic

FILE = """\
network: n
input: [4, 6, 6]
import: {inner: [In, InLet, InDefaults, InRun, Wrap], held: [InHeld]}
parameters:
  p: 1
  s: 1
  q: [1, 2]
  Op: {default: max_pool, choices: [max_pool, relu]}
  Held: {default: One, choices: [One, Two]}
let: {v: p + 1, w: 2*v, f(x): x + p, g(p): f(p), shadow(p): v, table(x): {1: p, 2: w}, odd(p): {1: 2*p}, three: 3,
  same(x): 1 if x == 1 else 2}
defaults: {conv: {kernel: 2*p - 1, padding: half}, max_pool: {kernel: 2*p - 1, stride: 1, padding: half}}
blocks:
  One: [conv: {out: p, kernel: 1}]
  Two: [relu, conv: {out: 2*p, kernel: 1}]
  Wide: [conv: {out: 4, kernel: 2*s - 1}]
  Run(B, tag): [B: , {name: "of{tag}", relu: }]
  Name(n): {name: "c{n}", conv: {out: 4, kernel: 1}}
"""

INNER = """\
network: inner
parameters: {p: 1}
let: {v: 3*p}
defaults: {conv: {kernel: 4*p - 3, padding: half}}
blocks:
  In: [conv: {out: p, kernel: 1}]
  InLet: [conv: {out: v, kernel: 1}]
  InDefaults: [conv: {out: 4}]
  One: [conv: {out: 4, kernel: 5}]
  Wrap(B): [B: , relu]
  InRun: [Wrap: One]
"""

INNER_HELD = """\
network: held
parameters: {p: 1, Op: max_pool}
defaults: {max_pool: {kernel: 4*p - 3, stride: 1, padding: half}}
blocks: {InHeld: [Op: ]}
"""

HELD = ("One", "Two", "One")
WAYS = {
    "a value": "X: [conv: {out: p, kernel: 1}]",
    "a value in a list": "X: [conv: {out: 4, kernel: [1, 2*p - 1], padding: half}]",
    "a value of `let`": "X: [conv: {out: w, kernel: 1}]",
    "a function": "X: [conv: {out: f(1), kernel: 1}]",
    "a function that a function asks": "X: [conv: {out: g(1), kernel: 1}]",
    "a function whose argument has the parameter's name": "X: [conv: {out: shadow(1), kernel: 1}]",
    "a table": "X: [conv: {out: table(1), kernel: 1}]",
    "the defaults of an operator": "X: [conv: {out: 4}]",
    "defaults, where an argument has the parameter's name": "X(p=3): [conv: {out: p}]",
    "an argument": "X(n=p): [conv: {out: n, kernel: 1}]",
    "an argument of a block inside": "Y(n=p): [conv: {out: n, kernel: 1}]\nX: [Y: ]",
    "an argument's default, after one of the parameter's name": "Y(p=3, n=v): [conv: {out: n}]\nX: [Y: ]",
    "a block inside": "Y: [relu, conv: {out: p, kernel: 1}]\nX: [Y: , relu]",
    "a block that runs itself": "X(n=2): {when: n > 0, X: n - 1, else: {conv: {out: p, kernel: 1}}}",
    "blocks in a circle": "Y(n): [X: n - 1]\nX(n=2): {when: n > 0, Y: n, else: {conv: {out: p, kernel: 1}}}",
    "a block that a parameter holds": "X: [Held: ]",
    "a block that an argument holds": "X: [Run: [One, 1]]",
    "blocks of one name in two files": "Y: [Wrap: One]\nX: [InRun: , Y: ]",
    "an operator that a parameter holds": "X: [Op: ]",
    "an operator that an argument holds": "X(B=Op): [B: ]",
    "a condition": "X: [{when: p > 1, conv: {out: 2, kernel: 1}}, relu]",
    "what is else": "X: {when: three == 2, relu: , else: {conv: {out: p, kernel: 1}}}",
    "a count": "X: [{conv: {out: 4, kernel: 1}, repeat: p}]",
    "a column": "X: [{repeat: {n: [2, p]}, conv: {out: n, kernel: 1}}]",
    "a name": 'X: [{name: "c{p}", conv: {out: 4, kernel: 1}}, relu]',
    "a name of a branch": 'X: [add: {"b{p}": {conv: {out: 4, kernel: 1}}, c: identity}]',
    "a source": 'X: [{Name: 1}, {Name: 2}, {Name: 3}, {add: [Name1, Name2, Name3]}, {from: "Name{p}", relu: }, '
    "{name: end, add: [add, relu]}]",
    "a name that a merge takes": 'X: [{conv: {out: 4, kernel: 1}, repeat: 3}, {add: [conv3, "conv{p}"]}]',
    "a size of a layer": 'X: [{name: c1, do: identity}, {name: c2, max_pool: {kernel: 2}}, {from: "c{p}", relu: }, '
    "{upsample: {}, like: c1}, {add: [upsample, c1]}]",
    "copies": "X: [add: {a: {copies: p, conv: {out: 4, kernel: 1}}, b: identity}]",
    "survival": "X: [add: {a: {survival: 1/p, conv: {out: 4, kernel: 1}}, b: identity}]",
    "survival by the rule": "X: [add: {a: {survival: {last: 1/p}, conv: {out: 4, kernel: 1}}, b: identity}]",
    "weights": 'X: [{name: a, weights: w1, conv: {out: 4, kernel: 1}}, {name: b, weights: "w{p}", '
    "conv: {out: 4, kernel: 1}}]",
    "a head": 'X: [relu, head: {"h{p}": {conv: {out: 4, kernel: 1}}}]',
    "a block of another file": "X: [In: ]",
    "`let` of another file": "X: [InLet: ]",
    "defaults of another file": "X: [InDefaults: ]",
    "an operator that is held in another file": "X: [InHeld: ]",
}


def written(folder: Path, blocks: str, body: str = "[{X: , name: a}, {X: , name: b}]") -> archcalc.Network:
    """A network of these blocks."""
    for name, text in (("inner", INNER), ("held", INNER_HELD)):
        folder.joinpath(f"{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "n.yaml"
    path.write_text(f"{FILE}{textwrap.indent(blocks, '  ')}\nbody: {body}\n", encoding="utf-8")
    return archcalc.load(str(path))


@pytest.mark.parametrize("way", WAYS)
def test_a_block_may_depend_on_a_parameter_in_any_way(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = written(tmp_path, WAYS[way])
    found = []
    for p in (1, 2, 1, 3, 2, 0):
        found.append(said(partial(network.graph, p=p)))
        assert found[-1] == said(partial(slowly, network, monkeypatch, p=p)), p
    assert found[0] != found[1]
    assert len(found[1]) == 3


@pytest.mark.parametrize(
    ("block", "given"),
    [
        ("X: [{repeat: {n: q}, conv: {out: n, kernel: 1}}]", [{"q": q} for q in ([1], [1, 2], [2, 1], [1], [12])]),
        ("Y(tag): [Run: [Wide, 1]]\nX: [Y: 1, Y: 2]", [{"s": s} for s in (1, 2, 1, 3, 2)]),
        ("X: [Op: , relu]", [{"Op": op} for op in ("relu", "max_pool", "relu")]),
        ("Y: [Op: ]\nX: [Y: , relu]", [{"Op": op} for op in ("relu", "max_pool", "relu")]),
        ("X: [Held: ]", [{"Held": held, "p": p} for held in HELD for p in (1, 2)]),
        ("X: [Run: [Held, 1], Run: [Op, 2]]", [{"Held": h, "Op": o} for h in HELD for o in ("relu", "max_pool")]),
        ("X: [conv: {out: same(1)}, conv: {out: same(true)}]", [{"p": 1}, {"p": 2}]),
        ("X: [conv: {out: odd(1), kernel: 1}]", [{"p": p} for p in (1, 2, 1)]),
    ],
)
def test_settings_of_other_kinds(
    block: str, given: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = written(tmp_path, block)
    for each in given:
        assert said(partial(network.graph, **each)) == said(lambda each=each: slowly(network, monkeypatch, **each))


def test_what_is_wrong_at_one_setting_is_wrong_there_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of `let` of another file that no layer needs are wrong too."""
    folder = tmp_path
    folder.joinpath("wrong.yaml").write_text(
        "network: w\nparameters: {p: 1}\nlet: {w: 1/(p - 1)}\nblocks:\n  A: [relu]\n  B: [conv: {out: w, kernel: 1}]\n",
        encoding="utf-8",
    )
    path = folder / "n.yaml"
    path.write_text(
        "network: n\ninput: [4, 6, 6]\nimport: {wrong: [A, B]}\nparameters: {p: 1}\n"
        "blocks:\n  C: [A: , conv: {out: 5 - p, kernel: 1}]\nbody: [A: , C: ]\n",
        encoding="utf-8",
    )
    network = archcalc.load(str(path))
    lengths = []
    for p in (2, 1, 3, 5, 1, 2, 5):
        found = said(partial(network.graph, p=p))
        assert found == said(partial(slowly, archcalc.load(str(path)), monkeypatch, p=p))
        lengths.append(len(found))
    assert lengths == [3, 1, 3, 1, 1, 3, 1]


@pytest.mark.parametrize("at", ["y", "y/Z2", "y/Z1/Name/c3", "y/Z2/Name", "c/relu"])
def test_levels_inside_blocks_that_were_placed_at_another_setting(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = (
        "Z(n): [Name: n, relu]\nY: [{Z: 3, repeat: 2}, relu]\n"
        "X: [{name: y, Y: }, {name: c, Z: 3}, {conv: {out: 4, kernel: 2*p - 1}}]"
    )
    body = f"[{{X: , name: a}}, {{X: , name: b}}, {{add: [a/{at}, b/{at}]}}, {{name: end, concat: [b, add]}}]"
    network = written(tmp_path, blocks, body)
    for p in (1, 2, 3, 1):
        found = said(partial(network.graph, p=p))
        assert found == said(partial(slowly, network, monkeypatch, p=p))


def others(parameter: Parameter) -> list[Any]:
    """Settings of a parameter beside its default; not all need fit."""
    value = parameter.value
    match parameter.kind:
        case "truth":
            return [not value]
        case "whole":
            return [value + 1, max(1, value // 2)]
        case "number":
            return [value / 2, value * 2]
        case "list":
            return [value[:-1], [*value, value[-1]]]
    return list(parameter.choices or ())


def tried(network: archcalc.Network) -> Iterator[tuple[str, dict[str, Any]]]:
    """Variants, and settings of each parameter alone."""
    names = list(network.variants)
    yield from ((name, {}) for name in (names if os.environ.get("CI") else names[-2:]))
    for name, parameter in network.parameters.items():
        for value in others(parameter):
            with suppress(UsageError):
                network.settings(**{name: value})
                yield network.name, {name: value}


@pytest.mark.parametrize("name", [name for name in NAMES if archcalc.load(name).spec.body is not None])
def test_packaged_networks_in_any_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = archcalc.load(name)
    every = list(tried(network))
    random.Random(name).shuffle(every)
    for variant, given in [*every, every[0]]:
        net = network.at(variant)
        found = said(partial(net.graph, **given))
        assert found == said(partial(slowly, net, monkeypatch, **given)), (variant, given)


def test_settings_may_come_in_any_order_of_names(tmp_path: Path) -> None:
    """As a mapping that the library is given; the values of two parameters are not taken for each other's."""
    path = tmp_path / "n.yaml"
    path.write_text(
        "network: n\ninput: [4, 6, 6]\nparameters: {a: 1, b: 1}\n"
        "blocks: {X: [conv: {out: 2*a + b, kernel: 1}]}\nbody: X\n",
        encoding="utf-8",
    )
    spec = archcalc.load(str(path)).spec
    outs = [spec.graph(each).nodes[-1].applied.output[0] for each in ({"a": 1, "b": 2}, {"b": 1, "a": 2})]
    assert outs == [4, 5]


def test_runs_are_forgotten_where_they_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEPT", 100)
    network = written(tmp_path, "Y: [{One: , repeat: p}]\nX: [Y: , {conv: {out: 4, kernel: 1}}, Y: ]")
    for p in (20, 30, 20, 3, 200):
        assert said(partial(network.graph, p=p)) == said(partial(slowly, network, monkeypatch, p=p))
        known = network.spec.known
        assert known.kept == sum(len(run.nodes) for run in known.runs.values())
        assert known.kept <= 100 or len(known.runs) == 1


def test_symbols_beside_numbers_and_further_symbols(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over symbols of one space too, what expansions leave is right at every value."""
    network = written(tmp_path, "Y(n): [conv: {out: n*f(1) + w}]\nX: [Y: 2, Y: p]")
    space, known = Space(), Known()
    p, n = (space.symbol(name, minimum=1) for name in "pn")
    for symbol in (p, n, p):
        of_symbols = network.spec.graph(network.settings(p=symbol), {}, known)
        for value in (1, 2, 5):
            wanted = slowly(network, monkeypatch, p=value)
            assert plainly(network.graph(p=value)) == plainly(wanted)
            assert [sizes(node, value) for node in of_symbols.nodes] == [sizes(node, value) for node in wanted.nodes]


def sizes(node: Node, value: int) -> list[Any]:
    """The shape of a layer, and its weights, where symbols have this value."""
    found = [*node.applied.output, *node.applied.weights]
    return [size.at({"p": value, "n": value}) if isinstance(size, Symbolic) else size for size in found]
