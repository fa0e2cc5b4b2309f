"""`--memory` and `--deploy`: liveness against a memory that is run, peaks by hand, bytes moved, bounds on time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from conftest import SPECS, Said, Wiring
from hypothesis import given, settings
from hypothesis import strategies as st
from op_cases import Case, apply, good
from reading import inputs
from tried import NAMES

import archcalc
from archcalc.engine.graph import Graph
from archcalc.errors import UsageError
from archcalc.quantities import Shape, Unknown
from archcalc.report.figures import AtLeast
from archcalc.report.report import Report
from archcalc.study.deploy import deploy
from archcalc.study.liveness import Plan, Slot, plan
from archcalc.study.memory import memory, rate
from archcalc.study.traffic import inputs_read, needed
from archcalc.values import product

Run = Callable[..., Said]

# Liveness, against a memory that is run ------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Random wirings of maps of 2x2 positions: chains, branches, sums, gates, concatenations, views, heads."""
    net = Wiring(draw(st.integers(1, 2)), 2, 2)
    for step in range(draw(st.integers(1, 14))):
        shapes = [node.applied.output for node in net.nodes]
        maps = [index for index, shape in enumerate(shapes) if shape[1:] == (2, 2)]
        at = draw(st.sampled_from(maps))
        alike = [index for index in maps if shapes[index] == shapes[at]]
        # one channel stretches over all
        thin = [index for index, shape in enumerate(shapes) if len(shape) == 3 and shape[0] in (1, shapes[at][0])]
        op = draw(
            st.sampled_from(["conv", "relu", "relu", "dropout", "add", "multiply", "concat", "concat", "shuffle"])
        )
        sources: tuple[int, ...] = (at,)
        options: dict[str, Any] = {}
        if op == "conv":
            options = {"out": draw(st.integers(1, 2)), "kernel": 1}
        elif op == "shuffle":
            options = {"groups": 1}
        elif op == "add":
            sources = (at, draw(st.sampled_from(alike)))
        elif op == "multiply":
            gates = [index for index in thin if shapes[index][1:] in ((2, 2), (1, 1))]
            sources = (at, draw(st.sampled_from(gates)))
        elif op == "concat":
            sources = (at, *draw(st.lists(st.sampled_from(maps), min_size=1, max_size=2)))
        net.add(op, f"n{step}", sources, **options)
        if draw(st.integers(0, 9)) == 0:
            net.add("global_avg_pool", f"p{step}")
    heads = draw(st.lists(st.integers(0, len(net.nodes) - 1), max_size=2))
    net.outputs = {"main": len(net.nodes) - 1, **{f"head{index}": index for index in heads}}
    return net.graph()


def region(slot: Slot) -> tuple[Slot, int, int]:
    """The outermost slot, and where in it the slot begins and ends."""
    offset, size = 0, slot.size
    while slot.inside is not None:
        slot, before = slot.inside
        offset += before
    return slot, offset, offset + size


def run_through(graph: Graph, found: Plan) -> None:
    """Run the nodes on cells of memory: each reads what the nodes before it wrote, and nothing else."""
    cells: dict[int, list[Any]] = {}
    spans: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    written: list[list[Any]] = []

    def reach(index: int, time: int) -> list[Any]:
        slot = found.slots[index]
        assert slot is not None
        outer, begin, end = region(slot)
        spans.setdefault(id(outer), []).append(time)
        sizes[id(outer)] = outer.size
        memory = cells.setdefault(id(outer), [None] * outer.size)
        assert end <= len(memory)
        return memory[begin:end]

    for time, node in enumerate(graph.nodes):
        op, kind = node.applied.op, node.applied.op.memory
        for source in node.sources:
            assert reach(source, time) == written[source], f"{node.path} does not find what it reads"
        slot = found.slots[time]
        assert slot is not None
        outer, begin, end = region(slot)
        for source in node.sources:
            if kind not in ("view", "parts"):  # position by position, or apart
                other, first, last = region(found.slots[source])  # type: ignore[arg-type]
                assert other is not outer or last <= begin or end <= first or (first, last) == (begin, end)
        if kind == "view":
            output = written[node.sources[0]]
        elif op.name == "concat":
            output = [token for source in node.sources for token in written[source]]
        else:
            output = [(time, place) for place in range(product(node.applied.output))]
        written.append(output)
        reach(time, time)
        cells[id(outer)][begin:end] = output
    for index in graph.outputs.values():
        assert reach(index, len(graph.nodes) - 1) == written[index], "an output is gone"
    for time in range(len(graph.nodes)):
        held = sum(sizes[slot] for slot, times in spans.items() if min(times) <= time <= max(times))
        assert found.live[time] == held, graph.nodes[time].path


