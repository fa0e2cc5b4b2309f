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


def test_the_ends_of_lines_and_the_first_mark_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    text = "\ufeff" + TABLE.format("old\n") + "\u2028words\n"
    path.write_bytes(text.encode())
    assert main(["sync", str(path)]) == 0
    unix = path.read_bytes()
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert main(["sync", str(path)]) == 0
    assert path.read_bytes() == unix.replace(b"\n", b"\r\n")
    assert "\u2028words\n" in unix.decode()
    assert unix.decode().startswith("\ufeff<!-- archcalc: report vgg")
    assert main(["sync", "--check", str(path)]) == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_latex_keeps_its_ends_of_lines_too(tmp_path: Path, end: str) -> None:
    path = tmp_path / "paper.tex"
    path.write_bytes(f"% archcalc: report lenet5 --by op{end}% /archcalc{end}".encode())
    assert main(["sync", str(path)]) == 0
    data = path.read_bytes().decode()
    assert data.count(end) == data.count("\n") > 3


@pytest.mark.parametrize(
    ("line", "writer"),
    [
        ("report lenet5 -o made.txt", "-o"),
        ("report lenet5 -omade.txt", "-o"),
        ("report lenet5 --output=made.txt", "--output"),
        ("rf lenet5 --plot made.svg", "--plot"),
        ("report lenet5 --watch", "--watch"),
        ("--width 8 new made", "new"),
        ("sync page.md", "sync"),
    ],
)
@pytest.mark.parametrize("check", [[], ["--check"]])
def test_no_comment_writes_a_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    writer: str,
    check: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(f"words\n<!-- archcalc: {line} -->\n<!-- /archcalc -->\n")
    assert main(["sync", *check, "page.md"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"page.md:2:16: `archcalc {line}`: {writer} does not belong in a document\n")
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


def test_a_comment_may_name_standard_output(page: Path) -> None:
    page.write_text("<!-- archcalc: report lenet5 --by op -o - -->\n<!-- /archcalc -->\n")
    assert main(["sync", str(page)]) == 0
    assert "| conv " in page.read_text()


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (".", ". is a directory, sync wants a document\n    hint: files of Markdown or LaTeX: *.md, *.tex\n"),
        ("no.md", "no.md cannot be read: no such file or directory\n"),
        ("odd.md", "odd.md:2:2: the byte 0xff is not UTF-8\n"),
    ],
)
def test_what_is_no_document_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("odd.md").write_bytes(b"a\nb\xff\n")
    assert main(["sync", file]) == 2
    assert capsys.readouterr().err.startswith(message)


def test_latex_has_comments_and_tables_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "paper.tex"
    path.write_text("% archcalc: report lenet5 --by op --columns params\n% /archcalc\n")
    assert main(["sync", str(path)]) == 0
    lines = path.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("% archcalc: report lenet5 --by op --columns params", "% /archcalc")
    assert r"\begin{tabular}" in path.read_text()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_in_a_code_block_is_an_example(page: Path, end: str) -> None:
    text = "```text\n" + TABLE.format("") + "```\n" + page.read_text()
    page.write_bytes(text.replace("\n", end).encode())
    assert main(["sync", str(page)]) == 0
    example = "```text\n" + TABLE.format("") + "```\n# A page"
    assert page.read_bytes().decode().startswith(example.replace("\n", end))


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
