"""`--convention all`: every operation counted, by kind of work; and what is not known is never 0."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import SPECS, Said, Wiring
from op_cases import Case, good, number
from tried import NAMES

import archcalc
from archcalc.engine.graph import Applied, Graph, Node
from archcalc.engine.propagate import Row, propagate
from archcalc.errors import UsageError
from archcalc.ops._base import catalogue
from archcalc.quantities import Facts, Unknown
from archcalc.report.conventions import convention
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.report import Report
from archcalc.values.symbols import Space
from archcalc.values.vector import Vector

ALL = convention("all")
Run = Callable[..., Said]


def row_of(case: Case) -> Row:
    """The operator of a case as the one node of a network, 3 copies of it."""
    rank = len(case.inputs[0]) - 1 if case.inputs else 0
    applied = Applied(catalogue()[case.op](rank, **case.given), case.inputs)
    node = Node(applied, "it", Wiring(1).nodes[0].where, copies=3)
    (row,) = propagate(Graph([node], {}, {}))
    return row


@pytest.mark.parametrize("case", good(), ids=str)
def test_a_multiply_accumulate_is_2_and_all_else_1(case: Case) -> None:
    """The figure of every case of every operator, from what the case expects."""
    expect = case.expect or {}
    work = sum(number(amount) for amount in expect.get("work", {}).values())
    wanted = 2 * number(expect.get("macs", 0)) + number(expect.get("bias_adds", 0)) + work
    assert ALL.figure(row_of(case)) == 3 * wanted


@pytest.mark.parametrize("case", good(), ids=str)
def test_pycls_counts_multiply_accumulates_and_bias_adds(case: Case) -> None:
    """Of every case of every operator; specs/regnet.claims.yaml has the figures that pycls prints itself."""
    expect = case.expect or {}
    assert convention("pycls").figure(row_of(case)) == 3 * (
        number(expect.get("macs", 0)) + number(expect.get("bias_adds", 0))
    )


def test_resnet50_by_hand() -> None:
    """Table 1 of He et al. 2015, arXiv 1512.03385, with the stride at the 3x3 as in torchvision 0.28."""
    normed = relus = 64 * 112**2
    adds = 0
    for width, size, units in ((64, 56, 3), (128, 28, 4), (256, 14, 6), (512, 7, 3)):
        for unit in range(units):
            arriving = 2 * size if unit == 0 and width != 64 else size
            inner, wide = width * arriving**2 + width * size**2, 4 * width * size**2
            normed += inner + wide + (wide if unit == 0 else 0)
            relus += inner + wide
            adds += wide
    macs, pooled = 4_089_184_256, 64 * 56**2  # macs: torchvision 0.28
    report = archcalc.load("resnet50").report(convention="all")
    assert report.work() == {
        "macs": macs,
        "bias_adds": 1000,
        "multiplies": normed,
        "adds": normed + adds + 2048 * 48 + (2 * 1000 - 1),
        "compares": relus + pooled * (9 - 1) + (1000 - 1),
        "divisions": 2048 + 1000,
        "exponentials": 1000,
    }
    assert report.totals["operations"] == 2 * macs + 1000 + 2 * normed + adds + relus + 8 * pooled + 2048 * 49 + 4998
    assert report.total("operations") == sum(report.work().values()) + macs
    assert list(report.totals) == ["operations", "mult_adds", "params", "activations"]


def test_mult_adds_stay_what_they_are() -> None:
    one, other = (archcalc.load("mobilenet_v1").report(convention=name) for name in (None, "all"))
    assert one.totals == {name: other.totals[name] for name in one.totals}
    assert "operations" not in one.to_dict()["totals"]
    assert one.to_dict()["layers"] == [
        {key: value for key, value in layer.items() if key not in ("operations", "work")}
        for layer in other.to_dict()["layers"]
    ]


def test_every_kind_of_work_is_listed_on_the_page_of_json() -> None:
    page = (SPECS.parent / "docs" / "json.md").read_text(encoding="utf-8").split("## `--convention`")[1]
    stated = {kind for case in good() for kind in (case.expect or {}).get("work", {})} | {"macs", "bias_adds"}
    assert stated == {kind for kind in stated if f"`{kind}`" in page.split("\n## ")[0]}


@pytest.mark.parametrize("name", NAMES)
def test_json_has_the_work_by_kind(name: str) -> None:
    document = archcalc.load(name).report(convention="all").to_dict(by="stage")
    assert document["convention"]["name"] == "all"
    for part in (document["totals"], *document["layers"], *document["groups"]):
        work = dict(part["work"])
        assert part["mult_adds"] == work.get("macs", 0)
        assert part["operations"] == sum(work.values()) + work.get("macs", 0)
    for kind, figure in document["totals"]["work"].items():
        for parts in ("layers", "groups"):
            assert figure == sum(part["work"].get(kind, 0) for part in document[parts])


# What is not known ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [Space().symbol("h", minimum=14, whole=True), Vector.of([14, 15])])
def test_an_unknown_amount_makes_a_bound_or_nothing_never_0(size: Any, wiring: type[Wiring]) -> None:
    net = wiring(8, size, size)
    net.add("adaptive_avg_pool", "mean", size=4)
    net.add("adaptive_max_pool", "max", (0,), size=4)
    report = Report.of(net.graph(), convention="all")
    _, mean, most = report.rows
    figure = ALL.figure(mean)
    assert isinstance(figure, AtLeast)
    assert figure.value == 8 * 16  # the divisions, which are known
    assert "overlap" in figure.reason
    assert isinstance(ALL.figure(most), Unavailable)
    assert report.total("operations").value == 8 * 16
    work = report.work()
    assert work["divisions"] == 8 * 16
    assert isinstance(work["adds"], Unavailable)
    assert isinstance(work["compares"], Unavailable)


def test_a_bound_is_printed_as_one(wiring: type[Wiring], monkeypatch: pytest.MonkeyPatch) -> None:
    from archcalc.render.formats import Screen
    from archcalc.render.formats.table import write
    from archcalc.render.report import table

    monkeypatch.setattr(
        catalogue()["relu"], "facts", lambda op, y, x: Facts(work={"compares": 5, "adds": Unknown("who knows")})
    )
    net = wiring(1, 2, 2)
    net.add("relu", "relu")
    report = Report.of(net.graph(), network="Small", convention="all")
    document = report.to_dict()
    assert document["totals"]["operations"] == 5
    assert document["totals"]["status"] == {"operations": {"status": "lower_bound", "reason": "who knows"}}
    assert document["layers"][1]["work"] == {
        "compares": 5,
        "adds": None,
        "status": {"adds": {"status": "unavailable", "reason": "who knows"}},
    }
    text = write(table(report), Screen())
    assert "Operations       ≥ 5\n" in text
    assert "who knows" in text


# The command line ----------------------------------------------------------------------------------------------------


def test_the_table_names_the_convention(run: Run, golden: Callable[[str, str], None]) -> None:
    said = run("report", "mobilenet_v1", "--convention", "all", "--by", "stage")
    assert (said.code, said.err) == (0, "")
    golden("mobilenet_v1-all-stages.txt", said.out)


def test_shares_are_of_what_is_counted() -> None:
    from archcalc.report.metrics import metric

    report = archcalc.load("resnet50").report(convention="all")
    groups = report.groups("op")
    assert sum(report.figure(metric("share"), group.rows) for group in groups) == 1
    relus = next(group for group in groups if group.name == "relu")
    assert report.figure(metric("share"), relus.rows) * report.total("operations") == 9_608_704


def test_variants_and_columns_know_operations(run: Run) -> None:
    document = json.loads(run("report", "resnet", "--variants", "--convention", "all", "--format", "json").out)
    assert {entry["convention"]["name"] for entry in document["variants"]} == {"all"}
    by_name = {entry["variant"]: entry["totals"] for entry in document["variants"]}
    said = run("report", "resnet", "--variants", "--columns", "operations", "--format", "csv")
    assert f"resnet50,{by_name['resnet50']['operations']}\n" in said.out
    said = run("report", "resnet", "--variants", "--convention", "all", "--format", "csv")
    assert said.out.splitlines()[0].endswith("operations,params,activations,receptive_field")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--convention al", "there is no convention `al`\n    hint: did you mean `all`?\n"),
        ("--convention all --style paper", "--style paper does not go with --convention\n"),
    ],
)
def test_wrong_usage(words: str, message: str, run: Run) -> None:
    said = run("report", "lenet5", *words.split())
    assert (said.code, said.err) == (2, message)
    with pytest.raises(UsageError):
        archcalc.load("lenet5").report(convention="al")
