"""Pictures of fields: what they show, as data; that files come out; and the terminal's, character by character."""

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import Wiring

import archcalc
from archcalc.engine.graph import Graph
from archcalc.errors import UsageError
from archcalc.render.plots import KINDS, plot
from archcalc.render.plots.boxes import boxes, centres
from archcalc.render.plots.growth import growth
from archcalc.render.plots.page import inline
from archcalc.render.plots.subject import Subject, looked_at, short, strip
from archcalc.report.report import Report
from archcalc.study.field.layers import Fields
from archcalc.study.field.mass import masses
from archcalc.study.field.plane import plane


def fields(graph: Graph) -> Fields:
    return Fields(Report.of(graph, network="N"))


def stack(*shape: int) -> Fields:
    """Two 3x3 convolutions, the first of stride 2, the second padded."""
    net = Wiring(1, *shape)
    net.add("conv", "a", out=1, kernel=3, stride=2)
    net.add("conv", "b", out=1, kernel=3, padding=1)
    return fields(net.graph())


def residual(n: int = 24, kernel: int = 3) -> Fields:
    """A 1x1 shortcut of stride 2 beside a kernel, and a pool behind."""
    net = Wiring(1, n, n)
    short = net.add("conv", "short", out=2, kernel=1, stride=2, sources=(0,))
    wide = net.add("conv", "wide", out=2, kernel=kernel, stride=2, padding=kernel // 2, sources=(0,))
    net.add("add", "sum", sources=(short, wide))
    net.add("avg_pool", "pool", kernel=2, stride=1)
    return fields(net.graph())


def u_net() -> Fields:
    net = Wiring(1, 32, 32)
    left = net.add("conv", "left", out=2, kernel=3, padding=1)
    net.add("max_pool", "down", kernel=2, stride=2)
    net.add("conv", "low", out=4, kernel=3, padding=1)
    up = net.add("conv_transpose", "up", out=2, kernel=2, stride=2)
    net.add("concat", "join", sources=(left, up))
    net.add("upsample", "more", by=2, mode="bilinear")
    return fields(net.graph())


def last(found: Fields, *unit: int) -> Subject:
    at = len(found.rows) - 1
    return Subject(found, at, unit or tuple(n // 2 for n in found.rows[at].output[1:]))


# What they show ------------------------------------------------------------------------------------------------------


def test_growth_by_hand() -> None:
    """1, then 3, then 3 + 2·2 = 7; the narrow path of a residual unit is its shortcut's."""
    (all_axes,) = growth(last(stack(9, 9)))
    assert [(point.path, point.least, point.most) for point in all_axes.points] == [
        ("input", 1, 1), ("a", 3, 3), ("b", 7, 7)
    ]  # fmt: skip
    assert (all_axes.axis, all_axes.size, all_axes.covered) == ("", 9, "")
    assert growth(last(stack(7, 7)))[0].covered == "b"
    (found,) = growth(last(residual()))
    assert [(point.path, point.most, point.narrowest, point.widest) for point in found.points] == [
        ("input", 1, 1, 1), ("sum", 3, 1, 3), ("pool", 5, 3, 5)
    ]  # fmt: skip
    assert [each.axis for each in growth(last(stack(9, 11)))] == ["height", "width"]


def test_a_strip_by_hand() -> None:
    """Unit 0 of b reads -1, 0, 1 of a, the first in the padding; those read 0 to 4 of the input."""
    (input_, a, b), of = strip(last(stack(9), 0), 0)
    assert (of, [row.path for row in (input_, a, b)]) == (3, ["input", "a", "b"])
    assert [sorted(row.seen) for row in (input_, a, b)] == [[0, 1, 2, 3, 4], [-1, 0, 1], [0]]
    assert [(row.before, row.after) for row in (input_, a, b)] == [(0, 0), (1, 1), (0, 0)]
    assert [row.count for row in (input_, a, b)] == [9, 4, 4]
    assert [[row.at(0), row.at(1)] for row in (input_, a, b)] == [[0, 1], [1, 3], [1, 3]]


@pytest.mark.parametrize("found", [stack(16, 16), residual(), u_net()])
def test_a_strip_reaches_as_far_as_the_field_inside_the_map(found: Fields) -> None:
    """Against the engine's own account of what is seen of the input, at every unit."""
    index = len(found.rows) - 1
    for unit in range(found.rows[index].output[1]):
        local: Any = found.seen[index].reach.local
        seen = sorted(pixel for pixel in looked_at(found, index, 0, unit)[0] if 0 <= pixel < 32)
        inner = [pixel for pixel in seen if pixel < found.rows[0].output[1]]
        assert (inner[0], inner[-1]) == tuple(local[0].cells[unit])


def test_boxes_stand_where_fields_do() -> None:
    own = boxes(last(stack(33, 33), 4, 4))[-1]
    assert (own.path, own.unit, [tuple(span) for span in own.seen]) == ("b", (4, 4), [(6, 12), (6, 12)])
    assert centres(last(stack(9, 9)), 0) == (list(map(Fraction, [1, 3, 5, 7])), 1)
    assert [each.path for each in boxes(last(u_net()))] == ["left", "join", "more"]  # low sees what join does


def test_a_plane_by_hand() -> None:
    """Half of a unit is its pixel, half is even over 3x3: 1/2 + 1/18 in the middle and no cross."""
    found = residual()
    index = [row.node.path for row in found.rows].index("sum")
    top, left, rows = plane(found, index, (5, 5))
    assert (top, left) == (9, 9)
    edge = Fraction(1, 18)
    expected = [[edge, edge, edge], [edge, edge + Fraction(1, 2), edge], [edge, edge, edge]]
    assert rows == [[pytest.approx(float(part)) for part in line] for line in expected]


@pytest.mark.parametrize("found", [stack(16, 16), residual(48, 5), u_net()])
@pytest.mark.parametrize("unit", [(0, 0), (3, 6), (5, 2)])
def test_the_margins_of_a_plane_are_the_exact_distributions(found: Fields, unit: tuple[int, int]) -> None:
    """Summed over an axis it is what big integers give for the other."""
    index = len(found.rows) - 1
    top, left, rows = plane(found, index, unit)
    local: Any = masses(found.report.graph)[index].reach.local
    y, x = (at.at(o) for at, o in zip(local, unit, strict=True))
    assert (top, left) == (y.lo, x.lo)
    assert [sum(line) for line in rows] == pytest.approx([part / y.total for part in y.numerators])
    assert [sum(column) for column in zip(*rows, strict=True)] == pytest.approx([p / x.total for p in x.numerators])


@pytest.mark.parametrize(
    ("path", "room", "shown"),
    [
        ("conv2/Unit1/residual/ConvBN2/conv", 20, "conv2/Unit1/…/conv"),
        ("conv2/Unit1/residual/ConvBN2/conv", 14, "conv2/…/conv"),
        ("conv2/add", 20, "conv2/add"),
        ("a_very_long_name_without_levels", 10, "a_very_lo…"),
    ],
)
def test_a_long_path_keeps_its_ends(path: str, room: int, shown: str) -> None:
    assert short(path, room) == shown


# In the terminal -----------------------------------------------------------------------------------------------------

# a's unit 0 has its middle at pixel 1 and the next at 3; its padding is at -1, the first column
STRIP = """\
N: what unit 0 of b sees (length)
b                      █ · · ·
a                    ▒ █ █ · · ░
input                 █████····
█ it sees  · unit  ▒ padding it sees  ░ padding; a column is a pixel
"""


def test_a_strip_as_text() -> None:
    assert plot(stack(9), "-", "strip", unit=[0]) == STRIP


def test_growth_as_text() -> None:
    lines = plot(stack(9), "-", "growth").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["input", "1"], ["a", "3"], ["b", "7"], ["input", "9"]]
    assert max(map(len, lines)) <= 80
    end = lines[-1].index("|")
    bars = [line.count("█") for line in lines[1:-1]]
    assert bars == [max(1, size * (end - 24) // 9) for size in (1, 3, 7)]
    assert all(line[end] == "|" for line in lines[1:])


# Files ---------------------------------------------------------------------------------------------------------------

BEGIN = {".png": b"\x89PNG\r\n", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", BEGIN)
def test_files(kind: str, suffix: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / f"picture{suffix}"
    assert plot(u_net(), file, kind) == ""
    assert file.read_bytes().startswith(BEGIN[suffix])


@pytest.mark.parametrize("kind", ["growth", "strip", "erf"])
def test_one_axis_has_pictures_too(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot(stack(32), tmp_path / "picture.png", kind)
    with pytest.raises(UsageError, match="boxes have two axes, b has 1"):
        plot(stack(32), tmp_path / "picture.png", "boxes")


def test_boxes_lie_over_an_image(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    image = tmp_path / "image.png"
    plot(stack(9, 9), image, "growth")
    plot(stack(33, 33), tmp_path / "picture.png", "boxes", image=image)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"broken\.png cannot be read as a picture"):
        plot(stack(33, 33), tmp_path / "picture.png", "boxes", image=tmp_path / "broken.png")


@pytest.mark.parametrize("found", [stack(32), u_net()])
def test_a_page_needs_nothing_else(found: Fields, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "page.html"
    plot(found, file)
    text = file.read_text()
    assert text.count("<svg") == (4 if found.rows[0].output[2:] else 3)
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert not re.search(r"url\((?!#)|@import|<script|<link", text)
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {link for link in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text) for link in link if link} <= set(ids)
    for picture in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
        ElementTree.fromstring(picture)
    assert "analytic prior: uniform weights" in text
    assert "<td" in text


def test_pictures_are_the_same_from_run_to_run(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    files = [tmp_path / name for name in ("one.svg", "two.svg")]
    for file in files:
        plot(u_net(), file, "strip")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_ids_of_a_picture_are_its_own() -> None:
    head, body = (
        '<?xml version="1.0"?>\n<svg><metadata>\n x</metadata>',
        '<g id="{0}a"/><use href="#{0}a" fill="url(#{0}a)"/>',
    )
    assert inline(f"{head}{body.format('')}</svg>", "k") == f"<svg>{body.format('k-')}</svg>"


# What cannot be drawn ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "kind", "given", "message"),
    [
        ("a.png", "grow", {}, "there is no picture `grow`.*did you mean `growth`"),
        ("a.gif", "growth", {}, r"a\.gif is no picture.*\.png, \.svg, \.pdf, \.html"),
        ("-", "erf", {}, "`erf` needs a file"),
        ("a.png", "erf", {"image": "b.png"}, "an image lies under boxes"),
        ("-", "strip", {"unit": [7, 7]}, "the height of b is 4, positions 0 to 3, and the unit is at 7"),
        ("-", "strip", {"unit": [1]}, "b has 2 axes and the unit .*has 1"),
    ],
)
def test_what_cannot_be_drawn(file: str, kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plot(stack(9, 9), file, kind, **given)
    assert re.search(message, str(caught.value), flags=re.DOTALL)


@pytest.mark.parametrize(
    ("net", "message"), [("vit", "has no field of its own"), ("resnet50", "puts out 1000, no map")]
)
def test_layers_without_positions(net: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plot(Fields(archcalc.load(net).report()), "-")


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path) -> None:
    """And nothing loads it but drawing."""
    script = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import archcalc; from archcalc.errors import UsageError\n"
        "from archcalc.render.plots import plot; from archcalc.study.field.layers import Fields\n"
        "found = Fields(archcalc.load('alexnet').report())\n"
        "at = [row.node.path for row in found.rows].index('pool5')\n"
        "assert 'pool5' in plot(found, '-', 'strip', at)\n"
        "try: plot(found, sys.argv[1], 'growth', at)\n"
        "except UsageError as error: print(error)"
    )
    words = [sys.executable, "-c", script, str(tmp_path / "picture.png")]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "pip install 'archcalc[plot]'" in said
    assert not list(tmp_path.iterdir())


def test_the_middle_unit_is_the_one_meant() -> None:
    assert "what unit 2 of b sees (width)" in plot(stack(9, 11), "-", "strip")
