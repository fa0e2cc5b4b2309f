"""`archcalc explain`: derivations are right as arithmetic, and what papers print; traced values behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from expressions import OPERATIONS, evaluated, expressions
from hypothesis import given, settings
from hypothesis import strategies as st
from op_cases import Case, good

import archcalc
from archcalc.engine.graph import Applied
from archcalc.errors import RuleError
from archcalc.ops._base import catalogue
from archcalc.study import parameters
from archcalc.study.explain import explain, traced
from archcalc.study.sections import Page
from archcalc.values import exact
from archcalc.values.traced import Leaf, Traced, derived, known, leaves

Run = Callable[..., Said]

FUNCTIONS = {
    "floor": lambda x: Fraction(math.floor(x)),  # of two ints, `/` would make a float
    "ceil": lambda x: Fraction(math.ceil(x)),
    "min": min,
    "max": max,
    "Fraction": Fraction,
}


def worth(text: str) -> Fraction:
    """What a derivation comes to as plain arithmetic."""
    return Fraction(eval(re.sub(r"[\d.]+", r"Fraction('\g<0>')", text.replace("·", "*")), dict(FUNCTIONS)))


def right(text: str) -> bool:
    """Whether `… = 1,234` holds."""
    how, sign, result = text.rpartition(" = ")
    return not sign or worth(how) == worth(result.replace(",", ""))


def texts(page: Page) -> dict[str, str]:
    """Lines by title and label."""
    return {f"{part.title}: {line.label}": line.text for part in page.sections for line in part.lines}


def page(network: str, layer: str, **given: Any) -> dict[str, str]:
    loaded = archcalc.load(network)
    (found,) = explain(loaded, loaded.report(**given), layer)
    return texts(found)


# As papers print it --------------------------------------------------------------------------------------------------


def test_the_first_layer_of_resnet() -> None:
    """He et al. 2016, table 1: conv1 7x7, 64, stride 2 makes 112x112; 9,408 weights; fields: Araujo et al. 2019."""
    said = page("resnet50", "conv1/conv")
    assert said["Output: each axis"] == "floor((224 + 3 + 3 - 7)/2) + 1 = 112"
    assert said["Output: zeros before"] == said["Output: zeros after"] == "floor(7/2) = 3"
    assert said["Weights: weight"] == "64·3·7·7 = 9,408"
    assert said["Work: macs"] == "7·7·64·3 · 112·112 = 118,013,952"
    assert said["Counted: Activations"] == "64·112·112 = 802,816"
    assert said["Receptive field: size"] == "1 + (7 - 1)·1 = 7"
    assert said["Receptive field: stride"] == "1·2 = 2"
    assert said["Receptive field: padding"] == "3·1 = 3"


def test_a_depthwise_layer_of_mobilenet() -> None:
    """Howard et al. 2017, equation 4: 3·3·32·112·112."""
    said = page("mobilenet_v1", "Layer1/Depthwise/conv")
    assert said["Work: macs"] == "3·3·32·1 · 112·112 = 3,612,672"
    assert said["Counted: Mult-Adds"] == "3,612,672"
    assert said["Receptive field: size"] == "3 + (3 - 1)·2 = 7"
    assert said["Parameters: groups"] == "in = 32"


def test_settings_are_honoured() -> None:
    said = page("mobilenet_v1", "Layer1/Standard/conv", alpha="0.75", input=160)
    assert said["Parameters: out"] == "width(c) = 48"
    assert said["Work: macs"] == "1·1·48·24 · 80·80 = 7,372,800"


def test_two_groups() -> None:
    """Krizhevsky et al. 2012: conv2 has 256 kernels of size 5x5x48."""
    said = page("alexnet", "conv2")
    assert said["Weights: weight"] == "256·(96/2)·5·5 = 307,200"
    assert said["Counted: Params"] == "256·(96/2)·5·5 + 256 = 307,456"


def test_a_merge_is_the_union_of_its_branches() -> None:
    said = page("resnet50", "conv3/Unit1/add")
    assert said["Receptive field: first pixel"] == "min(-17, -21) = -21"
    assert said["Receptive field: last pixel"] == "max(17, 21) = 21"
    assert said["Receptive field: size"] == "21 + 21 + 1 = 43"


def test_copies() -> None:
    said = page("resnext50", "conv2/Unit2/*/path/ConvBNReLU1/ConvBN/conv", Form="Aggregated")
    assert said["Weights, each of 32 copies: weight"] == "4·256·1·1 = 1,024"
    assert said["Counted: Params"] == "4·256·1·1·32 = 32,768"


def test_where_numbers_come_from(run: Run) -> None:
    said = run("explain", "mobilenet_v1", "Layer1/Depthwise/conv").out.splitlines()
    source = (archcalc.load("mobilenet_v1").spec.path).read_text(encoding="utf-8").splitlines()
    places = [line.rpartition("mobilenet_v1.yaml:")[2].split(":") for line in said if "mobilenet_v1.yaml:" in line]
    shown = [source[int(line) - 1][int(column) - 1 :] for line, column in places]
    wanted = ("conv: {out: in", "in, kernel", "3, stride", ", groups", "same, bias", "in}, batch", "false}")
    assert all(each.startswith(start) for each, start in zip(shown, wanted, strict=True))
    assert "  conv1/relu  32x112x112" in said


# Every derivation ----------------------------------------------------------------------------------------------------

NETWORKS = ["alexnet", "lenet5_1998", "mobilenet_v1", "resnet18", "resnext50", "vgg11_lrn"]


@pytest.mark.parametrize("name", NETWORKS)
def test_derivations_are_right_and_end_in_the_report(name: str) -> None:
    network = archcalc.load(name)
    report = network.report()
    layers = report.to_dict()["layers"]
    for row, layer in zip(report.rows, layers, strict=True):
        pages = explain(network, report, row.node.path)
        said = texts(pages[0])
        assert len(pages) == 1
        assert all(right(text) for label, text in said.items() if label.split(":")[0] in DERIVED), said
        for title, figure in (("Mult-Adds", "mult_adds"), ("Params", "params"), ("Activations", "activations")):
            assert said[f"Counted: {title}"].rpartition(" = ")[2] == f"{layer[figure]:,}"
        for role, figure in layer["weights"].items():
            assert said.get(f"Weights: {role}", "0").rpartition(" = ")[2] == f"{figure:,}"
        for side in ("size", "stride", "padding") if row.node.sources else ():
            for axis, figure in zip(("height", "width"), layer["receptive_field"][side], strict=False):
                text = said.get(f"Receptive field: {side}") or said[f"Receptive field: {side}, {axis}"]
                assert text.rpartition(" = ")[2] == f"{figure:,}"


DERIVED = ("Output", "Weights", "Work", "Counted", "Receptive field")


def applied(case: Case) -> Applied:
    rank = len(case.inputs[0]) - 1 if case.inputs else 2
    return Applied(catalogue()[case.op](rank, **case.given), case.inputs)


def figures(of: Applied) -> Iterator[tuple[str, Any]]:
    yield from ((f"output {axis}", size) for axis, size in enumerate(of.output))
    yield from zip(of.weights._fields, of.weights, strict=True)
    yield from (("macs", of.facts.macs), ("bias_adds", of.facts.bias_adds), *of.facts.work.items())


UNTRACED = {"adaptive_avg_pool", "adaptive_max_pool"}
"""Operators with a rule for plain numbers alone: the overlap of cells is a greatest common divisor."""


@pytest.mark.parametrize("case", good(), ids=str)
def test_every_rule_can_be_traced(case: Case) -> None:
    plain = applied(case)
    way, _ = traced(plain)
    assert way is not plain
    sizes = way.output
    way.output = leaves(plain.output)
    made = [*sizes, *(value for _, value in list(figures(way))[len(sizes) :])]
    for (name, number), value in zip(figures(plain), made, strict=True):
        if case.op in UNTRACED and not isinstance(value, (int, Traced)):
            continue
        assert known(value) == number, name
        assert right(derived(value)), name


@pytest.mark.parametrize("case", good(), ids=str)
def test_given_parameters_bind_to_the_same_operator(case: Case) -> None:
    """What `show --expanded` writes for an operator has the same figures and reads the same."""
    before = applied(case)
    internal = {name: getattr(before.op, name) for name, field in before.op.fields.items() if field.internal}
    after = Applied(type(before.op)(parameters.rank(before), **parameters.given(before), **internal), before.inputs)
    assert (after.output, after.weights, after.facts, after.reads) == (
        before.output, before.weights, before.facts, before.reads
    )  # fmt: skip


# Traced values -------------------------------------------------------------------------------------------------------

numbers = st.integers(-9, 9) | st.fractions(-4, 4, max_denominator=6)


def result(expression: Any, leaf: Callable[[Any], Any]) -> Any:
    try:
        return evaluated(expression, leaf)
    except RuleError:
        return "divided by 0"


@settings(max_examples=400, deadline=None)
@given(expressions(numbers, 8), st.randoms(use_true_random=False))
def test_a_traced_value_is_exact_and_its_text_says_how(expression: Any, chance: Any) -> None:
    """Some numbers are put in, others are constants of the rule."""
    plain = result(expression, lambda number: number)
    value = result(expression, lambda number: Leaf(number) if chance.random() < 0.7 else number)
    if isinstance(plain, str):
        assert value == plain or known(value) == 0
        return
    assert known(value) == exact.normal(plain)
    assert worth(str(value)) == plain


def test_a_traced_value_has_no_operations_of_its_own() -> None:
    for operation in ("//", "%", "/", "<", ">="):
        with pytest.raises(TypeError):
            eval(f"a {operation} 2", {"a": Leaf(3)})
    assert set(OPERATIONS)  # those that it has, by name


# The command ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("golden_file", "words"),
    [
        ("explain-depthwise.txt", ("mobilenet_v1", "Layer2/Depthwise/conv")),
        ("explain-merge.txt", ("resnet50", "conv3/Unit1/add")),
        ("explain-level.txt", ("vgg16", "stage2/Conv1")),
    ],
)
def test_the_command_prints_pages(
    golden_file: str, words: tuple[str, str], run: Run, golden: Callable[[str, str], None]
) -> None:
    said = run("explain", *words)
    assert (said.code, said.err) == (0, "")
    assert max(map(len, said.out.splitlines())) <= 80
    golden(golden_file, said.out)


def test_a_path_that_is_written_out_means_that_layer_alone() -> None:
    network = archcalc.load("resnet50")
    report = network.report()
    assert len(explain(network, report, "relu")) == 1  # though every unit ends in a `relu3`
    assert len(explain(network, report, "conv1")) == 2


def test_a_pattern_that_matches_nothing_says_what_is_near(run: Run) -> None:
    said = run("explain", "resnet50", "conv1/con")
    assert said.code == 2
    assert said.err.startswith("no layer matches `conv1/con`\n    hint: did you mean `conv1/conv`")


@pytest.mark.parametrize(
    ("step", "size", "stride", "padding"),
    [
        ("conv_transpose: {out: 4, kernel: 3}", 5, 1, 3),  # output o reads o - 2 to o, which see 3 pixels each
        ("upsample: {size: 8}", 3, 1, 1),
        ("upsample: {size: 8, mode: bilinear}", 3, 1, 1),
        ("upsample: {size: 4}", 3, 2, 1),  # output o reads 2*o
        ("upsample: {size: 4, mode: bilinear}", 4, 2, 1),  # between 2*o and 2*o + 1
        ("pixel_shuffle: 1", 3, 1, 1),
        ("window_attention: {heads: 1, window: 1}", 3, 1, 1),
    ],
)
def test_what_slides_though_it_is_no_window(
    tmp_path: Path, run: Run, step: str, size: int, stride: int, padding: int
) -> None:
    path = tmp_path / "net.yaml"
    conv = "conv: {out: 4, kernel: 3, padding: half}"
    path.write_text(f"network: a net\ninput: [3, 8, 8]\nbody: [{conv}, {{name: it, {step}}}]\n")
    said = page(str(path), "it")
    fields = [said[f"Receptive field: {label}"] for label in ("size", "stride", "padding")]
    assert fields == [str(size), str(stride), str(padding)]
    assert run("rf", str(path), "--proof").code == 0


def test_every_layer_of_a_small_input_is_explained(run: Run) -> None:
    assert run("explain", "deeplab", "*", "--input", "2").code == 0


def test_what_is_unknown_has_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    steps = "tokens, permute: [1, 0], head: {side: identity}, {name: q, weight: [4, 2]}"
    path.write_text(f"network: a net\ninput: [3, 8, 8]\nbody: [{steps}]\n")
    assert page(str(path), "permute")["Receptive field: local"].startswith("unavailable: ")
    assert page(str(path), "q")["Receptive field: local"].startswith("unavailable: it sees no input")
    assert page(str(path), "q")["Weights: weight"] == "4·2 = 8"


def test_shared_weights_are_counted_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    steps = "{name: a, linear: 3, weights: w}, {name: b, linear: 3, weights: w}"
    path.write_text(f"network: a net\ninput: [3]\nbody: [{steps}]\n")
    assert page(str(path), "b")["Weights: shared"] == "those of a, counted there"
    assert page(str(path), "b")["Counted: Params"] == "0"
    assert page(str(path), "a")["Counted: Params"] == "3·3 + 3 = 12"
