"""CSV, Markdown and LaTeX: each carries the figures of the JSON document, and escapes its signs. `--variants`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, Wiring
from tried import NAMES

import archcalc
from archcalc.render import formats
from archcalc.render.formats import Screen
from archcalc.render.formats import latex as latex_format
from archcalc.render.formats import markdown as markdown_format
from archcalc.render.report import View, table
from archcalc.render.table import Column, Line, Table
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.report import Report

Run = Callable[..., Said]
FIGURES = ("mult_adds", "params", "activations")


def written(format_: str, table: Table) -> str:
    write = formats.format_named(format_).table
    assert write is not None
    return write(table, Screen(width=20, height=5))


# What a reader of each format reads -----------------------------------------------------------------------------------


def cells_of_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def cells_of_markdown(text: str) -> list[list[str]]:
    """By the rules of GitHub's tables: cells end at a pipe that has no backslash before it."""
    head, rule, *rest = (line for line in text.splitlines() if line.startswith("|"))
    assert re.fullmatch(r"\|( (:-+|-+:) \|)+", rule)
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in (head, *rest)]
    assert {len(row) for row in rows} == {rule.count("|") - 1}
    return [[re.sub(r"\\(.)", r"\1", cell) for cell in row] for row in rows]


WRITTEN = {"textbackslash{}": "\\", "textasciitilde{}": "~", "textasciicircum{}": "^", "ldots{}": "…", "times": "×",
           "geq": "≥", "leq": "≤", "approx": "≈", "to": "→", "cdot": "·", "Delta": "Δ", "alpha": "α", "beta": "β",
           "theta": "θ", "rho": "ρ"}  # fmt: skip
COMMAND = re.compile(r"\\(text\w+\{\}|ldots\{\}|[a-zA-Z]+|.)|\$")


