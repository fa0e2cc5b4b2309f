"""Networks whose maps grow, part and meet again: `like`, parts of the channels, gates. Expectations are the papers'."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import archcalc
from archcalc.engine.graph import Graph
from archcalc.engine.propagate import propagate
from archcalc.fields import Interval, Periodic, Range, Span

Built = Callable[[str], Graph]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """The graph of a spec that is written down."""

    def build(text: str) -> Graph:
        path = tmp_path / "spec.yaml"
        path.write_text("network: spec\n" + textwrap.dedent(text), encoding="utf-8")
        return archcalc.load(str(path)).graph()

    return build


def shapes(graph: Graph, *ops: str) -> list[tuple[object, ...]]:
    """Outputs of the layers of these operators, in order."""
    return [node.applied.output for node in graph.nodes if node.applied.op.name in ops]


UNET = """
    input: [1, 572, 572]
    blocks:
      Twice(out): [{conv: {out, kernel: 3}, repeat: 2}]
    body:
      - repeat: {out: [64, 128, 256, 512]}
        do: [{name: 'down{out}', Twice: out}, max_pool: 2]
      - Twice: 1024
      - repeat: {out: [512, 256, 128, 64]}
        do:
          - {name: 'up{out}', conv_transpose: {out, kernel: 2, stride: 2}}
          - concat:
              skip: {crop: , from: 'down{out}', like: 'up{out}'}
              up: identity
          - Twice: out
      - conv: {out: 2, kernel: 1}
"""


def test_the_original_unet(built: Built) -> None:
    """Ronneberger et al. 2015, figure 1: the sizes along the U."""
    graph = built(UNET)
    wide = [570, 568, 282, 280, 138, 136, 66, 64, 30, 28, 54, 52, 102, 100, 198, 196, 390, 388, 388]
    deep = [64, 64, 128, 128, 256, 256, 512, 512, 1024, 1024, 512, 512, 256, 256, 128, 128, 64, 64, 2]
    assert shapes(graph, "conv") == [(c, n, n) for c, n in zip(deep, wide, strict=True)]
    up = [(512, 56, 56), (256, 104, 104), (128, 200, 200), (64, 392, 392)]
    assert shapes(graph, "conv_transpose") == shapes(graph, "crop") == up
    assert shapes(graph, "concat") == [(2 * c, n, n) for c, n, _ in up]
    before = [1, 64, 64, 128, 128, 256, 256, 512, 512, 1024, 1024, 512, 512, 256, 256, 128, 128, 64]
    weights = sum(9 * c * out + out for c, out in zip(before, deep, strict=False))
    weights += 64 * 2 + 2 + sum(4 * 2 * c * c + c for c, _, _ in up)
    assert sum(row.weights.params for row in propagate(graph)) == weights


def test_receptive_fields_after_upsampling_repeat(built: Built) -> None:
    """By hand: the bottom sees 140 pixels and strides 16; two positions of what is raised stand for one of it; two 3x3
    on that read 5, so 3 of the bottom: 140 + 2*16. At the end it is 4 or 5, by an output's place in 16.
    """
    seen = {row.node.path: row.reach.local for row in propagate(built(UNET))}
    assert seen["Twice1/conv2"] == (Interval(0, 139, 16),) * 2
    assert seen["up512"] == (Periodic((Span(0, 139), Span(0, 139)), 16),) * 2
    assert seen["Twice2/conv2"] == (Periodic((Span(0, 171), Span(0, 171)), 16),) * 2
    for at in seen["conv"]:  # type: ignore[union-attr]
        assert isinstance(at, Periodic)
        assert (at.size, at.stride, at.padding, len(at.cells)) == (Range(188, 204), 1, 0, 16)


def test_like_takes_the_map_and_leaves_the_channels(built: Built) -> None:
    graph = built("""
        input: [3, 37, 53]
        body:
          - {conv: {out: 8, kernel: 3, stride: 4}, name: low}
          - {upsample: {mode: bilinear}, like: input}
          - {upsample: , like: low}
    """)
    assert shapes(graph, "upsample") == [(8, 37, 53), (8, 9, 13)]


def test_like_is_looked_for_as_from_is(built: Built) -> None:
    graph = built("""
        input: [3, 40, 40]
        blocks:
          Zoom: [{name: here, max_pool: 4}, {upsample: , like: input}, {crop: , like: here}]
        body: [{name: here, conv: {out: 4, kernel: 3}}, Zoom]
    """)
    assert shapes(graph, "conv", "max_pool", "upsample", "crop") == [(4, 38, 38), (4, 9, 9), (4, 38, 38), (4, 9, 9)]


def test_a_unit_of_shufflenet_v2_splits_and_shuffles(built: Built) -> None:
    """Ma et al. 2018, figure 3c."""
    graph = built("""
        input: [116, 28, 28]
        body:
          - concat:
              left: {slice: {channels: [0, in/2]}}
              right:
                - slice: {channels: [in/2, in]}
                - conv: {out: in, kernel: 1, bias: false}
          - shuffle: 2
    """)
    assert shapes(graph, "slice", "conv") == [(58, 28, 28), (58, 28, 28), (58, 28, 28)]
    assert shapes(graph, "concat", "shuffle") == [(116, 28, 28)] * 2


def test_a_layer_of_a_highway_carries_what_its_gate_leaves(built: Built) -> None:
    """Srivastava et al. 2015, equation 3: y = H(x) * T(x) + x * (1 - T(x))."""
    graph = built("""
        input: [50]
        body:
          - {name: gate, do: [linear: 50, sigmoid]}
          - add:
              transform:
                - multiply: {h: [{from: input, linear: 50}, relu], t: {from: gate}}
              carry:
                - multiply: {x: {from: input}, c: {from: gate, scale: {by: -1, add: 1}}}
    """)
    assert shapes(graph, "add") == [(50,)]
    assert sum(row.weights.params for row in propagate(graph)) == 2 * (50 * 50 + 50)
