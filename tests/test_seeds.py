"""Every figure of the four documents that the project began with: held by a claim, a law or a reason.

seeds.csv has a figure a row: what is printed, where, and two columns of our own.
held_by  claim | law | reason
holds    the id of the claim or of the law; the reason in words
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from archcalc.study import checking
from archcalc.study.checks import Result

ROWS = list(csv.DictReader((Path(__file__).parent / "seeds.csv").read_text(encoding="utf-8").splitlines()))

METRICS = {
    "output_size": {"output"},
    "input_size": {"input_size", "output"},  # that of the network is the output of `input`
    "filter_shape": {"filter"},
    "model_size_bytes": {"bytes"},
    "channels": {"channels", "convs", "repeats"},  # a cardinality counts convolutions; branches are repeats
    "ratio": {"bytes", "channels", "params"},
    "sparsity": {"kept"},
    "share_of_mult_adds": {"share_of_mult_adds", "mult_adds"},  # of a part of the network: against that part
}
"""The metrics of a claim, where they are not named like the row's."""

UNITS = {
    "MiB": "",
    "x fewer": "x",
    "M": "m",
    "×10^6": "e6",
    "×10^9": "e9",
    "billion": "billion",
    "million": "million",
    "k": "k",
}
"""What a row's unit begins with, and how a claim writes it behind the number."""


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    return {result.id: result for result in checking.run(checking.specs([]), checking.Only())}


def plainly(printed: str, unit: str = "") -> str:
    """A printed figure without what is only notation: spaces, commas, × for x, `dw`, `Pool`, and the unit beside it."""
    text = re.sub(r"[\s,]|dw$|^pool", "", printed.lower().replace("×", "x"))
    behind = next((short for begins, short in UNITS.items() if unit.startswith(begins)), "")
    return text if text.endswith(tuple(filter(None, UNITS.values()))) else text + behind


def wrong(row: dict[str, str], claim: Result) -> str:
    """What is wrong with a claim that is said to hold a row; empty if nothing is."""
    printed = plainly(row["printed"], row["unit"])
    claimed = plainly(claim.printed, claim.setting.get("unit", ""))
    if claimed != printed:
        return f"the claim prints {claimed}, the row {printed}"
    if claim.metric not in METRICS.get(row["metric"], {row["metric"]}):
        return f"the claim is of {claim.metric}, the row of {row['metric']}"
    return "" if claim.verdict != "differs" else f"the claim differs: {claim.note}"


@pytest.mark.parametrize("line", range(2, len(ROWS) + 2))
def test_a_row_is_held(line: int, results: dict[str, Result]) -> None:
    row = ROWS[line - 2]
    match row["held_by"]:
        case "claim":
            assert row["holds"] in results
            assert wrong(row, results[row["holds"]]) == ""
        case "law":
            assert (results[row["holds"]].kind, results[row["holds"]].verdict) == ("law", "agrees")
        case held_by:
            assert held_by == "reason"
            assert row["holds"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, ""),
        ({"printed": "1.91%"}, "the claim prints 1.19%, the row 1.91%"),
        ({"metric": "share_of_params"}, "the claim is of share_of_mult_adds, the row of share_of_params"),
    ],
)
def test_a_mapping_can_be_wrong(change: dict[str, str], message: str, results: dict[str, Result]) -> None:
    row = next(row for row in ROWS if row["printed"] == "1.19%")
    assert wrong({**row, **change}, results[row["holds"]]) == message


@pytest.mark.parametrize(
    ("printed", "unit", "plain"),
    [
        ("462", "M", "462m"),
        ("462M", "", "462m"),
        ("4.1", "×10^9 FLOPs (=MACs)", "4.1e9"),
        ("~4.1", "billion FLOPs", "~4.1billion"),
        ("240MB", "size", "240mb"),
        ("3×3×32 dw", "", "3x3x32"),
        ("Pool 7×7", "", "7x7"),
        ("60", "M", "60m"),
        ("60", "k", "60k"),
        ("1x", "reduction vs AlexNet", "1x"),
    ],
)
def test_notation_alone_is_no_difference(printed: str, unit: str, plain: str) -> None:
    assert plainly(printed, unit) == plain
