"""Receptive fields that others published (fields/published.csv), each at the layer of the spec that is their network.

Where the published figure is wrong, `true` is what the recurrences give; the source's own figure stands beside it.
"""

import csv
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import archcalc
from archcalc.fields import Range, Span
from archcalc.network import Network
from archcalc.study.field.layers import Fields, Layer
from archcalc.study.field.residues import Anyhow, of_any_size
from archcalc.study.field.units import box

FOLDER = Path(__file__).parent / "fields"
Published = dict[str, str]
with (FOLDER / "published.csv").open(encoding="utf-8") as file:
    PUBLISHED = list(csv.DictReader(file))
UNSAID = ("n/a", "none", "None", "")


def network(spec: str, variant: str = "") -> Network:
    """One of tests/fields, else a packaged one."""
    path = FOLDER / f"{spec}.yaml"
    return archcalc.load(str(path) if path.exists() else spec, variant=variant or None)


@cache
def fields(spec: str, variant: str, size: str) -> Fields:
    return Fields(network(spec, variant).report(input=int(size) if size.isdigit() else None))


@cache
def at_any_size(spec: str, variant: str) -> dict[str, Anyhow]:
    return {layer.path: layer for layer in of_any_size(network(spec, variant), {}).layers}


def named(layers: list[Layer], row: Published) -> Layer:
    """The layer of this path, else the last of those inside it."""
    path = row["layer"]
    return [layer for layer in layers if f"{layer.row.node.path}/".startswith(f"{path}/")][-1]


def an_axis(text: str, axes: int) -> list[int | None]:
    """`32` on each axis, or `1x2`; None where it is not said."""
    if text in UNSAID:
        return [None] * axes
    sizes: list[int | None] = [int(size) for size in text.split("x")]
    return sizes if len(sizes) > 1 else sizes * axes


def expected(row: Published, axes: int) -> tuple[list[int | None], list[int | None], list[int | None]]:
    """Size, stride and padding on each axis."""
    size, stride, padding = [int(row["height"]), int(row["width"])][2 - axes :], row["stride"], row["padding"]
    if row["true"]:
        true, *others = row["true"].split("/")
        size = [int(true)] * axes
        stride, padding = others or (stride, padding)
    return [*size], an_axis(stride, axes), an_axis(padding, axes)


def say(row: Published) -> str:
    return "-".join(re.sub(r"\W+", "_", row[key]) for key in ("network", "place", "input"))


FIELDS = [row for row in PUBLISHED if row["height"] != "ValueError"]


@pytest.mark.parametrize("row", FIELDS, ids=say)
def test_a_published_field(row: Published) -> None:
    found = fields(row["spec"], row["variant"], row["input"])
    layer = named(found.layers, row)
    assert layer.sights, layer.unknown
    axes = len(layer.sights)
    sizes, strides, paddings = expected(row, axes)
    if row["unit"]:
        box_ = box(found, found.layers.index(layer), [int(row["unit"])] * axes)
        assert [span and span.size for span in box_.whole] == sizes
        return
    for sight, size, stride, padding in zip(layer.sights, sizes, strides, paddings, strict=True):
        if row["least"]:
            assert sight.size in (size, Range(int(row["least"]), size))
            assert (sight.size == size) is (int(row["least"]) == size)
        else:
            assert sight.size == size
        assert stride is None or sight.stride == stride
        if padding is not None:
            assert sight.before == padding
    for name in ("narrowest", "widest"):
        if row[name]:
            assert [getattr(sight, name) for sight in layer.sights] == an_axis(row[name], axes)


@pytest.mark.parametrize("row", [row for row in FIELDS if row["input"] == "None"], ids=say)
def test_a_published_field_at_any_size(row: Published) -> None:
    """Where padding is `None`, the source leaves it open; ours is a function that meets what it says at each size."""
    path = named(fields(row["spec"], row["variant"], "").layers, row).row.node.path
    layer = at_any_size(row["spec"], row["variant"])[path]
    assert layer.axes, layer.unknown
    for axis, size in zip(layer.axes, (row["height"], row["width"]), strict=True):
        assert axis.size.values == (int(size),)
        assert axis.before is not None
        assert str(axis.stride) == row["stride"]
        if row["padding"] != "None":
            assert axis.before.values == (int(row["padding"]),)
            continue
        same = ("network", "place", "spec", "variant")
        others = [other for other in FIELDS if all(other[key] == row[key] for key in same) and other["input"].isdigit()]
        assert others
        for other in others:
            assert axis.before.values[int(other["input"]) % len(axis.before.values)] == int(other["padding"])


@pytest.mark.parametrize("row", [row for row in PUBLISHED if row not in FIELDS], ids=say)
def test_a_published_error_is_unaligned(row: Published) -> None:
    found = fields(row["spec"], row["variant"], row["input"])
    assert found.meets
    assert named(found.layers, row).meet is not None


@pytest.mark.parametrize("row", [row for row in FIELDS if row["source"].startswith(("google", "distillpub"))], ids=say)
def test_what_google_prints_is_aligned(row: Published) -> None:
    """Its tool refuses all else, where it knows the size; at None it may not know."""
    if row["padding"] != "None":
        assert named(fields(row["spec"], row["variant"], row["input"]).layers, row).meet is None


def test_a_published_box() -> None:
    """Fangyh09/pytorch-receptive-field, receptive_field_for_unit: [62, 161) on both axes, unit (6, 6) of layer 8."""
    found = fields("alexnet", "alexnet_torchvision", "224")
    (row,) = [row for row in PUBLISHED if "unit (6;6)" in row["place"]]
    layer = named(found.layers, row)
    assert box(found, found.layers.index(layer), (6, 6)).whole == (Span(62, 160), Span(62, 160))


def test_the_outputs_of_an_unaligned_merge() -> None:
    """Distill, figure 4: widths 7, 6, 5 and 6, the first with two of padding."""
    found = fields("distill_4", "", "any")
    boxes = [box(found, len(found.rows) - 1, [o]) for o in range(4)]
    assert [each.whole[0] and each.whole[0].size for each in boxes] == [7, 6, 5, 6]
    assert boxes[0].inside == (Span(0, 4),)
    assert boxes[0].padding == Fraction(2, 7)
