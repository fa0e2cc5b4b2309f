"""The report: figures and their statuses, metrics, groups, and the JSON document."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Wiring
from tried import NAMES

import archcalc
from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row, propagate
from archcalc.errors import UsageError
from archcalc.fields import Listed, Span
from archcalc.report.conventions import Convention, conventions
from archcalc.report.conventions import convention as convention_named
from archcalc.report.document import plain
from archcalc.report.figures import AtLeast, Unavailable, ratio, total
from archcalc.report.groups import GROUPINGS
from archcalc.report.metrics import Count, metric, metrics
from archcalc.report.report import Report


def small(wiring: type[Wiring]) -> Report:
    """A stem with a norm and an activation, a residual block, a classifier."""
    net = wiring(3, 8, 8)
    net.add("conv", "stem/conv", out=4, kernel=3, padding="half", bias=False)
    net.add("batch_norm", "stem/batch_norm")
    start = net.add("relu", "relu")
    net.add("conv", "Block/branch/conv", out=4, kernel=3, padding="half", block=1)
    end = net.add("relu", "Block/branch/relu", block=1)
    net.add("add", "Block/add", (start, end), block=1)
    net.add("max_pool", "pool", kernel=2)
    net.add("global_avg_pool", "global_avg_pool")
    net.add("linear", "classifier", out=10)
    return Report.of(net.graph(), network="Small")


def test_figures_of_a_small_network_are_those_counted_by_hand(wiring: type[Wiring]) -> None:
    report = small(wiring)
    assert report.totals == {
        "mult_adds": 64 * 4 * 27 + 64 * 4 * 36 + 40,
        "params": 4 * 27 + 8 + (4 * 36 + 4) + (40 + 10),
        "activations": 64 * 4 + 64 * 4 + 10,
    }
    assert report.total("weight") == 4 * 27 + 4 * 36 + 40
    assert (report.total("bias"), report.total("norm"), report.total("statistics")) == (4 + 10, 8, 8)
    assert report.total("nodes") == 10
    assert plain(report.receptive_field) == {"size": [6, 6], "stride": [2, 2], "padding": [2, 2], "whole": True}


@pytest.mark.parametrize(
    ("spec", "settings", "mult_adds", "params"),
    [  # torchvision 0.28; Howard et al. 2017, 11010048*alpha^2*h^2 + 576000*alpha*h^2 + 1024000*alpha at input 32*h
        ("resnet50", {}, 4_089_184_256, 25_557_032),
        ("vgg16", {}, 15_470_264_320, 138_357_544),
        ("mobilenet_v1", {}, 568_740_352, 4_231_976),
        ("mobilenet_v1", {"alpha": "0.75"}, 303_464_448 + 21_168_000 + 768_000, 2_585_560),
    ],
)
def test_published_totals(spec: str, settings: dict[str, str], mult_adds: int, params: int) -> None:
    totals = archcalc.load(spec).report(**settings).totals
    assert (totals["mult_adds"], totals["params"]) == (mult_adds, params)


def test_copies_multiply_work_weights_and_activations(wiring: type[Wiring]) -> None:
    net = wiring(2, 5, 5)
    net.add("conv", "conv", out=3, kernel=1, copies=7)
    report = Report.of(net.graph())
    assert report.totals == {"mult_adds": 7 * 25 * 6, "params": 7 * 9, "activations": 7 * 75}
    assert report.total("nodes") == 1 + 7
    assert report.to_dict()["layers"][1]["copies"] == 7
    assert metric("op").over(report.rows[1:]) == "7x conv 1x1"


def test_shared_weights_count_once(wiring: type[Wiring]) -> None:
    net = wiring(2, 5, 5)
    first = net.add("conv", "first", out=2, kernel=3, padding="half")
    net.add("conv", "second", out=2, kernel=3, padding="half", shared=first)
    report = Report.of(net.graph())
    assert report.totals["params"] == 2 * 18 + 2
    assert report.totals["mult_adds"] == 2 * 25 * 36
    entry = report.to_dict()["layers"][2]
    assert (entry["shared"], entry["params"], set(entry["weights"].values())) == ("first", 0, {0})


# Figures -------------------------------------------------------------------------------------------------------------


def test_a_total_is_exact_a_bound_or_unavailable() -> None:
    assert total([1, 2, Fraction(1, 2)]) == Fraction(7, 2)
    assert total([]) == 0
    assert total([1, Unavailable("why"), 2]) == AtLeast(3, "why")
    assert total([1, AtLeast(4, "a"), Unavailable("b"), Unavailable("a")]) == AtLeast(5, "a; b")
    assert total([Unavailable("a"), Unavailable("b")]) == Unavailable("a; b")


def test_a_share_is_exact_or_says_why_not() -> None:
    assert ratio(3, 12) == Fraction(1, 4)
    assert ratio(AtLeast(3, "why"), 12) == AtLeast(Fraction(1, 4), "why")
    assert ratio(Unavailable("why"), 12) == Unavailable("why")
    assert ratio(0, 0) == Unavailable("the total is 0")
    assert ratio(3, AtLeast(12, "why")) == Unavailable("the total is not known: why")


def partial() -> Convention:
    """Knows convolutions alone, and counts 2 for a multiply-accumulate and 1 for a bias."""
    return Convention("partial", "half of it", "this test", {"conv": {"macs": 2, "bias_adds": 1}, "input": {}})


def test_a_convention_weighs_facts_and_admits_what_it_does_not_know(wiring: type[Wiring]) -> None:
    rows = small(wiring).rows
    figures = {row.node.path: partial().figure(row) for row in rows}
    assert figures["input"] == 0
    assert figures["stem/conv"] == 2 * 64 * 4 * 27
    assert figures["Block/branch/conv"] == 2 * 64 * 4 * 36 + 64 * 4
    assert figures["classifier"] == Unavailable("partial says nothing of `linear`")
    whole = total(figures.values())
    assert isinstance(whole, AtLeast)
    assert whole.value == figures["stem/conv"] + figures["Block/branch/conv"]


@pytest.fixture
def partly_known(wiring: type[Wiring], monkeypatch: pytest.MonkeyPatch) -> Report:
    """The small network with Mult-Adds of which those of the classifier are unknown."""
    known = metric("mult_adds").rule
    unknown = Unavailable("linear layers have a day off")
    monkeypatch.setattr(
        type(metric("mult_adds")), "rule", lambda _, row: unknown if row.node.path == "classifier" else known(row)
    )
    return small(wiring)


def test_what_is_not_exact_has_its_name_in_status(partly_known: Report) -> None:
    document = partly_known.to_dict(by="stage")
    reason = "linear layers have a day off"
    assert document["totals"]["mult_adds"] == 64 * 4 * 27 + 64 * 4 * 36
    assert document["totals"]["status"] == {"mult_adds": {"status": "lower_bound", "reason": reason}}
    *others, classifier = document["layers"]
    assert classifier["mult_adds"] is None
    assert classifier["status"] == {"mult_adds": {"status": "unavailable", "reason": reason}}
    assert not any("status" in entry for entry in others)
    assert [group["name"] for group in document["groups"] if "status" in group] == ["classifier"]


def test_an_unknown_receptive_field_is_null_with_a_reason(wiring: type[Wiring]) -> None:
    net = wiring(4, 10)
    net.add("permute", "permute", axes=[1, 0])
    document = Report.of(net.graph()).to_dict()
    assert document["receptive_field"] == {"size": None, "stride": None, "padding": None, "whole": True}
    assert document["status"]["receptive_field"]["status"] == "unavailable"
    assert document["layers"][-1]["status"]["receptive_field"]["reason"] == "`permute` makes channels of axis 1"


def test_the_receptive_field_of_a_merge_that_is_not_aligned_has_no_stride(wiring: type[Wiring]) -> None:
    """Outputs 0 to 3 see 0..1, 2..3, 4..5, 6..7 by `near`; cells 0..1, 1..2, 3..4, 4..5 of `far`, so 0..3, 1..4, 3..6,
    4..7: together 0..3, 1..4, 3..6, 4..7, four pixels each, at no one distance.
    """
    net = wiring(1, 8, 8)
    near = net.add("max_pool", "near", kernel=2)
    far = net.add("avg_pool", "far", (0,), kernel=3, stride=1)
    crop = net.add("adaptive_avg_pool", "crop", (far,), size=4)
    add = net.add("add", "add", (near, crop))
    report = Report.of(net.graph())
    field = {"size": [4, 4], "stride": None, "padding": [0, 0], "whole": False}
    assert report.to_dict()["receptive_field"] == field
    (height, _) = report.rows[add].reach.local  # type: ignore[misc]
    assert isinstance(height, Listed)
    assert height.cells == (Span(0, 3), Span(1, 4), Span(3, 6), Span(4, 7))
    assert height.why == "branches of strides 2 and 3/2 meet: not one sliding window"


# Groups --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", [*GROUPINGS, 1, 2, 3])
def test_each_row_is_in_one_group_and_sums_are_kept(name: str, how: Any) -> None:
    report = archcalc.load(name).report()
    groups = report.groups(level=how) if isinstance(how, int) else report.groups(how)
    assert sorted(id(row) for group in groups for row in group.rows) == sorted(map(id, report.rows))
    assert len({group.name for group in groups}) == len(groups)
    for each in metrics().values():
        if isinstance(each, Count):
            assert total(report.figure(each, group.rows) for group in groups) == report.figure(each, report.rows)


def test_a_layer_has_the_norm_and_the_activation_behind_it(wiring: type[Wiring]) -> None:
    groups = {group.name: [row.node.path for row in group.rows] for group in small(wiring).groups()}
    assert groups == {
        "input": ["input"],
        "stem": ["stem/conv", "stem/batch_norm", "relu"],
        "Block/branch": ["Block/branch/conv", "Block/branch/relu"],
        "Block/add": ["Block/add"],
        "pool": ["pool"],
        "global_avg_pool": ["global_avg_pool"],
        "classifier": ["classifier"],
    }


def test_a_layer_has_the_norm_before_it_where_that_follows_none(wiring: type[Wiring]) -> None:
    net = wiring(4, 8, 8)
    net.add("max_pool", "pool", kernel=2)
    net.add("batch_norm", "Unit/batch_norm")
    net.add("relu", "Unit/relu")
    net.add("conv", "Unit/conv", out=4, kernel=1)
    net.add("relu", "Unit/relu2")
    groups = Report.of(net.graph()).groups()
    assert [group.name for group in groups] == ["input", "pool", "Unit"]
    assert metric("op").over(groups[-1].rows) == "conv 1x1"


def test_an_activation_alone_begins_no_layer(wiring: type[Wiring]) -> None:
    net = wiring(4, 8, 8)
    net.add("max_pool", "pool", kernel=2)
    net.add("relu", "relu")
    net.add("conv", "conv", out=4, kernel=1)
    assert [group.name for group in Report.of(net.graph()).groups()] == ["input", "pool", "relu", "conv"]


def test_blocks_are_whole_and_what_stands_outside_goes_by_layer(wiring: type[Wiring]) -> None:
    names = [group.name for group in small(wiring).groups("block")]
    assert names == ["input", "stem", "Block", "pool", "global_avg_pool", "classifier"]
    assert [group.name for group in small(wiring).groups("stage")][:4] == ["input", "stem", "relu", "Block"]
    assert [group.name for group in small(wiring).groups(level=2)][3:5] == ["relu", "Block/branch"]


def test_unknown_names_are_usage_errors_with_near_names(wiring: type[Wiring]) -> None:
    for call, hint in (
        (lambda: small(wiring).groups("stages"), "stage"),
        (lambda: metric("mult_add"), "mult_adds"),
        (lambda: convention_named("multadds"), "mult_adds"),
    ):
        with pytest.raises(UsageError, match=f"`{hint}`"):
            call()


# Metrics -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(metrics()))
def test_every_metric_has_a_title_a_sentence_and_a_figure_of_every_node(name: str, wiring: type[Wiring]) -> None:
    each = metrics()[name]
    assert each.title
    assert each.summary().endswith(".")
    assert each.unit or not isinstance(each, Count)
    for row in small(wiring).rows:
        each.rule(row)


def test_every_convention_says_what_it_counts_and_where_that_is_written() -> None:
    for name, each in conventions().items():
        assert each.name == name
        assert each.counts
        assert each.source


def test_operators_are_shown_with_their_windows_and_groups(wiring: type[Wiring]) -> None:
    def shown(op: str, **given: Any) -> str:
        net = wiring(4, 16, 16)
        net.add(op, "layer", **given)
        return str(metric("op").over(Report.of(net.graph()).rows[1:]))

    assert shown("conv", out=4, kernel=3) == "conv 3x3"
    assert shown("conv", out=4, kernel=[1, 7], stride=2) == "conv 1x7/2"
    assert shown("conv", out=4, kernel=3, stride=[1, 2], groups=4) == "conv 3x3/1x2 groups 4"
    assert shown("max_pool", kernel=2) == "max_pool 2x2/2"
    assert shown("relu") == "relu"


# The document --------------------------------------------------------------------------------------------------------

DOCS = (Path(__file__).parent.parent / "docs" / "json.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_layers_of_the_document_add_up(name: str) -> None:
    document = archcalc.load(name).report().to_dict()
    for figure in ("mult_adds", "params", "activations"):
        assert sum(entry[figure] for entry in document["layers"]) == document["totals"][figure]
    for entry in document["layers"]:
        weights = entry["weights"]
        assert weights["weight"] + weights["bias"] + weights["norm"] == entry["params"]
    paths = [entry["path"] for entry in document["layers"]]
    assert len(set(paths)) == len(paths)
    for at, entry in enumerate(document["layers"]):
        assert set(entry["from"]) <= set(paths[:at])
    assert json.loads(json.dumps(document)) == document


def test_the_document_has_the_keys_that_its_page_lists(wiring: type[Wiring]) -> None:
    def listed(title: str) -> set[str]:
        section = DOCS.split(f"\n## {title}\n")[1].split("\n## ")[0]
        return {key for line in section.splitlines() for key in re.findall(r"^\| `(\w+)` ", line)}

    document = small(wiring).to_dict(by="layer")
    assert set(document) == listed("The document")
    for entry in document["layers"]:
        assert set(entry) == listed("An entry of `layers`")


def test_the_example_on_the_page_is_what_comes_out() -> None:
    from archcalc.render.formats.json import write

    text = write(archcalc.load("mobilenet_v1").report(alpha="0.75").to_dict())
    example = DOCS.split("head -11\n")[1].split("```")[0]
    assert text.startswith(example)


def test_inputs_of_an_operator_are_a_shape_of_a_merge_a_list(wiring: type[Wiring]) -> None:
    entries = {entry["path"]: entry for entry in small(wiring).to_dict()["layers"]}
    assert entries["input"]["input"] is None
    assert entries["stem/conv"]["input"] == [3, 8, 8]
    assert entries["Block/add"]["input"] == [[4, 8, 8], [4, 8, 8]]
    assert entries["Block/add"]["from"] == ["relu", "Block/branch/relu"]
    assert entries["Block/add"]["name"] == "add"
    assert entries["stem/conv"]["where"] == {"file": "hand.yaml", "line": 1, "column": 1}


def test_several_outputs_have_names_the_main_one_first(wiring: type[Wiring]) -> None:
    net = wiring(2, 4, 4)
    head = net.add("conv", "head", out=5, kernel=4)
    main = net.add("conv", "body", (0,), out=1, kernel=1)
    net.outputs = {"main": main, "head": head}
    document = Report.of(net.graph()).to_dict()
    assert list(document["outputs"].items()) == [("main", [1, 4, 4]), ("head", [5, 1, 1])]
    assert document["receptive_field"]["size"] == [1, 1]


def test_parameters_are_plain_values() -> None:
    assert plain(Fraction(3, 4)) == {"num": 3, "den": 4}
    assert plain([1, Fraction(1, 3), "B", True]) == [1, {"num": 1, "den": 3}, "B", True]


def test_rows_are_where_a_metric_reads_and_nothing_else(wiring: type[Wiring]) -> None:
    report = small(wiring)
    assert all(isinstance(row, Row) for row in report.rows)
    assert repr(report) == "<Report of Small: 10 nodes>"


def test_receptive_fields_are_found_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def propagated(graph: Graph) -> list[Row]:
        asked.append(graph)
        return propagate(graph)

    monkeypatch.setattr("archcalc.report.rows.propagate", propagated)
    report = archcalc.load("resnet50").report()
    assert report.totals["params"] == 25_557_032
    assert not asked
    assert [row.reach for row in report.rows] == [row.reach for row in propagate(report.graph)]
    assert asked == [report.graph]


# Inputs from Python --------------------------------------------------------------------------------------------------

TWO_INPUTS = """\
network: Two
input: {image: [3, 8, 8], mask: [1, 8, 8]}
body:
  - concat: [image, mask]
  - conv: {out: 4, kernel: 3}
