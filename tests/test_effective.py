"""The effective field under uniform weights: exact variances, widths and densities, beside other arithmetic."""

import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from conftest import Wiring
from hypothesis import given
from hypothesis import strategies as st

import archcalc
from archcalc.engine.graph import Applied, Graph
from archcalc.errors import UsageError
from archcalc.ops._base import catalogue
from archcalc.render.field_erf import table
from archcalc.render.text import written
from archcalc.report.report import Report
from archcalc.study.field.effective import PARTS, Effective, Prior, assumed, effective, prior, root
from archcalc.study.field.layers import Fields
from archcalc.study.field.mass import Mass, masses, mix, weigh
from archcalc.study.field.support import supports

Layer = tuple[int, int, int, int]  # kernel, stride, dilation, padding before
Parts = dict[int, Fraction]


def fields(graph: Graph) -> Fields:
    return Fields(Report.of(graph))


def chain(layers: list[Layer], n: int = 4096) -> Fields:
    """Convolutions, one behind the other, on one axis."""
    net = Wiring(1, n)
    for at, (kernel, stride, dilation, before) in enumerate(layers):
        net.add("conv", f"conv{at}", out=1, kernel=kernel, stride=stride, dilation=dilation, padding=[[before, 0]])
    return fields(net.graph())


def first(of: Fields, axis: int = 0, index: int = -1) -> Prior:
    return effective(of, index % len(of.rows))[axis].outputs[0]


def packaged(name: str, layer: str) -> Prior:
    found = Fields(archcalc.load(name).report())
    return first(found, index=[row.node.path for row in found.rows].index(layer))


# Figures worked out apart -------------------------------------------------------------------------------------------

# By Luo et al. 2016 a layer adds j²d²(k² - 1)/12 to the variance, j the jump before it:
#   VGG-16 pool5    convolutions 2·2/3·(1 + 4) + 3·2/3·(16 + 64 + 256), pools (1 + 4 + 16 + 64 + 256)/4  = 9167/12
#   AlexNet pool5   10 + 32/3 + 64·2 + 64·2/3 + 3·256·2/3 + 256·2/3                                       = 874
# Half of it where a shortcut that adds nothing weighs as much as the kernel (ResNet with its stride on the 3x3):
#   ResNet-50       4 + 8/3 + (3·16 + 16 + 3·64 + 64 + 5·256 + 256 + 2·1024)/3                            = 1308
#   ResNet-101, 17 units more at j = 16: + 17·256/3;  ResNet-152: + (4·64 + 30·256)/3 beside ResNet-50
# Widths: from the product of polynomials, in other code, when receptive fields were designed.
NETS = [  # net, layer, field, variance, σ, Luo's width, width of 95.45 %
    ("vgg16", "stage5/max_pool", 212, Fraction(9167, 12), "27.6", 136, 110),
    ("alexnet", "pool5", 195, Fraction(874), "29.6", 145, None),
    ("resnet50", "conv5/Unit3/relu", 427, Fraction(1308), "36.2", 175, None),
    ("resnet101", "conv5/Unit3/relu", 971, Fraction(3924 + 17 * 256, 3), "52.5", 253, None),
    ("resnet152", "conv5/Unit3/relu", 1451, Fraction(3924 + 4 * 64 + 30 * 256, 3), "62.9", 303, None),
]


@pytest.mark.parametrize(("net", "layer", "size", "variance", "sigma", "luo", "held"), NETS)
def test_networks(net: str, layer: str, size: int, variance: Fraction, sigma: str, luo: int, held: int | None) -> None:
    found = packaged(net, layer)
    assert (found.size, found.variance, found.luo, found.density) == (size, variance, luo, Fraction(1))
    assert found.sigma.quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal(sigma)
    assert held is None or found.widths["95.45"] == held
    assert found.share == Fraction(luo, size)


def test_resnet50_without_shortcuts() -> None:
    """A chain: 4 + 32 + 128 + (8 + 32 + 128 + 2560 + 512 + 4096)/3 = 7828/3."""
    units = [(3, stride, 1, 1) for n, begin in ((3, 1), (4, 2), (6, 2), (3, 2)) for stride in [begin] + [1] * (n - 1)]
    found = first(chain([(7, 2, 1, 3), (3, 2, 1, 1), *units]))
    assert (found.size, found.variance, found.luo) == (427, Fraction(7828, 3), 247)
    assert found.sigma.quantize(Decimal("0.1")) == Decimal("51.1")


