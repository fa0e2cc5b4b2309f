"""Claims and budgets of a small network whose figures are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from archcalc.errors import SpecError
from archcalc.network import load
from archcalc.study import checking
from archcalc.study.checks import Result

NET = """\
network: Small
parameters: {width: 4, deep: 2}
variants: {small_wide: {width: 8}}
input: [3, 8, 8]
defaults: {conv: {padding: half, bias: false}}
blocks:
  Layer(stride): [conv: {out: width, kernel: 3, stride}, batch_norm, relu]
body:
  - {name: stem, Layer: 2}
  - {name: stage, do: [{Layer: 1, repeat: deep}]}
  - global_avg_pool
  - {name: fc, linear: 10}
"""
# width        4                         8
# stem         3·3·3·4 = 108 weights     216            on 4x4 positions
# a layer      3·3·4·4 = 144             576            on 4x4 positions
# norms        2·4 each                  2·8 each
# fc           4·10 = 40 and 10 biases   80 and 10
MULT_ADDS = 16 * 108 + 2 * 16 * 144 + 40
PARAMS = 108 + 2 * 144 + 3 * 8 + 40 + 10
WIDE = 16 * 216 + 2 * 16 * 576 + 80

Check = Callable[[str], list[Result]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The results of a spec with these sections."""

    def run(sections: str) -> list[Result]:
        path = tmp_path / "small.yaml"
        path.write_text(NET + sections, encoding="utf-8")
        return checking.run([load(str(path))], checking.Only())

    return run


def rows(*given: str, columns: str = "", shared: str = "") -> str:
    """A table of claims."""
    head = f"claims:\n  - source: A paper\n    table: Table 1\n{indent(shared, '    ')}\n"
    return (
        head
        + f"    columns: [{columns}]\n" * bool(columns)
        + "    rows:\n"
        + "".join(f"      - {row}\n" for row in given)
    )


def problems(check: Check, sections: str) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as error:
        check(sections)
    return [(problem.message, problem.hint) for problem in error.value.problems]


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
    (tmp_path / "small.claims.yaml").write_text("clams: []\n", encoding="utf-8")
    assert problems(check, "") == [("a file of claims has no `clams`", "it has `claims`")]


def test_claims_without_a_variant_are_of_the_file_s_own(check: Check, tmp_path: Path) -> None:
    check(rows("{params: 470}"))
    wide = load(str(tmp_path / "small.yaml"), variant="small_wide")
    assert [result.verdict for result in checking.run([wide], checking.Only())] == ["agrees"]


@pytest.mark.parametrize(
    ("sections", "message", "hint"),
    [
        ("claims: {a: 1}", "`claims` is a list of tables: source, columns, rows", ""),
        ("claims: [1]", "a table of claims is a mapping: source, columns, rows", ""),
        ("claims: [{table: Table 1}]", "a table of claims needs `source` and `rows`", ""),
        ("claims: [{source: A, rows: 1}]", "`rows` is a list", ""),
        ("claims: [{source: A, columns: 1, rows: []}]", "`columns` is a list of names", ""),
        ("claims: [{source: A, rows: [1]}]", "a row is a list under `columns`, or a mapping", ""),
        (
            "claims: [{source: A, tabel: 1, rows: []}]",
            "a table of claims has no `tabel`: not a parameter of Small, not a metric",
            "did you mean `table`?",
        ),
        (
            rows("[1]", columns="multadds"),
            "a claim has no `multadds`: not a parameter of Small, not a metric",
            "did you mean `mult_adds`",
        ),
        (
            rows("{parms: 1}"),
            "a claim has no `parms`: not a parameter of Small, not a metric",
            "did you mean `params`?",
        ),
        (rows("[1, 2, 3]", columns="width, params"), "a row of 3 under 2 columns", ""),
        (rows("{variant: small_wyde, params: 1}"), "small has no variant `small_wyde`", "did you mean `small_wide`"),
        (rows("{width: much, params: 1}"), "`width` is much, a whole number is wanted", ""),
        (rows("{params: many}"), "`many` is not a figure", "such as 569M"),
        (rows("{params: 4, unit: Q}"), "`Q` is not a unit", "it can be k"),
        (
            rows("{params: 4, rounding: dwon}"),
            "`rounding` is dwon; it can be nearest, down, up",
            "did you mean `down`?",
        ),
        (rows("{params: 4, order: whc}"), "`order` is whc; it can be chw, hwc", ""),
        (rows("{params: 4, count: wieght}"), "`count` has no role `wieght`", "did you mean `weight`?"),
        (rows("{params: [1]}"), "a figure is written as it is printed, or {printed: …, erratum: …}", ""),
        (rows("{params: {printed: 1, erattum: 2}}"), "a figure has no `erattum`", "did you mean `erratum`?"),
        (
            rows("{params: {printed: 1, outside: a, unexplained: b}}"),
            "a figure has one mark, this has `outside` and `unexplained`",
            "",
        ),
        (rows("{params: 1, depth: 2, outside: a}"), "`outside` of a row wants one figure in it, this has 2", ""),
        (rows("{params: {printed: 1, unexplained: }}"), "`unexplained` says why, in a sentence", ""),
        (
            rows("{params: {printed: 1, erratum: 2}}"),
            "`erratum` is {is: the right figure, why: the arithmetic that shows it}",
            "",
        ),
        (
            rows("{params: 1}", "{params: 2}"),
            "`params` is claimed twice, here and in line 18",
            "`row: a name` tells rows apart",
        ),
    ],
)
def test_broken_claims(check: Check, sections: str, message: str, hint: str) -> None:
    [(said, helped)] = problems(check, sections)
    assert said == message
    assert helped.startswith(hint)
    assert bool(helped) == bool(hint)


def test_all_problems_are_told_at_once(check: Check) -> None:
    text = rows("[1, 2]", "{params: x}", "{prams: 1}", columns="params")
    assert len(problems(check, text)) == 3


# Budgets -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "verdicts"),
    [
        ("{mult_adds: < 6.4k, params: 470}", ["agrees", "agrees"]),
        ("{mult_adds: < 6376, params: <= 469}", ["differs", "differs"]),
        (
            "[{params: < 1k}, {width: 8, params: < 1k}, {variant: small_wide, mult_adds: 22k}]",
            ["agrees", "differs", "agrees"],
        ),
        ("{input: 16, mult_adds: < 7k}", ["differs"]),
    ],
)
def test_budgets(check: Check, budget: str, verdicts: list[str]) -> None:
    results = check(f"budget: {budget}")
    assert [result.verdict for result in results] == verdicts
    assert len({result.id for result in results}) == len(results)
    assert {result.kind for result in results} == {"budget"}


@pytest.mark.parametrize(
    ("budget", "message", "hint"),
    [
        ("1", "a budget is {metric: limit, …}, or a list of such with settings", ""),
        ("{output: 3}", "a budget has no `output`: not a parameter, not a count", ""),
        ("{prams: 3}", "a budget has no `prams`: not a parameter, not a count", "did you mean `params`?"),
        ("{params: '> 3'}", "`> 3` is not a limit", "such as `< 300M` or `<= 5M`"),
        ("{params: 3x3}", "`3x3` is not a limit", "such as `< 300M` or `<= 5M`"),
        ("{params: {a: 1}}", "`` is not a limit", "such as `< 300M` or `<= 5M`"),
        ("{width: none, params: 1}", "`width` is none, a whole number is wanted", ""),
    ],
)
def test_broken_budgets(check: Check, budget: str, message: str, hint: str) -> None:
    assert problems(check, f"budget: {budget}") == [(message, hint)]
