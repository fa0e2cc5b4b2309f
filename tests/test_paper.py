"""`report --style paper` against the tables that papers print, and the rules by which repeats and branches are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said, Wiring

import archcalc
from archcalc.errors import UsageError
from archcalc.render import paper
from archcalc.render.layout import plain
from archcalc.render.paper.chain import NOTE, folded
from archcalc.render.paper.stages import HIDDEN
from archcalc.report.report import Report
from archcalc.study.branches import Fork, Part, series

Run = Callable[..., Said]

# The tables of the papers, as printed ---------------------------------------------------------------------------------

MOBILENET = """
Conv / s2    | 3×3×3×32      | 224×224×3
Conv dw / s1 | 3×3×32 dw     | 112×112×32
Conv / s1    | 1×1×32×64     | 112×112×32
Conv dw / s2 | 3×3×64 dw     | 112×112×64
Conv / s1    | 1×1×64×128    | 56×56×64
Conv dw / s1 | 3×3×128 dw    | 56×56×128
Conv / s1    | 1×1×128×128   | 56×56×128
Conv dw / s2 | 3×3×128 dw    | 56×56×128
Conv / s1    | 1×1×128×256   | 28×28×128
Conv dw / s1 | 3×3×256 dw    | 28×28×256
Conv / s1    | 1×1×256×256   | 28×28×256
Conv dw / s2 | 3×3×256 dw    | 28×28×256
Conv / s1    | 1×1×256×512   | 14×14×256
5× Conv dw / s1 | 3×3×512 dw  | 14×14×512
5× Conv / s1 | 1×1×512×512   | 14×14×512
Conv dw / s2 | 3×3×512 dw    | 14×14×512
Conv / s1    | 1×1×512×1024  | 7×7×512
Conv dw / s2 | 3×3×1024 dw   | 7×7×1024
Conv / s1    | 1×1×1024×1024 | 7×7×1024
Avg Pool / s1 | Pool 7×7     | 7×7×1024
FC / s1      | 1024×1000     | 1×1×1024
Softmax / s1 | Classifier    | 1×1×1000
"""
"""Howard et al. 2017, arXiv 1704.04861, Table 1. The paper has one `5×` with a brace over both rows."""
SLIP = 17
"""The row whose printed stride 2 is a slip of the paper: the input of the next one is still 7×7."""

HE = {
    "resnet18": ("3×3, 64; 3×3, 64", (2, 2, 2, 2)),
    "resnet34": ("3×3, 64; 3×3, 64", (3, 4, 6, 3)),
    "resnet50": ("1×1, 64; 3×3, 64; 1×1, 256", (3, 4, 6, 3)),
    "resnet101": ("1×1, 64; 3×3, 64; 1×1, 256", (3, 4, 23, 3)),
    "resnet152": ("1×1, 64; 3×3, 64; 1×1, 256", (3, 8, 36, 3)),
}
"""He et al. 2015, arXiv 1512.03385, Table 1: the block of conv2 and how many there are. Channels double a stage."""
MAPS = ("56×56", "28×28", "14×14", "7×7")

RESNEXT = """
conv1 | 112×112 | 7×7, 64, stride 2
      | 56×56   | 3×3 max pool, stride 2
conv2 | 56×56   | [1×1, 128; 3×3, 128, C=32; 1×1, 256] × 3
conv3 | 28×28   | [1×1, 256; 3×3, 256, C=32; 1×1, 512] × 4
conv4 | 14×14   | [1×1, 512; 3×3, 512, C=32; 1×1, 1024] × 6
conv5 | 7×7     | [1×1, 1024; 3×3, 1024, C=32; 1×1, 2048] × 3
      | 1×1     | global average pool, 1000-d fc, softmax
"""
"""Xie et al. 2017, arXiv 1611.05431, Table 1, ResNeXt-50 (32×4d). The paper prints the pool inside of conv2's row."""

