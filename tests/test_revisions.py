"""A spec as it was at a revision of git, and `compare --git`."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

NET = """network: net
import: {part: [Part]}
parameters: {c: 4}
variants: {wide: {c: 8}}
input: [3, 8, 8]
body:
  - {name: a, Part: c}
  - {name: b, conv: {out: 2, kernel: 1, bias: false}}
"""
PART = "network: part\nblocks:\n  Part(c): [conv: {{out: c, kernel: {}, bias: false, padding: half}}]\n"


def git(folder: Path, *words: str) -> None:
    who = {f"GIT_{role}_{what}": "x@y.z" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits: a kernel of 3 in the imported file, then one of 5. The spec stands in a folder."""
    folder = tmp_path / "nets"
    folder.mkdir()
    git(tmp_path, "init", "-q")
    (folder / "net.yaml").write_text(NET)
    for kernel in (3, 5):
        (folder / "part.yaml").write_text(PART.format(kernel))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", f"kernel {kernel}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_spec_against_itself_at_another_revision(run: Run, repository: Path) -> None:
    """Of the imported block: 8*8*4*3*k*k with k = 3 then and 5 now."""
    document = json.loads(run("compare", "nets/net.yaml", "--git", "HEAD~1", "--format", "json").out)
    assert [(side["label"], side["revision"]) for side in document["sides"]] == [
        ("nets/net.yaml at HEAD~1", "HEAD~1"), ("nets/net.yaml", None),
    ]  # fmt: skip
    (entry,) = [each for each in document["differences"] if each["mult_adds"]]
    assert (entry["name"], entry["mult_adds"], entry["params"]) == ("a", 64 * 4 * 3 * (25 - 9), 4 * 3 * (25 - 9))
    assert entry["what"] == [{"name": "kernel", "first": [3, 3], "other": [5, 5]}]
    wide = json.loads(run("compare", "nets/net.yaml:wide", "--git", "HEAD~1", "--format", "json").out)
    assert wide["totals"]["params"]["differences"] == [8 * 3 * (25 - 9)]
    same = json.loads(run("compare", "nets/net.yaml", "--git", "HEAD", "--format", "json").out)
    assert same["differences"] == []


def test_the_disk_is_the_new_side(run: Run, repository: Path) -> None:
    (repository / "nets" / "part.yaml").write_text(PART.format(1))
    document = json.loads(run("compare", "nets/net.yaml", "--git", "HEAD", "--format", "json", "--c", "1").out)
    assert document["totals"]["params"]["figures"] == [3 * 25 + 2, 3 + 2]


def test_a_parameter_that_is_new(run: Run, repository: Path) -> None:
    (repository / "nets" / "net.yaml").write_text(NET.replace("{c: 4}", "{c: 4, d: 2}").replace("out: 2", "out: d"))
    document = json.loads(run("compare", "nets/net.yaml", "--git", "HEAD", "--format", "json", "--d", "3").out)
    assert document["totals"]["params"]["differences"] == [4]
    said = run("compare", "nets/net.yaml:d=3", "--git", "HEAD")
    assert said.code == 2
    assert said.err.startswith("nets/net.yaml:d=3 at HEAD: `d` is not a parameter of this spec\n")


def test_problems_of_an_old_text_are_told_at_its_place(run: Run, repository: Path) -> None:
    part = repository / "nets" / "part.yaml"
    part.write_text(PART.format("big"))
    git(repository, "commit", "-q", "-a", "-m", "wrong")
    part.write_text(PART.format(3))
    said = run("compare", "nets/net.yaml", "--git", "HEAD")
    assert said.code == 2
    assert said.err.startswith("HEAD:nets/part.yaml:3:36: `big` is not known here\n")


def test_an_import_that_was_not_there_then_is_the_packaged_one_or_none(run: Run, repository: Path) -> None:
    new = repository / "nets" / "new.yaml"
    new.write_text(NET.replace("part:", "other:"))
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "new")
    (repository / "nets" / "other.yaml").write_text(PART.format(3))
    said = run("compare", "nets/new.yaml", "--git", "HEAD")
    assert said.code == 2
    assert said.err.startswith("HEAD:nets/new.yaml:2:10: there is no file `nets/other.yaml`")
    new.write_text("network: new\nimport: {resnet: [ConvBN]}\ninput: [3, 8, 8]\nbody: [ConvBN: 4]\n")
    git(repository, "commit", "-q", "-a", "-m", "packaged")
    (repository / "nets" / "resnet.yaml").write_text(
        "network: mine\nblocks: {ConvBN(c): [conv: {out: c, kernel: 3}]}\n"
    )
    document = json.loads(run("compare", "nets/new.yaml", "--git", "HEAD", "--format", "json").out)
    assert document["totals"]["params"]["figures"] == [4 * 3 + 2 * 4, 4 * 3 * 9 + 4]


def test_links_are_refused(run: Run, repository: Path) -> None:
    link = repository / "link.yaml"
    link.symlink_to("nets/net.yaml")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "link")
    link.unlink()
    link.write_text(NET.replace("import: {part: [Part]}\n", "").replace("Part: c", "conv: {out: c, kernel: 1}"))
    said = run("compare", "link.yaml", "--git", "HEAD")
    assert (said.code, said.err) == (2, "HEAD:link.yaml is a symbolic link: give the file that it leads to\n")


def test_what_git_does_not_have(run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("nope", "--output=x", "", "HEAD:nets/net.yaml", "HEAD..HEAD~1"):
        said = run("compare", "nets/net.yaml", f"--git={wrong}")
        assert said.code == 2
        assert said.err.startswith(f"there is no revision `{wrong}` in {repository}\n")
    assert not (repository / "x").exists()
    (repository / "nets" / "later.yaml").write_text(NET)
    said = run("compare", "nets/later.yaml", "--git", "HEAD")
    assert said.err == f"later.yaml is not in HEAD\n    hint: the repository is {repository}\n"
    monkeypatch.setenv("PATH", str(repository / "empty"))
    said = run("compare", "nets/net.yaml", "--git", "HEAD")
    assert (said.code, said.err) == (2, "there is no `git` on this machine, which keeps revisions\n")


def test_no_repository(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET)
    said = run("compare", "net.yaml", "--git", "HEAD")
    assert said.code == 2
    assert said.err.startswith(f"git cannot tell what {tmp_path} was at HEAD\n    hint: not a git repository")
