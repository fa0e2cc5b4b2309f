"""`archcalc rf` as users call it: figures with their sources, questions, answers in every format, errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import tried
from conftest import Said
from hypothesis import given
from hypothesis import strategies as st

import archcalc
from archcalc.cli._complete import answers
from archcalc.engine.propagate import Row
from archcalc.study.field.ask import NAMES
from archcalc.study.field.layers import Fields
from archcalc.study.field.residues import HOLE, OfSize, shortest

Run = Callable[..., Said]

U_NET = """
network: U-Net
source: Ronneberger et al. 2015, arXiv 1505.04597, figure 1
parameters: {padding: 0, side: 572}
input: [1, side, side]
blocks:
  Twice(out): [{conv: {out, kernel: 3, padding}, repeat: 2}]
body:
  - repeat: {out: [64, 128, 256, 512]}
    do: [{name: 'down{out}', Twice: out}, max_pool: 2]
  - Twice: 1024
  - repeat: {out: [512, 256, 128, 64]}
    do:
      - {name: 'up{out}', conv_transpose: {out, kernel: 2, stride: 2}}
      - concat: {skip: {crop: , from: 'down{out}', like: 'up{out}'}, up: identity}
      - {name: 'after{out}', Twice: out}
"""

SPECS = {
    "u_net": U_NET,
    "small_u_net": """
network: a U-Net of two levels
input: [1, 64, 64]
defaults: {conv: {padding: half}}
blocks: {'Twice(out)': [{conv: {out, kernel: 3}, repeat: 2}]}
body:
  - {repeat: {out: [8, 16]}, do: [{name: 'down{out}', Twice: out}, max_pool: 2]}
  - Twice: 32
  - repeat: {out: [16, 8]}
    do:
      - {name: 'up{out}', conv_transpose: {out, kernel: 2, stride: 2}}
      - concat: ['down{out}', 'up{out}']
      - {name: 'after{out}', Twice: out}
""",
    "gate": """
network: a gate
input: [16, 32, 32]
body:
  - conv: {out: 16, kernel: 3, padding: half}
  - multiply: {main: identity, gate: [global_avg_pool, conv: {out: 16, kernel: 1}, sigmoid]}
  - {name: last, conv: {out: 16, kernel: 3, padding: half, stride: 2}}
""",
    "gated": """
network: a gate of a map that gets small
input: [3, 32, 32]
body:
  - conv: {out: 8, kernel: 3, stride: 2, padding: half}
  - {name: identity, conv: {out: 8, kernel: 3, stride: 2, padding: half}}
  - multiply: {map: identity, gate: [global_avg_pool, flatten, linear: 8, sigmoid]}
  - {name: last, conv: {out: 8, kernel: 3, padding: half}}
""",
    "strides": """
network: branches of strides 2 and 1
input: [3, 32, 32]
body:
  - concat:
      a: [conv: {out: 8, kernel: 2, stride: 2}, conv: {out: 8, kernel: 2}]
      b: [conv: {out: 8, kernel: 18}]
  - {name: last, conv: {out: 8, kernel: 3}}
""",
    "sound_and_image": """
network: a gate made of a sound
input: {sound: [2, 64], image: [3, 32, 32]}
body:
  - {name: b, from: sound, conv: {out: 8, kernel: 3}}
  - {name: v, from: b, do: [global_avg_pool, flatten]}
  - {name: a, from: image, conv: {out: 8, kernel: 3, padding: half}}
  - {name: c, from: a, conv: {out: 8, kernel: 3, padding: half}}
  - {name: m, multiply: [c, v]}
""",
    "two_inputs": """
network: inputs of two sizes
input: {image: [3, 32, 32], mask: [1, 64, 64]}
body:
  - {conv: {out: 8, kernel: 3, padding: half}, from: image, name: a}
  - {conv: {out: 8, kernel: 5, stride: 2, padding: half}, from: mask, name: b}
  - {name: sum, add: [a, b]}
""",
    "vectors": "network: vectors\ninput: [784]\nbody: [linear: 100, relu, linear: 10]\n",
    "line": "network: one axis\ninput: [4, 100]\nbody: [conv: {out: 8, kernel: 5, stride: 2, padding: half}]\n",
    "cube": """