def read_latex(text: str) -> str:
    """What is printed. Fails for a command that a minimal document does not know, and for open braces or $."""
    depth, math = 0, False
    for sign in re.findall(r"\\.|[{}$]", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        math ^= sign == "$"
        assert depth >= 0
    assert (depth, math) == (0, False)
    assert not re.search(r"(?<!\\)[&%#_^~]", text)
    text = re.sub(r"\\textbf\{(.*)\}$", r"**\1**", text)
    text = text.removeprefix("{}").replace("-{}-", "--").replace("$-$", "−")

    def said(match: re.Match[str]) -> str:
        command = match[1] or ","  # a $ prints as little as a thin space
        return WRITTEN[command] if command[0].isalpha() else command.replace(",", "")

    return COMMAND.sub(said, text)


def cells_of_latex(text: str) -> list[list[str]]:
    inside = text[text.index("\\toprule") : text.index("\\bottomrule")]
    lines = [line for line in inside.splitlines() if not line.endswith("rule")]
    assert all(line.endswith(" \\\\") for line in lines)
    assert not any(line.startswith(("[", "*")) for line in lines)  # an argument of the `\\` or the rule before
    rows = [[read_latex(cell.strip()) for cell in re.split(r"(?<!\\)&", line[:-3])] for line in lines]
    columns = re.search(r"\\begin\{tabular\}\{([lr]+)\}", text)
    assert columns
    assert {len(row) for row in rows} == {len(columns[1])}
    return rows


READERS: dict[str, Callable[[str], list[list[str]]]] = {
    "csv": cells_of_csv,
    "markdown": cells_of_markdown,
    "latex": cells_of_latex,
}


def number(text: str) -> int:
    return int(text.strip("*").replace(",", ""))


def test_every_format_of_tables_is_read_here() -> None:
    assert {name for name in formats.names() if formats.format_named(name).table} == {"table", *READERS}


# The law: the figures of the document ---------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", READERS)
@pytest.mark.parametrize("name", NAMES)
def test_each_format_carries_the_figures_of_the_document(name: str, format_: str) -> None:
    report = archcalc.load(name).report()
    view = View(every=True, columns=("output", *FIGURES, "weight", "bias", "norm", "statistics"), screenful=3)
    heads, *rows = READERS[format_](written(format_, table(report, View(every=True, columns=view.columns))))
    document = report.to_dict()
    by = r"[x×]"
    assert len(heads) == 1 + len(view.columns)
    for row, layer in zip(rows, document["layers"], strict=False):
        assert row[0] == layer["path"]
        assert [int(size) for size in re.split(by, row[1])] == layer["output"]
        assert [number(cell) for cell in row[2:5]] == [layer[figure] for figure in FIGURES]
        assert [number(cell) for cell in row[5:]] == list(layer["weights"].values())
    totals = rows[len(document["layers"]) :]
    if format_ == "csv":
        assert heads == ["name", *view.columns]
        assert totals == []
    else:
        assert totals[0][0].strip("*") == "Total"
        assert [number(cell) for cell in totals[0][2:5]] == [document["totals"][figure] for figure in FIGURES]
        assert len(totals) == 1


@pytest.mark.parametrize("format_", READERS)
def test_documents_know_no_screen(format_: str, run: Run) -> None:
    """On 24 lines a table of MobileNet is folded; in a document no row is."""
    said = run("report", "mobilenet_v1", "--format", format_)
    rows = READERS[format_](said.out)
    assert len([row for row in rows if row[0].startswith("Layer")]) - (format_ != "csv") == 26
    assert "Layer8/Depthwise" in {row[0] for row in rows}


@pytest.mark.parametrize(
    ("suffix", "format_"), [("csv", "csv"), ("md", "markdown"), ("markdown", "markdown"), ("tex", "latex")]
)
def test_a_file_s_suffix_names_the_format(suffix: str, format_: str, run: Run, tmp_path: Path) -> None:
    file = tmp_path / f"table.{suffix}"
    assert run("report", "vgg11", "--by", "stage", "-o", str(file)) == Said(0, "", "")
    assert file.read_bytes().decode() == run("report", "vgg11", "--by", "stage", "--format", format_).out


# Signs ----------------------------------------------------------------------------------------------------------------

ODD = (
    r"a|b\c`d*e*",
    "_f_ g_h <b>~~$x$",
    "[i](j) [k] &amp; 5% #^{}",
    "[1×1, 64] × 3",
    "*",
    "x → y · Δ … −5 ≥ 3 --all",
    "|",
)


def odd(cells: tuple[Any, ...] = ODD) -> Table:
    columns = (Column("a|b", "A|B_", left=True), Column("n", "N"))
    return Table(("Title_",), columns, tuple(Line((cell, 1)) for cell in cells), notes=("*: 100% of a_b",))


@pytest.mark.parametrize("format_", READERS)
def test_signs_of_the_format_are_escaped(format_: str) -> None:
    heads, *rows = READERS[format_](written(format_, odd()))
    assert heads == (["a|b", "n"] if format_ == "csv" else ["A|B_", "N"])
    assert [row[0] for row in rows] == list(ODD)


def test_names_in_markdown_stay_readable() -> None:
    assert markdown_format.escape("mobilenet_v1 [3×3, 64] × 2", "") == "mobilenet_v1 [3×3, 64] × 2"
    assert markdown_format.escape("_a_ <b>", "") == r"\_a\_ \<b>"


def test_every_sign_of_latex_is_known_to_a_minimal_document() -> None:
    """Commands of the kernel alone; all that need mathematics are in it."""
    for sign, command in latex_format.SIGNS.items():
        assert command == f"${command.strip('$')}$" or re.fullmatch(r"\\(.|[a-z]+\{\})", command), sign
        assert read_latex(command) == sign


def test_what_begins_a_row_of_latex_is_no_argument() -> None:
    rows = [line for line in written("latex", odd(("[1cm]", "*"))).splitlines() if line.endswith("1 \\\\")]
    assert rows == ["{}[1cm] & 1 \\\\", "{}* & 1 \\\\"]


def test_lines_end_with_a_newline_alone() -> None:
    for format_ in READERS:
        text = written(format_, odd())
        assert text.endswith("\n")
        assert "\r" not in text
        assert not text.endswith("\n\n")
        assert not any(line.endswith(" ") for line in text.splitlines())


@pytest.mark.parametrize("format_", ["markdown", "latex"])
def test_a_title_stands_only_where_the_table_needs_it(format_: str) -> None:
    bare = odd()
    titled = Table(bare.title, bare.columns, bare.rows, titled=True)
    assert "Title" not in written(format_, bare)
    assert "Title" in written(format_, titled).splitlines()[format_ == "latex"]


# Figures that are no plain numbers ------------------------------------------------------------------------------------


def test_each_kind_of_figure() -> None:
    figures = (4_089_184_256, -12_345, Fraction(1, 3), AtLeast(12_345, "why"), Unavailable("why"), (64, 112, 112), None)
    columns = (Column("name", "Name", left=True), *(Column(f"c{at}", f"C{at}") for at in range(len(figures))))
    shown = Table((), columns, (Line(("a", *figures)),))
    assert {name: READERS[name](written(name, shown))[1][1:] for name in READERS} == {
        "csv": ["4089184256", "-12345", "1/3", "≥ 12345", "?", "64x112x112", ""],
        "markdown": ["4,089,184,256", "-12,345", "1/3", "≥ 12,345", "?", "64x112x112", ""],
        "latex": ["4089184256", "−12345", "1/3", "≥ 12345", "?", "64×112×112", ""],
    }
    assert r"4\,089\,184\,256 & $-$12\,345 & 1/3 & $\geq$ 12\,345" in written("latex", shown)


def test_shares_ratios_and_differences() -> None:
    columns = (
        Column("name", "Name", left=True),
        Column("share", "Share", share=True),
        Column("ratio", "Ratio", ratio=True),
        Column("more", "More", signed=True),
    )
    shown = Table((), columns, (Line(("a", Fraction(1, 3), Fraction(3, 4), 1_234)),))
    assert {name: READERS[name](written(name, shown))[1][1:] for name in READERS} == {
        "csv": ["1/3", "0.75", "1234"],
        "markdown": ["33.3%", "0.75×", "+1,234"],
        "latex": ["33.3%", "0.75×", "+1234"],
    }


def test_totals_without_a_column_have_rows_and_words_are_notes() -> None:
    columns = (Column("name", "Layer", left=True), Column("share", "Share", share=True), Column("params", "Params"))
    totals = (("Mult-Adds", 12_345), ("Params", 67), ("Field", "the whole image"))
    shown = Table((), columns, (Line(("a", 1, 67), times=5),), totals, ("?: why",))
    assert cells_of_markdown(written("markdown", shown))[1:] == [
        ["a ×5", "100.0%", "67"],
        ["**Total**", "", "**67**"],
        ["**Mult-Adds**", "", "**12,345**"],
    ]
    assert written("markdown", shown).endswith("|\n\n- Field: the whole image\n- ?: why\n")
    assert cells_of_latex(written("latex", shown))[3] == ["**Mult-Adds**", "", "**12345**"]
    assert cells_of_csv(written("csv", shown)) == [["name", "share", "params", "times"], ["a", "1", "67", "5"]]


def test_why_a_figure_is_unknown_is_said(wiring: type[Wiring]) -> None:
    net = wiring(3, 8, 8)
    net.add("max_pool", "pool", kernel=2)
    for format_ in ("markdown", "latex"):
        assert "?: the total is 0" in written(format_, table(Report.of(net.graph())))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("resnet18-stages.csv", "report resnet18 --by stage --format csv"),
        ("resnet18-stages.md", "report resnet18 --by stage --format markdown"),
        ("resnet18-stages.tex", "report resnet18 --by stage --format latex"),
        ("mobilenet_v1-variants.txt", "report mobilenet_v1 --variants"),
        ("mobilenet_v1-variants.json", "report mobilenet_v1 --variants --format json"),
    ],
)
def test_golden_formats(name: str, words: str, run: Run, golden: Callable[[str, str], None]) -> None:
    said = run(*words.split())
    assert (said.code, said.err) == (0, "")
    golden(name, said.out)


