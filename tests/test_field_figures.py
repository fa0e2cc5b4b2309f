"""Receptive fields that others state in other ways: halos of tiles, formulas, fields that repeat."""

import csv
from pathlib import Path
from typing import Any

import pytest
from test_field_published import at_any_size, fields, named, network

from archcalc.engine.propagate import propagate
from archcalc.fields import Range
from archcalc.study.field.layers import Fields
from archcalc.study.field.tiles import Tiling, tiling

with (Path(__file__).parent / "fields" / "halos.csv").open(encoding="utf-8") as file:
    HALOS = [
        (int(row["depth"]), kernel, int(row["pool"]), int(row[f"kernel {kernel}"]))
        for row in csv.DictReader(file)
        for kernel in (3, 5, 7)
    ]


def tiles(variant: str = "", **settings: Any) -> Tiling:
    found = Fields(network("csbdeep", variant).report(**settings))
    (along,) = tiling(found, len(found.rows) - 1)
    return along


@pytest.mark.parametrize(("depth", "kernel", "pool", "halo"), HALOS)
def test_the_halos_of_csbdeep(depth: int, kernel: int, pool: int, halo: int) -> None:
    """CSBDeep, utils/tf.py, tile_overlap: how far an impulse reaches whose pixel is a multiple of all pools."""
    along = tiles(depth=depth, kernel=kernel, pool=pool)
    assert along.align == pool**depth
    assert max(along.phases[0].before, along.phases[0].after) == halo
    assert along.worst >= halo


@pytest.mark.parametrize(("depth", "worst"), [(3, 51), (4, 107)])
def test_a_halo_is_larger_where_tiles_are_not_aligned(depth: int, worst: int) -> None:
    """By hand, depth 3: the bottom sees 8u - 30 … 8u + 37. Output 5 reads from 3 on, so of stride 2 from 1 - 2 = -1, of
    stride 4 from -1 - 2 = -3, of the bottom from -2 on: from pixel -46, 51 before it. Depth 4: the bottom sees from
    16u - 62 on, and output 13 reads 11, 5 - 2 = 3, 1 - 2 = -1, -1 - 2 = -3, -2: from pixel -94, 107 before it.
    """
    assert tiles(depth=depth, kernel=3, pool=2).worst == worst


@pytest.mark.parametrize(
    ("variant", "stride", "before", "after"), [("stardist", 1, 47, 46), ("stardist_grid", 2, 94, 93)]
)
def test_the_halos_of_stardist(variant: str, stride: int, before: int, after: int) -> None:
    """stardist/stardist, issue 68, _tile_overlap: an impulse, whose outputs are stretched to pixels of the input."""
    phase = tiles(variant).phases[0]
    assert (phase.before, phase.after + stride - 1) == (before, after)


def before(spec: str, path: str) -> str:
    at = at_any_size(spec, "")[named(fields(spec, "", "").layers, {"layer": path}).row.node.path]
    return str(at.axes[0].before)


@pytest.mark.parametrize(
    ("spec", "path", "formula"),
    [
        ("mobilenet_v1_slim", "Conv2d_13_pointwise", "126 + (-n mod 32)"),
        ("inception_v2", "Mixed_5c", "318 + (-n mod 32)"),
        ("resnet_v1_50", "block4", "239 if n mod 4 in {0, 3} else 241"),
    ],
)
def test_padding_that_google_prints_as_none(spec: str, path: str, formula: str) -> None:
    """Each meets what Google prints at 224 and 321; that they hold at every size is tried below."""
    assert before(spec, path) == formula


@pytest.mark.parametrize("n", range(160, 256, 5))
def test_the_formula_at_many_sizes(n: int) -> None:
    for spec, path, padding in (
        ("mobilenet_v1_slim", "Conv2d_13_pointwise", 126 + -n % 32),
        ("inception_v2", "Mixed_5c", 318 + -n % 32),
        ("resnet_v1_50", "block4", 239 if n % 4 in (0, 3) else 241),
    ):
        rows = propagate(network(spec).graph(input=n))
        row = [row for row in rows if row.node.path.startswith(path)][-1]
        assert [axis.padding for axis in row.reach.local] == [padding] * 2  # type: ignore[union-attr]


def test_the_unet_sees_188_or_204_pixels_with_a_period_of_16() -> None:
    """Two 3x3 read 5 positions, a position stands for 2 above; positions count, going down:

    5 of stride 1, so 3 of stride 2 and 7 read for them; 4 of stride 4, 8 read; 4 or 5 of stride 8, as 8 begin evenly or
    not, 8 or 9 read; 4 or 5 of the bottom, which see 140 pixels each and are 16 apart: 140 + 3*16 or 140 + 4*16.
    """
    for sight in fields("unet_valid", "", "").layers[-1].sights:
        assert (sight.size, sight.period, sight.stride) == (Range(188, 204), 16, 1)


@pytest.mark.parametrize(
    ("path", "published", "most"), [("R4", 476, 468), ("R3", 528, 516), ("R2", 546, 532), ("R1", 551, 548)]
)
def test_the_fields_of_vnet_are_smaller_than_published(path: str, published: int, most: int) -> None:
    """Milletari et al. 2016, Table 1, takes a transposed convolution for a window, which is too much.

    By hand, positions that are read from one stride to the next, in the worst case; the bottom sees 372 and strides 16.
    R4: 13 of stride 8, 7 of 16: 372 + 6*16.  R3: 13 of 4, 7 + 12 = 19 of 8, 10 of 16: 372 + 9*16.
    R2: 9 of 2, 5 + 12 = 17 of 4, 9 + 12 = 21 of 8, 11 of 16: 372 + 10*16.
    R1: 5 of 1, 3 + 8 = 11 of 2, 6 + 12 = 18 of 4, 10 + 12 = 22 of 8, 12 of 16: 372 + 11*16.
    """
    layer = named(fields("vnet", "", "").layers, {"layer": path})
    for sight in layer.sights:
        assert (sight.size.most if isinstance(sight.size, Range) else sight.size) == most < published


@pytest.mark.parametrize(("path", "published"), [("L1", 5), ("L2", 22), ("L3", 72), ("L4", 172), ("L5", 372)])
def test_the_left_half_of_vnet_is_as_published(path: str, published: int) -> None:
    """Milletari et al. 2016, Table 1."""
    assert [sight.size for sight in named(fields("vnet", "", "").layers, {"layer": path}).sights] == [published] * 3
