"""Rendering: figures as text, repeats folded, tables fitted to a screen, and goldens that obey laws."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from conftest import GOLDEN, Wiring
from tried import NAMES

import archcalc
from archcalc.errors import UsageError
from archcalc.fields import Interval, Reach
from archcalc.quantities import Unknown
from archcalc.render import formats
from archcalc.render.fold import Item, fold
from archcalc.render.formats import Screen
from archcalc.render.layout import layout, plain
from archcalc.render.report import View, field, table
from archcalc.render.table import Column, Line, Table
from archcalc.render.text import exact, percent, short
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import Count, metrics
from archcalc.report.report import Report


def reach(*sizes: int, whole: bool = False) -> Reach:
    return Reach(tuple(Interval(-1, size - 2, 4) for size in sizes), whole, (224,) * len(sizes))


# Figures as text -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10.00k"),
        (10_005, "10.01k"),  # a half goes up
        (99_994, "99.99k"),
        (99_995, "100.0k"),
        (999_949, "999.9k"),
        (999_950, "1.000M"),
        (10_838_016, "10.84M"),
        (118_013_952, "118.0M"),
        (15_470_264_320, "15.47G"),
        (4 * 10**12, "4.000T"),
        (10**21, "1.000e21"),
        (-25_690_112, "-25.69M"),
        (Fraction(45, 2), "22.5"),
        (Fraction(100_001, 3), "33.33k"),
        (AtLeast(25_690_112, "why"), "≥ 25.69M"),
        (Unavailable("why"), "?"),
        ((64, 112, 112), "64x112x112"),
        ([(1, 2), (3, 4)], "1x2, 3x4"),
        (None, ""),
        ("conv 3x3", "conv 3x3"),
    ],
)
def test_short_figures_have_four_digits(value: Any, shown: str) -> None:
    assert short(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (4_089_184_256, "4,089,184,256"),
        (Fraction(1, 3), "1/3"),
        (AtLeast(4_089_184_256, "why"), "≥ 4,089,184,256"),
        (reach(483, 483), "483"),
        (reach(483, 321), "483x321"),
        (reach(483, 483, whole=True), "483*"),
        (Reach(Unknown("why"), True, (224, 224)), "?*"),
    ],
)
def test_exact_figures_have_all_digits(value: Any, shown: str) -> None:
    assert exact(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0.0%"),
        (1, "100.0%"),
        (Fraction(1, 3), "33.3%"),
        (Fraction(9486, 10_000), "94.9%"),
        (Fraction(1, 10_000), "<0.1%"),
        (AtLeast(Fraction(1, 8), "why"), "≥ 12.5%"),
        (Unavailable("why"), "?"),
    ],
)
def test_shares_are_in_per_cent(value: Any, shown: str) -> None:
    assert percent(value) == shown


def test_a_receptive_field_in_words() -> None:
    assert field(reach(7, 7)) == "7x7, stride 4, padding 1"
    assert field(reach(7, 9, whole=True)) == "the whole image; local: 7x9, stride 4, padding 1"
    assert field(Reach(Unknown("branches meet"), True, (8, 8))) == "the whole image; local: unavailable, branches meet"


# Repeats -------------------------------------------------------------------------------------------------------------


def folded(*rows: str) -> list[str]:
    """Rows written `path figure`, folded, as `path ×n figure first-last`."""
    items = []
    for index, row in enumerate(rows):
        path, figure = row.split()
        items.append(Item(tuple(path.split("/")), (figure,), index, index))
    return [f"{'/'.join(i.levels)} ×{i.times} {i.alike[0]} {i.first}-{i.last}" for i in fold(items)]


def test_rows_that_are_alike_fold() -> None:
    assert folded("a1 5", "a2 5", "a3 5", "b 6") == ["a1…3 ×3 5 0-2", "b ×1 6 3-3"]
    assert folded("conv3_2 5", "conv3_3 5") == ["conv3_2…3 ×2 5 0-1"]
    assert folded("skip 5", "up 5") == ["skip…up ×2 5 0-1"]
    assert folded("a 1", "b 2") == ["a ×1 1 0-0", "b ×1 2 1-1"]


def test_blocks_fold_as_a_whole() -> None:
    rows = [f"L{n}/{part} {figure}" for n in range(7, 12) for part, figure in (("dw", 1), ("pw", 2))]
    assert folded("stem 9", *rows, "fc 3") == [
        "stem ×1 9 0-0",
        "L7…11/dw ×5 1 1-9",
        "L7…11/pw ×5 2 2-10",
        "fc ×1 3 11-11",
    ]


def test_a_block_that_differs_in_one_row_stays() -> None:
    rows = ["s/U1/a 7", "s/U1/b 2", "s/U2/a 1", "s/U2/b 2", "s/U3/a 1", "s/U3/b 2"]
    assert folded(*rows) == ["s/U1/a ×1 7 0-0", "s/U1/b ×1 2 1-1", "s/U2…3/a ×2 1 2-4", "s/U2…3/b ×2 2 3-5"]


def test_rows_beside_each_other_repeat_together() -> None:
    assert folded("c1 1", "p1 2", "c2 1", "p2 2", "c3 1", "p3 2", "fc 9") == [
        "c1…3 ×3 1 0-4",
        "p1…3 ×3 2 1-5",
        "fc ×1 9 6-6",
    ]


def test_repeats_in_repeats_multiply() -> None:
    rows = [f"S{s}/U{u} 1" for s in (1, 2) for u in (1, 2, 3)]
    assert folded(*rows) == ["S1…2/U1…3 ×6 1 0-5"]


# Tables --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NAMES, "resnet152", "vgg19"])
@pytest.mark.parametrize(
    "view", [View(), View(by="stage"), View(screenful=24), View(every=True), View(by="op")], ids=str
)
def test_columns_add_up_to_the_totals_of_the_document(name: str, view: View) -> None:
    report = archcalc.load(name).report()
    shown, document = table(report, view), report.to_dict()
    for index, column in enumerate(shown.columns):
        if isinstance(metrics().get(column.name), Count) and (view.every or column.name != "nodes"):
            whole = sum(line.times * line.cells[index] for line in shown.rows)
            assert whole == (1 if column.share else document["totals"].get(column.name, report.total(column.name)))
    assert dict(shown.totals)["Mult-Adds"] == document["totals"]["mult_adds"]
    assert dict(shown.totals)["Params"] == document["totals"]["params"]


@pytest.mark.parametrize("name", [*NAMES, "resnet152"])
@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
@pytest.mark.parametrize("every", [False, True])
def test_no_row_is_wider_than_the_screen(name: str, width: int, every: bool) -> None:
    text = plain(table(archcalc.load(name).report(), View(every=every, screenful=24)), width)
    assert max(map(len, text.splitlines())) <= width


def test_a_narrow_screen_loses_the_bar_first_then_the_operator_then_digits() -> None:
    shown = table(archcalc.load("mobilenet_v1").report(), View(screenful=24))

    def kept(width: int | None) -> tuple[bool, bool, bool, bool]:
        text = plain(shown, width)
        return "█" in text, "Operator" in text, "10,838,016" in text, "Share" in text

    assert kept(None) == kept(140) == (True, True, True, True)
    assert kept(112) == (False, True, True, True)
    assert kept(95) == (False, False, True, True)
    assert kept(80) == (False, False, False, True)
    assert kept(60) == (False, False, False, False)


def test_totals_are_exact_on_any_screen() -> None:
    shown = table(archcalc.load("resnet50").report())
    for width in (40, 80, None):
        assert "4,089,184,256" in plain(shown, width)
        assert "25,557,032" in plain(shown, width)


def test_columns_that_were_asked_for_stay_and_names_give_way() -> None:
    shown = table(archcalc.load("resnet50").report(), View(columns=("op", "output", "mult_adds", "params", "share")))
    lines = plain(shown, 66).splitlines()
    head = next(line for line in lines if line.startswith("Layer"))
    assert re.split(r"\s{2,}", head.strip()) == ["Layer", "Operator", "Output", "Mult-Adds", "Params", "Share"]
    assert any("…" in line and line.split()[0].endswith("/ConvBN3") for line in lines)


def test_rows_without_weights_or_work_show_only_with_all() -> None:
    report = archcalc.load("mobilenet_v1").report()
    names = [line.cells[0] for line in table(report).rows]
    assert names[:3] == ["conv1", "Layer1/Depthwise", "Layer1/Standard"]
    assert names[-1] == "classifier"
    assert len(names) == 1 + 2 * 13 + 1
    assert len(table(report, View(every=True)).rows) == len(report.rows)


def test_a_network_without_weights_shows_all_its_rows(wiring: type[Wiring]) -> None:
    net = wiring(3, 8, 8)
    net.add("max_pool", "pool", kernel=2)
    shown = table(Report.of(net.graph()))
    assert [line.cells[0] for line in shown.rows] == ["input", "pool"]
    assert "?: the total is 0" in shown.notes


def test_repeats_fold_only_beyond_a_screenful() -> None:
    report = archcalc.load("mobilenet_v1").report()
    assert all(line.times == 1 for line in table(report, View(screenful=28)).rows)
    repeats = {line.cells[0]: line for line in table(report, View(screenful=27)).rows if line.times > 1}
    assert {name: line.times for name, line in repeats.items()} == {"Layer7…11/Depthwise": 5, "Layer7…11/Standard": 5}
    at = [column.name for column in table(report).columns].index("receptive_field")
    last = next(line for line in table(report).rows if line.cells[0] == "Layer11/Standard")
    assert repeats["Layer7…11/Standard"].cells[at] == last.cells[at]


def test_what_is_unknown_shows_as_such_with_its_reason() -> None:
    shown = Table(
        title=("Net",),
        columns=(Column("name", "Layer", left=True), Column("mult_adds", "Mult-Adds", "multiply-accumulates")),
        rows=(Line(("a", 12_345)), Line(("b", Unavailable("why"))), Line(("c", AtLeast(7, "why")))),
        totals=(("Mult-Adds", AtLeast(12_352, "why")),),
        notes=("?: why",),
    )
    assert plain(shown, 80).splitlines()[3:] == [
        "────────────────",
        "a         12,345",
        "b              ?",
        "c            ≥ 7",
        "────────────────",
        "Mult-Adds  ≥ 12,352",
        "?: why",
    ]


def test_bars_are_as_long_as_shares() -> None:
    rows = tuple(Line((name, share)) for name, share in (("a", Fraction(1, 2)), ("b", Fraction(1, 4)), ("c", 0)))
    columns = (Column("name", "Layer", left=True), Column("share", "Share", share=True))
    bars = [line[-1].text.strip() for line in layout(Table(("Net",), columns, rows), None) if len(line) == 3]
    assert bars == ["", "█" * 12, "█" * 6, ""]


def test_a_place_has_no_column_among_operators() -> None:
    with pytest.raises(UsageError, match="`output` is the figure of one place"):
        table(archcalc.load("vgg16").report(), View(by="op", columns=("output",)))


# Formats -------------------------------------------------------------------------------------------------------------


def test_the_format_is_the_named_one_or_the_file_s() -> None:
    assert formats.chosen("json", "net.txt") is formats.format_named("json")
    assert formats.chosen(None, "net.JSON") is formats.format_named("json")
    assert formats.chosen(None, "net") is formats.chosen(None) is formats.format_named("table")
    with pytest.raises(UsageError, match="`json`"):
        formats.chosen("jsn")


def test_every_format_writes_something() -> None:
    for name in formats.names():
        each = formats.format_named(name)
        assert each.table or each.document or each.results or each.page or each.source


def test_colours_change_nothing_but_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = table(archcalc.load("resnet50").report(), View(screenful=24))
    write = formats.format_named("table").table
    assert write is not None
    coloured = write(shown, Screen(100, 24, colours=True))
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain(shown, 100).splitlines()


def test_json_has_a_line_for_each_layer() -> None:
    report = archcalc.load("vgg11").report()
    write = formats.format_named("json").document
    assert write is not None
    text = write(report.to_dict(by="stage"))
    assert json.loads(text) == report.to_dict(by="stage")
    lines = text.splitlines()
    assert sum('"path"' in line for line in lines) == len(report.rows)
    assert sum('"paths"' in line for line in lines) == len(report.groups("stage"))


# Goldens -------------------------------------------------------------------------------------------------------------

GOLDENS: dict[str, tuple[str, View, int | None]] = {
    "mobilenet_v1-80.txt": ("mobilenet_v1", View(screenful=24), 80),
    "mobilenet_v1-140.txt": ("mobilenet_v1", View(), 140),
    "resnet50-80.txt": ("resnet50", View(screenful=24), 80),
    "resnet50-120-stages.txt": ("resnet50", View(by="stage"), 120),
    "resnet50-file.txt": ("resnet50", View(), None),
    "vgg16-100-operators.txt": ("vgg16", View(by="op"), 100),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden_tables(name: str, golden: Callable[[str, str], None]) -> None:
    spec, view, width = GOLDENS[name]
    golden(name, plain(table(archcalc.load(spec).report(), view), width))


def test_golden_json(golden: Callable[[str, str], None]) -> None:
    write = formats.format_named("json").document
    assert write is not None
    golden("vgg11.json", write(archcalc.load("vgg11").report().to_dict()))


def test_there_is_no_golden_without_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in GOLDEN.parent.glob("test_*.py"))
    made = set(re.findall(r'\bf"(\w+-)\{', tests))  # names that a test puts together
    named = [path.name for path in GOLDEN.iterdir() if f'"{path.name}"' in tests]
    assert {path.name.partition("-")[0] + "-" for path in GOLDEN.iterdir() if path.name not in named} <= made


@pytest.mark.parametrize("name", [name for name, (_, _, width) in GOLDENS.items() if width != 80])
def test_the_text_of_goldens_adds_up_to_their_totals(name: str) -> None:
    """Read as a person does: columns by their heads, digits as printed."""
    lines = (GOLDEN / name).read_text(encoding="utf-8").splitlines()
    top, bottom = (at for at, line in enumerate(lines) if line.startswith("─"))
    heads = re.split(r"\s{2,}", lines[top - 1])
    rows = [re.split(r"\s{2,}", re.sub(r"\s+[▏▎▍▌▋▊▉█]+$", "", line)) for line in lines[top + 1 : bottom]]
    totals = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines[bottom + 1 : bottom + 4])
    for title in totals:
        if title in heads:
            column = [row[heads.index(title)] for row in rows]
            assert sum(int(figure.replace(",", "")) for figure in column) == int(totals[title].replace(",", ""))