@pytest.mark.parametrize(("n", "ratio"), [(5, "0.82"), (10, "0.62"), (20, "0.46"), (40, "0.31")])
def test_a_stack_of_3x3_fills_less_and_less_of_its_field(n: int, ratio: str) -> None:
    """Luo et al. 2016, section 2: as 1/√n; the ratios by polynomial products worked out apart."""
    found = first(chain([(3, 1, 1, 1)] * n))
    assert (found.size, found.variance) == (2 * n + 1, Fraction(2 * n, 3))
    assert round(float(found.share), 2) == float(ratio)


@pytest.mark.parametrize(
    ("dilations", "density"),
    # Wang et al. 2018, arXiv 1702.08502, Figure 2: rates 2, 2, 2 leave holes, 1, 2, 3 none
    [((2, 2, 2), Fraction(7, 13)), ((1, 2, 3), Fraction(1)), ((1, 2, 9), Fraction(21, 25))],
)
def test_density(dilations: tuple[int, ...], density: Fraction) -> None:
    assert first(chain([(3, 1, d, d) for d in dilations])).density == density


# Against other arithmetic --------------------------------------------------------------------------------------------

LAYERS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(0, 3)), min_size=1, max_size=6
)


@given(LAYERS)
def test_a_chain_is_a_product_of_polynomials(layers: list[Layer]) -> None:
    found = chain(layers)
    local: Any = masses(found.report.graph)[-1].reach.local
    mass: Mass = local[0].cells[0]
    product, total, jump, begin = np.array([1], dtype=object), 1, 1, 0
    mean = variance = Fraction(0)
    for kernel, stride, dilation, before in layers:
        factor = np.zeros(jump * dilation * (kernel - 1) + 1, dtype=object)
        factor[:: jump * dilation] = 1
        product, total = np.convolve(product, factor), total * kernel
        begin -= jump * before
        mean += Fraction(jump * dilation * (kernel - 1), 2) - jump * before
        variance += Fraction(jump**2 * dilation**2 * (kernel**2 - 1), 12)
        jump *= stride
    assert [Fraction(part, mass.total) for part in mass.numerators] == [Fraction(int(p), total) for p in product]
    assert (mass.lo, sum(mass.numerators)) == (begin, mass.total)
    figures = prior(mass)
    assert (figures.mean, figures.variance) == (mean, variance)
    assert figures.density == Fraction(int(np.count_nonzero(product)), len(product))


def u_net(pick: st.DataObject) -> Graph:
    """Down and up again, by every way there is, and across."""
    draw = pick.draw
    net = Wiring(2, 4096)
    left = net.add("conv", "left", out=draw(st.integers(1, 3)), kernel=draw(st.sampled_from([1, 3])), padding="half")
    down = net.add("max_pool", "down", kernel=draw(st.integers(2, 3)), stride=2, padding=draw(st.integers(0, 1)))
    net.add("conv", "low", out=2, kernel=3, dilation=draw(st.integers(1, 2)), padding="half", sources=(down,))
    up = draw(st.sampled_from(["transposed", "nearest", "bilinear"]))
    if up == "transposed":
        net.add("conv_transpose", "up", out=2, kernel=draw(st.integers(1, 4)), stride=2)
    else:
        net.add("upsample", "up", by=2, mode=up)
    right = len(net.nodes) - 1
    size = min(net.nodes[at].applied.output[1] for at in (left, right))
    ends = []
    for at in (left, right):
        n = net.nodes[at].applied.output[1]
        ends.append(net.add("slice", f"cut{at}", start=0, stop=size, sources=(at,)) if n > size else at)
    net.add("concat", "join", sources=tuple(ends))
    net.add("conv", "last", out=1, kernel=2)
    return net.graph()


