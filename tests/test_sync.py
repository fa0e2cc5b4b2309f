"""Tables in Markdown and LaTeX that are kept true."""

from pathlib import Path

import pytest

from archcalc.cli.app import main

TABLE = "<!-- archcalc: report vgg --variants --columns params -->\n{}<!-- /archcalc -->\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text("# A page\n\nwords\n\n" + TABLE.format("| old |\n") + "\nmore words\n")
    return path


def test_a_table_is_rewritten_and_all_else_is_kept(page: Path) -> None:
    assert main(["sync", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("# A page\n\nwords\n\n<!-- archcalc: report vgg --variants --columns params -->\n| Variant")
    assert text.endswith("<!-- /archcalc -->\n\nmore words\n")
    assert "138,357,544" in text  # VGG-16: Simonyan and Zisserman 2014, Table 2, 138 million
    assert "| old |" not in text
    assert main(["sync", "--check", str(page)]) == 0


def test_check_shows_a_diff_and_writes_nothing(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = page.read_text()
    assert main(["sync", "--check", str(page)]) == 1
    out = capsys.readouterr().out
    assert "-| old |\n" in out
    assert "+| vgg16 " in out
    assert page.read_text() == before


def test_latex_has_comments_and_tables_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "paper.tex"
    path.write_text("% archcalc: report lenet5 --by op --columns params\n% /archcalc\n")
    assert main(["sync", str(path)]) == 0
    lines = path.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("% archcalc: report lenet5 --by op --columns params", "% /archcalc")
    assert r"\begin{tabular}" in path.read_text()


def test_a_table_in_a_code_block_is_an_example(page: Path) -> None:
    text = "```text\n" + TABLE.format("") + "```\n" + page.read_text()
    page.write_text(text)
    assert main(["sync", str(page)]) == 0
    assert page.read_text().startswith("```text\n" + TABLE.format("") + "```\n# A page")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "\n<!-- archcalc: report vg -->\n<!-- /archcalc -->\n",
            "page.md:2:16: `archcalc report vg`: there is no file `vg` and no packaged spec or variant `vg`\n"
            "    <!-- archcalc: report vg -->\n                   ^\n    hint: did you mean `vgg`?\n",
        ),
        (
            "<!-- archcalc: report vgg -->\n",
            "page.md:1:1: this table has no end\n    <!-- archcalc: report vgg -->\n    ^\n"
            "    hint: `/archcalc` in a comment\n",
        ),
        ("words\n", "page.md has no table to sync\n    hint: archcalc sync --help shows the comments\n"),
    ],
)
def test_what_cannot_be_synced_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(text)
    Path("good.md").write_text(TABLE.format(""))
    assert main(["sync", "good.md", "page.md"]) == 2
    assert capsys.readouterr().err == message
    assert Path("page.md").read_text() == text
    assert Path("good.md").read_text() == TABLE.format("")