@settings(max_examples=250, deadline=None)
@given(graphs(), st.booleans(), st.booleans())
def test_a_plan_holds_what_is_read_and_counts_what_is_held(graph: Graph, in_place: bool, concat: bool) -> None:
    run_through(graph, plan(graph, in_place=in_place, concat_in_place=concat))


@settings(max_examples=250, deadline=None)
@given(graphs())
def test_without_options_exactly_the_tensors_that_a_later_node_reads_are_held(graph: Graph) -> None:
    """No slots and no plan: sets of tensors, where a view is the tensor that it is a view of."""
    root: list[int] = []
    for index, node in enumerate(graph.nodes):
        root.append(root[node.sources[0]] if node.applied.op.memory == "view" else index)
    live = []
    for time, node in enumerate(graph.nodes):
        later = {root[source] for after in graph.nodes[time + 1 :] for source in after.sources}
        kept = {root[index] for index in graph.outputs.values()}
        before = {root[index] for index in range(time + 1)}
        held = (before & (later | kept)) | {root[time]} | {root[source] for source in node.sources}
        live.append(sum(product(graph.nodes[index].applied.output) for index in held))
    assert plan(graph).live == live
    for each, default in zip(plan(graph, in_place=True).live, live, strict=True):
        assert each <= default


def test_copies_are_held_side_by_side(wiring: type[Wiring]) -> None:
    net = wiring(4, 2, 2)
    net.add("conv", "conv", out=3, kernel=1, copies=5)
    net.add("relu", "relu", copies=5)
    net.add("concat", "concat", (2,), copies=1)
    graph = net.graph()
    graph.nodes[3].applied = apply_copies(graph, 5)
    assert plan(graph).live == [16, 16 + 60, 120, 120]
    assert plan(graph, in_place=True).live == [16, 76, 60, 120]
    assert plan(graph, in_place=True, concat_in_place=True).live == [16, 76, 60, 60]


def apply_copies(graph: Graph, copies: int) -> Any:
    from archcalc.engine.graph import Applied
    from archcalc.ops._base import catalogue

    return Applied(catalogue()["concat"](2, copies=(copies,)), (graph.nodes[2].applied.output,))


@pytest.mark.parametrize("case", good(), ids=str)
def test_views_move_nothing_and_others_take_the_place_of_an_equal(case: Case) -> None:
    applied = apply(case.op, case.given, case.inputs)
    memory = applied.op.memory
    assert memory in ("new", "over", "view", "parts")
    if memory == "view":
        assert (applied.facts.macs, applied.facts.bias_adds, applied.facts.work) == (0, 0, {})
        assert product(applied.output) == (product(case.inputs[0]) if case.inputs else applied.weights.params)
    if memory == "over":
        assert not applied.facts.macs


# Peaks by hand -------------------------------------------------------------------------------------------------------


def test_the_peak_of_vgg16_by_hand() -> None:
    """Two maps of 64 x 224 x 224: what its first activation reads and writes; in place, its second convolution."""
    report = archcalc.load("vgg16").report(convention="all")
    found = memory(report)
    assert found.peak() == 4 * 2 * 64 * 224 * 224 == 25_690_112
    assert found.peak_row.node.path == "stage1/Conv1/relu"
    placed = memory(report, in_place=True)
    assert placed.peak() == 25_690_112
    assert placed.peak_row.node.path == "stage1/Conv2/conv"
    assert found.sum("weights") == 4 * 138_357_544
    # what the convolution that sets the peak moves: its input, 64 filters of 64x3x3 with biases, its output
    conv = placed.uses[id(placed.peak_row)]
    assert conv.moved == 4 * (2 * 64 * 224**2 + 64 * 64 * 9 + 64)
    assert conv.operations == 2 * 64 * 64 * 9 * 224**2 + 64 * 224**2


