"""`archcalc lint`: each rule where it must speak and where it must not, by hand; silencing; what is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, Wiring

from archcalc.errors import SpecError, UsageError
from archcalc.network import load
from archcalc.report.report import Report
from archcalc.study.lint import Finding, Rule, rules
from archcalc.study.lint._driver import Linted, lint
from archcalc.study.lint._net import Net

Run = Callable[..., Said]
Look = Callable[..., list[Finding]]


@pytest.fixture
def linted(tmp_path: Path) -> Callable[..., Linted]:
    """Lints a spec that is given as text."""

    def run(text: str, only: tuple[str, ...] = (), **settings: Any) -> Linted:
        path = tmp_path / "net.yaml"
        path.write_text(text, encoding="utf-8")
        network = load(str(path))
        return lint(network, network.report(**settings), only)

    return run


@pytest.fixture
def look(linted: Callable[..., Linted]) -> Look:
    """The findings of one rule in a body on an input of these sizes."""

    def run(rule: str, sizes: list[int], body: str) -> list[Finding]:
        text = f"network: N\ninput: {sizes}\nbody:\n" + "".join(f"  {line}\n" for line in body.strip().splitlines())
        return list(linted(text, (rule,)).findings)

    return run


def prices(findings: list[Finding]) -> list[dict[str, Any]]:
    return [dict(each.price) for each in findings]


# The registry --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rules())
def test_a_rule_speaks_in_its_example_and_not_where_that_is_mended(linted: Callable[..., Linted], name: str) -> None:
    [finding] = linted(rules()[name].example, (name,)).findings
    assert finding.rule is rules()[name]
    assert finding.message
    assert all(price > 0 for price in finding.price.values())
    assert linted(rules()[name].mended, (name,)).findings == ()


def test_the_page_has_every_rule() -> None:
    page = (Path(__file__).parent.parent / "docs" / "lint.md").read_text(encoding="utf-8")
    assert [line[5:-1] for line in page.splitlines() if line.startswith("### `")] == list(rules())


def test_a_rule_that_does_not_say_all_is_refused() -> None:
    with pytest.raises(TypeError, match="rule Silent does not state its name, finds, why, mend, example, mended"):
        type("Silent", (Rule,), {})
    with pytest.raises(TypeError, match="two rules are named odd_map"):
        type("Twice", (type(rules()["odd_map"]),), {})


# Lost pixels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "layer", "pixels", "message"),
    [
        ([3, 7, 7], "max_pool: 2", 49 - 36, "1 of 7 pixels of each axis is behind the last window"),
        # Krizhevsky's 224: (224 - 11) mod 4 = 1
        ([3, 224, 224], "conv: {out: 96, kernel: 11, stride: 4}", 224**2 - 223**2, "1 of 224 pixels of each axis is "),
        ([3, 7, 8], "avg_pool: 2", 8, "1 of 7 pixels of the height is behind"),
        ([3, 8, 12], "max_pool: 5", 96 - 5 * 10, "3 of 8 pixels of the height and 2 of 12 pixels of the width are"),
        ([3, 11], "conv: {out: 8, kernel: 4, stride: 4}", 3, "3 of 11 pixels of the length are behind"),
        # padding of 1: 8 + 2 - 4 = 6, 6 mod 4 = 2 behind, one of them padding
        ([3, 8, 8], "conv: {out: 8, kernel: 4, stride: 4, padding: 1}", 64 - 49, "1 of 8 pixels of each axis"),
        # windows of 2 and a gap of 1: 0 1 . 3 4 . 6 of 7: the 7th is the beginning of a window
        ([3, 7, 7], "conv: {out: 8, kernel: 2, stride: 3}", 49 - 36, "1 of 7 pixels"),
        # dilation 2: a window of 3 covers 5
        ([3, 8, 8], "conv: {out: 8, kernel: 3, stride: 2, dilation: 2}", 64 - 49, "1 of 8 pixels"),
    ],
)
def test_lost_pixels(look: Look, sizes: list[int], layer: str, pixels: int, message: str) -> None:
    [finding] = look("lost_pixels", sizes, f"- {layer}")
    assert finding.price == {"pixels": pixels}
    area = 1
    for size in sizes[1:]:
        area *= size
    assert finding.of == {"pixels": area}
    assert finding.message.startswith(message)


@pytest.mark.parametrize(
    ("sizes", "body"),
    [
        ([3, 8, 8], "- max_pool: 2"),
        ([3, 227, 227], "- conv: {out: 96, kernel: 11, stride: 4}"),  # 216 = 54*4
        ([3, 7, 7], "- max_pool: {kernel: 2, rounding: ceil}"),
        ([3, 8, 8], "- conv: {out: 8, kernel: 1, stride: 2}"),  # every second pixel is meant
        ([3, 8, 8], "- conv: {out: 8, kernel: 2, stride: 3}"),  # 0 1 . 3 4 . 6 7
        ([3, 8, 8], "- conv: {out: 8, kernel: 3, stride: 2, padding: same}"),
        ([3, 8, 8], "- conv: {out: 8, kernel: 3, stride: 2, padding: 1}"),  # 1 behind is padding
        ([3, 8, 8], "- slice: {step: 3}"),
        ([3, 8, 8], "- crop: 1"),
        ([3, 7, 7], "- pad: [[0, 1], [0, 1]]\n- conv: {out: 8, kernel: 3, stride: 2}"),  # what is behind is padding
    ],
)
def test_pixels_that_are_not_lost(look: Look, sizes: list[int], body: str) -> None:
    assert look("lost_pixels", sizes, body) == []


def test_padding_that_others_read_too_is_part_of_the_map(look: Look) -> None:
    body = "- pad: [[0, 1], [0, 1]]\n- head: {a: [conv: {out: 8, kernel: 3}]}\n- conv: {out: 8, kernel: 3, stride: 2}"
    assert prices(look("lost_pixels", [3, 7, 7], body)) == [{"pixels": 64 - 49}]
    assert look("unread_padding", [3, 7, 7], body) == []


def test_ends_against_windows_set_one_by_one(wiring: type[Wiring]) -> None:
    """Lost is what the next window, the one that does not fit, would have read of the map."""
    tried = 0
    for n, kernel, stride, before, after, dilation in product(
        (5, 8, 11), (1, 2, 3), (1, 2, 3, 4), (0, 1, 2), (0, 1, 3), (1, 2)
    ):
        extent = dilation * (kernel - 1) + 1
        if n + before + after < extent:
            continue
        hand = wiring(1, n)
        padding = [[before, after]]
        hand.add("conv", "c", out=1, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
        [(_, [edge])] = Net(Report.of(hand.graph())).edges()
        padded = range(-before, n + after)
        starts = [s for s in padded[::stride] if s + extent <= n + after]
        assert edge.m == len(starts)
        reached = {p for s in starts for p in range(s, s + extent)}
        following = range(starts[-1] + stride, starts[-1] + stride + extent)
        behind = [p for p in padded if p > max(reached)]
        assert edge.behind == len(behind)
        assert edge.lost == sum(p < n and p in following for p in behind)
        assert edge.padding == sum(p >= n for p in behind)
        tried += 1
    assert tried > 500


# Padding -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "body", "numbers", "message"),
    [
        # ResNet's first layers: 224 + 6 - 7 = 223, odd; 112 + 2 - 3 = 111, odd
        ([3, 224, 224], "- conv: {out: 64, kernel: 7, stride: 2, padding: half}", 3 * (230**2 - 229**2), "1 of 3 "),
        ([64, 112, 112], "- max_pool: {kernel: 3, stride: 2, padding: 1}", 64 * (114**2 - 113**2), "1 of 1 padded"),
        ([2, 8, 9], "- conv: {out: 8, kernel: 3, stride: 2, padding: 1}", 2 * 11, "1 of 1 padded positions at the end"),
        # 8 + 0 + 3 = 11 of which a window of 4 reads two times 4
        ([2, 8], "- conv: {out: 8, kernel: 4, stride: 4, padding: [[0, 3]]}", 2 * 3, "3 of 3 padded"),
        ([2, 8], "- add: {a: {copies: 5, conv: {out: 8, kernel: 3, stride: 2, padding: 1}}}", 5 * 2, "1 of 1 padded"),
        ([2, 7, 7], "- pad: [[0, 1], [0, 1]]\n- conv: {out: 8, kernel: 3, stride: 2}", 2 * (64 - 49), "1 of 1 padded"),
    ],
)  # fmt: skip
def test_unread_padding(look: Look, sizes: list[int], body: str, numbers: int, message: str) -> None:
    [finding] = look("unread_padding", sizes, body)
    assert finding.price == {"padded_numbers": numbers}
    assert finding.message.startswith(message)
    assert finding.message.endswith(" are read by no window" if message.startswith("3") else " is read by no window")


@pytest.mark.parametrize(
    ("sizes", "body"),
    [
        ([3, 9, 9], "- conv: {out: 8, kernel: 3, stride: 2, padding: 1}"),
        ([3, 8, 8], "- conv: {out: 8, kernel: 3, stride: 2, padding: same}"),
        ([3, 8, 8], "- conv: {out: 8, kernel: 3, stride: 2, padding: [[1, 0], [1, 0]]}"),
        ([3, 8, 8], "- conv: {out: 8, kernel: 3, padding: half}"),
        ([3, 7, 7], "- max_pool: 2"),
        ([3, 8, 8], "- max_pool: {kernel: 3, stride: 2, padding: 1, rounding: ceil}"),
        ([3, 8, 8], "- pad: 1"),
    ],
)
def test_padding_that_is_read(look: Look, sizes: list[int], body: str) -> None:
    assert look("unread_padding", sizes, body) == []


# Odd maps ------------------------------------------------------------------------------------------------------------


def test_odd_maps_round_up(look: Look) -> None:
    [finding] = look("odd_map", [8, 7, 8], "- conv: {out: 16, kernel: 3, stride: 2, padding: half, bias: false}")
    # 4*4 outputs where half of each axis is 3.5*4 = 14: 2 of 16; 3*3*8*16*16 = 18,432 Mult-Adds
    assert finding.price == {"outputs": 2, "mult_adds": 18_432 * 2 // 16}
    assert finding.of == {"outputs": 16}
    assert finding.message == "half of 7x8 is 3.5x4, and 4x4 outputs are made"


def test_an_odd_map_on_one_axis(look: Look) -> None:
    [finding] = look("odd_map", [8, 7, 9], "- max_pool: {kernel: 3, stride: [2, 1], padding: 1}")
    assert finding.message == "half of 7x9 is 3.5x9, and 4x9 outputs are made"
    assert finding.price == {"outputs": Fraction(9, 2), "mult_adds": 0}


def test_the_price_of_an_odd_map_may_be_a_fraction(look: Look) -> None:
    [finding] = look("odd_map", [1, 3, 3], "- conv: {out: 1, kernel: 1, stride: 2}")
    assert finding.price == {"outputs": Fraction(7, 4), "mult_adds": Fraction(7, 4)}  # 4 of 1.5*1.5 = 9/4
    [pool] = look("odd_map", [1, 3, 3], "- max_pool: {kernel: 3, stride: 2, padding: 1}")
    assert pool.price == {"outputs": Fraction(7, 4), "mult_adds": 0}


@pytest.mark.parametrize(
    ("sizes", "layer"),
    [
        ([8, 8, 8], "conv: {out: 8, kernel: 3, stride: 2, padding: half}"),
        ([8, 55, 55], "max_pool: {kernel: 3, stride: 2}"),  # AlexNet's: 27, rounded down, all read
        ([8, 7, 7], "max_pool: 2"),  # a lost pixel, told as such
        ([8, 7, 7], "conv: {out: 8, kernel: 3, padding: half}"),
        ([8, 7, 7], "conv: {out: 8, kernel: 3, stride: 3, padding: same}"),
        ([8, 7, 7], "slice: {step: 2}"),
        ([8, 1, 1], "conv: {out: 8, kernel: 1}"),
        ([8, 3, 3], "conv: {out: 8, kernel: 1, stride: 3, padding: 1}"),
    ],
)
def test_maps_that_are_not_odd_before_a_stride(look: Look, sizes: list[int], layer: str) -> None:
    assert look("odd_map", sizes, f"- {layer}") == []


# Widths --------------------------------------------------------------------------------------------------------------

END = "\n- global_avg_pool\n- linear: 10"


@pytest.mark.parametrize(
    ("body", "price"),
    [
        # 3*3*3*20*36 = 19,440 Mult-Adds for 20 filters: 972 each
        ("- conv: {out: 20, kernel: 3}", {"channels": 4, "mult_adds": 4 * 972}),
        ("- conv: {out: 7, kernel: 3}", {"channels": 1, "mult_adds": 972}),
        (
            "- conv: {out: 16, kernel: 1}\n- conv: {out: 20, kernel: 1, groups: 4}",
            {"channels": 4, "mult_adds": 4 * 4 * 64},
        ),
        ("- conv_transpose: {out: 12, kernel: 2, stride: 2}", {"channels": 4, "mult_adds": 4 * 64 * 3 * 4}),
        ("- concat: {a: {copies: 2, conv: {out: 4, kernel: 1}}}", {"channels": 8, "mult_adds": 8 * 64 * 3}),
        ("- global_avg_pool\n- linear: 84\n- relu", {"channels": 4, "mult_adds": 4 * 3}),
    ],
)
def test_uneven_widths(look: Look, body: str, price: dict[str, int]) -> None:
    tail = "\n- linear: 10" if "linear" in body else END
    assert prices(look("uneven_width", [3, 8, 8], body + tail)) == [price]


def test_an_uneven_width_of_words_and_of_copies(look: Look) -> None:
    [words] = look("uneven_width", [1, 5], "- embedding: {vocabulary: 100, out: 20}\n- linear: 10")
    assert words.price == {"channels": 4, "mult_adds": 0}
    [copies] = look("uneven_width", [3, 8, 8], "- concat: {a: {copies: 2, conv: {out: 4, kernel: 1}}}" + END)
    assert copies.of == {"channels": 16}


@pytest.mark.parametrize(
    "body",
    [
        "- conv: {out: 24, kernel: 3}" + END,
        "- conv: {out: 21, kernel: 1}",  # the task's
        "- conv: {out: 21, kernel: 1}\n- upsample: {by: 2}\n- softmax",
        "- head: {aux: [conv: {out: 5, kernel: 1}]}\n- conv: {out: 10, kernel: 1}",
        "- conv: {out: in, kernel: 3, groups: in}" + END,  # its width is what it reads
        "- conv: {out: 2*in, kernel: 3, groups: in}" + END,
        "- multiply: {map: identity, mask: [conv: {out: 1, kernel: 1}, sigmoid]}" + END,
    ],
)
def test_widths_that_are_even_or_given(look: Look, body: str) -> None:
    assert look("uneven_width", [3, 8, 8], body) == []


def test_what_is_joined_at_the_end_is_no_output_of_the_task(look: Look) -> None:
    body = "- concat: {a: {conv: {out: 5, kernel: 1}}, b: {conv: {out: 3, kernel: 1}}}"
    assert [each.row.node.path for each in look("uneven_width", [3, 8, 8], body)] == ["a", "b"]


# Groups --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channels", "layer", "macs", "params"),
    [
        # 64*2*9*64 weights times positions; depthwise half of that
        (64, "conv: {out: 64, kernel: 3, padding: half, groups: 32}", 64 * 9 * 64, 64 * 9),
        (12, "conv: {out: 24, kernel: 1, groups: 4}", 24 * 2 * 64, 24 * 2),  # of 3 in a group, 2 too many
        (64, "conv_transpose: {out: 64, kernel: 2, stride: 2, groups: 32}", 64 * 4 * 64, 64 * 4),
    ],
)
def test_almost_depthwise(look: Look, channels: int, layer: str, macs: int, params: int) -> None:
    assert prices(look("almost_depthwise", [channels, 8, 8], f"- {layer}")) == [{"mult_adds": macs, "params": params}]


@pytest.mark.parametrize(
    ("channels", "layer"),
    [
        (64, "conv: {out: 64, kernel: 3, groups: 64}"),
        (64, "conv: {out: 64, kernel: 3}"),
        (128, "conv: {out: 128, kernel: 3, groups: 32}"),  # ResNeXt's 4
        (4, "conv: {out: 4, kernel: 3, groups: 2}"),  # two groups are no crowd
        (64, "conv: {out: 32, kernel: 3, groups: 32}"),  # 64 groups cannot make 32
        (64, "group_norm: 32"),
    ],
)
def test_groups_that_are_meant(look: Look, channels: int, layer: str) -> None:
    assert look("almost_depthwise", [channels, 8, 8], f"- {layer}") == []


def test_channels_one_by_one(look: Look) -> None:
    branch = "{}: [slice: {{channels: [{}, {}]}}, batch_norm, conv: {{out: 2, kernel: 3}}, relu]"
    body = "- concat:\n" + "\n".join("    " + branch.format(name, at, at + 1) for at, name in enumerate("rgb"))
    [finding] = look("one_by_one", [3, 8, 8], body)
    assert (finding.row.node.path, finding.price) == ("r/conv", {"convolutions": 2})
    assert finding.details == {"paths": ["r/conv", "g/conv", "b/conv"]}


def taken(channels: str, layer: str = "conv: {out: 2, kernel: 3}", before: str = "") -> str:
    return f"[{before}slice: {{channels: {channels}}}, {layer}]"


@pytest.mark.parametrize(
    "branches",
    [
        (taken("[0, 1]"),),
        (taken("[0, 1]"), taken("[0, 1]")),
        (taken("[0, 1]"), taken("[1, 2]", "conv: {out: 2, kernel: 3, bias: false}")),
        (taken("[0, 1]"), taken("[1, 2]", "conv: {out: 2, kernel: 2, dilation: 2}")),
        (taken("[0, 2]"), taken("[2, 4]")),
        (taken("[0, 1]", "max_pool: 2"), taken("[1, 2]", "max_pool: 2")),
        (taken("[0, 1], start: 1"), taken("[1, 2], stop: 7")),
        (taken("[0, 1]"), taken("[1, 2]", before="max_pool: {kernel: 3, stride: 1, padding: 1}, ")),
        (f"{{copies: 2, do: {taken('[0, 1]')}}}", f"{{copies: 2, do: {taken('[1, 2]')}}}"),
    ],
)
def test_channels_that_are_no_depthwise_layer(look: Look, branches: tuple[str, ...]) -> None:
    body = "".join(f"    {name}: {branch}\n" for name, branch in zip("ab", branches, strict=False))
    assert look("one_by_one", [4, 8, 8], f"- concat:\n{body}") == []


# Sight ---------------------------------------------------------------------------------------------------------------

HALF = "network: N\ninput: [3, {size}, {size}]\ndefaults: {{conv: {{padding: half}}}}\nbody:\n{body}"


def sight(linted: Callable[..., Linted], size: int, *body: str) -> list[Finding]:
    text = HALF.format(size=size, body="".join(f"  - {line}\n" for line in body))
    return list(linted(text, ("full_sight",)).findings)


CHAIN = "{repeat: 8, conv: {out: 8, kernel: 3}}"
"""Fields of 3, 5, 7, 9, 11, 13, 15, 17; what arrives at the k-th is 2k - 1."""


def test_full_sight_of_a_chain(linted: Callable[..., Linted]) -> None:
    [finding] = sight(linted, 9, CHAIN)
    assert finding.row.node.path == "conv5"  # 9 arrive there, after four
    assert finding.details["field"] == [9, 9]
    assert finding.details["paths"] == ["conv5", "conv6", "conv7", "conv8"]
    assert finding.price == {"mult_adds": 4 * 9 * 8 * 8 * 81, "params": 4 * (9 * 8 * 8 + 8)}
    assert sight(linted, 10, CHAIN) == []  # three of eight


def test_every_axis_must_be_seen(linted: Callable[..., Linted]) -> None:
    flat = HALF.format(size=9, body=f"  - {CHAIN}\n").replace("9, 9", "9, 40")
    assert linted(flat, ("full_sight",)).findings == ()


def test_strides_and_pools_widen_sight(linted: Callable[..., Linted]) -> None:
    # 3, then a pool to 4 of stride 2, then 4 + 2*2 = 8, 12, 16: 8 arrive at the third of four
    [finding] = sight(linted, 8, "conv: {out: 8, kernel: 3}", "max_pool: 2", "{repeat: 3, conv: {out: 8, kernel: 3}}")
    assert (finding.details["field"], len(finding.details["paths"])) == ([8, 8], 2)


@pytest.mark.parametrize(
    "layers",
    [
        ["{repeat: 8, add: {skip: identity, new: {conv: {out: in, kernel: 3}}}}"],  # by the shortcut one sees a pixel
        ["{repeat: 8, concat: {before: identity, new: {conv: {out: 8, kernel: 3}}}}"],
        ["upsample: {by: 2}", CHAIN],  # not one sliding window
        ["global_avg_pool", "linear: 8", "relu", "linear: 8"],
        ["{repeat: 4, conv: {out: 8, kernel: 3}}", "global_avg_pool", "{repeat: 9, conv: {out: 8, kernel: 1}}"],
        ["{repeat: 8, multiply: {map: identity, gate: [global_avg_pool, linear: in]}}", "conv: {out: 8, kernel: 3}"],
        ["{name: patches, conv: {out: 8, kernel: 4, stride: 4}}", "tokens", "{repeat: 4, attention: 2}"],
    ],
)  # fmt: skip
def test_full_sight_is_what_every_path_has(linted: Callable[..., Linted], layers: list[str]) -> None:
    assert sight(linted, 8, *layers) == []


def test_gates_and_narrow_branches(linted: Callable[..., Linted]) -> None:
    gated = (
        "{repeat: 8, do: [conv: {out: 8, kernel: 3}, multiply: {map: identity, gate: [global_avg_pool, linear: in]}]}"
    )
    [finding] = sight(linted, 9, gated)
    assert len(finding.details["paths"]) == 4  # a gate sees all, and narrows and widens nothing
    early = gated.replace("gate: [", "gate: {from: stem, do: [").replace("]}]}", "]}}]}")
    [finding] = sight(linted, 7, "{name: stem, conv: {out: 8, kernel: 1}}", early)
    assert len(finding.details["paths"]) == 5  # 7 arrive at the fourth of eight, whatever the gate saw of the stem
    [finding] = sight(linted, 9, "add: {map: identity, places: {weight: [3, 9, 9]}}", CHAIN)
    assert len(finding.details["paths"]) == 4  # weights see nothing
    branches = "{repeat: 8, concat: {wide: {conv: {out: 4, kernel: 5}}, narrow: {conv: {out: 4, kernel: 3}}}}"
    [finding] = sight(linted, 9, branches)
    assert (finding.row.node.path, finding.details["field"]) == ("wide5", [9, 9])
    assert finding.message.endswith("8 of 16 convolutions get one of its size or more")


# Biases --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "params", "adds"),
    [
        ("- conv: {out: 16, kernel: 3}\n- batch_norm", 16, 16 * 36),
        ("- conv: {out: 16, kernel: 3}\n- instance_norm", 16, 16 * 36),
        ("- conv_transpose: {out: 16, kernel: 2, stride: 2}\n- batch_norm", 16, 16 * 256),
        ("- flatten\n- linear: 5\n- batch_norm", 5, 5),
        ("- concat: {a: {copies: 3, do: [conv: {out: 4, kernel: 1}, batch_norm]}}", 12, 12 * 64),
        ("- {name: c, conv: {out: 4, kernel: 1}}\n- add: {a: batch_norm, b: batch_norm}", 4, 4 * 64),
    ],
)
def test_biases_before_norms(look: Look, body: str, params: int, adds: int) -> None:
    assert prices(look("bias_before_norm", [3, 8, 8], body)) == [{"params": params, "bias_additions": adds}]


@pytest.mark.parametrize(
    "body",
    [
        "- conv: {out: 16, kernel: 3, bias: false}\n- batch_norm",
        "- conv: {out: 16, kernel: 3}\n- relu\n- batch_norm",
        "- conv: {out: 16, kernel: 3}\n- layer_norm",
        "- conv: {out: 16, kernel: 3}\n- group_norm: 4",
        "- conv: {out: 4, kernel: 1}\n- add: {a: batch_norm, b: identity}",  # of use on the other path
        "- conv: {out: 4, kernel: 1}\n- head: {mean: batch_norm, raw: relu}",
        "- conv: {out: 4, kernel: 1}",
        "- conv: {out: 4, kernel: 1}\n- head: {raw: identity}\n- batch_norm",
        "- batch_norm\n- conv: {out: 16, kernel: 3}",
        "- {conv: {out: 3, kernel: 1}, weights: w}\n- batch_norm\n- {conv: {out: 3, kernel: 1}, weights: w}\n- relu",
    ],
)
def test_biases_of_use(look: Look, body: str) -> None:
    assert look("bias_before_norm", [3, 8, 8], body) == []


def test_shared_biases_are_stored_once(look: Look) -> None:
    layer = "- {conv: {out: 3, kernel: 1}, weights: w}\n- batch_norm\n"
    once, again = look("bias_before_norm", [3, 8, 8], layer * 2)
    assert once.price == {"params": 3, "bias_additions": 192}
    assert again.price == {"params": 0, "bias_additions": 192}


# Silencing -----------------------------------------------------------------------------------------------------------

POOLS = """\
network: Pools
input: [8, 15, 15]
body:
  - {name: a, max_pool: 2}
  - {name: b, repeat: 2, do: [{name: a, max_pool: 2}]}