network: three axes
input: [1, 16, 64, 48]
body: [conv: {out: 8, kernel: [1, 3, 3], padding: half}, max_pool: {kernel: [1, 2, 2]}, conv: {out: 8, kernel: 3}]
""",
    "adaptive": "network: cells\ninput: [3, 37, 37]\nbody: [conv: {out: 8, kernel: 3}, adaptive_avg_pool: 5]\n",
    "corners": """
network: corners on corners
input: [8, 16, 16]
body: [conv: {out: 8, kernel: 3}, upsample: {by: 2, mode: bilinear, align_corners: true}]
""",
    "gaps": "network: gaps\ninput: [8, 16, 16]\nbody: [conv_transpose: {out: 8, kernel: 2, stride: 3}]\n",
}


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in SPECS.items():
        Path(f"{name}.yaml").write_text(text)


def document(run: Run, *words: str) -> dict[str, Any]:
    said = run("rf", *words, "--format", "json")
    assert (said.code, said.err) == (0, "")
    found: dict[str, Any] = json.loads(said.out)
    return found


# Figures, with their sources -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "question"),
    [
        # conv5_3 and pool5: google-research/receptive_field, RECEPTIVE_FIELD_TABLE, vgg_16
        ("vgg16", "rf == 212 and stride == 32 and before == 90"),
        ("vgg16 --layer stage5/Conv3", "rf == 196 and stride == 16 and before == 90"),
        # strides of the 3x3 windows, as in torchvision: nashory/DeLF-pytorch, issues 15 and 22
        # strides of the 1x1 windows, as in the paper: 11 + 3*2*4 + 4*2*8 + 6*2*16 + 3*2*32, padded by half of that
        ("resnet50", "rf == 427 and stride == 32 and before == 213"),
        ("resnet50 --strided 1", "rf == 483 and stride == 32 and before == 241"),
        ("resnet101", "rf == 971"),
        ("resnet152", "rf == 1451"),
        # google-research/receptive_field, mobilenet_v1 at 224 and at 321
        ("mobilenet_v1", "rf == 315 and stride == 32 and before == 126"),
        ("mobilenet_v1 --input 321", "rf == 315 and stride == 32 and before == 157"),
        # google-research/receptive_field, alexnet_v2/pool5
        ("alexnet", "rf == 195 and stride == 32"),
        # 140 at the bottom, stride 16; 5 neighbours read 3 of the level below, so 172 and 188 above; further up these
        # begin at the same multiple of 16, or at two
        ("u_net.yaml", "rf_min == 188 and rf_max == 204 and period == 16 and stride == 1"),
        ("gaps.yaml", "rf_min == 0 and rf_max == 1 and period == 3 and stride == 1/3"),
        ("gate.yaml", "rf == 5 and stride == 2"),
        ("strides.yaml", "rf_min == rf_max and rf == 20 and narrowest == 8"),
    ],
)
def test_figures(run: Run, words: str, question: str) -> None:
    said = run("rf", *words.split(), "--assert", question)
    assert (said.code, said.err) == (0, "")


def test_a_u_net_repeats_after_sixteen_outputs(run: Run) -> None:
    assert re.search(r"after64/conv2 +188..204 /16† +1 ", run("rf", "u_net.yaml").out)
    (last,) = document(run, "u_net.yaml", "--layer", "after64/conv2")["layers"]
    height = last["axes"][0]
    assert (height["size"], height["period"], height["stride"]) == ({"least": 188, "most": 204}, 16, 1)


def test_padding_is_a_formula_of_the_input_size(run: Run) -> None:
    """MobileNet v1 in TensorFlow's dialect: None in google-research/receptive_field where the size is not known."""
    (layer,) = document(run, "mobilenet_v1", "--input", "n", "--layer", "Layer13/Depthwise/conv")["layers"]
    before = layer["axes"][0]["before"]
    assert before["text"] == "126 + (-n mod 32)"
    assert before["by_remainder"] == [126 + -n % 32 for n in range(32)]
    assert "126 + (-n mod 32)" in run("rf", "mobilenet_v1", "--input", "n").out


NUMBERS = st.lists(st.integers(-9, 9), min_size=1, max_size=9)
LINES = st.tuples(
    st.integers(-5, 5), st.integers(-3, 3), st.sampled_from([-1, 1]), st.integers(0, 8), st.integers(2, 9)
)


