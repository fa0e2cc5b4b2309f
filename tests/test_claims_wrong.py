"""Broken claims and budgets beside the exact message of each; budgets that are kept and that are not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from small import checked, rows

from archcalc.errors import SpecError
from archcalc.study.checks import Result

Check = Callable[[str], list[Result]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    return functools.partial(checked, tmp_path)


def problems(check: Check, sections: str) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as error:
        check(sections)
    return [(problem.message, problem.hint) for problem in error.value.problems]


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
        (rows("{params: 12%}"), "`12%` is in per cent, and this counts numbers", ""),
        (rows("{mult_adds: 5.1MB}"), "`5.1MB` is in bytes, and this counts multiply-accumulates", ""),
        (rows("{params: 1-2 KiB}"), "`1-2 KiB` is in bytes, and this counts numbers", ""),
        (rows("{bytes: 6bit}"), "`6bit` is in bits, and this counts bytes", ""),
        (rows("{params: 12, unit: '%'}"), "`12` is in per cent, and this counts numbers", ""),
        (rows("{depth: 50%}"), "`50%` is in per cent, and this counts layers", ""),
        (rows("{input_size: 50%}"), "`50%` is in per cent, and this counts pixels", ""),
        (
            rows("{params: {printed: 1, erratum: {is: 5MB, why: a}}}"),
            "`5MB` is in bytes, and this counts numbers",
            "",
        ),
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
        (
            rows("{params: 1}", shared="erratum: {is: 470, why: a}"),
            "`erratum` is of one figure",
            "write it at the figure: {printed: …, erratum: …}",
        ),
        (rows("{params: 1}", shared="outside: "), "`outside` says why, in a sentence", ""),
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


def test_a_file_of_claims_has_nothing_else(check: Check, tmp_path: Path) -> None:
    (tmp_path / "small.claims.yaml").write_text("clams: []\n", encoding="utf-8")
    assert problems(check, "") == [("a file of claims has no `clams`", "it has `claims`")]


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
        ("{params: {a: 1}}", "a limit is wanted", "such as `< 300M` or `<= 5M`"),
        ("{params: 5MB}", "`5MB` is in bytes, and this counts numbers", ""),
        ("{mult_adds: < 50%}", "`< 50%` is in per cent, and this counts multiply-accumulates", ""),
        ("{width: none, params: 1}", "`width` is none, a whole number is wanted", ""),
    ],
)
def test_broken_budgets(check: Check, budget: str, message: str, hint: str) -> None:
    assert problems(check, f"budget: {budget}") == [(message, hint)]
