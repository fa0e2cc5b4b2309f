"""Comparisons: what is aligned with what, differences that add up, the command, and specs of another revision."""

import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tried import NAMES

from archcalc import UsageError, load
from archcalc.render.compare import Listing, tables
from archcalc.render.formats import format_named, names
from archcalc.render.table import Column
from archcalc.render.text import times, written
from archcalc.report.report import TOTALS, Report
from archcalc.study._align import common
from archcalc.study.compare import Comparison, Difference, Side

Run = Callable[..., Any]

NETWORKS = (
    "mobilenet_v1", "mobilenet_v1:alpha=0.5", "mobilenet_v1_full", "mobilenet_v1_shallow", "vgg11", "vgg16", "vgg16_bn",
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet50:strided=1", "resnet34:shortcut=A",
)  # fmt: skip
GOLDENS = {
    "compare-units.txt": "resnet50 resnet101",
    "compare-alpha.txt": "mobilenet_v1 mobilenet_v1:alpha=0.5",
    "compare-separable.txt": "mobilenet_v1 mobilenet_v1_full",
    "compare-batch_norm.txt": "vgg16 vgg16_bn",
    "compare-stride.txt": "resnet50 resnet50:strided=1",
    "compare-unlike.txt": "vgg16 resnet50",
    "compare-three.txt": "resnet18 resnet34 resnet50",
}
PACKAGED = [variant for name in NAMES for variant in load(name).variants if variant.startswith(name)]
MANY = [*combinations(NETWORKS, 2), *pairwise(PACKAGED)]


@cache
def report(name: str) -> Report:
    spec, _, settings = name.partition(":")
    return load(spec).report(**dict(each.split("=") for each in settings.split(",") if each))


def compared(*reports: Report | str) -> Comparison:
    return Comparison([Side(str(each), report(each) if isinstance(each, str) else each) for each in reports])


def spec(tmp_path: Path, name: str, body: str, more: str = "") -> Report:
    """The report of a net on 3x8x8 whose convolutions have no bias and keep the size of the map."""
    path = tmp_path / f"{name}.yaml"
    path.write_text(
        f"network: {name}\n{more}input: [3, 8, 8]\ndefaults: {{conv: {{padding: half, bias: false}}}}\nbody:\n{body}"
    )
    return load(str(path)).report()


def told(comparison: Comparison, side: int = 1) -> list[tuple[str, str, int, int]]:
    """Name, kind, ΔMult-Adds and Δparams of each part that differs."""
    return [
        (part.name, part.kind, part.figures["mult_adds"], part.figures["params"])
        for part in comparison.differences(side)
        if part.counts or part.altered
    ]


def changes(part: Difference) -> dict[str, tuple[Any, Any]]:
    return {change.name: (change.first, change.other) for change in part.what}


# By hand --------------------------------------------------------------------------------------------------------------


def test_a_changed_parameter_and_what_follows_from_it(tmp_path: Path) -> None:
    """Mult-Adds 8*8*out*in*9, params out*in*9: out 4 -> 6 in a, so that b reads 6."""
    first = spec(
        tmp_path, "first", "  - {name: a, conv: {out: 4, kernel: 3}}\n  - {name: b, conv: {out: 5, kernel: 3}}\n"
    )
    other = spec(
        tmp_path, "other", "  - {name: a, conv: {out: 6, kernel: 3}}\n  - {name: b, conv: {out: 5, kernel: 3}}\n"
    )
    comparison = compared(first, other)
    b, a = comparison.differences()
    assert (b.name, b.kind, changes(b)) == ("b", "changed", {"input": (((4, 8, 8),), ((6, 8, 8),))})
    assert b.figures == {"mult_adds": 64 * 5 * 2 * 9, "params": 5 * 2 * 9, "activations": 0}
    assert (a.name, a.kind, changes(a)) == ("a", "changed", {"out": (4, 6)})
    assert a.figures == {"mult_adds": 64 * 2 * 3 * 9, "params": 2 * 3 * 9, "activations": 64 * 2}
    assert (a.altered, b.altered) == (True, False)
    assert comparison.totals["mult_adds"] == [64 * 9 * (4 * 3 + 5 * 4), 64 * 9 * (6 * 3 + 5 * 6)]


