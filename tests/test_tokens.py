"""Networks of tokens: whole transformers against published totals, attention against its parts, and what tokens see."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Wiring

import archcalc
from archcalc.engine.propagate import propagate
from archcalc.errors import SpecError
from archcalc.fields import Interval, Periodic, Reach, Span
from archcalc.quantities import Unknown
from archcalc.report.report import Report

Reported = Callable[..., Report]


@pytest.fixture
def report(tmp_path: Path) -> Reported:
    """The report of a spec without its title."""

    def reported(text: str, **settings: Any) -> Report:
        path = tmp_path / "n.yaml"
        path.write_text(f"network: n\n{textwrap.dedent(text)}", encoding="utf-8")
        return archcalc.load(str(path)).report(**settings)

    return reported


# Whole networks ------------------------------------------------------------------------------------------------------


def test_vit_b_16_by_hand() -> None:
    """Parameters as torchvision has them; 17.564 G in its documentation."""
    D, T, M = 768, 197, 3072  # noqa: N806
    layer = 4 * D * D * T + 2 * T * T * D + 2 * D * M * T
    norms, weights = 2 * 2 * D, 4 * D * D + 4 * D + 2 * D * M + M + D
    scores = 12 * T * T
    assert archcalc.load("vit_b_16").report().totals == {
        "mult_adds": 196 * D * 3 * 16 * 16 + 12 * layer + D * 1000,
        "params": (3 * 256 * D + D) + D + T * D + 12 * (norms + weights) + 2 * D + 1000 * D + 1000,
        "activations": 196 * D + 12 * (6 * T * D + scores + T * M) + 1000,
    }


@pytest.mark.parametrize(
    ("variant", "params", "mult_adds", "activations"),
    [  # params and GFLOPs: documentation of torchvision's models; million activations: timm's results, by fvcore
        ("vit_b_16", 86_567_656, "17.56", "23.90"),
        ("vit_b_32", 88_224_232, "4.41", "5.01"),
        ("vit_l_16", 304_326_632, "61.55", "63.52"),
        ("vit_l_32", 306_535_400, "15.38", None),
        ("swin_t", 28_288_354, "4.49", "17.06"),
        ("swin_s", 49_606_258, "8.74", "27.47"),
        ("swin_b", 87_768_224, "15.43", "36.63"),
    ],
)
def test_published_totals(variant: str, params: int, mult_adds: str, activations: str | None) -> None:
    totals: Any = archcalc.load(variant).report().totals
    assert totals["params"] == params
    assert f"{totals['mult_adds'] / 10**9:.2f}" == mult_adds
    assert activations is None or f"{totals['activations'] / 10**6:.2f}" == activations


def test_attention_is_what_its_parts_are(report: Reported) -> None:
    """Vaswani et al. 2017, section 3.2, of projections, matrix products and softmax; heads on the last axis."""
    parts = report("""
        input: [24, 10]
        body:
          - {name: queries, from: input, do: [{linear: 24}, {reshape: [4, 6, 10]}, {permute: [1, 2, 0]}]}
          - {name: keys, from: input, do: [{linear: 24}, {reshape: [4, 6, 10]}, {permute: [2, 1, 0]}]}
          - {name: values, from: input, do: [{linear: 24}, {reshape: [4, 6, 10]}, {permute: [1, 2, 0]}]}
          - {name: scores, matmul: [keys, queries]}
          - softmax
          - {name: heads, matmul: [values, softmax]}
          - permute: [2, 0, 1]
          - reshape: [24, 10]
          - linear: 24
    """)
    whole = report("""
        input: [24, 10]
        body:
          - attention: 4
    """)
    assert parts.totals == whole.totals
    assert parts.rows[-1].output == whole.rows[-1].output
    outputs = {row.node.path: row.output for row in parts.rows}
    assert (outputs["scores"], outputs["heads"]) == ((10, 10, 4), (6, 10, 4))


# Weights standing alone, merges with parameters ----------------------------------------------------------------------


def test_a_weight_begins_a_line_that_sees_no_input(report: Reported) -> None:
    made = report("""
        input: [16, 20, 30]
        body:
          - tokens
          - {name: seen, relu}
          - {name: objects, do: [{weight: [8, 5]}, relu]}
          - cross_attention: {heads: 2, queries: {from: objects}, memory: {from: seen}}
          - linear: 3
    """)
    rows = {row.node.path: row for row in made.rows}
    assert rows["objects/weight"].node.sources == ()
    assert rows["objects/weight"].reach.whole is rows["objects/relu"].reach.whole is False
    assert isinstance(rows["objects/relu"].reach.local, Unknown)
    assert rows["linear"].reach.whole
    assert rows["linear"].output == (3, 5)
    assert made.total("params") == 8 * 5 + (8 * 8 + 2 * 16 * 8 + 8 * 8 + 4 * 8) + (8 * 3 + 3)


def test_weights_add_nothing_to_what_a_branch_sees(report: Reported) -> None:
    made = report("""
        input: [4, 9, 9]
        body:
          - {conv: {out: 4, kernel: 3}}
          - add: {map: identity, learned: {weight: [4, 7, 7]}}
    """)
    assert made.receptive_field.local == (Interval(0, 2, 1),) * 2
    assert made.total("params") == 4 * 4 * 9 + 4 + 4 * 49


def test_parameters_of_a_merge_stand_among_its_branches_or_in_defaults(report: Reported) -> None:
    among = report("""
        input: [8, 5]
        body:
          - cross_attention: {heads: in/2, bias: false, queries: identity, memory: relu}
    """)
    defaults = report("""
        input: [8, 5]
        defaults: {cross_attention: {heads: 4, bias: false}}
        body:
          - {name: a, relu}
          - {name: b, relu}
          - cross_attention: [a, b]
    """)
    assert among.totals == defaults.totals == {"mult_adds": 20 * 64 + 2 * 25 * 8, "params": 256, "activations": 300}


@pytest.mark.parametrize(
    ("merge", "message"),
    [
        ("{queries: identity, memory: identity}", "`cross_attention` needs `heads`: heads that attend side by side"),
        ("{heads: 3, queries: identity, memory: relu}", "8 channels do not split into 3 heads"),
        ("{heads: in - 3, queries: identity, memory: relu}", "8 channels do not split into 5 heads"),
        ("{heads: 2, queries: relu}", "`cross_attention` needs queries and a memory: queries 8x5"),
        (
            "{heads: 2, queries: relu, memory: relu, more: relu}",
            "`cross_attention` needs queries and a memory: queries 8x5, memory 8x5, more 8x5",
        ),
        ("{heads: 2, queries: relu, memory: {copies: 2, relu: }}", "`cross_attention` has no parameter `copies`"),
        ("{heads: 2}", "`cross_attention` wants branches: a mapping of names to bodies, or a list of layers above"),
    ],
)
def test_what_a_merge_with_parameters_refuses(report: Reported, merge: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        report(f"input: [8, 5]\nbody: {{cross_attention: {merge}}}")
    (problem,) = caught.value.problems
    assert problem.message == message


# What tokens see -----------------------------------------------------------------------------------------------------


def test_tokens_and_attention_keep_the_local_field_of_a_patch(wiring: type[Wiring]) -> None:
    net = wiring(3, 32, 48)
    net.add("conv", "patches", out=8, kernel=16, stride=16)
    net.add("tokens", "tokens")
    net.add("position", "position")
    before = net.add("layer_norm", "norm")
    after = net.add("attention", "attention", heads=2)
    pooled = net.add("global_avg_pool", "pool")
    rows = propagate(net.graph())
    patch = (Interval(0, 15, 16),) * 2
    for row in rows[2:]:
        assert row.reach.local == patch
    assert [rows[at].reach.whole for at in (before, after, pooled)] == [False, True, True]


def test_a_class_token_shifts_the_others(wiring: type[Wiring]) -> None:
    net = wiring(4, 10)
    net.add("conv", "conv", out=4, kernel=3)
    token = net.add("class_token", "class_token")
    second = net.add("select", "second", position=1)
    rows = propagate(net.graph())
    assert rows[token].reach.local == (Interval(-1, 1, 1),)
    assert rows[second].reach.local == (Interval(0, 2, 1),)


def test_channels_and_positions_that_change_places_leave_no_place_of_an_output(wiring: type[Wiring]) -> None:
    net = wiring(4, 10)
    mixed = net.add("permute", "permute", axes=[1, 0])
    net.add("conv", "conv", out=4, kernel=3)
    rows = propagate(net.graph())
    for row in rows[mixed:]:
        assert row.reach.whole
        assert row.reach.local == Unknown("`permute` makes channels of axis 1")


def attended(wiring: type[Wiring], *sizes: int, window: int) -> Reach:
    net = wiring(4, *sizes)
    net.add("window_attention", "attention", heads=2, window=window)
    (_, row) = propagate(net.graph())
    return row.reach


@pytest.mark.parametrize("window", [7, 8])
def test_a_window_of_attention_that_holds_the_map_sees_all_of_it(wiring: type[Wiring], window: int) -> None:
    reach = attended(wiring, 7, 7, window=window)
    assert reach.whole
    assert reach.local == (Interval(0, 0, 1),) * 2


def test_a_smaller_window_of_attention_is_what_its_positions_see(wiring: type[Wiring]) -> None:
    """Positions 0 to 5 see 0..5; position 6 has a window that begins with it and is padded."""
    reach = attended(wiring, 7, 7, window=6)
    assert not reach.whole
    assert reach.local == (Periodic((Span(0, 5),) * 6, 6),) * 2


def test_a_window_that_holds_one_axis_is_followed_on_both(wiring: type[Wiring]) -> None:
    """On a map of 7x14 all of the height is seen, and half of the width: not the whole map."""
    reach = attended(wiring, 7, 14, window=7)
    assert not reach.whole
    assert reach.local == (Periodic((Span(0, 6),) * 7, 7),) * 2


def test_of_one_position_nothing_is_pooled(wiring: type[Wiring]) -> None:
    """Attention on a map of one position is of that position: beside another branch it keeps its part of the field."""
    net = wiring(4, 9)
    net.add("conv", "far", out=4, kernel=9)
    attended = net.add("attention", "attention", heads=2)
    near = net.add("slice", "near", (0,), start=4, stop=5)
    net.add("add", "add", (attended, near))
    assert propagate(net.graph())[-1].reach.local == (Interval(0, 8, 1),)
