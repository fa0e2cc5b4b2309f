"""`archcalc list` and `archcalc show`: what is packaged, what a spec holds, and its graph as a spec of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SPECS, Said, Wiring
from tried import variants

import archcalc
from archcalc.errors import UsageError
from archcalc.render.text import short
from archcalc.render.yaml import flow, yaml
from archcalc.report.report import Report
from archcalc.study.expanded import expanded

Run = Callable[..., Said]

VARIANTS = [
    (path.stem, variant)
    for path in sorted(SPECS.glob("*.yaml"))
    if "." not in path.stem
    for variant in archcalc.load(path.stem).variants
]


def figures(report: Report) -> dict[str, Any]:
    """All that a report says, but for what its parameters are called and where its layers stand in the file."""
    document = report.to_dict("layer")
    for layer in document["layers"]:
        del layer["where"]
    often = [row.node.survival for row in report.rows]
    return {name: value for name, value in document.items() if name not in ("variant", "parameters")} | {"often": often}


def again(text: str, folder: Path) -> Report:
    path = folder / "expanded.yaml"
    path.write_text(text, encoding="utf-8")
    return archcalc.load(str(path)).report()


# --expanded ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "variant"), variants())
def test_an_expanded_spec_gives_the_same_report(spec: str, variant: str, run: Run, tmp_path: Path) -> None:
    network = archcalc.load(spec, variant=variant)
    said = run("show", spec, "--variant", variant, "--expanded")
    assert (said.code, said.err) == (0, "")
    assert figures(again(said.out, tmp_path)) == figures(network.report())


@pytest.mark.parametrize("words", ["--alpha 0.75 --rho 160/224", "--input 256", "--variant mobilenet_v1_shallow"])
def test_settings_are_honoured(words: str, run: Run, tmp_path: Path) -> None:
    said = run("show", "mobilenet_v1", "--expanded", *words.split())
    report = run("report", "mobilenet_v1", "--format", "json", *words.split())
    totals = json.loads(report.out)["totals"]
    assert again(said.out, tmp_path).to_dict()["totals"] == totals
    assert said.out.splitlines()[0].startswith("# mobilenet_v1.yaml, ")


BODIES = {
    "a merge that is the level of its branches": """
      blocks: {Unit(out): [add: {left: [conv: {out, kernel: 1}, relu], right: {conv: {out, kernel: 1}}}]}
      body: [Unit: 8, Unit: 8, relu]
    """,
    "its branches among them that hold nothing": """
      blocks: {Unit: [add: {same: identity, more: [relu, sigmoid], again: identity}], Out: [Unit, relu]}
      body: [conv: {out: 4, kernel: 1}, Out, Unit]
    """,
    "a merge inside a merge": """
      blocks:
        Fork: [concat: {a: {conv: {out: 2, kernel: 1}}, b: [concat: {c: identity, d: {conv: {out: 3, kernel: 1}}}]}]
      body: [Fork, {name: last, add: {x: identity, y: relu}}]
    """,
    "branches that end elsewhere": """
      body:
        - {name: stem, conv: {out: 4, kernel: 1}}
        - name: both
          add:
            a: [relu, head: {early: [linear: 3]}, from: stem]
            b: {from: stem}
            c: sigmoid
        - global_avg_pool
      input: [3, 1, 1]
    """,
    "copies": """
      body:
        - concat:
            path: {do: [conv: {out: 4, kernel: 1}, conv: {out: 4, kernel: 3, padding: 1}], copies: 32}
        - concat: {a: {conv: {out: 2, kernel: 1}}, b: {conv: {out: 2, kernel: 1}, copies: 3}, c: relu}
        - add: {x: identity, y: {relu, copies: 2}}
        - {name: twice, concat: {x: {do: identity, copies: 2}}}
    """,
    "copies of copies": """
      body:
        - conv: {out: 8, kernel: 1}
        - add:
            same: identity
            split:
              copies: 4
              do: [relu, concat: {inner: {conv: {out: 2, kernel: 1}, copies: 4}}, relu]
        - concat: {only: {conv: {out: 2, kernel: 1}, copies: 4}}
    """,
    "a second merge with copies alone": """
      blocks:
        Two: [concat: [a, b], {name: between, relu}, concat: {path: {relu, copies: 2}}]
      body:
        - {name: a, conv: {out: 2, kernel: 1}}
        - {name: b, conv: {out: 2, kernel: 1}}
        - do:
            - concat: [a, b]
            - concat: {path: {relu, copies: 2}}
    """,
    "heads": """
      body:
        - name: stage
          do:
            - conv: {out: 4, kernel: 3}
            - head: {aux: [relu, global_avg_pool, linear: 5], other: {sigmoid}, plain: identity}
            - conv: {out: 6, kernel: 3}
        - {name: late, head: {deep: [relu, conv: {out: 2, kernel: 1}, relu]}}
        - head: {raw: {from: input}}
        - global_avg_pool
    """,
    "an end that is not the last layer": """
      body:
        - [{name: a, relu}, head: {aux: [conv: {out: 2, kernel: 1}]}, {name: b, sigmoid}, head: {second: relu}]
        - from: a
    """,
    "shared weights": """
      blocks: {Tower(out): [conv: {out, kernel: 3}, batch_norm, relu], Head: [conv: {out: 4, kernel: 1}]}
      body:
        - {name: left, Tower: 8, weights: tower}
        - {name: right, from: input, Tower: 8, weights: tower}
        - {name: p1, from: left, Head, weights: head}
        - {name: p2, from: right, Head, weights: head}
        - concat: [p1, p2]
    """,
    "several inputs": """
      input: {image: [3, 8, 8], mask: [1, 8, 8]}
      body: [conv: {out: 1, kernel: 3, padding: same}, {name: m, from: mask, conv: {out: 1, kernel: 1}}, add: [conv, m]]
    """,
    "one input with a name": """
      input: {image: [3, 8, 8]}
      body: [relu]
    """,
    "names that hide each other": """
      body:
        - {name: a, conv: {out: 4, kernel: 1}}
        - name: b
          do:
            - {name: a, conv: {out: 4, kernel: 1}}
            - {name: c, do: [{name: b, relu}, {name: d, add: [b, a]}]}
            - {name: e, concat: [c/b, input]}
        - {name: "null", concat: [a, b/a, b/c, b/e]}
    """,
    "a name that a nearer one hides": """
      blocks:
        Unit: [relu, add: {same: {from: input}, more: identity}]
      body: [relu, Unit, {name: b, do: [relu, sigmoid, Unit]}]
    """,
    "a merge with parameters, and weights that begin a line": """
      body:
        - conv: {out: 8, kernel: 1}
        - {name: keys, tokens}
        - {name: queries, weight: [8, 5]}
        - {name: seen, cross_attention: {heads: 2, q: identity, kv: {from: keys}}}
        - {name: more, cross_attention: {heads: 4, q: relu, kv: [{from: keys}, sigmoid, relu]}}
    """,
    "survival in training": """
      blocks:
        Unit: [add: {same: identity, more: {do: [conv: {out: 4, kernel: 1}, relu], survival: {last: 0.5}}}]
        Whole: [add: {left: {relu, survival: 1/3}, right: [sigmoid, relu]}]
      body: [conv: {out: 4, kernel: 1}, Unit, Unit, {Whole, survival: 0.5}, {relu, survival: 0}]
    """,
    "parameters of all kinds": """
      input: [4, 9, 8]
      body:
        - conv: {out: 6, kernel: [1, 3], stride: 1x2, padding: [[0, 1], [2, 0]], dilation: [1, 2], groups: 2}
        - conv: {out: 6, kernel: 1, bias: false}
        - max_pool: {kernel: 3, stride: 1, padding: half, rounding: ceil}
        - avg_pool: {kernel: 2, padding: same, rounding: caffe, count_include_pad: false}
        - pad: {padding: [1, 2], channels: [1, 0]}
        - pad: {channels: 2}
        - slice: {start: 1, channels: [1, 7]}
        - slice: {stop: [3, 4]}
        - lrn
        - lrn: {size: 3}
        - batch_norm: {track: false}
        - dropout: 1/3
        - adaptive_avg_pool: [2, 1]
        - flatten
        - linear: {out: 10, bias: false}
        - softmax
    """,
    "half pads of a window that covers one": """
      defaults: {conv: {padding: half}}
      body: [conv: {out: 4, kernel: 1}, conv: {out: 4, kernel: 1x5, dilation: 2}, conv: {out: 4, kernel: 4}]
    """,
    "nothing but its input": """
      body: identity
    """,
}


@pytest.mark.parametrize("case", BODIES)
def test_whatever_a_spec_can_say_survives(case: str, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    lines = [line.removeprefix("      ") for line in BODIES[case].strip("\n").splitlines()]
    if not any(line.startswith("input:") for line in lines):
        lines.insert(0, "input: [3, 16, 12]")
    path.write_text("\n".join(["network: a net", *lines]), encoding="utf-8")
    network = archcalc.load(str(path))
    text = yaml({"network": network.title, **expanded(network.graph())})
    assert figures(again(text, tmp_path)) == figures(network.report())
    assert yaml({"network": "a net", **expanded(archcalc.load(str(tmp_path / "expanded.yaml")).graph())}) == text


def test_layers_that_do_not_stand_together_are_refused(wiring: type[Wiring]) -> None:
    graph = wiring(3, 8, 8)
    for path in ("a/x", "b", "a/y"):
        graph.add("relu", path)
    with pytest.raises(UsageError, match="the layers of `a` do not stand together"):
        expanded(graph.graph())


def test_a_layer_with_layers_inside_is_refused(wiring: type[Wiring]) -> None:
    graph = wiring(3, 8, 8)
    for path in ("a/x", "a"):
        graph.add("relu", path)
    with pytest.raises(UsageError, match="`a` is a layer and has layers inside"):
        expanded(graph.graph())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": None}, "a"),
        ({"a": 1, "b": None}, "{a: 1, b}"),
        (["x/y", "a b", "null", "1x7", "a: b", True], '[x/y, a b, "null", "1x7", "a: b", true]'),
    ],
)
def test_values_on_one_line(value: Any, text: str) -> None:
    assert flow(value) == text


# list ----------------------------------------------------------------------------------------------------------------


def test_every_spec_is_listed_with_its_figures(run: Run) -> None:
    said = run("list")
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    rows = {line.split()[0]: line.split() for line in said.out.splitlines() if line.strip()}
    for name in dict(VARIANTS):
        network = archcalc.load(name)
        assert name in rows
        totals = network.report().totals
        wanted = [len(network.variants), totals["mult_adds"], totals["params"]]
        assert rows[name][-3:] == [*map(short, wanted)]


def test_every_variant_is_listed(run: Run) -> None:
    document = json.loads(run("list", "--variants", "--format", "json").out)
    listed = {(entry["spec"], entry["name"]): entry for entry in document["specs"]}
    assert list(listed) == VARIANTS
    # Simonyan & Zisserman 2014, table 2: 144 M parameters of VGG-19; torchvision: 143,667,240
    assert listed["vgg", "vgg19"]["params"] == 143667240
    assert listed["vgg", "vgg19"]["settings"] == {"convs": [2, 2, 4, 4, 4]}
    text = run("list", "--variants").out
    assert all(f"\n{variant} " in text for _, variant in VARIANTS)
    assert max(map(len, text.splitlines())) <= 80


def test_a_format_for_checks_is_none_for_lists(run: Run) -> None:
    assert run("list", "--format", "junit").code == 2


# show ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["vgg16", "mobilenet_v1 --alpha 0.5 --rho 160/224"])
def test_show_says_what_a_spec_holds(words: str, run: Run, golden: Callable[[str, str], None]) -> None:
    said = run("show", *words.split())
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    golden(f"show-{words.split()[0]}.txt", said.out)


def test_show_expanded_reads_well(run: Run, golden: Callable[[str, str], None]) -> None:
    golden("show-expanded.yaml", run("show", "resnet18", "--units", "1,1,1,1", "--expanded").out)


def test_an_expanded_spec_says_what_of(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text("network: plain\ninput: [3, 8, 8]\nbody: [relu]\n")
    assert run("show", str(path), "--expanded").out.startswith("# plain.yaml, plain\nnetwork: plain\n")
    assert run("show", "vgg11", "--expanded").out.startswith("# vgg.yaml, vgg11: convs=")


def test_a_spec_of_blocks_is_shown(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "parts.yaml"
    path.write_text("network: parts\nblocks:\n  Act(n=1): [relu]\n")
    said = run("show", str(path))
    assert said.code == 0
    assert said.out == "parts · parts\n\nVariants\n  parts  defaults\n\nBlocks\n  Act(n=1)\n"
    said = run("show", str(path), "--expanded")
    assert said.code == 2
    assert "no `body` of its own" in said.err
