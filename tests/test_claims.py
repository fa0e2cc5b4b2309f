"""Claims of a small network whose figures are worked out by hand: what is counted, verdicts, tables."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from small import MULT_ADDS, PARAMS, WIDE, checked, rows

from archcalc.network import load
from archcalc.study import checking
from archcalc.study.checks import Result, checks
from archcalc.study.measure import Bench
from archcalc.study.patterns import inside

Check = Callable[[str], list[Result]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    return functools.partial(checked, tmp_path)


# What is counted -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "computed"),
    [
        ("{mult_adds: '6,376'}", MULT_ADDS),
        ("{params: '470'}", PARAMS),
        ("{params: '1506', variant: small_wide}", 216 + 2 * 576 + 3 * 16 + 80 + 10),
        ("{mult_adds: 22.0k, width: 8}", WIDE),
        ("{mult_adds: 25.4k, input: 16}", 4 * (MULT_ADDS - 40) + 40),
        ("{params: 436, count: weight}", 108 + 2 * 144 + 40),
        ("{params: 470, count: [weight, bias, norm]}", PARAMS),
        ("{params: 24, count: statistics}", 24),
        ("{mult_adds: 6336, without: fc}", MULT_ADDS - 40),
        ("{mult_adds: 4608, at: stage}", 2 * 16 * 144),
        ("{mult_adds: 4648, at: [stage, fc]}", 2 * 16 * 144 + 40),
        ("{mult_adds: 2304, at: Layer1}", 16 * 144),
        ("{params: 16, at: stage/Layer*, op: batch_norm}", 16),
        ("{mult_adds: 2304, at: stage/Layer*, without: 'Layer[!2]'}", 16 * 144),
        ("{mult_adds: '6376', convention: mult_adds}", MULT_ADDS),
        ("{activations: 202}", 3 * 64 + 10),
        ("{bytes: 1880}", 4 * PARAMS),
        ("{bytes: 1744, count: weight}", 4 * 436),
        ("{bytes: 1976, count: [weight, bias, norm, statistics]}", 4 * (PARAMS + 24)),
        ("{depth: 4}", 4),
        ("{depth: 1, at: Layer1}", 1),
        ("{convs: 3}", 3),
        ("{repeats: 2, at: stage/Layer*}", 2),
        ("{repeats: 5, at: stage/Layer*, deep: 5}", 5),
        ("{channels: 4, at: stem}", 4),
        ("{output: 4x4x4, at: stem}", (4, 4, 4)),
        ("{output: 4×4, at: stem}", (4, 4, 4)),
        ("{output: 8×8×3, at: input, order: hwc}", (3, 8, 8)),
        ("{output: 1×1×10, at: fc, order: hwc}", (10,)),
        ("{input_size: 4x4x4, at: Layer1}", (4, 4, 4)),
        ("{filter: 3x3x3x4, at: stem, order: hwc}", (3, 3, 3, 4)),
        ("{filter: 4x10, at: fc}", (4, 10)),
        ("{receptive_field: 11, at: stage}", (11, 11)),
        ("{receptive_field: 7x7, at: Layer1}", (7, 7)),
        ("{field_stride: 2, at: stage}", (2, 2)),
        ("{field_padding: 5, at: stage}", (5, 5)),
        ("{share_of_mult_adds: 27.1%, at: stem}", Fraction(16 * 108, MULT_ADDS)),
        ("{share_of_mult_adds: 27.27%, at: stem, without: fc}", Fraction(16 * 108, MULT_ADDS - 40)),
        ("{share_of_params: 66.1%, at: stage, count: weight}", Fraction(288, 436)),
        ("{mult_adds: 3.4×, variant: small_wide, against: {width: 4}}", Fraction(WIDE, MULT_ADDS)),
        ("{mult_adds: 3.4×, against: {variant: small_wide}}", Fraction(MULT_ADDS, WIDE)),
        ("{mult_adds: 29%, against: {width: 8}}", Fraction(MULT_ADDS, WIDE)),
        ("{mult_adds: '> 90%', at: [stem, stage], against: {at: '*'}}", Fraction(MULT_ADDS - 40, MULT_ADDS)),
        ("{params: 1/54377, against: {network: resnet50}}", Fraction(PARAMS, 25_557_032)),
        ("{params: 1/294378, against: vgg16}", Fraction(PARAMS, 138_357_544)),
    ],
)
def test_a_claim_counts_what_it_says(check: Check, claim: str, computed: Any) -> None:
    [result] = check(rows(claim))
    assert (result.computed, result.verdict, result.note) == (computed, "agrees", "")


@pytest.mark.parametrize(
    ("claim", "note"),
    [
        ("{mult_adds: 6377}", "ours is 6,376"),
        ("{output: 4x8x8, at: stem}", "ours is 4x4x4"),
        ("{filter: 3x3x4, at: stem}", "ours is 3x3x3x4"),
        ("{mult_adds: 9, at: steam}", "there is no figure of ours: no layer matches `steam`"),
        ("{mult_adds: 9, at: fc, op: conv}", "there is no figure of ours: no layer is left to count"),
        ("{output: 2×, at: stem, against: {width: 8}}", "there is no figure of ours: `output` is no number"),
        ("{filter: 3x3, at: relu}", "there is no figure of ours: `filter` has no one figure there"),
        ("{mult_adds: 9, against: nowhere}", "there is no figure of ours: there is no file `nowhere`"),
        ("{mult_adds: 9, convention: nobody's}", "there is no figure of ours: there is no convention"),
        ("{at: stem, without: fc, share_of_bias: 1%}", "our figure is not exact: the total is 0"),
    ],
)
def test_a_claim_differs_with_a_reason(check: Check, claim: str, note: str) -> None:
    [result] = check(rows(claim))
    assert result.verdict == "differs"
    assert result.note.startswith(note)


# Verdicts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "verdict", "note"),
    [
        ("6.4k", "agrees", ""),
        ("{printed: 6.4k, note: as said in the text}", "agrees", "as said in the text"),
        ("{printed: 6.3k, rounding: down}", "agrees", ""),
        ("{printed: 6.9k, erratum: {is: 6.4k, why: digits}}", "erratum", "digits"),
        ("{printed: 6.4k, erratum: {is: 6.4k, why: no}}", "differs", "marked `erratum`, but the printed figure agrees"),
        ("{printed: 6.9k, erratum: {is: 6.8k, why: no}}", "differs", "neither the printed figure nor 6.8k is ours"),
        ("{printed: 7k, unexplained: tried biases}", "unexplained", "tried biases"),
        ("{printed: 6.4k, unexplained: no}", "differs", "marked `unexplained`, but the printed figure agrees"),
        ("{printed: 3 ms, outside: a latency}", "outside", "a latency"),
    ],
)
def test_verdicts(check: Check, figure: str, verdict: str, note: str) -> None:
    [result] = check(rows(f"{{mult_adds: {figure}}}"))
    assert result.verdict == verdict
    assert result.note.startswith(note)
    assert result.computed == (None if verdict == "outside" else MULT_ADDS)


def test_a_mark_of_a_table_holds_for_all_figures_without_another(check: Check) -> None:
    wrong = "{row: a, mult_adds: {printed: 6.9k, erratum: {is: 6.4k, why: digits}}}"
    table = functools.partial(rows, columns="mult_adds, params, top1", shared="unexplained: tried biases")
    found = check(table("[7k, 471, 9]", wrong, "{row: a, params: 470}"))
    assert [(result.verdict, result.note) for result in found[:3]] == [
        ("unexplained", "tried biases"),
        ("unexplained", "tried biases"),
        ("erratum", "digits"),
    ]
    assert found[3].note.startswith("marked `unexplained`, but the printed figure agrees")
    found = check(rows("{mult_adds: 3 ms}", "{params: two, depth: 3}", shared="outside: on a phone"))
    assert [(result.verdict, result.note) for result in found] == [("outside", "on a phone")] * 3


# Tables --------------------------------------------------------------------------------------------------------------


def test_a_table_is_written_as_the_paper_prints_it(check: Check) -> None:
    results = check(
        rows(
            "[~, 4, 70.1%, 6.4]",
            "[small_wide, ~, 72%, 22.0]",
            "{width: 8, deep: 1, mult_adds: 12.8k, top1: 71%}",
            columns="variant, width, top1, mult_adds",
            shared="unit: k\nat: [stem, stage, fc]\nnote: with fc",
        )
    )
    assert [result.verdict for result in results] == ["agrees"] * 3
    assert [result.setting for result in results] == [
        {"width": 4, "unit": "k", "at": ["stem", "stage", "fc"], "note": "with fc"},
        {"variant": "small_wide", "unit": "k", "at": ["stem", "stage", "fc"], "note": "with fc"},
        {"width": 8, "deep": 1, "unit": "k", "at": ["stem", "stage", "fc"], "note": "with fc"},
    ]
    assert [result.where.line for result in results] == [21, 22, 23]
    assert results[0].id == "small/a-paper-table-1/width=4,at=[stem,stage,fc]/mult_adds"


def test_ids_say_what_is_claimed_not_where(check: Check) -> None:
    one, two = "{at: stem, row: the stem, params: 116}", "{params: 470, variant: small}"
    ids = [result.id for result in check(rows(one, two))]
    assert ids == ["small/a-paper-table-1/at=stem,row=the-stem/params", "small/a-paper-table-1/small/params"]
    assert [result.id for result in check(rows(two, one))] == ids[::-1]


def test_claims_stand_beside_the_spec(check: Check, tmp_path: Path) -> None:
    (tmp_path / "small.claims.yaml").write_text(rows("{params: 470}"), encoding="utf-8")
    [result] = check("")
    assert (result.verdict, Path(result.where.source.name).name) == ("agrees", "small.claims.yaml")


def test_claims_without_a_variant_are_of_the_file_s_own(check: Check, tmp_path: Path) -> None:
    check(rows("{params: 470}"))
    wide = load(str(tmp_path / "small.yaml"), variant="small_wide")
    assert [result.verdict for result in checks()["claim"].run(wide, Bench())] == ["agrees"]


# Patterns ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "level"),
    [
        ("conv2", "conv2/Unit1/conv", "conv2"),
        ("conv2/Unit1", "conv2/Unit1/conv", "conv2/Unit1"),
        ("Unit1", "conv2/Unit1/conv", "conv2/Unit1"),
        ("conv2/conv", "conv2/Unit1/conv", "conv2/Unit1/conv"),
        ("conv*", "conv2/Unit1/conv", "conv2"),
        ("Unit?", "conv2/Unit1/conv", "conv2/Unit1"),
        ("Unit[12]", "conv2/Unit1/conv", "conv2/Unit1"),
        ("Unit[!12]", "conv2/Unit1/conv", ""),
        ("Unit", "conv2/Unit1/conv", ""),
        ("Unit1/conv2", "conv2/Unit1/conv", ""),
        ("conv2*conv", "conv2/Unit1/conv", ""),  # a star stays in its level
        ("a.b", "axb", ""),
        ("a/a", "a/b/a/a", "a/b/a"),
    ],
)
def test_a_pattern_means_a_level(pattern: str, path: str, level: str) -> None:
    assert inside(pattern, path) == level


def test_a_whole_path_means_that_level_alone(tmp_path: Path) -> None:
    path = tmp_path / "nested.yaml"
    path.write_text(
        "network: Nested\n"
        "input: [1, 4, 4]\n"
        "body:\n"
        "  - {name: conv1, conv: {out: 4, kernel: 1}}\n"
        "  - {name: late, do: [{name: conv1, conv: {out: 2, kernel: 1}}, relu]}\n"
        "claims:\n"
        "  - {source: A, columns: [at, params], rows: [[conv1, 8], [late/conv1, 10], ['conv[1]', 18]]}\n",
        encoding="utf-8",
    )
    results = checking.run([str(path)], checking.Only())
    assert [result.computed for result in results] == [4 + 4, 4 * 2 + 2, 18]
