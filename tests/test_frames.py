"""Reports as columns: names and values of the JSON document, and their way through Arrow's streams."""

from __future__ import annotations

import gc
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from arrow_reader import Batch, kind, values
from conftest import Wiring
from tried import NAMES

import archcalc
from archcalc.errors import UsageError
from archcalc.report import arrow
from archcalc.report import frame as frames
from archcalc.report.frame import Frame, frame
from archcalc.report.report import Report


def columns(found: Frame) -> dict[str, list[Any]]:
    return {column.name: column.values for column in found.columns}


# Columns -------------------------------------------------------------------------------------------------------------


def expected(layer: dict[str, Any]) -> list[str]:
    """The columns that an entry of `layers` becomes."""
    names: list[str] = []
    for key, value in layer.items():
        if key in ("weights", "where"):
            names += value
        else:
            names += [f"{key}_{inner}" for inner in value] if isinstance(value, dict) else [key]
    return [*names, "status"]


def test_the_columns_are_the_documents() -> None:
    report = archcalc.load("resnet18").report()
    found = columns(report.frame())
    layers = report.to_dict()["layers"]
    assert list(found) == expected(layers[0])
    assert {"path", "weight", "mult_adds", "receptive_field_size", "line"} < found.keys()
    for name in ("name", "op", "path", "from", "output", "copies", "shared", "mult_adds", "params", "activations"):
        assert found[name] == [layer[name] for layer in layers]
    for name in ("weight", "bias", "norm", "statistics"):
        assert found[name] == [layer["weights"][name] for layer in layers]
    for name in ("size", "stride", "padding", "whole"):
        assert found[f"receptive_field_{name}"] == [layer["receptive_field"][name] for layer in layers]
    assert found["line"] == [layer["where"]["line"] for layer in layers]
    assert set(found["status"]) == {None}
    assert found["input"][0] == []  # an input reads nothing
    assert found["input"][1] == [[3, 224, 224]]
    assert [[64, 56, 56], [64, 56, 56]] in found["input"]  # a sum reads two
    assert sum(found["mult_adds"]) == report.total("mult_adds")


def test_groups_are_rows_too() -> None:
    report = archcalc.load("resnet18").report()
    found = columns(report.frame(by="stage"))
    assert list(found) == ["name", "paths", "mult_adds", "params", "activations", "status"]
    assert found["name"] == [group.name for group in report.groups("stage")]
    assert sum(found["params"]) == report.total("params")
    assert columns(report.frame(level=1)) == found


@pytest.mark.parametrize("name", NAMES)
def test_every_packaged_network_has_the_same_columns_of_the_same_kinds(name: str) -> None:
    report = archcalc.load(name).report()
    kinds = {column.name: column.kind for column in report.frame().columns}
    usual = {column.name: column.kind for column in archcalc.load("vgg11").report().frame().columns}
    fields = [layer["receptive_field"] for layer in report.to_dict()["layers"]]
    for side in ("size", "stride"):  # of outputs that see differently many pixels these are no whole numbers
        if any(isinstance(figure, dict) for each in fields for figure in each[side] or ()):
            assert kinds.pop(f"receptive_field_{side}") == (frames.LIST, frames.TEXT)
            del usual[f"receptive_field_{side}"]
    assert kinds == usual
    texts = {name for name, kind in kinds.items() if kind[-1] == frames.TEXT}
    assert texts - {"survival"} == {"name", "op", "path", "from", "shared", "file", "status"}


def test_other_conventions_add_columns() -> None:
    report = archcalc.load("resnet18").report(convention="all")
    found = columns(report.frame())
    assert sum(found["operations"]) == report.total("operations")
    assert sum(found["work_macs"]) == report.total("mult_adds")  # 0 where a node does none


def test_what_is_beyond_64_bits_is_text(wiring: type[Wiring]) -> None:
    large = 2**62
    hand = wiring(1, 1, 1)
    hand.add("conv", "small", out=2, kernel=1, bias=False)
    hand.add("conv", "large", out=large, kernel=1, bias=False)
    found = Report.of(hand.graph()).frame()
    by_name = {column.name: column for column in found.columns}
    assert by_name["params"].kind == (frames.TEXT,)
    assert by_name["params"].values == ["0", "2", str(2 * large)]
    assert by_name["bias"].kind == (frames.WHOLE,)  # other columns stay numbers
    assert by_name["output"].kind == (frames.LIST, frames.WHOLE)
    assert by_name["output"].values[-1] == [large, 1, 1]


@pytest.mark.parametrize(
    ("number", "fits"), [(2**63 - 1, True), (2**63, False), (-(2**63), True), (-(2**63) - 1, False)]
)
def test_the_ends_of_64_bits(number: int, fits: bool) -> None:
    (column, _) = frame([{"params": number}]).columns
    assert (column.kind, column.values) == ((("l",), [number]) if fits else (("U",), [str(number)]))


def test_fractions_are_texts_and_what_is_unavailable_is_null_with_its_reason() -> None:
    from archcalc.report.document import with_status
    from archcalc.report.figures import AtLeast, Unavailable

    entries = [
        {"name": "a", **with_status({"mult_adds": Fraction(3, 4), "params": Unavailable("nobody knows")})},
        {"name": "b", **with_status({"mult_adds": 2, "params": AtLeast(7, "a part is unknown")})},
    ]
    assert columns(frame(entries)) == {
        "name": ["a", "b"],
        "mult_adds": ["3/4", "2"],
        "params": [None, 7],
        "status": ["params: unavailable, nobody knows", "params: lower bound, a part is unknown"],
    }


def test_without_the_library_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.setitem(sys.modules, name, None)
    report = archcalc.load("vgg11").report()
    with pytest.raises(UsageError, match="pandas is not installed"):
        report.to_pandas()
    with pytest.raises(UsageError, match="pip install polars"):
        report.to_polars()