@given(
    NUMBERS
    | LINES.map(lambda given: [given[0] + given[1] * ((given[2] * n + given[3]) % given[4]) for n in range(given[4])])
)
def test_formulas_say_the_values(values: list[int]) -> None:
    """The text, read as arithmetic, is the list."""
    text = str(shortest(values))
    if " for n mod " not in text:
        code = re.sub(r"mod (\d+) = ", r"mod \1 == ", text).replace("mod", "%")
        assert [eval(code, {"n": n}) for n in range(3 * len(values))] == 3 * values


def test_formulas_have_holes_where_a_size_is_not_taken() -> None:
    assert shortest([7, HOLE, 7, HOLE]) == OfSize((7,))
    assert str(shortest([7, HOLE, 9, HOLE])) == "7 if n mod 4 = 0, 9 if n mod 4 = 2"


def test_sizes_that_the_network_does_not_take_are_left_out(run: Run) -> None:
    found = document(run, "small_u_net.yaml", "--input", "n")
    assert found["taken"] == {"modulus": 4, "remainders": [0]}
    assert "n mod 4 = 0" in run("rf", "small_u_net.yaml", "--input", "n").out


def test_every_axis_has_its_formula(run: Run) -> None:
    said = run("rf", "cube.yaml", "--input", "n")
    assert "n pixels deep, high and wide" in said.out
    assert re.search(r"max_pool +height +4 +2 +1 +1 - \(-n mod 2\)", said.out)
    assert re.search(r"max_pool +depth +1 +1 +0 +0\n", said.out)


# Questions about a layer ---------------------------------------------------------------------------------------------


def test_a_unit_sees_a_box(run: Run) -> None:
    """Of ResNet-50, 427/32/213: unit 0 sees -213 to 213, unit 3 -117 to 309; of 427x427, 214x224 lie inside."""
    unit = document(run, "resnet50", "--layer", "conv5", "--unit", "0,3")["unit"]
    assert [axis["box"] for axis in unit["axes"]] == [{"first": -213, "last": 213}, {"first": -117, "last": 309}]
    assert [axis["inside"] for axis in unit["axes"]] == [{"first": 0, "last": 213}, {"first": 0, "last": 223}]
    share = 1 - Fraction(214 * 224, 427 * 427)
    assert unit["padding"] == {"num": share.numerator, "den": share.denominator}
    assert "some path sees the whole image" in run("rf", "gate.yaml", "--unit", "0,0").out


def test_a_pixel_reaches_units(run: Run) -> None:
    """5 wide, stride 2, padding 2: pixel 5 lies in 2o - 2 to 2o + 2 for o = 2 and 3."""
    (layer,) = document(run, "line.yaml", "--pixel", "5", "--layer", "conv")["layers"]
    assert layer["axes"] == [{"axis": "length", "units": {"first": 2, "last": 3}, "count": 2}]


def test_what_is_pooled_has_no_units(run: Run) -> None:
    said = run("rf", "gate.yaml", "--pixel", "5,6", "--all")
    assert "last*" in said.out
    assert "global_avg_pool" not in said.out


def test_tiles(run: Run) -> None:
    """The halo of a U-Net of depth 2 with 3x3 windows and pools of 2 is 22: CSBDeep, tile_overlap."""
    (height, width) = document(run, "small_u_net.yaml", "--tiles")["tiles"]["axes"]
    assert (height["align"], height["halo"]) == (4, [22, 22])
    assert {**height, "axis": "width"} == width
    assert run("rf", "small_u_net.yaml", "--tiles", "--all").out.count("\nheight") == 1 + 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("adaptive.yaml", "adaptive_avg_pool sees other pixels in tiles"),
        ("corners.yaml", "upsample sees other pixels in tiles"),
        ("mobilenet_v1 --input 225", "multiples of 32x32"),
        ("u_net.yaml", "multiples of 16x16"),
        ("gate.yaml", "last sees the whole image by some path, which no tile does"),
        ("strides.yaml", "branches of strides 2 and 1 meet"),
    ],
)
def test_tiles_that_are_not_to_be_had(run: Run, words: str, message: str) -> None:
    said = run("rf", *words.split(), "--tiles")
    assert said.code == 2
    assert message in said.err