def test_every_parameter_of_an_operator_is_named(tmp_path: Path) -> None:
    first = spec(tmp_path, "first", "  - {name: a, conv: {out: 6, kernel: 3}}\n  - relu\n")
    other = spec(
        tmp_path, "other",
        "  - {name: a, conv: {out: 3, kernel: 5, stride: 2, groups: 3, dilation: 2, padding: same, bias: true}}\n"
        "  - {name: c, batch_norm: {affine: false}}\n",
    )  # fmt: skip
    part = compared(first, other).differences()[0]
    assert changes(part) == {
        "out": (6, 3), "kernel": ((3, 3), (5, 5)), "stride": ((1, 1), (2, 2)), "padding": ("half", "same"),
        "dilation": ((1, 1), (2, 2)), "groups": (1, 3), "bias": (False, True), "relu": (1, 0), "batch_norm": (0, 1),
    }  # fmt: skip
    # 4*4*3*1*25 - 8*8*6*3*9; 3*25 + 3 biases - 6*3*9
    assert part.figures == {"mult_adds": 1200 - 10368, "params": 78 - 162, "activations": 48 - 384}
    assert part.reach == (9 - 3, 9 - 3)


def test_a_norm_beside_a_layer_and_its_own_parameters(tmp_path: Path) -> None:
    body = "  - {{name: a, conv: {{out: 4, kernel: 1}}}}\n  - {{batch_norm: {{affine: {}}}}}\n"
    comparison = compared(spec(tmp_path, "f", body.format("true")), spec(tmp_path, "o", body.format("false")))
    (part,) = comparison.differences()
    assert (part.name, changes(part)) == ("a", {"batch_norm.affine": (True, False)})
    assert part.figures == {"mult_adds": 0, "params": -8, "activations": 0}


def test_one_more_unit_is_told_once_and_at_its_level(tmp_path: Path) -> None:
    more = "blocks:\n  Unit: [{name: x, conv: {out: in, kernel: 3}}, {name: y, conv: {out: in, kernel: 1}}]\n"
    first = spec(
        tmp_path,
        "first",
        "  - {name: stage, repeat: 2, do: [Unit]}\n  - {name: end, conv: {out: 2, kernel: 1}}\n",
        more,
    )
    other = spec(
        tmp_path,
        "other",
        "  - {name: stage, repeat: 4, do: [Unit]}\n  - {name: end, conv: {out: 2, kernel: 1}}\n",
        more,
    )
    unit = 64 * 9 * 9 + 64 * 9, 9 * 9 + 9
    wanted = {name for name, *_ in told(compared(first, other))}
    assert len(wanted) == 2
    for one, two, kind, sign in ((first, other, "only_other", 1), (other, first, "only_first", -1)):
        assert told(compared(one, two)) == [(name, kind, sign * unit[0], sign * unit[1]) for name in sorted(wanted)]


def test_a_level_of_which_nothing_is_the_same_is_one_part(tmp_path: Path) -> None:
    """Depthwise 3x3 and pointwise 1x1 (MobileNet v1, section 3.1) for one convolution, under one name."""
    depth, point = "{name: depth, conv: {out: in, kernel: 3, groups: in}}", "{name: point, conv: {out: 4, kernel: 1}}"
    more = f"blocks:\n  Two: [{depth}, {point}]\n"
    first = spec(tmp_path, "first", "  - {name: a, Two: }\n", more)
    other = spec(tmp_path, "other", "  - {name: a, conv: {out: 4, kernel: 3}}\n", more)
    assert told(compared(first, other)) == [("a", "replaced", 64 * (108 - 27 - 12), 108 - 27 - 12)]
    (layers,) = tables(compared(first, other), only="layers")
    assert layers.rows[0].cells[:2] == ("a", "conv 3x3 groups 3 + 1x1 → conv 3x3")


