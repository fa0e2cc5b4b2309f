"""`archcalc check` on folders: which files are specs, and what becomes of those that are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Said

Run = Callable[..., Said]

GOOD = """\
network: Good
input: [3, 8, 8]
body: {conv: {out: 4, kernel: 3}}
budget: {params: < 1k}
"""
BAD = "network: Bad\ninput: [3, 8, 8]\nbody: {conv: {out: 4}}\n"
LATE = "network: Late\ninput: [3, 8, 8]\nbody: {conv: {out: 4, kernel: 3}}\nclaims: [{source: A, rows: [{prams: 3}]}]\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in {"bad": BAD, "good": GOOD, "late": LATE, "other": "just: data\non: {network: host}\n"}.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def test_specs_that_are_wrong_keep_no_other_from_being_checked(run: Run) -> None:
    done = run("check", ".", "--max", "mult_adds=1G")
    assert done.code == 2
    assert "all  3 agree, 0 unexplained, 0 differ" in done.out
    lines = done.err.splitlines()
    assert "bad.yaml:3:8: `conv` needs `kernel`: size of the window" in lines
    assert any(line.startswith("late.yaml:4:30: a claim has no `prams`") for line in lines)
    assert "other.yaml" not in done.err


def test_servers_are_told_of_them_too(run: Run) -> None:
    results = json.loads(run("check", ".", "--format", "json").out)
    told = [(each["kind"], each["network"], each["verdict"]) for each in results]
    assert told == [("budget", "good", "agrees"), ("spec", "bad", "differs"), ("spec", "late", "differs")]
    suite = ElementTree.fromstring(run("check", ".", "--format", "junit").out)
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    first = run("check", "bad.yaml", "--format", "github").out
    assert first == (
        "::error file=bad.yaml,line=3,col=8,title=archcalc%3A bad/3%3A8::`conv` needs `kernel`: size of the window\n"
    )


def test_what_cannot_be_read_is_told_with_its_name(run: Run) -> None:
    Path("folder/net.yaml").mkdir(parents=True)
    Path("folder/latin.yaml").write_bytes(b"network: caf\xe9\n")
    done = run("check", "folder", "good.yaml", "--format", "json")
    assert done.code == 2
    assert [(each["network"], each["where"]["file"]) for each in json.loads(done.out)] == [
        ("good", "good.yaml"), ("latin", "folder/latin.yaml"), ("net", "folder/net.yaml")
    ]  # fmt: skip
    assert "folder/latin.yaml:1:13: the byte 0xe9 is not UTF-8" in done.err
    assert "folder/net.yaml:1:1: " in done.err


@pytest.mark.parametrize(
    ("text", "is_spec"),
    [
        ("jobs: {a: 1}\n", False),
        ("name: x\non: push\ndefaults: {run: {shell: bash}}\n", False),
        ("items:\n  - network: host\n", False),
        ("networks: {a: 1}\n", False),
        ("netwrok: x\nbody: relu\n", True),
        ("{network: x, input: [3, 4, 4], body: relu}\n", True),
        ("'network': x\n", True),
        ("laws: {}\n", True),
    ],
)
def test_other_yaml_is_passed_over_and_a_slip_is_not(text: str, is_spec: bool, run: Run) -> None:
    Path("folder").mkdir()
    Path("folder/file.yaml").write_text(text, encoding="utf-8")
    done = run("check", "folder")
    assert ("there is no spec in folder" in done.err) is not is_spec


def test_a_file_that_is_named_is_a_spec(run: Run) -> None:
    done = run("check", "other.yaml", "good.yaml")
    assert done.code == 2
    assert "other.yaml:1:1: a spec needs `network`" in done.err
    assert "all  1 agree" in done.out
