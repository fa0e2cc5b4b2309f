"""`archcalc check`: what it takes, what it writes in each format, and how it ends."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Said

Run = Callable[..., Said]

SPEC = """\
network: One
input: [3, 8, 8]
body: [conv: {out: 4, kernel: 3}]
budget: {params: < 1k, mult_adds: < 3k}
claims:
  - source: A & B
    table: Table 1
    rows:
      - {params: 112}
      - {mult_adds: 3.9k}
      - {row: later print, mult_adds: {printed: 4.0k, erratum: {is: 3.9k, why: 6·6·4·27}}}
      - {depth: {printed: 2, unexplained: "100% unclear: a pool, perhaps"}}
      - {activations: {printed: 3 ms, outside: a latency}}
"""
# 6·6·4·27 = 3,888 Mult-Adds, 4·27 + 4 = 112 parameters


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text(SPEC, encoding="utf-8")
    return "one.yaml"


UNEXPLAINED = 8
"""Figures of the packaged specs that nobody can explain. This number may only fall."""


def test_the_packaged_specs_agree(run: Run) -> None:
    said = run("check")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[-1].endswith(f", {UNEXPLAINED} unexplained, 22 outside, 0 differ")


def test_a_table_for_readers(run: Run, spec: str) -> None:
    said = run("check", spec)
    assert (said.code, said.err) == (1, "")
    assert said.out == (
        "erratum: the print is wrong, and the right figure is known\n"
        "  one later print: mult_adds 4.0k, ours 3,888\n"
        "    6·6·4·27\n"
        "    A & B, Table 1 (one.yaml:11)\n"
        "\n"
        "unexplained: ours is another figure, and nobody knows why\n"
        "  one: depth 2, ours 1\n"
        "    100% unclear: a pool, perhaps\n"
        "    A & B, Table 1 (one.yaml:12)\n"
        "\n"
        "differs: ours is another figure, above a limit, or a law that is not proved\n"
        "  one: mult_adds < 3k, ours 3,888\n"
        "    one.yaml:4\n"
        "\n"
        "7 figures of 1 spec\n"
        "\n"
        "Spec  figures  agrees  erratum  unexplained  outside  differs\n"
        "─────────────────────────────────────────────────────────────\n"
        "one         7       3        1            1        1        1\n"
        "─────────────────────────────────────────────────────────────\n"
        "all  3 agree, 1 erratum, 1 unexplained, 1 outside, 1 differs\n"
    )


def test_all_shows_what_agrees(run: Run, spec: str) -> None:
    lines = run("check", spec, "--all").out.splitlines()
    assert lines[:5] == [
        "agrees",
        "  one: params < 1k",
        "  one: params 112",
        "  one: mult_adds 3.9k",
        "",
    ]
    assert "outside: no architecture determines it" in lines


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_screen(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    specs = [] if os.environ.get("CI") else ["googlenet", "mobilenet_v1", "resnext", "squeezenet"]
    paragraphs = run("check", *specs, "--only", "erratum").out.split("\n\n")[0]
    assert max(map(len, paragraphs.splitlines())) <= width


def test_json_has_every_result(run: Run, spec: str) -> None:
    said = run("check", spec, "--format", "json")
    results = json.loads(said.out)
    assert said.code == 1
    assert [result["verdict"] for result in results] == [
        "agrees", "differs", "agrees", "agrees", "erratum", "unexplained", "outside",
    ]  # fmt: skip
    assert results[4] == {
        "id": "one/a-b-table-1/row=later-print/mult_adds",
        "kind": "claim",
        "document": "A & B",
        "table": "Table 1",
        "network": "one",
        "setting": {"row": "later print"},
        "metric": "mult_adds",
        "printed": "4.0k",
        "computed": 3888,
        "verdict": "erratum",
        "note": "6·6·4·27",
        "where": {"file": "one.yaml", "line": 11, "column": 49},
    }
    assert results[6]["computed"] is None


def test_json_writes_fractions_and_settings_plainly(run: Run) -> None:
    results = {result["id"]: result for result in json.loads(run("check", "mobilenet_v1", "--format", "json").out)}
    share = next(result for name, result in results.items() if name.endswith("row=Conv-3×3/share_of_mult_adds"))
    assert Fraction(share["computed"]["num"], share["computed"]["den"]) == Fraction(10_838_016, 568_740_352)
    narrow = next(result for result in results.values() if "alpha" in result["setting"])
    assert narrow["setting"]["alpha"] == {"num": 3, "den": 4}
    results = {result["id"]: result for result in json.loads(run("check", "resnet_cifar", "--format", "json").out)}
    expected = next(result for name, result in results.items() if name.endswith("expected_mult_adds"))
    assert expected["setting"]["against"] == {"p": {"num": 1, "den": 1}}


def test_json_writes_a_fraction_in_the_setting_compared_to(run: Run) -> None:
    results = json.loads(run("check", "resnet_cifar", "--only", "*training-time*", "--format", "json").out)
    assert {"p": {"num": 1, "den": 1}} in [result["setting"].get("against") for result in results]


def test_junit_has_a_case_for_each(run: Run, spec: str) -> None:
    said = run("check", spec, "--format", "junit")
    suite = ElementTree.fromstring(said.out)
    assert said.code == 1
    assert suite.attrib == {"name": "archcalc check", "tests": "7", "failures": "1", "skipped": "1", "errors": "0"}
    cases = {case.attrib["name"]: case for case in suite}
    failure = cases["one/budget/mult_adds"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "mult_adds has the limit < 3k: ours is 3,888"
    assert cases["one/a-b-table-1/activations"].find("skipped") is not None
    erratum = cases["one/a-b-table-1/row=later-print/mult_adds"]
    assert erratum.attrib | {"name": ""} == {"classname": "one", "name": "", "file": "one.yaml", "line": "11"}
    [out] = erratum
    assert out.text == "erratum: mult_adds is printed as 4.0k in A & B, Table 1: 6·6·4·27"
    assert not list(cases["one/a-b-table-1/params"])


def test_a_file_for_ci_servers_is_named_by_its_suffix(run: Run, spec: str) -> None:
    assert run("check", spec, "-o", "results.xml").code == 1
    assert ElementTree.parse("results.xml").getroot().tag == "testsuite"


def test_github_annotates_what_differs_and_what_nobody_explains(run: Run, spec: str) -> None:
    said = run("check", spec, "--format", "github")
    assert said.code == 1
    assert said.out == (
        "::error file=one.yaml,line=4,col=35,title=archcalc%3A one/budget/mult_adds"
        "::mult_adds has the limit < 3k: ours is 3,888\n"
        "::warning file=one.yaml,line=12,col=27,title=archcalc%3A one/a-b-table-1/depth"
        "::depth is printed as 2 in A & B, Table 1: 100%25 unclear: a pool, perhaps\n"
    )


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (["claim"], 5),
        (["budget"], 2),
        (["agrees"], 3),
        (["erratum", "unexplained"], 2),
        (["claim", "agrees"], 2),
        (["table-1"], 5),
        (["row=*"], 1),
        (["one/*/params"], 2),
        (["budget", "params"], 1),
    ],
)
def test_only_keeps_a_kind_a_verdict_or_ids(run: Run, spec: str, only: list[str], found: int) -> None:
    words = [word for each in only for word in ("--only", each)]
    assert len(json.loads(run("check", spec, "--format", "json", *words).out)) == found


def test_only_what_is_kept_can_fail(run: Run, spec: str) -> None:
    assert run("check", spec, "--only", "claim").code == 0
    said = run("check", spec, "--only", "nothing-of-it")
    assert (said.code, said.out) == (2, "")
    assert "nothing to check is nothing-of-it" in said.err


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (["params=112"], 0),
        (["params=<112"], 1),
        (["mult_adds=4k", "params=1k"], 0),
        (["bytes=1KB", "params= < 1k"], 0),
        (["mult_adds=4k", "params=1"], 1),
    ],
)
def test_limits_of_the_command_line(run: Run, spec: str, limits: list[str], code: int) -> None:
    words = [word for limit in limits for word in ("--max", limit)]
    assert run("check", spec, "--only", "claim", *words).code == code


def test_limits_are_of_the_variant_that_is_named(run: Run) -> None:
    said = run("check", "resnet18", "resnet50", "--only", "budget", "--max", "params=12M", "--format", "json")
    results = json.loads(said.out)
    assert [(result["id"], result["computed"], result["verdict"]) for result in results] == [
        ("resnet/max/variant=resnet18/params", 11_689_512, "agrees"),
        ("resnet/max/variant=resnet50/params", 25_557_032, "differs"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--max", "parms=1M"), "`parms` is not a count\n    hint: did you mean `params`"),
        (("--max", "params"), "`--max params` is not METRIC=LIMIT\n    hint: such as --max mult_adds=300M"),
        (("--max", "params<1"), "`--max params<1` is not METRIC=LIMIT"),
        (("--max", "params<=1"), "`--max params<=1` is not METRIC=LIMIT"),
        (("--max", "params= "), "is not METRIC=LIMIT"),
        (("--max", ""), "`--max ` is not METRIC=LIMIT"),
        (("--max", "params=5MB"), "`--max params=5MB`: `5MB` is in bytes, and this counts numbers"),
        (("--max", "params=<=5 KiB"), "is in bytes"),
        (("--max", "params=8 bits"), "`8 bits` is in bits"),
        (("--max", "mult_adds=50%"), "`50%` is in per cent, and this counts multiply-accumulates"),
        (("--max", "bytes=50%"), "`50%` is in per cent, and this counts bytes"),
        (("--max", "output=3"), "`output` is not a count"),
        (("--max", "params=many"), "`many` is not a limit"),
        (("--format", "csv"), "csv is no format of checks\n    hint: table, json, junit or github"),
        (("-o", "results.csv"), "results.csv is no format of checks"),
    ],
)
def test_wrong_usage(run: Run, spec: str, words: tuple[str, ...], said: str) -> None:
    done = run("check", spec, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_broken_claims_are_wrong_specs(run: Run, spec: str) -> None:
    Path(spec).write_text(SPEC.replace("depth:", "depht:"), encoding="utf-8")
    done = run("check", spec)
    assert (done.code, done.out) == (2, "")
    assert "one.yaml:12:10: a claim has no `depht`" in done.err
    assert "did you mean `depth`" in done.err


def test_folders_are_searched_for_specs(run: Run, spec: str) -> None:
    for folder in ("nets/deep", "nets/.hidden", "empty"):
        Path(folder).mkdir(parents=True)
    Path("nets/deep/two.yaml").write_text(SPEC.replace("One", "Two"), encoding="utf-8")
    Path("nets/deep/two.claims.yaml").write_text("claims: [{source: C, rows: [{params: 112}]}]", encoding="utf-8")
    Path("nets/.hidden/no.yaml").write_text("not a spec", encoding="utf-8")
    results = json.loads(run("check", "nets", spec, "--format", "json").out)
    assert [result["network"] for result in results] == ["two"] * 8 + ["one"] * 7
    assert {result["where"]["file"] for result in results} == {
        "nets/deep/two.yaml", "nets/deep/two.claims.yaml", "one.yaml",
    }  # fmt: skip
    done = run("check", "empty")
    assert (done.code, "there is no spec in empty" in done.err) == (2, True)


def test_a_spec_named_twice_is_checked_once(run: Run, spec: str) -> None:
    assert run("check", spec, spec) == run("check", spec)


def test_there_may_be_nothing_to_check(run: Run, spec: str) -> None:
    Path(spec).write_text(SPEC.partition("budget:")[0], encoding="utf-8")
    assert run("check", spec) == Said(0, "nothing to check: no claims, no budget and no laws\n", "")
    assert json.loads(run("check", spec, "--format", "json").out) == []