def test_layers_under_other_names_are_aligned_in_order(tmp_path: Path) -> None:
    more = "blocks:\n  Unit: [{name: x, conv: {out: in, kernel: 3}}, {name: y, conv: {out: in, kernel: 1}}]\n"
    first = spec(tmp_path, "first", "  - {name: conv2, Unit: }\n  - {name: conv3, Unit: }\n", more)
    other = spec(tmp_path, "other", "  - {name: layer1, Unit: }\n  - {name: layer2, Unit: }\n", more)
    comparison = compared(first, other)
    assert comparison.differences() == []
    assert [part.names for part in comparison.parts() if part.name != "input"] == [
        (f"conv{n + 1}/{layer}", f"layer{n}/{layer}") for n in (1, 2) for layer in "xy"
    ]
    (layers,) = tables(compared(first, spec(tmp_path, "b", "  - {name: layer1, Unit: }\n", more)), only="layers")
    assert [line.cells[:2] for line in layers.rows] == [("conv3", "only in A: conv 3x3 + 1x1")]


def test_a_level_of_as_many_like_layers_is_aligned_one_by_one(tmp_path: Path) -> None:
    """As the forms of a ResNeXt block, whose layers have other names than those of ResNet."""
    body = (
        "  - {{name: a, do: [{{name: {}, conv: {{out: 4, kernel: 1}}}}, {{name: {}, conv: {{out: 3, kernel: {}}}}}]}}\n"
    )
    first, other = spec(tmp_path, "f", body.format("p", "q", 1)), spec(tmp_path, "o", body.format("r", "s", 3))
    comparison = compared(first, other)
    (part,) = comparison.differences()
    assert (part.names, changes(part)["kernel"]) == (("a/q", "a/s"), ((1, 1), (3, 3)))
    assert part.figures == {"mult_adds": 64 * 4 * 3 * 8, "params": 4 * 3 * 8, "activations": 0}
    for every, name in ((False, "a/q"), (True, "a/q→s")):
        (layers,) = tables(comparison, Listing(every=every), "layers")
        assert layers.rows[0].cells[:2] == (name, "kernel 1x1→3x3")


def test_only_what_has_an_effect_is_a_change(tmp_path: Path) -> None:
    """`half` of a kernel of 3 is 1; a pool of 2 strides by 2; one activation for another is one change."""
    body = "  - {{name: a, conv: {{out: 4, kernel: 3, padding: {}}}}}\n  - {}\n  - max_pool: {{kernel: 2{}}}\n"
    first, same = spec(tmp_path, "f", body.format("half", "relu", "")), body.format("1", "relu", ", stride: 2")
    assert compared(first, spec(tmp_path, "s", same)).differences() == []
    (part,) = compared(first, spec(tmp_path, "o", body.format("same", "sigmoid", ""))).differences()
    assert changes(part) == {"beside": ("relu", "sigmoid")}


def test_many_changes_are_told_in_short(tmp_path: Path) -> None:
    first = spec(tmp_path, "f", "  - {name: a, conv: {out: 6, kernel: 3}}\n")
    other = spec(tmp_path, "o", "  - {name: a, conv: {out: 3, kernel: 5, stride: 2, groups: 3, bias: true}}\n")
    short, whole = (tables(compared(first, other), Listing(every=every), "layers")[0] for every in (False, True))
    assert short.rows[0].cells[1] == "out 6→3, kernel 3x3→5x5, 3 more"
    assert whole.rows[0].cells[1] == ("out 6→3, kernel 3x3→5x5, stride 1→2, groups 1→3, bias false→true")


def test_shared_weights_and_copies_are_named(tmp_path: Path) -> None:
    body = "  - {{name: a, conv: {{out: 3, kernel: 1}}{}}}\n  - {{name: b, conv: {{out: 3, kernel: 1}}{}}}\n"
    first, other = spec(tmp_path, "f", body.format("", "")), spec(tmp_path, "o", body.format(*[", weights: w"] * 2))
    (part,) = compared(first, other).differences()
    assert (part.name, changes(part), part.figures["params"]) == ("b", {"shared": (False, True)}, -9)