# Variants -------------------------------------------------------------------------------------------------------------

SPEC = """
network: Variants
parameters: {width: 4, side: {default: 8, min: 1}}
variants: {v_wide: {width: 8}, v_big: {side: 16}}
input: [3, side, side]
body: [{conv: {out: width, kernel: 1}}]
claims:
  - source: Author 2020
    table: Table 1
    columns: [width, top1, top5_error]
    rows:
      - [4, 60%, 20.5]
      - [8, 70%, ~]
      - [16, 80%, ~]
  - source: Author 2021
    columns: [variant, input, top1, accuracy]
    rows:
      - [v_wide, 8, 71%, 0.7]
      - [v, 16, 62%, ~]
      - [v_big, 16, 63%, ~]
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "v.yaml").write_text(SPEC)
    return str(tmp_path / "v.yaml")


def variants(run: Run, *words: str) -> list[list[str]]:
    said = run("report", *words, "--variants", "--format", "csv")
    assert (said.code, said.err) == (0, "")
    return cells_of_csv(said.out)


def test_variants_have_the_accuracy_of_exactly_their_setting(spec: str, run: Run) -> None:
    """Weights 3·width, biases width; width·side² outputs of 3 multiply-accumulates each. The first source counts."""
    assert variants(run, spec) == [
        ["variant", "top1", "top5_error", "accuracy", "mult_adds", "params", "activations", "receptive_field"],
        ["v", "60%", "20.5", "", "768", "16", "256", "1"],
        ["v_wide", "70%", "", "0.7", "1536", "32", "512", "1"],
        ["v_big", "63%", "", "", "3072", "16", "1024", "1"],
    ]


def test_settings_go_to_all_variants_and_take_their_accuracy_away(spec: str, run: Run) -> None:
    assert [row[:3] for row in variants(run, spec, "--width", "16")] == [
        ["variant", "top1", "mult_adds"],
        ["v", "80%", "3072"],
        ["v_wide", "80%", "3072"],
        ["v_big", "", "12288"],
    ]
    assert variants(run, spec, "--width", "5")[0][:2] == ["variant", "mult_adds"]


def test_the_input_belongs_to_the_setting(spec: str, run: Run) -> None:
    assert [row[:2] for row in variants(run, spec, "--input", "16")] == [
        ["variant", "top1"],
        ["v", "62%"],
        ["v_wide", ""],
        ["v_big", "63%"],
    ]


def test_columns_are_those_asked_for(spec: str, run: Run) -> None:
    assert variants(run, spec, "--columns", "params,top1,input,output,depth,error") == [
        ["variant", "params", "top1", "input", "output", "depth", "error"],
        ["v", "16", "60%", "3x8x8", "4x8x8", "1", ""],
        ["v_wide", "32", "70%", "3x8x8", "8x8x8", "1", ""],
        ["v_big", "16", "63%", "3x16x16", "4x16x16", "1", ""],
    ]


def test_a_table_of_variants_says_what_all_have_and_who_published(spec: str, run: Run) -> None:
    said = run("report", spec, "--variants", "--width", "8/1").out.splitlines()
    assert said[:2] == ["Variants · 3 variants", "width=8"]
    assert "Top-1: Author 2020, Table 1" in said
    assert "Accuracy: Author 2021" in said
    assert re.split(r"\s{2,}", said[5])[:3] == ["Variant", "Top-1", "Accuracy"]


def test_the_document_of_variants(spec: str, run: Run) -> None:
    document = json.loads(run("report", spec, "--variants", "--format", "json").out)
    assert list(document) == ["schema_version", "network", "variants"]
    first = document["variants"][0]
    alone = json.loads(run("report", spec, "--format", "json").out)
    shared = {key: value for key, value in alone.items() if key not in ("schema_version", "layers")}
    published = {
        "top1": {"printed": "60%", "source": "Author 2020, Table 1"},
        "top5_error": {"printed": "20.5", "source": "Author 2020, Table 1"},
    }
    assert first == {**shared, "published": published}
    assert [entry["variant"] for entry in document["variants"]] == ["v", "v_wide", "v_big"]


@pytest.mark.parametrize("format_", [*READERS, "table", "json"])
def test_variants_in_every_format_have_the_figures_of_their_documents(format_: str, run: Run) -> None:
    said = run("report", "resnet", "--variants", "--format", format_)
    for name in archcalc.load("resnet").variants:
        totals = archcalc.load("resnet").at(name).report().to_dict()["totals"]
        for figure in ("mult_adds", "params"):
            text = f"{totals[figure]:,}"
            mark = {"csv": "", "json": "", "latex": r"\,"}.get(format_, ",")
            assert text.replace(",", mark) in next(
                line for line in said.out.splitlines() if re.search(rf'^(\| )?{name}\b|"variant": "{name}"', line)
            )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--by stage", "--variants does not go with --by"),
        ("--variant resnet50", "--variants does not go with --variant"),
        ("--columns filter", "`filter` is the figure of one layer"),
        ("--columns param", "there is no column `param`\n    hint: did you mean `params`?"),
        ("--format json --columns params", "a document holds every figure: --columns is for tables"),
        ("--format junit", "junit is no format for reports"),
    ],
)
def test_what_variants_do_not_go_with(words: str, message: str, run: Run) -> None:
    said = run("report", "resnet", "--variants", *words.split())
    assert said.code == 2
    assert said.err.startswith(message)