def test_the_peak_of_resnet50_by_hand() -> None:
    """In conv2 the maps have 256 x 56 x 56 numbers. The last norm of a residual reads one and writes one while the
    shortcut's waits: three. In place one less, and the 64 x 56 x 56 that the convolution before it reads."""
    wide, narrow = 256 * 56 * 56, 64 * 56 * 56
    report = archcalc.load("resnet50").report()
    found = memory(report)
    assert found.peak() == 4 * 3 * wide == 9_633_792
    assert found.peak_row.node.path == "conv2/Unit1/residual/ConvBN3/batch_norm"
    placed = memory(report, in_place=True)
    assert placed.peak() == 4 * (2 * wide + narrow) == 7_225_344
    assert placed.peak_row.node.path == "conv2/Unit1/residual/ConvBN3/conv"
    assert memory(report, dtype="int8").peak() == 3 * wide
    # 25,557,032 parameters and the running statistics of 26,560 channels
    assert memory(report, dtype="fp16").sum("weights") == 2 * (25_557_032 + 2 * 26_560)


def test_concatenation_in_place_by_hand(wiring: type[Wiring]) -> None:
    """A block of DenseNet: each layer reads all maps before it."""
    net = wiring(3, 4, 4)
    first = net.add("conv", "first", out=8, kernel=1)
    second = net.add("conv", "second", out=4, kernel=1)
    both = net.add("concat", "both", (first, second))
    third = net.add("conv", "third", out=4, kernel=1)
    net.add("concat", "all", (both, third))
    graph = net.graph()
    # 16 positions: the input and 8 channels; 8 and 4; those and 12; 12 and 4; those and 16
    assert plan(graph).live == [16 * each for each in (3, 11, 12, 24, 16, 32)]
    # the last map of 16 channels is there from the first of its parts on
    assert plan(graph, concat_in_place=True).live == [16 * each for each in (3, 3 + 16, 16, 16, 16, 16)]
    found = memory(Report.of(graph), concat_in_place=True)
    assert [found.uses[id(row)].moved for row in found.report.rows if row.node.applied.op.name == "concat"] == [0, 0]


def test_what_is_concatenated_twice_is_copied_once(wiring: type[Wiring]) -> None:
    net = wiring(3, 4, 4)
    conv = net.add("conv", "conv", out=8, kernel=1)
    net.add("concat", "twice", (conv, conv))
    net.add("concat", "input", (0, 2))
    found = memory(Report.of(net.graph(), convention="all"), dtype="int8", concat_in_place=True)
    *_, twice, with_input = found.report.rows
    assert found.uses[id(twice)].moved == 2 * 8 * 16  # read once more, written once more
    assert found.uses[id(with_input)].moved == 2 * 3 * 16  # the input is the caller's
    assert [found.uses[id(row)].live for row in found.report.rows] == [48, 48 + 19 * 16, 48 + 19 * 16, 48 + 19 * 16]


def test_what_attention_holds_inside_itself_makes_a_bound() -> None:
    found = memory(archcalc.load("vit").report(), dtype="int8")
    # the perceptron's 3072 channels of 197 tokens twice at its activation, and the 768 that go round it
    assert found.peak() == AtLeast(
        197 * (2 * 3072 + 768), "what `attention` holds inside itself while it runs is not counted"
    )
    assert found.peak_row.node.applied.op.name == "gelu"


def test_an_input_of_the_network_is_never_overwritten(wiring: type[Wiring]) -> None:
    net = wiring(2, 2, 2)
    net.add("relu", "first")
    net.add("relu", "second")
    assert plan(net.graph(), in_place=True).live == [8, 16, 8]


# What is moved -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [case for case in good() if case.inputs], ids=str)
def test_the_positions_that_are_needed_are_those_that_outputs_read(case: Case) -> None:
    applied = apply(case.op, case.given, case.inputs)
    _, *m = applied.output
    for shape, reads in zip(case.inputs, applied.reads, strict=True):
        for read, n, size in zip(reads, shape[1:], m, strict=False):
            if not isinstance(read, Unknown) and len(m) == len(shape[1:]):
                assert needed(read, n, size) == len({tap for o in range(size) for tap in inputs(read, o, n)})