def test_resnet_50_and_101_differ_in_17_units() -> None:
    """He et al. 2015, Table 1: conv4_x has 6 or 23 units of 1x1x256, 3x3x256, 1x1x1024 on 14x14."""
    weights = 1024 * 256 + 9 * 256 * 256 + 256 * 1024
    norms = 2 * (256 + 256 + 1024)
    assert told(compared("resnet50", "resnet101")) == [
        (f"conv4/Unit{unit}", "only_other", 14 * 14 * weights, weights + norms) for unit in range(7, 24)
    ]


def test_where_a_bottleneck_strides() -> None:
    """The first 1x1 of conv3: 56*56 positions, 256 channels to 128, if it strides a quarter; the next two alike."""
    found = told(compared("resnet50", "resnet50:strided=1"))
    assert found[:3] == [
        (f"conv{n}/Unit1/residual/ConvBN1", "changed", -56 * 56 * 256 * 128 * 3 // 4, 0) for n in (3, 4, 5)
    ]
    assert [row[0] for row in found[3:]] == [f"conv{n}/Unit1/residual/ConvBN2" for n in (3, 4, 5)]
    assert not any(row[2] or row[3] for row in found[3:])


def test_batch_norm_of_vgg_16() -> None:
    """Two numbers a channel of each convolution: 2*(2*64 + 2*128 + 3*256 + 6*512)."""
    found = told(compared("vgg16", "vgg16_bn"))
    assert sum(row[3] for row in found) == 2 * (2 * 64 + 2 * 128 + 3 * 256 + 6 * 512)
    assert {(row[1], row[2]) for row in found} == {("changed", 0)}
    assert len(found) == 13


# Laws -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", MANY, ids=" ".join)
def test_differences_add_up_and_every_layer_is_in_one_part(pair: tuple[str, str]) -> None:
    comparison = compared(*pair)
    parts, differing = comparison.parts(), comparison.differences()
    back = compared(*reversed(pair))
    for name in TOTALS:
        first, other = comparison.totals[name]
        assert sum(part.figures[name] for part in parts) == other - first
        assert sum(part.figures[name] for part in differing) == other - first
        assert sum(part.figures[name] for part in back.parts()) == first - other
        stages = [[figure or 0 for figure in comparison.figures(name, stage)] for stage in comparison.stages]
        assert [sum(figures) for figures in zip(*stages, strict=True)] == [first, other]
    for side, members in enumerate(("first", "other")):
        layers = [layer.name for part in parts for layer in getattr(part, members)]
        assert sorted(layers) == sorted(group.name for group in report(pair[side]).groups())
    sizes = [(abs(part.figures["mult_adds"]), abs(part.figures["params"])) for part in differing]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_does_not_differ_from_itself(name: str) -> None:
    comparison = compared(name, name)
    assert comparison.differences() == []
    assert all(part.kind == "changed" and part.names[0] == part.names[1] for part in comparison.parts())


@pytest.mark.parametrize("pair", GOLDENS.values())
def test_rows_of_the_tables_add_up_too(pair: str) -> None:
    comparison = compared(*pair.split())
    for every in (False, True):
        for side, table in enumerate(tables(comparison, Listing(10**6, every), "layers"), 1):
            columns = [column.name for column in table.columns]
            for name in ("mult_adds", "params"):
                first, other = (comparison.totals[name][each] for each in (0, side))
                assert sum(line.cells[columns.index(name)] for line in table.rows) == other - first
            assert sum(line.cells[columns.index("share")] for line in table.rows) == 1


def subsequences(a: str, b: str) -> int:
    """The length of a longest common subsequence, by trying everything."""
    if not a or not b:
        return 0
    if a[0] == b[0]:
        return 1 + subsequences(a[1:], b[1:])
    return max(subsequences(a[1:], b), subsequences(a, b[1:]))


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_the_longest_common_sequence(a: str, b: str) -> None:
    pairs = common(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert pairs == sorted(pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs) == subsequences(a, b)


def test_long_runs_are_aligned_at_their_ends() -> None:
    a, b = [*"xy", *"a" * 3000, *"z"], [*"xy", *"b" * 3000, *"z"]
    assert common(a, b) == [(0, 0), (1, 1), (3002, 3002)]


# The document ---------------------------------------------------------------------------------------------------------


def test_the_document_says_what_the_comparison_says() -> None:
    comparison = compared("mobilenet_v1", "mobilenet_v1:alpha=0.5", "mobilenet_v1_full")
    document = json.loads(json.dumps(comparison.to_dict()))
    assert document["schema_version"] == 1
    assert [side["label"] for side in document["sides"]] == [side.label for side in comparison.sides]
    # 11010048*alpha^2*h^2 + 576000*alpha*h^2 + 1024000*alpha with h = 7
    whole, half = 11010048 * 49 + 576000 * 49 + 1024000, 11010048 * 49 // 4 + 576000 * 49 // 2 + 512000
    ratio = Fraction(half, whole)
    totals = document["totals"]["mult_adds"]
    assert totals["figures"][:2] == [whole, half]
    assert totals["differences"][0] == half - whole
    assert totals["ratios"][0] == {"num": ratio.numerator, "den": ratio.denominator}
    for name in TOTALS:
        differences = [0, 0]
        for entry in document["differences"]:
            differences[entry["side"] - 1] += entry[name]
        assert differences == document["totals"][name]["differences"]
        by_stage = [stage[name]["differences"] for stage in document["stages"]]
        assert [sum(each) for each in zip(*by_stage, strict=True)] == differences
    entry = next(each for each in document["differences"] if each["name"] == "Layer1" and each["side"] == 2)
    assert (entry["kind"], entry["first"], entry["other"]) == (
        "replaced",
        ["Layer1/Depthwise", "Layer1/Standard"],
        ["Layer1"],
    )


def test_stages_that_a_network_does_not_have(tmp_path: Path) -> None:
    body = "  - {{name: {}, conv: {{out: 3, kernel: 1}}}}\n"
    first = spec(tmp_path, "first", body.format("a") + body.format("end"))
    other = spec(tmp_path, "other", body.format("b") + body.format("end"))
    comparison = compared(first, other)
    assert [stage.name for stage in comparison.stages] == ["input", "a", "b", "end"]
    stages = {stage["name"]: stage["mult_adds"] for stage in comparison.to_dict()["stages"]}
    assert stages["a"] == {"figures": [576, None], "differences": [-576], "ratios": [0]}
    assert stages["b"] == {"figures": [None, 576], "differences": [576], "ratios": [None]}


def test_how_many_networks() -> None:
    with pytest.raises(UsageError, match="2 to 26"):
        compared("vgg11")
    with pytest.raises(UsageError, match="27 are given"):
        compared(*["vgg11"] * 27)


# Texts ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0, "0×"), (1, "1×"), (12, "12×"), (Fraction(1, 2), "0.5×"), (Fraction(1, 3), "0.3333×"),
        (Fraction(10349, 10000), "1.035×"), (Fraction(10001, 10000), "1.000×"), (Fraction(9999, 10000), "0.9999×"),
        (Fraction(12345, 7), "1,764×"), (Fraction(1, 15000), "0.00006667×"), (Fraction(100003, 1000), "100.003×"),
        (Fraction(100003, 7000), "14.29×"),
    ],
)  # fmt: skip
def test_ratios_as_text(ratio: Any, text: str) -> None:
    assert times(ratio) == text


