"""`archcalc ops`: the catalogue in the terminal and as JSON, and the pages of the docs that are made of it."""

from __future__ import annotations

import json

import pytest
from conftest import SPECS, Said
from test_cli import Run

from archcalc.ops._base import HEADINGS, catalogue
from archcalc.ops._fields import MISSING
from archcalc.render.catalogue import markdown
from archcalc.study.catalogue import operator, operators


def test_all_are_listed_by_family(run: Run) -> None:
    said = run("ops")
    assert said.code == 0
    assert [each.name for each in operators()] == list(catalogue())
    lines = said.out.splitlines()
    for family in {each.family for each in operators()}:
        assert family in lines
    for name in catalogue():
        assert any(line.startswith(f"  {name} ") for line in lines)
    assert max(map(len, lines)) <= 80


def test_a_page_has_rules_parameters_defaults_and_words(run: Run) -> None:
    said = run("ops", "max_pool")
    assert said.code == 0
    assert said.out.startswith(
        "max_pool · pool\nThe maximum of a window, on each channel.\n\nRules\n  Shape    (C, *n) -> "
    )
    assert "  kernel    size of the window  [must be given]\n" in said.out
    assert "[default: floor; one of floor, ceil, caffe]\n" in said.out
    assert "  `max_pool: value` gives `kernel`.\n" in said.out


@pytest.mark.parametrize("name", catalogue())
def test_every_operator_has_a_page(run: Run, name: str) -> None:
    said = run("ops", name)
    assert (said.code, said.err) == (0, "")
    assert all(f"\n  {heading} " in said.out for heading in HEADINGS)
    assert max(map(len, said.out.splitlines())) <= 80


@pytest.mark.parametrize("name", catalogue())
def test_rules_are_those_of_the_documentation(name: str) -> None:
    """Nothing is lost, and nothing added but blanks."""
    told = operator(name)
    whole = " ".join(" ".join(rule) for rule in told.rules.items())
    assert tuple(told.rules) == HEADINGS
    assert f"{told.notes} {whole}".split() == told.documentation.split()


def test_json_has_the_same(run: Run) -> None:
    everything = json.loads(run("ops", "--format", "json").out)
    assert [each["name"] for each in everything["operators"]] == list(catalogue())
    one = json.loads(run("ops", "conv", "--format", "json").out)
    assert one == {"schema_version": 1, **next(each for each in everything["operators"] if each["name"] == "conv")}
    assert list(one["rules"]) == list(HEADINGS)
    for parameter, field in zip(one["parameters"], catalogue()["conv"].parameters.values(), strict=True):
        assert (parameter["name"], parameter["needed"]) == (field.name, field.default is MISSING)
    assert one["parameters"][3] == {
        "name": "padding", "needed": False, "default": "valid", "about": "zeros round the map",
        "words": ["valid", "half", "same"],
    }  # fmt: skip


def test_markdown_is_the_page_of_the_docs(run: Run) -> None:
    page = (SPECS.parent / "docs" / "operators" / "conv.md").read_text(encoding="utf-8")
    assert run("ops", "conv", "--format", "markdown").out == markdown(operator("conv")) == page


@pytest.mark.parametrize("format_", ["csv", "markdown", "latex"])
def test_the_list_is_a_table_too(run: Run, format_: str) -> None:
    said = run("ops", "--format", format_)
    assert said.code == 0
    assert len(said.out.splitlines()) > len(catalogue())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("ops cnov", "there is no operator `cnov`\n    hint: did you mean `conv`?\n"),
        ("ops zzzz", "there is no operator `zzzz`\n    hint: `archcalc ops` lists them\n"),
        ("ops conv --format csv", "csv is no format of an operator\n    hint: table, json or markdown\n"),
        ("ops --format junit", "junit is no format of the catalogue\n    hint: table, json, csv, markdown or latex\n"),
    ],
)
def test_what_is_not_there_is_told(run: Run, words: str, message: str) -> None:
    assert run(*words.split()) == Said(2, "", message)