@pytest.mark.parametrize(
    ("op", "options", "shape", "numbers"),
    [
        ("conv", {"out": 8, "kernel": 1, "stride": 2, "bias": False}, (4, 6, 6), 4 * 9),
        ("conv", {"out": 8, "kernel": 3, "stride": 2, "padding": "half"}, (4, 6, 6), 4 * 36),
        ("max_pool", {"kernel": 2, "stride": 3}, (4, 6, 6), 4 * 16),
        ("slice", {"channels": [0, 3]}, (8, 6, 6), 3 * 36),
        ("crop", {"sides": 1}, (8, 6, 6), 8 * 16),
        ("select", {"position": 0}, (8, 6), 8),
        ("pad", {"padding": 2}, (8, 6, 6), 8 * 36),
        ("embedding", {"vocabulary": 1000, "out": 16}, (1, 6), 6),
        ("global_avg_pool", {}, (8, 6, 6), 8 * 36),
        ("upsample", {"by": 2}, (8, 6, 6), 8 * 36),
    ],
)
def test_inputs_are_read_as_far_as_they_are_needed(
    op: str, options: dict[str, Any], shape: Shape, numbers: int
) -> None:
    assert inputs_read(apply(op, options, (shape,))) == (numbers,)


def test_a_table_is_read_as_far_as_it_is_looked_up(wiring: type[Wiring]) -> None:
    net = wiring(1, 6)
    net.nodes[0].applied = apply("input", {"shape": [1, 6]}, ())
    net.add("embedding", "words", vocabulary=1000, out=16)
    net.add("position", "position", size=50)
    found = memory(Report.of(net.graph()), dtype="int8")
    assert [found.uses[id(row)].moved for row in found.report.rows] == [0, 6 + 2 * 96, 3 * 96]
    assert found.sum("weights") == 1000 * 16 + 50 * 16


def test_shared_weights_are_stored_once_and_read_twice(wiring: type[Wiring]) -> None:
    net = wiring(2, 2, 2)
    first = net.add("linear", "first", (net.add("global_avg_pool", "pool"),), out=2)
    net.add("linear", "second", out=2, shared=first)
    found = memory(Report.of(net.graph()), dtype="int8")
    assert found.sum("weights") == 6
    assert [found.uses[id(row)].moved for row in found.report.rows[2:]] == [2 + 6 + 2] * 2


# Bounds on time ------------------------------------------------------------------------------------------------------


def small(wiring: type[Wiring]) -> Report:
    net = wiring(8, 10, 10)
    net.add("conv", "conv", out=16, kernel=3, padding="half", bias=False)
    net.add("batch_norm", "norm")
    net.add("relu", "relu")
    return Report.of(net.graph(), network="Small", convention="all")


def test_time_is_the_longer_of_computing_and_moving_layer_by_layer(wiring: type[Wiring]) -> None:
    found = memory(small(wiring), peak="1M", bandwidth="1MB/s")
    # conv: 2*16*8*9*100 operations, 4*(800 + 1152 + 1600) bytes; norm: 2*1600, 4*(1600 + 64 + 1600); relu: 1600, 8*1600
    conv, norm, relu = Fraction(230_400, 10**6), Fraction(13_056, 10**6), Fraction(12_800, 10**6)
    assert [found.time([row]) for row in found.report.rows] == [0, conv, norm, relu]
    assert found.time() == conv + norm + relu
    assert [found.bound_by([row]) for row in found.report.rows] == [None, "compute", "memory", "memory"]
    assert found.intensity() == Fraction(230_400 + 3200 + 1600, 14_208 + 13_056 + 12_800)
    assert found.intensity(found.report.rows[:1]) is None
    assert memory(small(wiring), peak="1M").time() == Fraction(230_400 + 3200 + 1600, 10**6)
    assert memory(small(wiring), bandwidth="1M").time() == Fraction(14_208 + 13_056 + 12_800, 10**6)


def test_a_fused_pair_is_below_the_bound_of_two(wiring: type[Wiring]) -> None:
    """The bound is of layers one by one: after folding, the norm's bytes are gone."""
    before = memory(small(wiring), bandwidth=1)
    after = memory(deploy(small(wiring)).report, bandwidth=1)
    assert before.time() - after.time() == 13_056 - 4 * 16  # a bias of 16 comes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10T", 10**13),
        ("312TFLOPS", 312 * 10**12),
        ("1.5 Tops/s", 15 * 10**11),
        ("0.5", Fraction(1, 2)),
        (7, 7),
    ],
)
def test_rates_of_operations(text: Any, value: Any) -> None:
    assert rate("peak", text, of_bytes=False) == value


@pytest.mark.parametrize(
    ("text", "value"), [("900GB", 9 * 10**11), ("900GB/s", 9 * 10**11), ("2KiB", 2048), ("1.5TiB/s", 3 * 2**39)]
)
def test_rates_of_bytes(text: str, value: int) -> None:
    assert rate("bandwidth", text, of_bytes=True) == value