"""  # 15 → 7 → 3 → 1


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("", ["a", "b1", "b2"]),
        ("lint: \n", ["a", "b1", "b2"]),
        ("lint: {ignore: }\n", ["a", "b1", "b2"]),
        ("lint: {ignore: {odd_map: '*'}}\n", ["a", "b1", "b2"]),
        ("lint: {ignore: {lost_pixels: '*'}}\n", []),
        ("lint: {ignore: {lost_pixels: b1}}\n", ["a", "b2"]),
        ("lint: {ignore: {lost_pixels: ['b[!1]', a]}}\n", ["b1"]),
        ("lint: {ignore: {lost_pixels: elsewhere}}\n", ["a", "b1", "b2"]),
    ],
)
def test_a_spec_silences(linted: Callable[..., Linted], patterns: str, left: list[str]) -> None:
    found = linted(POOLS.replace("{name: a, max_pool: 2}]", "max_pool: 2]") + patterns, ("lost_pixels",))
    assert [each.row.node.path for each in found.findings] == left
    assert found.silenced == 3 - len(left)


def test_a_whole_path_is_that_layer_alone(linted: Callable[..., Linted]) -> None:
    text = POOLS.replace("{name: a, max_pool: 2}]", "{name: a, max_pool: 2}, relu]")
    found = linted(text + "lint: {ignore: {lost_pixels: a}}\n", ("lost_pixels",))
    assert [each.row.node.path for each in found.findings] == ["b1/a", "b2/a"]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("lint: {ignore: {lost_pixel: a}}", "net.yaml:6:17: there is no rule `lost_pixel`"),
        ("lint: {ignored: {lost_pixels: a}}", "net.yaml:6:8: `lint` has no `ignored`"),
        ("lint: [a]", "net.yaml:6:7: this is no mapping"),
        ("lint: {ignore: lost_pixels}", "net.yaml:6:16: this is no mapping"),
        ("lint: {ignore: {lost_pixels: }}", "net.yaml:6:30: a pattern of layers is wanted"),
        ("lint: {ignore: {lost_pixels: [{a: b}]}}", "net.yaml:6:31: a pattern of layers is wanted"),
    ],
)
def test_wrong_sections(linted: Callable[..., Linted], section: str, message: str) -> None:
    with pytest.raises(SpecError) as wrong:
        linted(POOLS + section + "\n")
    assert message in str(wrong.value)
    assert "hint: " in str(wrong.value)


def test_all_that_is_wrong_is_told_at_once(linted: Callable[..., Linted]) -> None:
    with pytest.raises(SpecError) as wrong:
        linted(POOLS + "lint: {ignore: {pixels: a, odd_maps: [{}]}, only: 3}\n")
    assert len(wrong.value.problems) == 4


def test_rules_are_chosen(linted: Callable[..., Linted]) -> None:
    network = load("vgg16_bn")
    report = network.report()
    assert [each.name for each in lint(network, report, ["odd_map", "lost_pixels"]).rules] == ["lost_pixels", "odd_map"]
    assert {each.name for each in lint(network, report, (), ["odd_map"]).rules} == {*rules()} - {"odd_map"}
    for given in ({"only": ["odd_maps"]}, {"ignore": ["odd_maps"]}):
        with pytest.raises(UsageError, match="there is no rule `odd_maps`\n    hint: did you mean `odd_map`"):
            lint(network, report, **given)


# The command ---------------------------------------------------------------------------------------------------------

NET = """\
network: Net
parameters: {width: 20}
input: [3, 15, 15]
blocks:
  Layer: [conv: {out: width, kernel: 3, padding: half}, batch_norm, relu, max_pool: 2]
