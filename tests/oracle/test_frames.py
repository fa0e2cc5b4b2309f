"""Reports as dataframes of pandas and polars: every value as it is in the JSON document, exactly."""

import subprocess
import sys
from typing import Any

import pandas
import polars
import pytest

import archcalc
from archcalc.report.frame import Column, Frame

NAMES = ["resnet18", "mobilenet_v1", "vgg11"]


def layers(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = archcalc.load(name).report().to_dict()["layers"]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_pandas_has_the_documents_values(name: str) -> None:
    found = archcalc.load(name).report().to_pandas()
    for key in ("path", "op", "mult_adds", "params", "activations", "from", "output", "copies"):
        assert found[key].tolist() == [layer[key] for layer in layers(name)], key
    assert [int(size) for size in found["receptive_field_size"].str[0]] == [
        layer["receptive_field"]["size"][0] for layer in layers(name)
    ]
    assert str(found["mult_adds"].dtype) == "Int64"
    assert str(found["receptive_field_whole"].dtype) == "boolean"
    assert found["status"].isna().all()
    assert found["shared"].isna().all()


@pytest.mark.parametrize("name", NAMES)
def test_polars_has_the_documents_values(name: str) -> None:
    report = archcalc.load(name).report()
    found = report.to_polars()
    for key in ("path", "op", "mult_adds", "params", "activations", "from", "output", "copies", "shared"):
        assert found[key].to_list() == [layer[key] for layer in layers(name)], key
    assert found.schema["mult_adds"] == polars.Int64
    assert found.schema["output"] == polars.List(polars.Int64)
    assert found.schema["input"] == polars.List(polars.List(polars.Int64))
    assert found.schema["status"] == polars.String
    assert found["status"].null_count() == len(found)
    assert polars.DataFrame(report).equals(found)
    assert polars.from_dataframe(report).equals(found)


def test_groups() -> None:
    report = archcalc.load("resnet18").report()
    groups = report.to_dict(by="stage")["groups"]
    for found in (report.to_pandas(by="stage"), report.to_polars(by="stage")):
        assert list(found["name"]) == [group["name"] for group in groups]
        assert list(found["mult_adds"]) == [group["mult_adds"] for group in groups]
    by_op = report.to_polars().group_by("op").agg(polars.col("params").sum())
    assert dict(by_op.iter_rows()) == {row.name: row.params for row in report.to_pandas(by="op").itertuples()}


ODD = Frame([
    Column("whole", ("l",), [2**63 - 1, None, -(2**63)]),
    Column("text", ("U",), [str(2**64), None, ""]),
    Column("truth", ("b",), [True, None, False]),
    Column("lists", ("+L", "+L", "l"), [[[1, 2], []], [], [[3]]]),
])  # fmt: skip


def test_the_ends_of_64_bits_and_what_is_missing_stay() -> None:
    expected = {name: values for name, _, values in ODD.columns}
    assert ODD.to_polars().to_dict(as_series=False) == expected
    found = ODD.to_pandas()
    assert int(found["whole"][0]) == 2**63 - 1
    assert int(found["whole"][2]) == -(2**63)
    for name in ("whole", "text", "truth"):
        assert found[name].isna().tolist() == [False, True, False]
    assert found["lists"].tolist() == expected["lists"]


def test_no_rows() -> None:
    empty = Frame([Column("name", ("U",), []), Column("params", ("l",), []), Column("from", ("+L", "U"), [])])
    assert empty.to_polars().shape == (0, 3)
    assert empty.to_pandas().shape == (0, 3)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_frame_may_live_to_the_end_of_the_process(library: str) -> None:
    """polars reads the buffers where they are, and lets go of them when it likes."""
    code = f"import archcalc\nframe = archcalc.load('vgg11').report().to_{library}()\nprint(len(frame))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_frame_outlives_its_report() -> None:
    frames = [archcalc.load("vgg11").report().to_polars() for _ in range(20)]
    assert all(frame.equals(frames[0]) for frame in frames)
    assert pandas.DataFrame({"params": frames[-1]["params"].to_list()})["params"].sum() == 132_863_336  # torchvision's