@pytest.mark.parametrize("text", ["", "fast", "-1T", "0", "10TB", "1e3", "10iB", "3m", "١"])
def test_what_is_no_rate_of_operations(text: str) -> None:
    with pytest.raises(UsageError, match="is no rate"):
        rate("peak", text, of_bytes=False)


# Deployed ------------------------------------------------------------------------------------------------------------


def test_resnet50_deployed_by_hand() -> None:
    """26,560 channels are normalised: a scale and a shift each go, and a bias each comes."""
    report = archcalc.load("resnet50").report(convention="all")
    found = deploy(report)
    assert (len(found.folded), found.kept) == (53, {})
    before, after = report.totals, found.report.totals
    assert after["params"] == before["params"] - 2 * 26_560 + 26_560 == 25_530_472
    assert found.report.total("statistics") == found.report.total("norm") == 0
    # a multiply and an add for each of the 11,113,984 normalised numbers go, an add of a bias comes
    assert after["operations"] == before["operations"] - 11_113_984
    assert after["mult_adds"] == before["mult_adds"]
    assert after["activations"] == before["activations"]


@pytest.mark.parametrize("name", NAMES)
def test_folding_leaves_shapes_work_and_fields_as_they_are(name: str) -> None:
    report = archcalc.load(name).report()
    found = deploy(report)
    new = {row.node.path: row for row in found.report.rows}
    assert set(new) == {row.node.path for row in report.rows} - set(found.folded)
    for row in report.rows:
        if row.node.path not in found.folded:
            same = new[row.node.path]
            assert (same.output, same.facts.macs, same.reach) == (row.output, row.facts.macs, row.reach)
    assert found.report.to_dict()["outputs"] == report.to_dict()["outputs"]
    assert deploy(found.report).folded == {}
    gone = sum(each.total("norm") * (-1) ** side for side, each in enumerate((report, found.report)))
    come = found.report.total("bias") - report.total("bias")
    assert gone == 2 * come or name not in ("resnet", "mobilenet_v1")


def test_what_cannot_be_folded_stays_and_says_why(wiring: type[Wiring]) -> None:
    net = wiring(4, 6, 6)
    net.add("batch_norm", "of_input")
    net.add("conv", "read_twice", out=4, kernel=1)
    net.add("batch_norm", "beside")
    both = net.add("add", "add", (2, 3))
    net.add("relu", "relu")
    net.add("batch_norm", "behind_relu")
    net.add("conv", "head", out=4, kernel=1)
    head = net.add("batch_norm", "of_head")
    net.add("conv", "unlike", out=4, kernel=1)
    net.add("batch_norm", "untracked", track=False)
    first = net.add("conv", "first", out=4, kernel=1)
    net.add("batch_norm", "of_first")
    net.add("conv", "second", out=4, kernel=1, shared=first)
    net.add("batch_norm", "of_second")
    net.add("conv_transpose", "up", out=4, kernel=2, stride=2, bias=False)
    net.add("batch_norm", "of_up", affine=False)
    net.add("global_avg_pool", "pool")
    net.add("linear", "linear", out=4)
    net.add("batch_norm", "of_linear")
    net.outputs = {"main": len(net.nodes) - 1, "head": head - 1, "sum": both, "normed": len(net.nodes) - 4}
    found = deploy(Report.of(net.graph()))
    assert found.kept == {
        "of_input": "it stands behind `input`",
        "beside": "`conv` before it is read by others too",
        "behind_relu": "it stands behind `relu`",
        "of_head": "`conv` before it is read by others too",
        "untracked": "without `track` it normalises by the batch itself",
        "of_first": "it shares weights with another layer",
        "of_second": "it shares weights with another layer",
    }
    assert found.folded == {"of_up": "up", "of_linear": "linear"}
    outputs = {name: found.report.rows[index].node.path for name, index in found.report.graph.outputs.items()}
    assert outputs == {"main": "linear", "head": "head", "sum": "add", "normed": "up"}
    up = next(row for row in found.report.rows if row.node.path == "up")
    assert (up.weights.bias, up.facts.bias_adds) == (4, 4 * 12 * 12)
    shared = next(row for row in found.report.rows if row.node.path == "second")
    assert found.report.rows[shared.node.shared].node.path == "first"