def test_differences_bear_their_sign() -> None:
    column = Column("x", "x", signed=True)
    assert [written(column, each) for each in (1234, -1234, 0, None, "a")] == ["+1,234", "-1,234", "0", "", "a"]


# The command ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pair"), GOLDENS.items())
def test_the_tables_at_80_columns(run: Run, golden: Callable[[str, str], None], name: str, pair: str) -> None:
    said = run("compare", *pair.split())
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    golden(name, said.out)


@pytest.mark.parametrize("only", ["totals", "stages", "layers"])
@pytest.mark.parametrize("name", [name for name in names() if format_named(name).table])
def test_every_format_of_tables_writes_comparisons(run: Run, name: str, only: str) -> None:
    said = run("compare", "vgg16", "vgg16_bn", "--format", name, "--only", only)
    assert (said.code, said.err) == (0, "")
    assert {"totals": "Mult-Adds", "stages": "stage5", "layers": "with batch"}[only] in said.out


def test_csv_has_exact_figures(run: Run) -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("compare", "vgg16", "vgg16_bn", "--format", "csv", "--only", "totals").out))
    )
    assert rows[1] == {
        "metric": "Params",
        "a": "138357544",
        "b": "138365992",
        "b_less_a": "8448",
        "b_to_a": "17295749/17294693",
    }