"""


def test_an_input_is_a_shape_or_what_the_command_line_takes(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(TWO_INPUTS)
    network = archcalc.load(str(path))
    for given in (
        {"image": (3, 12, 10), "mask": [1, 12, 10]},
        {"image": "12x10", "mask": (12, 10)},
        "image=12x10,mask=12x10",
    ):
        assert network.report(input=given).total("mult_adds") == 10 * 8 * 4 * 4 * 9
    for square in ({"image": 12, "mask": "12"}, {"image": (12,), "mask": (1, 12, 12)}):
        assert network.report(input=square).total("mult_adds") == 10 * 10 * 4 * 4 * 9
    assert network.report(input={}).total("mult_adds") == 6 * 6 * 4 * 4 * 9


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"image": (3, 64, 64)}, "there is no input `image`"),
        ({"inptu": (3, 64, 64)}, "did you mean `input`"),
        ({"input": (3, 64, 64), "mask": 64}, "there is no input `mask`"),
        ({1: (3, 64, 64)}, "there is no input `1`"),
        ({"input": (3, 64, 64, 64)}, "2 axes"),
        ({"input": ()}, "whole number"),
        ({"input": None}, "whole number"),
        ((3, 64.0, 64), "whole number"),
        ((3, "64x64"), "whole number"),
        ((3, Fraction(129, 2), 64), "whole number"),
        ((True, 64, 64), "whole number"),
        ((3, 0, 64), "whole number"),
        ([3, -64, 64], "whole number"),
        ((3, 10**9, 64), "whole number"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(given: Any, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        archcalc.load("resnet18").report(input=given)
    assert message in str(raised.value)


# Pickles and copies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v1", "googlenet_train", "vit"])
@pytest.mark.parametrize("again", [lambda report: pickle.loads(pickle.dumps(report)), copy.deepcopy, copy.copy])
def test_a_report_can_be_pickled_and_copied(name: str, again: Callable[[Report], Report]) -> None:
    report = archcalc.load(name).report()
    whole = report.to_dict("stage")
    other = again(report)
    assert other is not report
    assert other.to_dict("stage") == whole
    assert again(report.rows[-1]).reach == report.rows[-1].reach  # type: ignore[arg-type,attr-defined]


def test_neither_a_pickle_nor_a_copy_wants_receptive_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = archcalc.load("resnet18").report().receptive_field
    report = archcalc.load("resnet18").report()
    with monkeypatch.context() as patched:
        patched.setattr("archcalc.report.rows.propagate", None)
        others = [pickle.loads(pickle.dumps(report)), copy.deepcopy(report)]
        assert [other.totals for other in others] == [report.totals] * 2
    assert [other.receptive_field for other in others] == [wanted] * 2