def test_design(run: Run) -> None:
    """The narrowest path to the last window sees 75: 11, and a 3x3 window of stride 32 before it.

    75 is what the README of rfa_toolbox prints for it.
    """
    found = document(run, "resnet50", "--input", "64", "--design", "--object", "96")
    axis = found["design"][0]
    assert (axis["smallest"], axis["behind"], axis["largest"]) == (75, [2, 53], 427)
    assert found["objects"] == [{"pixels": 96, "layers": ["conv4/Unit1/residual/ConvBN2/conv"] * 2}]
    assert document(run, "resnet50", "--input", "75", "--design")["design"][0]["behind"] == [0, 53]
    assert document(run, "resnet50", "--input", "74", "--design")["design"][0]["behind"] == [2, 53]
    assert "gate/global_avg_pool is the first that sees the whole image" in run("rf", "gate.yaml", "--design").out


def test_proof(run: Run, golden: Callable[[str, str], None]) -> None:
    golden("rf-proof.txt", run("rf", "small_u_net.yaml", "--proof").out)
    assert "last pixel   1" in run("rf", "gate.yaml", "--proof").out  # a branch that is pooled has no part
    assert run("explain", "gate.yaml", "multiply").code == 0


def test_a_gate_has_no_part_however_small_the_map(run: Run) -> None:
    """1 + 2 + 2*2 + 2*4 pixels, padded 1 + 2 + 4."""
    for n in (1, 4, 5, 8, 32):
        said = run("rf", "gated.yaml", "--input", str(n), "--assert", "rf == 15 and stride == 4 and before == 7")
        assert (said.code, "†" in said.out) == (0, False), said.out


@pytest.mark.parametrize("network", ["efficientnet", "mobilenet_v3", "se_resnet50", "mnasnet_a1", "senet"])
def test_the_field_of_a_gated_network_does_not_hang_on_its_input(run: Run, network: str) -> None:
    """At 31 to 33 pixels the last maps have one position, at 224 they have 7x7."""

    def sizes(n: int) -> list[tuple[str, list[Any]]]:
        layers = document(run, network, "--input", str(n))["layers"]
        return [(layer["path"], [(axis["size"], axis["stride"]) for axis in layer["axes"]]) for layer in layers]

    wanted = sizes(224)
    assert sizes(31) == sizes(32) == sizes(33) == wanted


def test_formulas_of_the_input_meet_the_engine_where_a_map_has_one_position(run: Run) -> None:
    said = run("formula", "gated.yaml", "--in", "h", "--metric", "receptive_field", "--input", "4")
    assert (said.code, "Disagreement" in said.err) == (0, False)
    assert ": 15\n" in said.out