body:
  - {Layer, repeat: 2}
  - global_avg_pool
  - linear: 10
lint: {ignore: {lost_pixels: Layer2}}
"""
# Mult-Adds: 9*3*20*225 = 121,500; 9*20*20*49 = 176,400; 200. Params: 560 + 40, 3,620 + 40, 210


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET, encoding="utf-8")
    return "net.yaml"


def test_a_table_for_readers(run: Run, spec: str) -> None:
    assert run("lint", spec) == Said(
        1,
        """\
bias_before_norm: a bias that the norm behind it takes away again
  Layer1/conv and 1 more (net.yaml:5:11)
    20 biases on 20x15x15 are subtracted by Layer1/batch_norm
    price of all 2: 40 Params (0.9%), 5,480 bias additions
  mend: `bias: false`, for the whole file as `defaults: {conv: {bias: false}}`

lost_pixels: pixels behind the last window of a layer, which it never reads
  Layer1/max_pool (net.yaml:5:75)
    1 of 15 pixels of each axis is behind the last window
    price: 29 of 225 pixels (12.9%)
  mend: padding for the last window, `rounding: ceil` of a pool, or an input
    that fits

uneven_width: a width that is no multiple of 8
  Layer1/conv and 1 more (net.yaml:5:11)
    in blocks of 8, 20 channels cost as much as 24
    price of all 2: 8 of 48 channels (16.7%), 59,580 Mult-Adds (20.0%)
  mend: `divisible(width, 8)` in the spec: the multiple of 8 nearest to it