VGG = {
    "vgg11": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "vgg11_lrn": "64 LRN M 128 M 256 256 M 512 512 M 512 512 M",
    "vgg13": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    "vgg16_c": "64 64 M 128 128 M 256 256 1/256 M 512 512 1/512 M 512 512 1/512 M",
    "vgg16": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    "vgg19": "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}
"""Simonyan and Zisserman 2014, arXiv 1409.1556, Table 1, A to E: channels of a convolution (1/: 1×1), M for a pool."""

XIE_FORMS = {"Aggregated": "[32 × (1×1, 4; 3×3, 4; 1×1, 256); add] × 3",
             "Concatenated": "[32 × (1×1, 4; 3×3, 4); concat; 1×1, 256] × 3"}  # fmt: skip
"""Xie et al. 2017, Figure 3 (a), (b): the block of conv2."""


def read(printed: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in printed.strip("\n").split("\n")]


def rows(name: str, **given: Any) -> list[tuple[str, ...]]:
    return [line.cells for line in paper.table(archcalc.load(name).report(**given)).rows]


def notes(name: str, **given: Any) -> tuple[str, ...]:
    return paper.table(archcalc.load(name).report(**given)).notes


def test_mobilenet_is_table_1_but_for_its_slip() -> None:
    printed = read(MOBILENET)
    ours = rows("mobilenet_v1")
    assert [at for at, row in enumerate(printed) if row != ours[at]] == [SLIP]
    assert len(ours) == len(printed)
    assert printed[SLIP] == ("Conv dw / s2", *ours[SLIP][1:])
    assert ours[SLIP] == ("Conv dw / s1", "3×3×1024 dw", "7×7×1024")
    assert notes("mobilenet_v1") == (NOTE,)


def test_mobilenet_at_other_widths() -> None:
    """Table 1 with all channels but the image's and the classes' halved."""

    def halved(cell: str) -> str:
        sizes, *dw = cell.split()
        kept = {"3", "1", "1000", "224", "112", "56", "28", "14", "7"}
        return " ".join(["×".join(size if size in kept else str(int(size) // 2) for size in sizes.split("×")), *dw])

    printed = [row if at != SLIP else ("Conv dw / s1", *row[1:]) for at, row in enumerate(read(MOBILENET))]
    expected = [
        (kind, filter_ if filter_[0] in "PC" else halved(filter_), halved(size)) for kind, filter_, size in printed
    ]
    assert rows("mobilenet_v1", alpha="0.5") == expected


def test_mobilenet_of_full_convolutions_folds_single_rows() -> None:
    """Table 1 with each pair of rows as one 3×3 convolution (Table 4, Conv MobileNet)."""
    ours = rows("mobilenet_v1", Layer="Standard")
    assert ours[7] == ("5× Conv / s1", "3×3×512×512", "14×14×512")
    assert len(ours) == 1 + 8 + 1 + 3


@pytest.mark.parametrize("name", HE)
def test_resnets_are_table_1_of_he(name: str) -> None:
    block, repeats = HE[name]
    stages = []
    for at, (size, many) in enumerate(zip(MAPS, repeats, strict=True)):
        layers = [layer.split(", ") for layer in block.split("; ")]
        text = "; ".join(f"{kernel}, {int(channels) * 2**at}" for kernel, channels in layers)
        stages.append((f"conv{at + 2}", size, f"[{text}] × {many}"))
    assert rows(name) == [
        ("conv1", "112×112", "7×7, 64, stride 2"),
        ("", "56×56", "3×3 max pool, stride 2"),
        *stages,
        ("", "1×1", "global average pool, 1000-d fc, softmax"),
    ]


@pytest.mark.parametrize(("strided", "conv"), [(1, "ConvBN1"), (3, "ConvBN2")])
def test_a_note_says_where_the_strides_are(strided: int, conv: str) -> None:
    """He et al. 2015: "Downsampling is performed by conv3_1, conv4_1, and conv5_1 with a stride of 2"."""
    stride, hidden = notes("resnet50", strided=strided)
    assert stride == "stride 2: " + ", ".join(f"conv{stage}/Unit1/residual/{conv}" for stage in (3, 4, 5))
    assert hidden == HIDDEN


@pytest.mark.parametrize("shortcut", ["A", "C"])
def test_the_blocks_do_not_depend_on_the_shortcut(shortcut: str) -> None:
    assert rows("resnet34", shortcut=shortcut) == rows("resnet34")


def test_a_stage_of_one_block_keeps_its_strides() -> None:
    assert rows("resnet18", units=[1, 1, 1, 1])[3] == ("conv3", "28×28", "[3×3, 128, stride 2; 3×3, 128] × 1")
    assert notes("resnet18", units=[1, 1, 1, 1]) == (HIDDEN,)


def test_resnext_is_table_1_of_xie() -> None:
    assert rows("resnext50") == read(RESNEXT)


def test_blocks_that_are_alike_share_a_row() -> None:
    """Inception-v4 has 4, 7 and 3 blocks: Szegedy et al. 2016, arXiv 1602.07261, Figure 9."""
    alike = {stage: blocks for stage, _, blocks in rows("inception_v4")}
    ends = {stage: blocks.rpartition("] ")[2] for stage, blocks in alike.items() if stage.startswith("Inception")}
    assert ends == {"InceptionA1–4": "× 4", "InceptionB1–7": "× 7", "InceptionC1–3": "× 3"}


@pytest.mark.parametrize("width", [70, 80, 100])
def test_on_a_narrow_screen_nothing_of_the_blocks_is_lost(width: int) -> None:
    table = paper.table(archcalc.load("inception_v4").report())
    text = plain(table, width)
    assert "…" not in text
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    head = next(line for line in lines if line.startswith("Stage")).index("Blocks")
    told = " ".join(line[head:].strip() for line in lines)
    assert [row.cells[-1] for row in table.rows if row.cells[-1] not in told] == []


@pytest.mark.parametrize("form", XIE_FORMS)
def test_copies_of_a_branch_are_told_once(form: str) -> None:
    assert rows("resnext50", Form=form)[2] == ("conv2", "56×56", XIE_FORMS[form])


@pytest.mark.parametrize("name", VGG)
def test_vggs_are_table_1_of_simonyan(name: str) -> None:
    size, before, expected = 224, 3, []
    for layer in VGG[name].split():
        at = f"{size}×{size}×{before}"
        if layer == "M":
            expected.append(("Max Pool / s2", "Pool 2×2", at))
            size //= 2
        elif layer == "LRN":
            expected.append(("LRN / s1", "", at))
        else:
            kernel, _, channels = layer.rpartition("/")
            expected.append(("Conv / s1", f"{'1×1' if kernel else '3×3'}×{before}×{channels}", at))
            before = int(channels)
    for of, to in ((25_088, 4096), (4096, 4096), (4096, 1000)):
        expected.append(("FC / s1", f"{of}×{to}", f"1×1×{of}"))
    expected.append(("Softmax / s1", "Classifier", "1×1×1000"))
    unfolded = []
    for kind, *rest in rows(name):
        many, _, kind_alone = kind.rpartition("× ")
        unfolded += [(kind_alone, *rest)] * int(many or 1)
    assert unfolded == expected
    assert any("×" in row[0] for row in rows(name)) == (notes(name) != ())


def test_totals_are_those_of_the_report() -> None:
    assert paper.table(archcalc.load("resnet50").report()).totals == (
        ("Mult-Adds", 4_089_184_256),
        ("Params", 25_557_032),
    )


# Repeats --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "shown"),
    [
        ("abc", "a b c"),
        ("aaab", "3a b"),
        ("abababc", "3a 3b c"),
        ("aabb", "2a b b"),  # 2a 2b would be abab
        ("aabbcc", "2a b b 2c"),
        ("aabbb", "2a 3b"),
        ("abababcc", "3a 3b 2c"),
        ("aabaab", "2a 2a 2b"),
    ],
)
def test_repeats_can_be_told_apart(letters: str, shown: str) -> None:
    assert (
        " ".join(f"{many if many > 1 else ''}{row[0]}" for row, many in folded([(each,) for each in letters])) == shown
    )


@pytest.mark.parametrize(
    "letters", ["abcabcabd", "aabbaabb", "aaaabbbbcccc", "abababab", "abacabacabac", "aabbccddaabbccdd"]
)
def test_repeats_unfold_to_what_they_were(letters: str) -> None:
    """Read as the note says: neighbours with one number are a run that repeats as often."""
    runs: list[tuple[int, str]] = []
    for (letter,), many in folded([(each,) for each in letters]):
        if runs and many > 1 and runs[-1][0] == many:
            runs[-1] = (many, runs[-1][1] + letter)
        else:
            runs.append((many, letter))
    assert "".join(run * many for many, run in runs) == letters


# Chains ---------------------------------------------------------------------------------------------------------------


def test_what_else_a_filter_has(wiring: type[Wiring]) -> None:
    net = wiring(4, 32, 16)
    net.add("conv", "a", out=8, kernel=3, groups=2, dilation=2, stride=[2, 1])
    net.add("adaptive_avg_pool", "b", size=[3, 2])
    net.add("conv", "c", out=8, kernel=[1, 2], groups=8)
    net.add("global_max_pool", "d")
    net.add("linear", "e", out=5)
    net.add("relu", "f")
    assert [line.cells for line in paper.table(Report.of(net.graph())).rows] == [
        ("Conv / s2×1", "3×3×2×8, dilation 2, 2 groups", "32×16×4"),
        ("Adaptive Avg Pool / s1", "Pool to 3×2", "14×12×8"),
        ("Conv dw / s1", "1×2×8 dw", "3×2×8"),
        ("Max Pool / s1", "Pool 3×1", "3×1×8"),
        ("FC / s1", "8×5", "1×1×8"),
    ]


def test_a_softmax_inside_is_no_classifier(wiring: type[Wiring]) -> None:
    net = wiring(4)
    net.add("softmax", "a")
    net.add("linear", "b", out=2)
    assert [line.cells for line in paper.table(Report.of(net.graph())).rows] == [
        ("Softmax / s1", "", "4"),
        ("FC / s1", "4×2", "4"),
    ]


# Branches -------------------------------------------------------------------------------------------------------------


def told(parts: list[Part]) -> str:
    """A series as text: `input a (b + c d) add`."""
    texts = []
    for part in parts:
        if isinstance(part, Fork):
            texts.append(f"({' + '.join(told(branch) for branch in part.branches)})")
        texts.append((part.row if isinstance(part, Fork) else part).node.path)
    return " ".join(texts)


def test_branches_are_found_by_wiring(wiring: type[Wiring]) -> None:
    net = wiring(4, 8, 8)
    a = net.add("relu", "a")
    b = net.add("relu", "b")
    c = net.add("relu", "c", (a,))
    d = net.add("relu", "d", (a,))
    inner = net.add("add", "inner", (c, d))
    net.add("add", "outer", (a, b, inner))
    net.add("relu", "e")
    rows = Report.of(net.graph()).rows
    assert told(series(rows, len(rows) - 1)) == "input a ( + b + (c + d) inner) outer e"


def test_branches_that_share_a_layer_are_refused(wiring: type[Wiring]) -> None:
    """a feeds b and c, b feeds both merges: no series of forks."""
    net = wiring(4, 8, 8)
    b, c = net.add("relu", "b", (0,)), net.add("relu", "c", (0,))
    first = net.add("add", "first", (b, c))
    net.add("add", "second", (b, first))
    report = Report.of(net.graph())
    with pytest.raises(UsageError, match="branches of this network share `b`"):
        paper.table(report)


def test_dense_wiring_is_refused_at_once(wiring: type[Wiring]) -> None:
    """60 layers that each read all before: told branch by branch, 2^60 of them."""
    net = wiring(1, 4, 4)
    read = [0]
    for at in range(60):
        merged = net.add("concat", f"concat{at}", tuple(read)) if at else 0
        read.append(net.add("conv", f"conv{at}", (merged,), out=1, kernel=1))
    with pytest.raises(UsageError, match="branches of this network share"):
        paper.table(Report.of(net.graph()))


SPEC = """
network: Branches
input: [8, 16, 16]
defaults: {conv: {padding: same}, max_pool: {padding: same}}
blocks:
  Module(a):
    - concat: {one: [conv: {out: a, kernel: 1}], three: [conv: {out: a, kernel: 3}, relu], same: identity}
  Gate(c=in):
    - multiply: {map: identity, gate: [global_avg_pool, {linear: 2}, relu, {linear: c}, sigmoid]}
  Unit:
    - add: {shortcut: identity, residual: [conv: {out: in, kernel: 3, groups: in}, batch_norm, Gate]}
body:
  - [conv: {out: 8, kernel: 3, dilation: 2}, relu]
  - {name: a, Module: 4}
  - {max_pool: {kernel: 3, stride: 2}}
  - {name: b, do: [{Unit, repeat: 2}, {conv: {out: 8, kernel: 1}, repeat: 2}]}
  - head: {aux: [global_max_pool]}
  - [global_avg_pool, {linear: 10}]
"""


def test_forks_that_are_no_residuals_show_all_branches(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC)
    table = paper.table(archcalc.load(str(tmp_path / "net.yaml")).report())
    assert [line.cells for line in table.rows] == [
        ("conv", "16×16", "3×3, 8, dilation 2"),
        ("a", "16×16", "concat(1×1, 4 | 3×3, 4 | identity)"),
        ("", "8×8", "3×3 max pool, stride 2"),
        ("b", "8×8", "[3×3, 16, dw; multiply(identity | global average pool; 2-d fc; 16-d fc)] × 2"),
        ("b", "8×8", "[1×1, 8] × 2"),
        ("", "1×1", "global average pool, 10-d fc"),
    ]
    assert table.notes == (HIDDEN, "heads are not shown: aux")


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("paper-mobilenet_v1.txt", "report mobilenet_v1 --style paper"),
        ("paper-resnet50.txt", "report resnet50 --style paper"),
        ("paper-resnet18.md", "report resnet18 --style paper --format markdown"),
        ("paper-mobilenet_v1.tex", "report mobilenet_v1 --style paper --format latex"),
    ],
)
def test_golden_papers(name: str, words: str, run: Run, golden: Callable[[str, str], None]) -> None:
    said = run(*words.split())
    assert (said.code, said.err) == (0, "")
    golden(name, said.out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--style paper --by stage --all", "--style paper does not go with --by and --all"),
        ("--style paper --variants", "--style paper does not go with --variants"),
        ("--style paper --columns params", "--style paper does not go with --columns"),
        ("--style paper --format json", "a document holds every figure: --style is for tables"),
        ("--style papre", "there is no style `papre`\n    hint: there is paper"),
    ],
)
def test_what_paper_does_not_go_with(words: str, message: str, run: Run) -> None:
    assert run("report", "resnet50", *words.split()) == Said(2, "", f"{message}\n")
