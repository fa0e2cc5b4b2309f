"""`archcalc new`: a first spec that reports at once."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from conftest import Said
from test_cli import Run

from archcalc.exchange import schema


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_reports_at_once(run: Run) -> None:
    assert run("new", "my_net") == Said(
        0,
        "my_net.yaml is written, and archcalc.schema.json for the editor\n"
        "archcalc report my_net.yaml shows its figures\n",
        "",
    )
    lines = Path("my_net.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# yaml-language-server: $schema=archcalc.schema.json", "network: my_net"]
    assert 20 <= len(lines) <= 26
    assert max(map(len, lines)) <= 100
    assert Path("archcalc.schema.json").read_text(encoding="utf-8") == schema.text()
    document = json.loads(run("report", "my_net.yaml", "--format", "json").out)
    # conv 3->32 and four 32->32 on 32x32; 32->64 to 16x16 with a shortcut, three 64->64; as much again to 128 on 8x8
    stages = 9 * (3 * 32 + 4 * 32 * 32) * 32**2
    for width, side in ((64, 16), (128, 8)):
        stages += (9 * (width // 2 * width + 3 * width * width) + width // 2 * width) * side**2
    assert document["totals"]["mult_adds"] == stages + 128 * 10
    assert run("check", "my_net.yaml").code == 0
    assert run("report", "my_net.yaml", "--width", "64", "--depth", "1").code == 0


def test_what_it_says_to_run_can_be_run(run: Run) -> None:
    line = run("new", "my first net").out.splitlines()[1]
    assert line == "archcalc report 'my first net.yaml' shows its figures"
    assert run(*shlex.split(line)[1:3]).code == 0
    assert run("new", "net.yml").err.splitlines()[1] == "    hint: archcalc new net"


def test_nothing_is_overwritten(run: Run) -> None:
    Path("a.yaml").write_text("mine")
    Path("archcalc.schema.json").write_text("mine too")
    message = "a.yaml is there already, and nothing is overwritten\n    hint: choose another name\n"
    assert run("new", "a") == run("new", "a.yaml") == Said(2, "", message)
    said = run("new", "b")
    assert said.out == "b.yaml is written\narchcalc report b.yaml shows its figures\n"
    assert [Path(name).read_text() for name in ("a.yaml", "archcalc.schema.json")] == ["mine", "mine too"]


def test_it_can_be_printed(run: Run) -> None:
    said = run("new", "-")
    assert said.code == 0
    assert said.out.splitlines()[1] == "network: my network"
    assert list(Path().iterdir()) == []
    Path("c.yaml").write_text(said.out)
    assert run("report", "c.yaml").code == 0


@pytest.mark.parametrize("name", ["5", "true", "a b", "ö", "a'b", "a: b", "#", "nets/deep"])
def test_any_name_of_a_file_is_a_title(run: Run, name: str) -> None:
    Path("nets").mkdir()
    assert run("new", name).code == 0
    assert json.loads(run("report", f"{name}.yaml", "--format", "json").out)["network"] == Path(name).name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", "`.` is no name for a spec"),
        ("..", "`..` is no name for a spec"),
        ("nets/.", "`nets/.` is no name for a spec"),
        ("net.yml", "`net.yml`: the file of a spec ends in .yaml"),
        ("nets/.yaml", "`nets/.yaml` is no name for a spec"),
        ("no/where", "no/where.yaml cannot be written: No such file or directory"),
        ("a\0b", "a\0b.yaml cannot be written: embedded null byte"),
    ],
)
def test_what_cannot_be_written_is_told(run: Run, name: str, message: str) -> None:
    said = run("new", name)
    assert (said.code, said.err.split("\n")[0]) == (2, message)
    assert list(Path().iterdir()) == []