5 findings of 8 rules, 1 silenced by the spec
to silence what is meant: `lint: {ignore: {bias_before_norm: '*'}}` in the spec,
  or --ignore bias_before_norm
""",
        "",
    )


def test_all_lists_repeats(run: Run, spec: str) -> None:
    lines = run("lint", spec, "--all", "--only", "bias_before_norm").out.splitlines()
    assert lines[1:7] == [
        "  Layer1/conv (net.yaml:5:11)",
        "    20 biases on 20x15x15 are subtracted by Layer1/batch_norm",
        "    price: 20 Params (0.4%), 4,500 bias additions",
        "  Layer2/conv (net.yaml:5:11)",
        "    20 biases on 20x7x7 are subtracted by Layer2/batch_norm",
        "    price: 20 Params (0.4%), 980 bias additions",
    ]


def test_one_finding_is_silenced_by_its_path(run: Run, spec: str) -> None:
    lines = run("lint", spec, "--only", "lost_pixels").out.splitlines()
    assert lines[-3:] == [
        "1 finding of 1 rule, 1 silenced by the spec",
        "to silence what is meant: `lint: {ignore: {lost_pixels: Layer1/max_pool}}` in",
        "  the spec, or --ignore lost_pixels",
    ]


def test_nothing_found_is_fine(run: Run, spec: str) -> None:
    assert run("lint", spec, "--only", "odd_map") == Said(0, "nothing found by 1 rule\n", "")
    words = ("--ignore", "bias_before_norm", "--ignore", "uneven_width", "--input", "16")
    assert run("lint", spec, *words) == Said(0, "nothing found by 6 rules\n", "")
    assert run("lint", spec, "--width", "24", "--only", "uneven_width").code == 0


def test_a_price_of_nothing_is_not_told(run: Run, spec: str) -> None:
    Path(spec).write_text("network: N\ninput: [1, 3, 3]\nbody: [max_pool: {kernel: 3, stride: 2, padding: 1}]\n")
    assert run("lint", spec).out.splitlines()[2:4] == [
        "    half of 3x3 is 1.5x1.5, and 2x2 outputs are made",
        "    price: 1.75 of 4 outputs (43.8%)",
    ]


def test_json_has_every_finding(run: Run, spec: str) -> None:
    said = run("lint", spec, "--format", "json")
    document = json.loads(said.out)
    assert said.code == 1
    assert {name: document[name] for name in document if name != "findings"} == {
        "schema_version": 1,
        "network": "Net",
        "variant": "net",
        "parameters": {"width": 20},
        "input": [3, 15, 15],
        "rules": list(rules()),
        "silenced": 1,
    }
    assert [(each["rule"], each["path"]) for each in document["findings"]] == [
        ("bias_before_norm", "Layer1/conv"),
        ("bias_before_norm", "Layer2/conv"),
        ("lost_pixels", "Layer1/max_pool"),
        ("uneven_width", "Layer1/conv"),
        ("uneven_width", "Layer2/conv"),
    ]
    assert document["findings"][2] == {
        "rule": "lost_pixels",
        "path": "Layer1/max_pool",
        "message": "1 of 15 pixels of each axis is behind the last window",
        "details": {"map": [15, 15], "lost": [1, 1]},
        "price": {"pixels": 29},
        "share": {"pixels": {"num": 29, "den": 225}},
        "where": {"file": "net.yaml", "line": 5, "column": 75},
    }
    assert document["findings"][3]["share"] == {
        "channels": {"num": 1, "den": 6},
        "mult_adds": {"num": 243, "den": 2_981},  # 4 more than 20: 121,500/5 of 298,100
    }


def test_github_annotates_each_step_once(run: Run, spec: str) -> None:
    said = run("lint", spec, "--format", "github", "--ignore", "uneven_width")
    assert said.code == 1
    assert said.out == (
        "::warning file=net.yaml,line=5,col=11,title=archcalc%3A bias_before_norm::Layer1/conv and 1 more: 20 biases on"
        " 20x15x15 are subtracted by Layer1/batch_norm; price: 40 Params (0.9%25), 5,480 bias additions; mend: `bias:"
        " false`, for the whole file as `defaults: {conv: {bias: false}}`\n"
        "::warning file=net.yaml,line=5,col=75,title=archcalc%3A lost_pixels::Layer1/max_pool: 1 of 15 pixels of each"
        " axis is behind the last window; price: 29 of 225 pixels (12.9%25); mend: padding for the last window,"
        " `rounding: ceil` of a pool, or an input that fits\n"
    )


def test_the_help_of_a_spec_lists_the_rules(run: Run, spec: str) -> None:
    said = run("lint", spec, "--help")
    assert said.out.startswith(run("lint", "--help").out)
    rows = said.out.partition("\nRules:\n")[2].splitlines()
    assert max(map(len, rows)) <= 80
    assert [row.split()[0] for row in rows if not row.startswith("   ")] == list(rules())


def test_files(run: Run, spec: str) -> None:
    assert run("lint", spec, "-o", "found.json") == Said(1, "", "")
    assert Path("found.json").read_text() == run("lint", spec, "--format", "json").out
    assert run("lint", spec, "-o", "found.txt").code == 1
    assert "59,580 Mult-Adds" in Path("found.txt").read_text()


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_screen(run: Run, spec: str, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert max(map(len, run("lint", spec).out.splitlines())) <= width


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "pixels"), "there is no rule `pixels`"),
        (("--format", "csv"), "csv is no format of lint\n    hint: table, json or github"),
        (("-o", "found.csv"), "found.csv is no format of lint"),
        (("--depth", "3"), "there is no option `--depth`"),
        (("--width", "0"), "`out` is width = 0"),
    ],
)
def test_wrong_usage(run: Run, spec: str, words: tuple[str, ...], said: str) -> None:
    done = run("lint", spec, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_wrong_section_is_a_wrong_spec_only_to_lint(run: Run, spec: str) -> None:
    Path(spec).write_text(NET.replace("lost_pixels:", "lost_pixel:"), encoding="utf-8")
    done = run("lint", spec)
    assert (done.code, done.out) == (2, "")
    assert "net.yaml:10:17: there is no rule `lost_pixel`" in done.err
    assert "did you mean `lost_pixels`" in done.err
    assert run("report", spec).code == 0


# What is packaged ----------------------------------------------------------------------------------------------------

HALF_PADDED = {"unread_padding"}
"""Even maps, odd kernels, a stride of 2 and half of the kernel on both sides: ResNet and its kin."""


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("alexnet", set()),
        ("alexnet_torchvision", {"unread_padding"}),  # 224 + 4 - 11 = 217 = 54*4 + 1
        ("densenet121", HALF_PADDED),
        ("lenet5", {"uneven_width"}),  # 6 and 84
        ("mobilenet_v1", set()),
        ("resnet50", HALF_PADDED),
        ("resnet_cifar", HALF_PADDED),
        ("resnext50", HALF_PADDED),
        ("swin_t", set()),
        ("vgg16", set()),
        ("vgg16_bn", {"bias_before_norm"}),  # as torchvision has it
        ("vit_b_16", set()),
    ],
)
def test_packaged_networks(name: str, found: set[str]) -> None:
    network = load(name)
    assert {each.rule.name for each in lint(network, network.report()).findings} == found


def test_the_biases_of_vgg16_with_batch_norm() -> None:
    network = load("vgg16_bn")
    biases = sum(each.price["params"] for each in lint(network, network.report()).findings)
    assert biases == 2 * 64 + 2 * 128 + 3 * 256 + 6 * 512


def test_vgg16_on_small_images() -> None:
    """On 32x32 the 32 pixels that arrive at conv3-3 are all: 7 of 13 convolutions, as Simonyan's table has them."""
    network = load("vgg16")
    [finding] = lint(network, network.report(input="32"), ["full_sight"]).findings
    assert finding.row.node.path == "stage3/Conv3/conv"
    weights = 9 * (256 * 256 + 256 * 512 + 5 * 512 * 512)
    assert finding.price["params"] == weights + 256 + 6 * 512
    assert finding.price["mult_adds"] == 9 * (64 * 256**2 + 16 * (256 * 512 + 2 * 512**2) + 4 * 3 * 512**2)