def test_paths_are_compared_once_for_all_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are walked a few times, not once a layer: the time is linear in the layers."""
    fields = Fields(archcalc.load("resnet50").report())
    rows, walks = fields.rows, []

    class Walked(list[Row]):
        def __iter__(self) -> Iterator[Row]:
            walks.append(1)
            return super().__iter__()

    monkeypatch.setattr(Fields, "rows", Walked(rows))
    assert len(fields.layers) == len(rows) > 100
    assert len(walks) < 20


def test_diff(run: Run) -> None:
    said = run("rf", "resnet50", "--diff", "resnet50:strided=1")
    assert said.out.endswith("they part at conv3/Unit1/residual/ConvBN1/conv\n")
    assert "conv2" not in said.out
    assert "the same in every layer" in run("rf", "resnet50", "--strided", "1", "--diff", "resnet50:strided=1").out
    assert "A: resnet50 strided=1\n" in run("rf", "resnet50", "--strided", "1", "--diff", "resnet50").out
    found = document(run, "resnet50", "--diff", "resnet101", "--layer", "conv5/Unit3/add")
    assert found["part_at"] == "conv4/Unit7/residual/ConvBN2/conv"
    assert [found["layers"][0][side][0]["size"] for side in ("first", "other")] == [427, 971]


# --assert ------------------------------------------------------------------------------------------------------------

VGG16 = {
    "rf": "212",
    "rf_min": "212",
    "rf_max": "212",
    "period": "1",
    "stride": "32",
    "start": "-90",
    "end": "211 - 90",
    "before": "90",
    "after": "6*32 - 90 + 211 - 223",
    "centre": "(-90 + 121)/2",
    "cover": "212/224",
    "narrowest": "212",
    "widest": "212",
}


def test_every_figure_can_be_asked_for(run: Run) -> None:
    assert VGG16.keys() == NAMES.keys()
    questions = [word for name, value in VGG16.items() for word in ("--assert", f"{name} == {value}")]
    assert run("rf", "vgg16", *questions).code == 0


def test_what_is_false_is_told_and_exits_with_1(run: Run) -> None:
    said = run("rf", "resnet50", "--assert", "rf == 427", "--assert", "rf == 483 and cover > 1")
    assert said.code == 1
    assert said.err == "conv5/Unit3/relu: `rf == 483 and cover > 1` is false: rf is 427, cover is 1.90625\n"
    assert said.out.count("conv5") == 1  # the table of the layer that is meant


# Errors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["vgg16", "--assert", "rf =="], "ends too early"),
        (["vgg16", "--assert", "strid == 3"], "did you mean `stride`"),
        (["vgg16", "--assert", "rf"], "`rf` is no question: it is 212"),
        (["vgg16", "--assert", "true"], "asks nothing of a field"),
        (["vgg16", "--assert", "1/0 == rf"], "1 is divided by 0"),
        (["vgg16", "--assert", "rf == 'abc'"], "212 and abc are of different kinds"),
        (["u_net.yaml", "--assert", "rf == 188"], "ask for `rf_min` or `rf_max`"),
        (["strides.yaml", "--assert", "stride == 2"], "last has no `stride`"),
        (["two_inputs.yaml", "--assert", "rf == 5"], "sum has no field of its own: inputs of different sizes meet"),
        (["vgg16", "--layer", "nonsense"], "no layer matches `nonsense`"),
        (["resnet50", "--layer", "fc", "--unit", "0"], "fc puts out 1000, no map"),
        (["resnet50", "--layer", "global_avg_pool", "--unit", "0,0"], "one position for the whole map"),
        (["resnet50", "--layer", "fc", "--pixel", "0,0"], "no layer that `fc` means has positions"),
        (["vgg16", "--unit", "a,b"], "--unit is `a,b`: whole numbers are wanted"),
        (["vgg16", "--unit", ""], "--unit is ``: whole numbers are wanted"),
        (["vgg16", "--unit", "0"], "stage5/max_pool has 2 axes and the unit 0 has 1"),
        (["line.yaml", "--unit", "0,0"], "conv has 1 axis and the unit 0,0 has 2"),
        (["vgg16", "--unit", "0,7"], "the width of stage5/max_pool is 7, positions 0 to 6, and the unit is at 7"),
        (["vgg16", "--pixel", "224,0"], "the height of the input is 224, positions 0 to 223, and the pixel is at 224"),
        (["vgg16", "--pixel=-1,0"], "the pixel is at -1"),
        (["two_inputs.yaml", "--pixel", "0,0"], "the network has 2 inputs: image, mask"),
        (["two_inputs.yaml", "--input", "n"], "the network has 2 inputs"),
        (["two_inputs.yaml", "--tiles"], "inputs of different sizes meet"),
        (["vectors.yaml"], "the network has no map: its input is 784, a vector"),
        (["vectors.yaml", "--input", "n"], "the network has no map"),
        (["vgg16", "--object", "7"], "--object without --design"),
        (["vgg16", "--design", "--object", "0"], "--object"),
        (["vgg16", "--unit", "0,0", "--tiles"], "--unit and --tiles are different questions"),
        (["vgg16", "--input", "n", "--assert", "rf == 212"], "--assert wants one input size"),
        (["vgg16", "--input", "m"], "a size is a whole number"),
        (["vgg16", "--proof", "--format", "json"], "--proof is a text"),
        (["vgg16", "--format", "github"], "github is no format for fields"),
        (["vgg16", "--diff", "nonsense"], "no packaged spec or variant `nonsense`"),
        (["vgg16", "--diff", "line.yaml"], "line.yaml: maps of 2 axes and of 1 axis do not compare"),
    ],
)
def test_errors(run: Run, words: list[str], message: str) -> None:
    said = run("rf", *words)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


# Formats and widths --------------------------------------------------------------------------------------------------


def test_the_document_has_all_that_the_docs_promise(run: Run) -> None:
    found = document(run, "strides.yaml", "--all")
    assert list(found) == ["schema_version", "network", "variant", "parameters", "input", "layers"]
    assert found["input"] == {"input": [3, 32, 32]}
    last = found["layers"][-1]
    assert last.keys() == {"path", "op", "output", "whole", "unknown", "unaligned", "axes"}
    assert last["unaligned"] == {"branches": ["a/conv2", "b"], "axis": 0, "spread": None}
    sight = {name: value for name, value in last["axes"][0].items() if name != "axis"}
    # by hand: a sees 2o to 2o + 3 and b o to o + 17, from 0 to 14; three of these; 12 = 14 - 2 is the last
    assert sight == {
        "size": 20, "period": None, "stride": None, "start": 0, "end": 19, "before": 0, "after": 0,
        "centre": {"num": 19, "den": 2}, "cover": {"num": 5, "den": 8}, "dead": [0, 0], "narrowest": 8, "widest": 20,
        "narrowest_path": ["input", "a/conv1", "a/conv2", "last"], "widest_path": ["input", "b", "last"],
    }  # fmt: skip


def test_inputs_of_unlike_axes(run: Run) -> None:
    """A gate from a sound of one axis has no part in the field of an image of two: two 3x3 windows see 5."""
    assert run("rf", "sound_and_image.yaml", "--assert", "rf == 5 and stride == 1").code == 0
    found = document(run, "sound_and_image.yaml", "--design", "--object", "4")
    assert [each["largest"] for each in found["design"]] == [5, 5]
    assert [each["behind"] for each in found["design"]] == [[0, 2], [0, 2]]  # without the sound's
    assert found["objects"] == [{"pixels": 4, "layers": ["c", "c"]}]


def test_paths_of_one_layer_are_named(run: Run) -> None:
    """By the shortcuts, whose only window is none: 7 of conv1 and 4 of the pool make 11."""
    said = run("rf", "resnet18", "--layer", "conv3/Unit2/add").out
    assert "narrowest, 11: input · conv1/conv · max_pool · conv3/Unit1/shortcut/ConvBN/conv\n" in said
    [layer] = document(run, "resnet18", "--layer", "conv3/Unit2/add")["layers"]
    units = [f"conv{at}/Unit{unit}/residual/ConvBN{conv}/conv" for at in (2, 3) for unit in (1, 2) for conv in (1, 2)]
    assert layer["axes"][0]["widest_path"] == ["input", "conv1/conv", "max_pool", *units]


def test_a_layer_without_a_field_says_why(run: Run) -> None:
    said = run("rf", "two_inputs.yaml")
    assert "unknown: inputs of different sizes meet" in said.out
    assert "†" not in said.out
    assert document(run, "two_inputs.yaml")["layers"][-1]["unknown"] == "inputs of different sizes meet"


def test_other_formats(run: Run, golden: Callable[[str, str], None]) -> None:
    golden("rf-small_u_net.csv", run("rf", "small_u_net.yaml", "--format", "csv").out)
    assert run("rf", "vgg16", "--format", "markdown").out.count("|\n") == 22
    assert "\\begin{tabular}" in run("rf", "vgg16", "--format", "latex").out
    assert run("rf", "vgg16", "-o", "fields.json").out == ""
    assert json.loads(Path("fields.json").read_text())["variant"] == "vgg16"


@pytest.mark.parametrize("name", tried.NAMES)
def test_every_packaged_network_fits_eighty_columns(run: Run, name: str) -> None:
    for words in ([], ["--design"]):
        said = run("rf", name, *words)
        assert said.code == 0
        assert max(map(len, said.out.splitlines())) <= 80


def test_completion() -> None:
    def words(line: str) -> list[str]:
        return [answer.word for answer in answers(line.split(" "))]

    assert words("rf resnet50 --layer con") == ["conv1/", "conv2/", "conv3/", "conv4/", "conv5/"]
    assert "resnet101" in words("rf resnet50 --diff resnet101")
    assert {"--tiles", "--proof", "--assert", "--strided"} <= set(words("rf resnet50 --"))