def inputs(op: Any, o: int) -> dict[int, Fraction]:
    """The part of each input in output o, from the parameters of an operator, with no ends to the map."""
    alike: list[int]
    if op.name in ("conv", "max_pool"):
        step = op.dilation[0]
        before = (step * (op.kernel[0] - 1)) // 2 if op.name == "conv" and op.kernel[0] % 2 else 0
        before = op.padding[0][0] if op.name == "max_pool" else before
        alike = [o * op.stride[0] - before + step * t for t in range(op.kernel[0])]
    elif op.name == "conv_transpose":
        alike = [(o - t) // 2 for t in range(op.kernel[0]) if (o - t) % 2 == 0]
    elif op.name == "upsample" and op.mode == "bilinear":
        near = o // 2 - (o % 2 == 0)  # x = o/2 - 1/4: a quarter before a pixel, or a quarter behind
        return {near: Fraction(1 + 2 * (o % 2), 4), near + 1: Fraction(3 - 2 * (o % 2), 4)}
    else:
        alike = [o // 2 if op.name == "upsample" else o]
    return {i: Fraction(1, len(alike)) for i in alike}


def seen(graph: Graph, index: int, o: int) -> Parts:
    """The same distribution by recursion, one position at a time, in Fractions."""
    node = graph.nodes[index]
    if not node.sources:
        return {o: Fraction(1)}
    parts: list[tuple[Fraction, Parts]] = []
    if len(node.sources) > 1:
        channels = [graph.nodes[source].applied.output[0] for source in node.sources]
        branches = [seen(graph, source, o) for source in node.sources]
        there = [(c, branch) for c, branch in zip(channels, branches, strict=True) if branch]
        parts = [(Fraction(c, sum(c for c, _ in there)), branch) for c, branch in there]
    else:
        read = inputs(node.applied.op, o)
        found = [(share, seen(graph, node.sources[0], i)) for i, share in read.items()]
        whole = sum((share for share, branch in found if branch), Fraction(0))
        parts = [(share / whole, branch) for share, branch in found if branch]
    total: Parts = {}
    for share, branch in parts:
        for pixel, part in branch.items():
            total[pixel] = total.get(pixel, Fraction(0)) + share * part
    return total


@given(st.data())
def test_a_u_net_against_recursion(pick: st.DataObject) -> None:
    graph = u_net(pick)
    for index, row in enumerate(masses(graph)):
        local: Any = row.reach.local
        for o in range(-3, 5):
            mass = local[0].at(o)
            expected = seen(graph, index, o)
            parts = (
                {} if mass is None else {mass.lo + i: Fraction(p, mass.total) for i, p in enumerate(mass.numerators)}
            )
            assert {pixel: part for pixel, part in parts.items() if part} == expected


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(lambda parts: bool(parts[0] and parts[-1])))
def test_widths_are_the_smallest_round_the_mean(parts: list[int]) -> None:
    mass = mix([Mass(i, 1, 1, 1) for i, part in enumerate(parts) for _ in range(part)])
    found = prior(mass)
    mean = sum((Fraction(i * part, sum(parts)) for i, part in enumerate(parts)), Fraction(0))
    assert found.mean == mean
    for name, wanted in PARTS.items():
        reaches = sorted({abs(i - mean) for i in range(len(parts))})
        pixels = ([i for i in range(len(parts)) if abs(i - mean) <= reach] for reach in reaches)
        smallest = next(held for held in pixels if Fraction(sum(parts[i] for i in held), sum(parts)) >= wanted)
        assert found.widths[name] == len(smallest)
    assert found.luo == sum(part * 10000 > 455 * max(parts) for part in parts)


@given(st.fractions(min_value=0, max_value=10**9))
def test_roots_are_rounded_to_the_nearest(value: Fraction) -> None:
    with localcontext(prec=80):
        exactly = (Decimal(value.numerator) / value.denominator).sqrt()
        assert root(value) == exactly.quantize(Decimal("0.001"), ROUND_HALF_UP)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), min_size=1, max_size=40))
def test_a_mean_of_any_depth_adds_up_to_one(steps: list[tuple[int, int]]) -> None:
    """Totals outgrow any slot, and come out in lowest terms."""
    mass = Mass(0, 1, 1, 1)
    for by, weight in steps:
        mass = mix([mass, mass.shifted(by)], [weight, 3])
    parts = mass.numerators
    assert sum(parts) == mass.total
    assert np.gcd.reduce(np.array([mass.total, *parts], dtype=object)) == 1
    assert parts[0]
    assert parts[-1]


# What it is asked ----------------------------------------------------------------------------------------------------


def test_density_is_that_of_the_exact_pixels() -> None:
    net = Wiring(1, 64, 64)
    net.add("conv", "a", out=2, kernel=3, dilation=5, stride=2)
    net.add("conv_transpose", "b", out=2, kernel=3, stride=2)
    net.add("conv", "c", out=2, kernel=[2, 1])
    graph = net.graph()
    for index, row in enumerate(supports(graph)):
        local: Any = row.reach.local
        for axis, each in enumerate(effective(fields(graph), index)):
            cells = [cell for cell in local[axis].cells if cell is not None]
            assert [cell.density for cell in cells] == [one.density for one in each.outputs]