# Arrow's streams -----------------------------------------------------------------------------------------------------


def alive() -> int:
    gc.collect()
    return len(arrow._alive)


ODD = Frame([
    frames.Column("numbers", ("l",), [1, None, -(2**63), 2**63 - 1, 0, 5, 6, 7, None]),
    frames.Column("texts", ("U",), ["", None, "größer × 2", "a", "b", "c", "d", "e", "f"]),
    frames.Column("truths", ("b",), [True, False, None, True, True, False, False, True, True]),
    frames.Column("lists", ("+L", "l"), [[], [1, 2], None, [None], [3], [], [], [4, 5, 6], [7]]),
    frames.Column("nested", ("+L", "+L", "U"), [[], [[]], [["x"], ["y", "z"]], None, [None], [], [], [], [["w"]]]),
    frames.Column("nothing", ("U",), [None] * 9),
])  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [ODD, Frame([]), Frame([frames.Column("empty", ("+L", "U"), []), frames.Column("none", ("b",), [])])],
    ids=["odd", "no columns", "no rows"],
)
def test_a_stream_gives_back_what_went_in(given: Frame) -> None:
    before = alive()
    batch = Batch(given)
    expected = {name: (" ".join(kinds), values) for name, kinds, values in given.columns}
    assert batch.columns() == expected
    batch.release()
    assert alive() == before


def test_a_report_is_a_stream() -> None:
    report = archcalc.load("resnet50").report()
    before = alive()
    batch = Batch(report)
    assert {name: found for name, (_, found) in batch.columns().items()} == columns(report.frame())
    batch.release()
    assert alive() == before


def test_a_capsule_that_nobody_reads_lets_go() -> None:
    before = alive()
    capsule = ODD.__arrow_c_stream__()
    assert alive() > before
    del capsule
    assert alive() == before


def test_a_column_that_was_taken_over_outlives_the_others() -> None:
    before = alive()
    batch = Batch(ODD)
    schema, array = batch.moved_child(4)
    stream, batch_array = batch.stream, batch.array
    batch_array.release(batch_array)
    stream.release(stream)
    gc.collect()
    assert kind(schema) == "+L +L U"
    assert values(schema, array) == ODD.columns[4].values
    array.release(array)
    batch.schema.release(batch.schema)
    assert alive() == before


def test_what_is_let_go_of_at_the_very_end_is_quiet() -> None:
    """A structure that is released while Python ends, after the modules are gone."""
    code = """
import sys; sys.path[:0] = [TESTS]
import arrow_reader, archcalc
class Last:
    def __init__(self, batch): self.batch, self.release = batch, type(batch).release
    def __del__(self):
        for part in (self.batch.array, self.batch.schema, self.batch.stream): part.release(part)
        print("let go")
import builtins
builtins.last = Last(arrow_reader.Batch(archcalc.load("vgg11").report()))
""".replace("TESTS", repr(str(Path(__file__).parent)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "let go\n", "")


# In notebooks --------------------------------------------------------------------------------------------------------


class Cells(HTMLParser):
    """The texts of a page by row; complains of a tag that does not end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        assert self.tags == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.tags.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.tags):
            self.rows[-1][-1] += data
        elif data.strip():
            self.texts.append(data)


def test_a_report_shows_itself_whole() -> None:
    report = archcalc.load("resnet152").report()
    cells = Cells(report._repr_html_())
    assert cells.rows[0] == ["Layer", "Operator", "Output", "Mult-Adds", "Params", "Activations", "Field", "Share"]
    body = {row[0]: row for row in cells.rows}
    assert body["conv1"][:5] == ["conv1", "conv 7x7/2", "64x112x112", "118,013,952", "9,536"]
    assert body["Total"][3] == "11,513,626,624"
    assert "conv4/Unit36/residual/ConvBN3" in body  # nothing is folded
    assert cells.texts[0].startswith("ResNet · resnet152")
    assert not any("--all" in text for text in cells.texts)


def test_printed_it_is_the_table_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.render.layout import plain
    from archcalc.render.report import table

    monkeypatch.setenv("COLUMNS", "100")
    report = archcalc.load("vgg11").report()
    assert str(report) == plain(table(report), 100).rstrip("\n")
    assert repr(report).startswith("<Report of VGG")


def test_a_network_shows_its_title_parameters_and_variants() -> None:
    network = archcalc.load("mobilenet_v1")
    rows = Cells(network._repr_html_()).rows
    assert ["alpha", "width multiplier", "default: 1; above 0"] in rows
    assert ["mobilenet_v1_shallow", "middle=0"] in rows
    assert str(network).startswith("MobileNet v1 · mobilenet_v1\n")
    assert "  alpha" in str(network)


def test_texts_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "network: <script>alert(1)</script> & more\n"
        "parameters: {n: {default: 1, help: '<b>bold</b>'}}\n"
        "input: [3, 8, 8]\nbody: [conv: {out: n, kernel: 1}]\n",
        encoding="utf-8",
    )
    network = archcalc.load(str(path))
    for page in (network._repr_html_(), network.report()._repr_html_()):
        assert "<script>" not in page
        assert "<b>" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
        Cells(page)


def test_a_network_that_does_not_expand_still_shows_itself(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("network: Wrong\ninput: [3, 8, 8]\nbody: [conv: {out: 2, kernel: 9}]\n", encoding="utf-8")
    assert str(archcalc.load(str(path))).startswith("Wrong · net")
    path.write_text("network: Blocks\nblocks:\n  Layer: [conv: {out: 2, kernel: 1}]\n", encoding="utf-8")
    assert "Layer" in archcalc.load(str(path))._repr_html_()
