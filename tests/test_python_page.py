"""The Python on the pages of the docs: every block is run, and where it shows results, they are these."""

from __future__ import annotations

import doctest
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(?P<kind>python|yaml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"# needs (\w+)\n")
GIT = {"compare.md"}
"""Pages whose Python asks for a revision of a repository: tests/test_revisions.py does that."""

PAGES = [
    path
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if "```python\n" in path.read_text(encoding="utf-8") and path.name not in GIT
]


def wrong(page: str, folder: Path) -> str:
    """What is not as a page says; YAML blocks that begin with `# NAME.yaml` are files in the folder."""
    scope: dict[str, Any] = {}
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    for block in BLOCK.finditer(page):
        text, line = block["text"], page.count("\n", 0, block.start()) + 1
        if block["kind"] == "yaml":
            if name := re.match(r"# ([\w.\-]+\.yaml)\n", text):
                (folder / name[1]).write_text(text, encoding="utf-8")
        elif ">>>" not in text:
            exec(compile(text, f"line {line}", "exec"), scope)
        elif not (needs := NEEDS.match(text)) or find_spec(needs[1]):
            found = doctest.DocTestParser().get_doctest(text, scope, f"block in line {line}", None, line)
            runner.run(found, out=said.append, clear_globs=False)
            scope = found.globs
    return "".join(said)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_python_of_a_page_does_what_the_page_says(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert wrong(path.read_text(encoding="utf-8"), tmp_path) == ""


def test_the_check_can_fail(tmp_path: Path) -> None:
    assert "Expected:\n    5\nGot:\n    4" in wrong(
        "```python\n>>> x = 2\n```\n\n```python\n>>> 2 * x\n5\n```\n", tmp_path
    )


def test_every_public_name_is_on_the_page() -> None:
    import archcalc
    from archcalc.network import Network
    from archcalc.report.report import Report

    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    names = [name for name in archcalc.__all__ if not name.startswith("_")]
    names += [name for of in (Network, Report) for name in vars(of) if not name.startswith("_") and name != "of"]
    assert [name for name in names if not re.search(rf"\b{name}\b", page)] == []