def test_parts_of_a_concatenation_weigh_by_channels_and_copies_one_by_one() -> None:
    net = Wiring(1, 9)
    wide = net.add("conv", "wide", out=3, kernel=3, padding="half", sources=(0,))
    net.add("concat", "join", sources=(0, wide))
    # one channel that sees itself, three that see three pixels: 1/4 of the middle one, and 1/4 of each
    local: Any = masses(net.graph())[-1].reach.local
    assert (local[0].cells[0].numerators, local[0].cells[0].total) == ([1, 2, 1], 4)
    ops, shapes = catalogue(), ((1, 9), (3, 9))
    assert weigh(Applied(ops["concat"](1, copies=(1, 2)), shapes)) == [1, 6]
    assert weigh(Applied(ops["add"](1, copies=(1, 5)), (shapes[0], shapes[0]))) == (1, 5)
    assert weigh(Applied(ops["relu"](1), shapes[:1])) is None


def test_branches_of_two_strides_are_told_of_the_middle_output() -> None:
    net = Wiring(1, 8)
    half = net.add("avg_pool", "half", kernel=2, stride=2)
    net.add("upsample", "up", size=8, sources=(half,))
    off = net.add("upsample", "off", size=8, mode="bilinear", align_corners=True, sources=(half,))
    net.add("add", "sum", sources=(0, off))
    found = fields(net.graph())
    (axis,) = effective(found, len(found.rows) - 1)
    # output 4 is at 4·3/7 = 1 5/7 of the halves: pixels 2, 3 by 2/7 and 4, 5 by 5/7; and pixel 4 itself
    assert (axis.period, axis.outputs[0].output) == (None, 4)
    expected = {2: 2, 3: 2, 4: 5 + 14, 5: 5}
    assert axis.outputs[0].mean == Fraction(sum(i * part for i, part in expected.items()), 28)
    assert "outputs differ all along the map" in " ".join(assumed(found, len(found.rows) - 1))


def periodic() -> tuple[Fields, Effective]:
    net = Wiring(1, 16)
    net.add("conv_transpose", "up", out=1, kernel=3, stride=2)
    found = fields(net.graph())
    (axis,) = effective(found, 1)
    return found, axis


def test_each_output_of_a_period_has_its_own() -> None:
    """Outputs of a transposed convolution of kernel 3 and stride 2 see two inputs, then one."""
    _, axis = periodic()
    assert axis.period == 2
    assert [(each.size, each.variance) for each in axis.outputs] == [(2, Fraction(1, 4)), (1, Fraction(0))]
    assert axis.ends(lambda each: each.size) == (1, 2)
    told = axis.to_dict()
    assert told["variance"] == {"least": {"num": 0, "den": 1}, "most": {"num": 1, "den": 4}}
    assert told["sigma"] == {"least": 0.0, "most": 0.5}
    assert told["density"] == {"num": 1, "den": 1}
    assert [each["output"] for each in told["outputs"]] == [0, 1]
    assert json.loads(json.dumps(told)) == told


SAID = [
    ("vgg16", "stage5/max_pool", "a max pool takes each of its inputs equally often"),
    ("resnet50", "conv5/Unit3/relu", "branches of add weigh alike"),
    ("densenet121", "relu2", "branches of a concatenation weigh by their channels"),
]


@pytest.mark.parametrize(("net", "layer", "sentence"), SAID)
def test_what_is_assumed_is_said(net: str, layer: str, sentence: str) -> None:
    found = Fields(archcalc.load(net).report())
    at = [row.node.path for row in found.rows].index(layer)
    assert sentence in assumed(found, at)
    assert sentence not in assumed(found, 0)


def test_a_layer_without_a_field_says_why() -> None:
    found = Fields(archcalc.load("vit").report())
    with pytest.raises(UsageError, match="has no field of its own: the map has 1 axis here and the input 2 axes"):
        effective(found, len(found.rows) - 1)


def test_shares_are_in_the_order_of_numbers_not_of_texts() -> None:
    """9% is less than 11%, which a text of it is not."""
    fields = Fields(archcalc.load("lenet5").report())
    height, _ = effective(fields, 1)
    outputs = tuple(replace(height.outputs[0], share=Fraction(part, 100)) for part in (11, 9))
    shown = table(fields.report, "conv", [replace(height, outputs=outputs)], ())
    at = [column.name for column in shown.columns].index("share")
    assert written(shown.columns[at], shown.rows[0].cells[at]) == "9.0%..11.0%"
