"""The generated pages on what is printed: nothing that is checked is missing from them, and nothing is made up."""

from __future__ import annotations

import csv
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from archcalc.network import load
from archcalc.render.formats.markdown import escape
from archcalc.spec import zoo
from archcalc.study.law_text import laws_of

ROOT = Path(__file__).parent.parent
ROWS = list(csv.DictReader((ROOT / "tests" / "seeds.csv").read_text(encoding="utf-8").splitlines()))


def module(name: str) -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(ROOT / "docs"))


@pytest.fixture(scope="module")
def printed() -> Iterator[ModuleType]:
    yield from module("printed")


@pytest.fixture(scope="module")
def families() -> Iterator[ModuleType]:
    yield from module("zoo")


def cells(page: str) -> list[list[str]]:
    """The rows of all tables of a page, without the signs of Markdown's."""
    lines = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip().strip("`").replace("\\", "") for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_erratum_is_listed_with_what_is_printed_and_why(printed: ModuleType) -> None:
    [(_, page)] = printed.errata_page()
    listed = {(row[2], row[4]) for row in cells(page)}
    wrong = [each for each in printed.results() if each.kind == "claim" and each.verdict in ("erratum", "unexplained")]
    assert len(wrong) > 20
    assert [each.id for each in wrong if (each.printed, each.note) not in listed] == []
    assert all(each.note for each in wrong)


def test_every_printed_formula_that_is_refuted_is_listed(printed: ModuleType) -> None:
    [(_, page)] = printed.errata_page()
    listed = {row[2]: row for row in cells(page)}
    laws = [law for name in zoo.laws() for law in laws_of(load(name).spec)]
    refuted = [(law, each) for law in laws for each in law.statements if each.refuted and each.source]
    assert refuted
    for law, each in refuted:
        _, what, _, true, why = listed[each.text]
        assert what == f"law: {law.name}"
        assert true in [other.text for other in law.statements if not other.refuted]
        assert "against" in why


@pytest.mark.parametrize(
    ("source", "table", "place"),
    [
        ("Howard et al. 2017, arXiv 1704.04861", "Table 2", "Table 2"),
        ("Iandola et al. 2016, arXiv 1602.07360 (SqueezeNet)", "Table 2", "Table 2"),
        ("Huang et al. 2017, arXiv 1608.06993, section 3", "", "section 3"),
        ("slides CNN Arch 2 (003), MobileNet v2", "", "MobileNet v2"),
        ("summary of common backbones (002)", "LeNet5", "LeNet5"),
        ("Krizhevsky, Sutskever & Hinton 2012", "Figure 2", "Figure 2"),
    ],
)
def test_the_place_in_a_work_is_what_stands_behind_its_name(
    printed: ModuleType, source: str, table: str, place: str
) -> None:
    assert printed.place(printed.Wrong(source, table, "", "", "", "")) == place


def test_sources_of_one_work_stand_together(printed: ModuleType) -> None:
    sources = [
        "Zhou 2017, arXiv 1234.56789 (ANet)", "Zhou 2017, arXiv 1234.56789, section 2", "slides (003)", "A, B & C 2012",
    ]  # fmt: skip
    lines = list(printed.by_work([printed.Wrong(source, "", "w", "1", "2", "y") for source in sources], "##", "true"))
    heads = [line for line in lines if line.startswith("##")]
    assert heads == ["## A, B & C 2012", "## CNN Arch 2 (003)", "## Zhou 2017, arXiv 1234.56789"]


def test_every_figure_of_the_four_documents_is_counted_once(printed: ModuleType) -> None:
    known = {result.id: result for result in printed.results()}
    assert sum(number for _, number in printed.held_by(ROWS, known)) == len(ROWS)
    assert {row["seed_file"][:3] for row in ROWS} == set(printed.DOCUMENTS)


def test_every_figure_outside_an_architecture_has_its_reason_on_the_page(printed: ModuleType) -> None:
    [(_, page)] = printed.figures_page()
    known = {result.id: result for result in printed.results()}
    for row in ROWS:
        outside = row["held_by"] == "reason"
        if row["held_by"] == "claim":
            outside = known[row["holds"]].verdict == "outside"
        reason = printed.why_outside(row, known)
        assert bool(reason) is outside
        assert escape(reason, "") in page


def test_the_page_names_documents_and_not_files(printed: ModuleType) -> None:
    [(_, page)] = printed.figures_page()
    assert not [row for row in ROWS if row["seed_file"] in page]
    assert not re.search(r"\blines? [0-9]|\bseed", page)


@pytest.mark.parametrize(
    ("where", "at"),
    [
        ("SqueezeNet compression table (paper Table 2), lines 449-456", "SqueezeNet compression table (paper Table 2)"),
        ("lines 166-168", ""),
        ("section group conv, line 221", "section group conv"),
        ("line 149 (title)", ""),
    ],
)
def test_lines_of_a_file_are_no_place(printed: ModuleType, where: str, at: str) -> None:
    assert printed.at({"where": where}) == at


def test_the_zoo_has_every_family_and_every_variant(families: ModuleType) -> None:
    [(_, page)] = families.zoo_page()
    head, *sections = page.split("\n## ")
    networks = [load(name) for name in zoo.packaged()]
    assert [section.splitlines()[0] for section in sections] == [network.name for network in networks]
    index = cells(head)[1:]
    for network, section, line in zip(networks, sections, index, strict=True):
        sources = network.source if isinstance(network.source, list) else [network.source]
        assert all(escape(source, "") in " ".join(section.split()) for source in sources)
        if network.spec.body is None:
            assert line[2:] == ["blocks", "", ""]
            continue
        rows = cells(section)
        assert [row[0] for row in rows[2:]] == list(network.variants)
        total = network.report().totals
        assert line[2:] == [str(len(network.variants)), f"{total['mult_adds']:,}", f"{total['params']:,}"]
        assert {line[3], line[4]} <= set(rows[2])