def test_norms_of_which_several_read_one_layer_stay(wiring: type[Wiring]) -> None:
    net = wiring(4, 6, 6)
    net.add("conv", "conv", out=4, kernel=1)
    net.add("batch_norm", "norms", copies=3)
    found = deploy(Report.of(net.graph()))
    assert found.kept == {"norms": "`conv` before it has other copies"}


def test_the_report_itself_is_left_alone() -> None:
    report = archcalc.load("resnet50").report()
    before = report.to_dict()
    deploy(report)
    assert report.to_dict() == before


# The command line ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("memory-resnet50-stages.txt", "resnet50 --memory --by stage"),
        ("memory-mobilenet-roofline.txt", "mobilenet_v1 --memory --deploy --dtype fp16 --peak 10T --bandwidth 900GB"),
        ("memory-vit-ops.csv", "vit --memory --by op --format csv"),
    ],
)
def test_tables(name: str, words: str, run: Run, golden: Callable[[str, str], None]) -> None:
    said = run("report", *words.split())
    assert (said.code, said.err) == (0, "")
    golden(name, said.out)


def test_json_adds_up(run: Run) -> None:
    words = "resnet50 --memory --deploy --in-place --peak 10T --bandwidth 900GB --by stage --format json"
    document = json.loads(run("report", *words.split()).out)
    whole, layers, groups = document["memory"], document["layers"], document["groups"]
    assert (whole["dtype"], whole["number_bytes"], whole["in_place"], whole["concat_in_place"]) == (
        "fp32",
        4,
        True,
        False,
    )
    assert (whole["peak"], whole["bandwidth"]) == (10**13, 9 * 10**11)
    for parts in (layers, groups):
        for name in ("weight_bytes", "output_bytes", "moved_bytes"):
            assert sum(part["memory"][name] for part in parts) == whole[name]
        assert max(part["memory"]["live_bytes"] for part in parts) == whole["live_bytes"]
        assert sum(fraction(part["memory"]["time"]) for part in parts) == fraction(whole["time"])
    assert fraction(whole["intensity"]) == Fraction(document["totals"]["operations"], whole["moved_bytes"])
    assert whole["peak_layer"] in {layer["path"] for layer in layers}
    assert len(document["deploy"]["folded"]) == 53
    assert document["convention"]["name"] == "all"
    plain = json.loads(run("report", "resnet50", "--format", "json").out)
    assert not {"memory", "deploy"} & set(plain)


def test_the_keys_are_those_that_the_page_of_json_lists() -> None:
    page = (SPECS.parent / "docs" / "json.md").read_text(encoding="utf-8").split("## `memory` and `deploy`")[1]
    section, *_ = page.split("\n# ")
    found = memory(archcalc.load("lenet5").report(convention="all"), peak=1, bandwidth=1).to_dict(by="stage")
    listed = set(re.findall(r"^\| `(\w+)` ", section, re.MULTILINE))
    for entry in (*found["layers"], *found["groups"]):
        assert set(entry["memory"]) == listed
    assert all(f"`{key}`" in section for key in found["memory"])


def fraction(given: Any) -> Fraction:
    return Fraction(given["num"], given["den"]) if isinstance(given, dict) else Fraction(given)


def test_mult_adds_for_each_byte_where_they_are_asked_for(run: Run) -> None:
    said = run("report", "lenet5", "--memory", "--convention", "mult_adds", "--by", "stage")
    assert "Mult-Adds/byte" in said.out
    assert "multiply-accumulates a byte" in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--dtype fp16", "--dtype without --memory\n    hint: --memory shows what it changes\n"),
        ("--peak 10T --in-place", "--in-place and --peak without --memory\n    hint: --memory shows what it changes\n"),
        ("--memory --dtype fp17", "there is no dtype `fp17`\n    hint: did you mean `fp16`?\n"),
        ("--memory --peak fast", "peak `fast` is no rate\n    hint: 10T or 312TFLOPS\n"),
        ("--memory --bandwidth 9Tops", "bandwidth `9Tops` is no rate\n    hint: 900GB or 1.5TiB/s\n"),
        ("--memory --style paper", "--style paper does not go with --memory\n"),
        ("--deploy --variants", "--variants does not go with --deploy\n"),
        ("--memory --columns intensty", "there is no column `intensty`\n    hint: did you mean `intensity`?\n"),
    ],
)
def test_wrong_usage(words: str, message: str, run: Run) -> None:
    said = run("report", "lenet5", *words.split())
    assert (said.code, said.err) == (2, message)