def test_a_side_has_settings_of_its_own(run: Run) -> None:
    sides = ("resnet:units=[3,4,23,3],strided=1", "resnet:units=3,4,23,3,strided=1", "resnet:resnet101,strided=1")
    document = json.loads(run("compare", "resnet101", *sides, "--format", "json").out)
    assert [side["label"] for side in document["sides"]] == ["resnet101", *sides]
    figures = document["totals"]["mult_adds"]["figures"]
    assert figures[0] == 7801405440
    assert figures[1] == figures[2] == figures[3] == 7801405440 - 3 * 56 * 56 * 256 * 128 * 3 // 4


def test_settings_for_all_go_to_those_that_have_them(run: Run) -> None:
    document = json.loads(
        run("compare", "mobilenet_v1", "mobilenet_v1:alpha=1,classes=10", "vgg11", "--alpha", "0.5", "--classes", "7",
            "--input", "64", "--format", "json").out
    )  # fmt: skip
    given = [(side["parameters"].get("alpha"), side["parameters"]["classes"]) for side in document["sides"]]
    assert given == [({"num": 1, "den": 2}, 7), (1, 10), (None, 7)]
    assert [side["inputs"] for side in document["sides"]] == [{"input": [3, 64, 64]}] * 3


def test_a_file_may_have_a_colon_in_its_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    body = "input: [3, 8, 8]\nbody: [conv: {out: c, kernel: 1}]\n"
    text = f"network: net\nparameters: {{c: 2}}\nvariants: {{wide: {{c: 4}}}}\n{body}"
    for name in ("a:b=1.yaml", "a:b.yaml"):
        (tmp_path / name).write_text(text)
    said = run("compare", "a:b=1.yaml", "a:b.yaml:c=3", "a:b.yaml:wide", "--format", "json")
    assert [side["parameters"]["c"] for side in json.loads(said.out)["sides"]] == [2, 3, 4]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["vgg16"], "only vgg16 is given, a comparison wants two networks or more\n    hint: or --git REV"),
        (["vgg16", "--bn", "vgg13"],
         "only vgg16 is given, a comparison wants two networks or more\n"
         "    hint: `bn=vgg13` was read as a setting; write --NAME=true for what has no value"),
        (["vgg16", "vgg13:class=1"],
         "vgg13:class=1: `class` is not a parameter of this spec\n    hint: did you mean `classes`?"),
        (["vgg16", "vgg:vgg17"],
         "vgg:vgg17: vgg has no variant `vgg17`\n    hint: did you mean `vgg19` or `vgg16` or `vgg13`?"),
        (["vgg16", "vgg13:classes=1,classes=2"], "vgg13:classes=1,classes=2: `classes` is set twice: 1 and 2"),
        (["vgg16", "vgg13:classes=x"], "vgg13:classes=x: `classes` is x, a whole number is wanted"),
        (["vgg16", "mobilenet_v1", "--alhpa", "1"],
         "there is no option `--alhpa`: neither the command nor VGG or MobileNet v1 has it\n"
         "    hint: did you mean `--alpha`?"),
        (["vgg16", "vgg13", "--only", "layer"],
         "a comparison has no `layer`\n    hint: did you mean `layers`?"),
        (["vgg16", "vgg13", "--only", "layers", "--format", "json"],
         "a document holds every figure: --only is for tables"),
        (["vgg16", "vgg13", "--format", "junit"],
         "junit is no format of a comparison\n    hint: table, json, csv, markdown or latex"),
        (["vgg16", "vgg13", "--git", "HEAD"], "--git compares one spec with itself, 2 are given"),
    ],
)  # fmt: skip
def test_wrong_usage(run: Run, words: list[str], message: str) -> None:
    said = run("compare", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err == f"{message}\n"
