"""Formulas: those of papers and of arithmetic by hand, and the engine over integers at every turn."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from asked_once import asked_once
from conftest import Said
from tried import NAMES

from archcalc.cli.app import BUG, WRONG
from archcalc.errors import ArchcalcError, UsageError
from archcalc.network import Network, load
from archcalc.render.math import Formula as Written
from archcalc.render.math import condition
from archcalc.render.views import percent
from archcalc.study import points
from archcalc.study.formula import Formula, formula
from archcalc.study.points import at
from archcalc.study.quasi import quasi
from archcalc.study.views import against, derivative, elasticities, shares
from archcalc.values.symbols import Symbolic
from archcalc.values.vector import Vector

Run = Callable[..., Said]
Make = Callable[[str], Network]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A network of a few lines."""

    def made(text: str) -> Network:
        path = tmp_path / "net.yaml"
        path.write_text(f"network: net\n{text}", encoding="utf-8")
        return load(str(path))

    return made


def text(found: Formula) -> str:
    return " | ".join(dict.fromkeys(str(Written(value)) for value in found.whole))


def conditions(found: Any) -> list[str]:
    return ["".join(map(str, condition(each))) for each in found.conditions]


# By hand -------------------------------------------------------------------------------------------------------------


MOBILENET = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2)]
MOBILENET += [(512, 512, 1)] * 5 + [(512, 1024, 2), (1024, 1024, 1)]


def test_mobilenet() -> None:
    """Howard et al. 2017, Table 1: 3x3x3 into 32α, thirteen of 3x3 on each channel and 1x1, and the classifier."""
    squares = linear = 0  # of α, in units of h²
    linear += 3 * 3 * 3 * 32 * 16**2
    side = 16
    for channels, filters, stride in MOBILENET:
        side //= stride
        linear += 9 * channels * side**2
        squares += channels * filters * side**2
    assert (squares, linear) == (11010048, 576000)
    found = formula(load("mobilenet_v1"), ["alpha", "h"])
    assert text(found) == f"{squares}·α²h² + {linear}·αh² + {1024 * 1000}·α"
    assert conditions(found) == ["32·α whole"]
    assert [(axis.symbol, axis.divisor, axis.remainder) for axis in found.axes] == [("h", 32, 0)]
    assert found.point == {"alpha": 1, "h": 7}


def densenet(k: int, layers: list[int], theta: Fraction) -> tuple[int, int]:
    """Parameters and Mult-Adds on 224x224, layer by layer: Huang et al. 2017, Table 1."""
    params = mult_adds = 0

    def conv(channels: int, filters: int, kernel: int, side: int, norm: int) -> None:
        nonlocal params, mult_adds
        params += channels * filters * kernel**2 + 2 * norm
        mult_adds += channels * filters * kernel**2 * side**2

    conv(3, 2 * k, 7, 112, 2 * k)
    channels, side = 2 * k, 56
    for number, count in enumerate(layers):
        for _ in range(count):
            conv(channels, 4 * k, 1, side, channels)
            conv(4 * k, k, 3, side, 4 * k)
            channels += k
        if number < len(layers) - 1:
            conv(channels, int(theta * channels), 1, side, channels)
            channels, side = int(theta * channels), side // 2
    return params + 2 * channels + (channels + 1) * 1000, mult_adds + channels * 1000


@pytest.mark.parametrize(("variant", "layers"), [("densenet121", [6, 12, 24, 16]), ("densenet264", [6, 12, 64, 48])])
def test_densenet_is_a_polynomial_in_its_growth_rate(variant: str, layers: list[int]) -> None:
    params = formula(load(variant), ["k"], metric="params")
    mult_adds = formula(load(variant), ["k"])
    for k in range(1, 80):  # more points than the degree has coefficients
        assert (at(params.whole, {"k": k}), at(mult_adds.whole, {"k": k})) == tuple(
            (value,) for value in densenet(k, layers, Fraction(1, 2))
        )
    assert conditions(params) == conditions(mult_adds) == []


def test_what_a_transition_keeps_is_a_symbol_too() -> None:
    found = formula(load("densenet121"), ["k", "theta"], metric="params")
    assert "8·kθ whole" in conditions(found)
    for k, theta in ((32, Fraction(1, 2)), (16, Fraction(1)), (8, Fraction(1, 8)), (64, Fraction(1, 4))):
        point = {"k": k, "theta": theta}
        if found.space.admits(point):
            assert at(found.whole, point) == (densenet(k, [6, 12, 24, 16], theta)[0],)
    assert found.space.admits({"k": 32, "theta": Fraction(1, 2)})
    assert not found.space.admits({"k": 32, "theta": Fraction(3, 10)})


NET = "parameters: {C: {default: 64, min: 1}, g: {default: 4, min: 1}, k: 3, r: {default: 16, min: 1}, N: 32}\n"


@pytest.mark.parametrize(
    ("names", "metric", "body", "wanted", "holds"),
    [
        # depthwise separable against standard: Howard et al. 2017, section 3.1
        (["C", "N"], "params", "conv: {out: N, kernel: 1, bias: false}", "CN", []),
        # groups: 9C²/g, Xie et al. 2017
        (["C", "g"], "params", "conv: {out: C, kernel: 3, groups: g, bias: false}", "9·C²/g", ["C/g whole"]),
        # squeeze and excitation: 2C²/r, Hu et al. 2017
        (
            ["C", "r"],
            "params",
            "[global_avg_pool, conv: {out: C//r, kernel: 1, bias: false}, conv: {out: C, kernel: 1, bias: false}]",
            "2·C²/r",
            ["C/r whole", "C ≥ r"],
        ),
        # a kernel of any odd size: two are 2k - 1
        (
            ["k"],
            "receptive_field",
            "[conv: {out: 1, kernel: k, padding: half}, conv: {out: 1, kernel: k, padding: half}]",
            "2·k − 1",
            ["(k − 1)/2 whole"],
        ),
        # without padding: (H - k + 1)²·k²·C
        (["k"], "mult_adds", "conv: {out: 1, kernel: k, bias: false}", "64·k⁴ − 4224·k³ + 69696·k²", ["k ≤ 32"]),
        (["h"], "mult_adds", "conv: {out: 1, kernel: 1, stride: 2, bias: false}", "64·h²", []),
    ],
)  # fmt: skip
def test_layers(make: Make, names: list[str], metric: str, body: str, wanted: str, holds: list[str]) -> None:
    body = body if body.startswith("[") else f"[{body}]"
    found = formula(make(f"{NET}input: [C, 32, 32]\nbody: {body}\n"), names, metric=metric)
    assert text(found) == wanted
    assert conditions(found) == holds


def test_a_side_keeps_the_remainder_of_the_networks_own() -> None:
    """AlexNet on 227 pixels loses nothing to a floor: (227 - 11)/4 + 1 = 55, 27, 13, 6."""
    found = formula(load("alexnet"), ["h"])
    assert [(axis.divisor, axis.remainder) for axis in found.axes] == [(32, 3)]
    assert found.space.domains["h"].minimum == 2  # 67 pixels: 15, 7, 3, 1
    conv = [(3, 96, 11, 1, 55), (96, 256, 5, 2, 27), (256, 384, 3, 1, 13), (384, 384, 3, 2, 13), (384, 256, 3, 2, 13)]
    by_hand = sum(i * o * k * k // g * n * n for i, o, k, g, n in conv) + 9216 * 4096 + 4096 * 4096 + 4096 * 1000
    assert at(found.whole, {"h": 7}) == (by_hand,)


def test_height_and_width() -> None:
    found = formula(load("resnet50"), ["h", "w"])
    assert text(found) == "83410944·hw + 2048000"  # on 7·32 pixels a side: torchvision's 4,089,184,256
    assert 83410944 * 49 + 2048000 == 4_089_184_256


def test_channels_of_the_input_stay_a_symbol_beside_its_sides() -> None:
    """LeNet-5: 6 filters of 5x5 on each colour, at (4h - 4)² places."""
    found = formula(load("lenet5"), ["colours", "h"])
    assert text(derivative(found, "colours")) == "2400·h² − 4800·h + 2400"
    assert 6 * 25 * 4 * 4 == 2400
    fixed = formula(load("lenet5"), ["colours"], input="1x32x32")
    assert not isinstance(fixed.whole[0], Symbolic)
    assert (
        text(formula(load("lenet5"), ["colours"], input=28))
        == f"{150 * 24 * 24}·colours + {2400 * 64 + 30720 + 10080 + 840}"
    )


def test_a_parameter_may_set_the_input() -> None:
    by_side = formula(load("mobilenet_v1"), ["h"])
    by_rho = formula(load("mobilenet_v1"), ["rho"])
    assert conditions(by_rho) == ["7·ρ whole"]
    for seventh in (1, 4, 7, 12):
        assert at(by_rho.whole, {"rho": Fraction(seventh, 7)}) == at(by_side.whole, {"h": seventh})


# Rounding ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "alpha", "wanted", "holds"),
    [
        ("round(32*alpha)", "1", "32·α", ["32·α whole"]),
        ("divisible(32*alpha, 8)", "1", "32·α", ["4·α whole"]),
        ("floor(32*alpha)", "1", "32·α", ["32·α whole"]),
        ("round(32*alpha)", "0.7", "round(32·α)", ["round(32·α) ≥ 1"]),
        ("floor(32*alpha)", "0.7", "floor(32·α)", ["floor(32·α) ≥ 1"]),
        ("ceil(32*alpha)", "0.7", "ceil(32·α)", ["ceil(32·α) ≥ 1"]),
        ("divisible(32*alpha, 8)", "0.7", "divisible(32·α, 8)", []),
        ("max(16, round(32*alpha))", "1", "32·α", ["32·α whole", "2·α ≥ 1"]),
        ("max(16, round(32*alpha))", "0.25", "16", ["32·α whole", "2·α ≤ 1"]),
    ],
)
def test_rounding_is_a_condition_or_an_atom(
    make: Make, expression: str, alpha: str, wanted: str, holds: list[str]
) -> None:
    network = make(
        f"parameters: {{alpha: {{default: 1.0, above: 0}}}}\ninput: [1, 1, 1]\n"
        f"body: {{conv: {{out: '{expression}', kernel: 1, bias: false}}}}\n"
    )
    found = formula(network, ["alpha"], metric="params", given={"alpha": alpha})
    assert text(found) == wanted
    assert conditions(found) == holds
    for eighth in range(1, 40):  # at every point that the formula admits
        point = {"alpha": Fraction(eighth, 20)}
        if found.space.admits(point):
            assert at(found.whole, point) == (network.report(**point).totals["params"],)


def test_what_is_open_at_the_networks_own_settings_is_told(make: Make) -> None:
    network = make(
        "parameters: {width: 64}\ninput: [64, 8, 8]\n"
        "body: {when: in != width, conv: {out: width, kernel: 1}, else: identity}\n"
    )
    with pytest.raises(UsageError, match="64 = width is open"):
        formula(network, ["width"])
    assert conditions(formula(network, ["width"], given={"width": 32})) == ["width ≠ 64"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("units", "`units` is a list: only a number can be a symbol"),
        ("Unit", "`Unit` is one of Basic, Bottleneck: it is no symbol"),
        ("strided", "`strided` is one of 1, 3: it is no symbol"),
        ("alpha", "`alpha` is no parameter of ResNet\n    hint: it has units, Unit, shortcut, strided, classes, h, w;"),
    ],
)
def test_what_cannot_be_a_symbol(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        formula(load("resnet50"), [name])
    assert str(caught.value).startswith(message)


# Every size ----------------------------------------------------------------------------------------------------------

ODD = """\
input: [3, 40, 40]
defaults: {conv: {padding: same}}
body:
  - {name: a, conv: {out: 8, kernel: 3}}
  - {name: b, max_pool: {kernel: 2, stride: 2}}
  - {name: c, conv: {out: 5, kernel: 5, stride: 2, padding: valid}}
  - add:
      x: {max_pool: {kernel: 2, stride: 2}}
      y: {conv: {out: in, kernel: 3, stride: 2, padding: same}}
"""
CEIL = """\
input: [3, 40, 40]
body:
  - {name: b, max_pool: {kernel: 3, stride: 2, rounding: ceil, padding: 1}}
  - {name: c, conv: {out: 5, kernel: 5, stride: 3, dilation: 2}}
  - {name: p, avg_pool: {kernel: 2, stride: 2, rounding: caffe, padding: 1}}
  - [flatten, linear: 3]
"""
SMALL_DIFFER = """\
input: [3, 40, 40]
body:
  - {name: a, conv: {out: 'max(4, in_height - 4)', kernel: 3, padding: half}}
  - {name: b, conv: {out: 3*floor(in_height/3), kernel: 3, padding: half}}
  - {name: s, conv: {out: in, kernel: 3, stride: 2}, when: in_height > 9}
"""
MULTIPLE = """\
input: [4, 40, 40]
body:
  - {name: a, conv: {out: in_height, kernel: 1, groups: 4}}
  - {name: b, conv: {out: 9, kernel: 1, when: in_width == 12}, when: in_width == 12}
""".replace(", when: in_width == 12}, when", "}, when")


@pytest.mark.parametrize("body", [ODD, CEIL, SMALL_DIFFER, MULTIPLE], ids=["odd", "ceil", "small", "multiple"])
def test_every_size_of_an_odd_network(make: Make, body: str) -> None:
    _every_size(make(body))


@pytest.mark.parametrize("variant", ["mobilenet_v1", "lenet5", "alexnet", "resnet_cifar20", "vgg11", "resnet18"])
def test_every_size_of_a_packaged_network(variant: str) -> None:
    _every_size(load(variant))


def _every_size(network: Network) -> None:
    found = quasi(network, ["h"])
    accepted = []
    for size in range(1, found.smallest + 2 * found.divisor + 1):
        try:
            theirs: Any = found.question.ask({"h": size})[0]
            accepted.append(size)
        except ArchcalcError:
            theirs = None
        value, figure = found.of(size)
        assert (figure and at(figure, {"h": value})) == theirs, size
    assert accepted[0] == found.smallest


def test_the_smallest_inputs() -> None:
    """torchvision's AlexNet takes 63 pixels and no fewer, VGG 32; LeNet-5: 16, 12, 6, 2, 1."""
    smallest = {
        name: quasi(load(name), ["h"]).smallest for name in ("alexnet_torchvision", "vgg16", "lenet5", "resnet50")
    }
    assert smallest == {"alexnet_torchvision": 63, "vgg16": 32, "lenet5": 16, "resnet50": 1}


def test_equal_formulas_are_one() -> None:
    """ResNet's first convolution makes ⌈n/2⌉ of n, as does every stride of it: odd sizes do as the even ones above."""
    found = quasi(load("resnet18"), ["h"])
    assert [branch.remainders for branch in found.branches] == [(n, n + 1) for n in range(1, 32, 2)]
    found = quasi(load("mobilenet_v1"), ["alpha", "h"])  # TensorFlow's SAME
    assert [branch.remainders for branch in found.branches] == [(n, n + 1) for n in range(1, 32, 2)]
    assert conditions(found) == ["32·α whole"]


# Views ---------------------------------------------------------------------------------------------------------------


def test_the_leading_term() -> None:
    """Howard et al. 2017, Table 2: 1x1 convolutions are 94.86 % of the Mult-Adds."""
    found = formula(load("mobilenet_v1"), ["alpha", "h"])
    first, *others = shares(found, found.whole)
    assert (str(Written(first.term)), first.value) == ("11010048·α²h²", 11010048 * 49)
    assert percent(first.share) == "94.86%"
    assert sum((each.share for each in others), start=first.share) == 1


def test_derivatives_and_elasticities() -> None:
    found = formula(load("mobilenet_v1"), ["alpha", "h"], by="layer")
    assert text(derivative(found, "alpha")) == "22020096·αh² + 576000·h² + 1024000"
    of = dict(elasticities(found))
    assert of["conv1"] == of["Layer1/Depthwise"] == {"alpha": 1, "h": 2}
    assert of["Layer1/Standard"] == {"alpha": 2, "h": 2}
    assert of["classifier"] == {"alpha": 1, "h": 0}
    assert of["global_avg_pool"] == {"alpha": None, "h": None}
    assert of[""]["alpha"] == Fraction(2 * 539492352 + 28224000 + 1024000, 568740352)


def test_an_elasticity_counts_pixels(make: Make) -> None:
    """A convolution of 7 on 25 pixels, 4h + 1: 10·(2h - 2)²; at 25 pixels 2·25·(1/4)·(2·10·2·10)/(10·100) = 5/2."""
    found = formula(make("input: [1, 25, 25]\nbody: {conv: {out: 10, kernel: 7, stride: 2}}"), ["h"], by="layer")
    axis = found.axes[0]
    side = (axis.size(found.point["h"]) - 7) // 2 + 1
    assert (axis.divisor, axis.remainder, side) == (2, 1, 10)
    assert dict(elasticities(found))[""]["h"] == Fraction(25, 2) * 2 / side


def test_how_far_a_law_is_off() -> None:
    """MobileNet's α²ρ² on half the width: by hand from its three terms."""
    found = formula(load("mobilenet_v1"), ["alpha", "rho"])
    law = against(found, "alpha**2*rho**2")
    assert law.grid == {
        "alpha": [1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)],
        "rho": [1, Fraction(6, 7), Fraction(5, 7), Fraction(4, 7)],
    }
    off = {(trial.point["alpha"], trial.point["rho"]): trial.off for trial in law.trials}
    whole = 539492352 + 28224000 + 1024000
    half, four = Fraction(1, 2), Fraction(4, 7)
    assert off[1, 1] == 0
    assert off[half, 1] == (539492352 * half**2 + 28224000 * half + 1024000 * half) / (whole * half**2) - 1
    assert (
        off[half, four]
        == (539492352 * half**2 * four**2 + 28224000 * half * four**2 + 1024000 * half) / (whole * half**2 * four**2)
        - 1
    )
    beside = {trial.point["rho"]: trial.off for trial in against(found, "rho**2", {"rho": ["1", "0.714"]}).trials}
    h = Fraction(5)  # round(224·0.714) is 160 pixels, 5·32, the law says 0.714²
    ours = (11010048 + 576000) * h**2 + 1024000
    assert beside[Fraction(357, 500)] == ours / whole / Fraction(357, 500) ** 2 - 1


# The engine is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_packaged_network_agrees_with_the_engine(name: str) -> None:
    network = load(name)
    if network.spec.body is None:
        pytest.skip("it holds blocks for others to import")
    numbers = [
        each for each, parameter in network.parameters.items()
        if parameter.kind in ("whole", "number") and parameter.choices is None
    ]  # fmt: skip
    for asked in (["h"], *([each] for each in numbers)):
        with asked_once(network):
            for metric in ("mult_adds", "params", "activations"):
                try:
                    found = formula(network, asked, metric=metric, checked=10)
                except UsageError as error:
                    if "must be decided" not in str(error):  # the parameter says how many layers there are
                        raise
                    continue
                assert found.points[0] == found.point, metric


def test_a_wrong_formula_is_a_bug_and_not_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = points.at
    monkeypatch.setattr(points, "at", lambda *given: tuple(value + 1 for value in real(*given)))
    said = run("formula", "lenet5")
    assert said.code == BUG
    assert said.out == ""
    assert "Mult-Adds at h = 8: the formula gives (416521,), the engine (416520,)" in said.err


def _random_network(seed: int) -> str:
    """Layers in a row, some with a branch beside them; sizes of a few parameters."""
    choose = random.Random(seed)
    sizes = ["C", "2*C", "C + 8", "k + 1", "round(16*a)", "4*g", "12"]
    steps = []
    for number in range(choose.randint(2, 5)):
        out, stride = choose.choice(sizes), choose.choice([1, 1, 2])
        padding = choose.choice(["same", "half", "valid"])
        kernel = choose.choice(["1", "3", "k", "5"])
        conv = f"conv: {{out: '{out}', kernel: {kernel}, stride: {stride}, padding: {padding}}}"
        kind = choose.randint(0, 4)
        if kind == 0:
            steps.append(f"  - {{name: n{number}, max_pool: {{kernel: 2, stride: {stride}, rounding: ceil}}}}")
        elif kind == 1:
            steps.append(f"  - {{name: n{number}, conv: {{out: in, kernel: 3, groups: in, padding: {padding}}}}}")
        elif kind == 2:
            steps.append(f"  - concat: {{x: identity, y: {{conv: {{out: '{out}', kernel: 3, padding: half}}}}}}")
        elif kind == 3:
            steps.append(f"  - {{name: n{number}, when: in_height > k, {conv}, else: identity}}")
        else:
            steps.append(f"  - {{name: n{number}, {conv}}}")
    return (
        "parameters: {C: {default: 8, min: 1}, k: {default: 3, min: 1}, g: {default: 2, min: 1}, "
        "a: {default: 1.0, above: 0}}\ninput: [g, 33, 33]\nbody:\n" + "\n".join(steps) + "\n"
    )


@pytest.mark.parametrize("seed", range(40))
def test_symbols_vectors_and_integers_agree(make: Make, seed: int) -> None:
    network = make(_random_network(seed))
    choose = random.Random(seed)
    asked = choose.sample(["C", "k", "g", "a", "h"], 3)
    metric = choose.choice(["mult_adds", "params", "activations"])
    found = formula(network, asked, metric=metric, checked=6)
    where = [found.sizes(point) for point in found.points]
    columns = {name: Vector.of([point[name] for point in where]) for name in where[0]}
    whole = found.question.ask(columns)[0]
    assert not isinstance(whole, points.Unavailable)
    theirs = [whole[0]] * len(where) if isinstance(whole[0], int) else whole[0].tolist()
    assert theirs == [at(found.whole, point)[0] for point in found.points]  # type: ignore[index]


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_prints_the_formula_and_where_it_holds(run: Run) -> None:
    said = run("formula", "mobilenet_v1", "--in", "alpha,h")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert "Mult-Adds = 11010048·α²h² + 576000·αh² + 1024000·α" in lines
    assert "input = 32·h, no rounding of channels: 32·α whole" in lines
    assert "at α = 1, h = 7: 568,740,352" in lines


SUFFIXES = {"text": "txt", "markdown": "md", "latex": "tex"}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("mobilenet_v1 --in alpha,h", "width"),
        ("mobilenet_v1 --in alpha,h --by stage", "stages"),
        ("mobilenet_v1 --in alpha,h --elasticity", "elasticity"),
        ("mobilenet_v1 --in alpha,h --leading --alpha 0.5", "leading"),
        ("mobilenet_v1 --against alpha**2*rho**2", "against"),
        ("resnet18 --exact", "exact"),
        ("densenet121 --in k,theta --derivative theta --metric params", "derivative"),
    ],
)
@pytest.mark.parametrize("format_", SUFFIXES)
def test_pages(run: Run, golden: Callable[[str, str], None], words: str, name: str, format_: str) -> None:
    said = run("formula", *words.split(), "--format", format_)
    assert (said.code, said.err) == (0, "")
    golden(f"formula-{name}.{SUFFIXES[format_]}", said.out)


@pytest.mark.parametrize(
    "words",
    [
        "mobilenet_v1 --in alpha,h",
        "mobilenet_v1 --in alpha,h --alpha 0.7",
        "densenet121 --in k,theta --metric params",
        "alexnet --in h,classes",
        "mobilenet_v1 --in h --metric receptive_field",
    ],
)
def test_python_and_json_evaluate_to_the_engines_figure(run: Run, words: str) -> None:
    source, document = (run("formula", *words.split(), "--format", form).out for form in ("python", "json"))
    space: dict[str, Any] = {}
    exec(source, space)
    answer = json.loads(document)
    function = space[answer["metric"]["name"]]
    network = load(words.split()[0])
    asked = words.split()[2].split(",")
    given = {"alpha": "0.7"} if "0.7" in words else {}
    found = formula(network, asked, metric=answer["metric"]["name"], given=given)
    for point in found.points:
        theirs = found.question.ask(found.sizes(point))[0]
        ours = function(**point)
        assert ours == (theirs[0] if len(set(theirs)) == 1 else theirs)  # type: ignore[arg-type,index]
        values = dict(point)
        for atom in found.space.atoms:
            values[atom] = found.space.atoms[atom].at(values)
        documented = answer["formula"] if isinstance(answer["formula"], list) else [answer["formula"]]
        for entry, value in zip(documented, theirs, strict=True):  # type: ignore[arg-type]
            assert _sum(entry["terms"], values) / _sum(entry.get("denominator", ONE), values) == value


ONE = [{"powers": {}, "num": 1, "den": 1}]


def _sum(terms: list[dict[str, Any]], values: dict[str, Any]) -> Fraction:
    result = Fraction(0)
    for term in terms:
        product = Fraction(term["num"], term["den"])
        for name, exponent in term["powers"].items():
            product *= Fraction(values[name]) ** exponent
        result += product
    return result


def test_python_for_every_size(run: Run) -> None:
    space: dict[str, Any] = {}
    exec(run("formula", "lenet5", "--exact", "--format", "python").out, space)
    network = load("lenet5")
    for size in range(1, 60):
        try:
            wanted = network.report(input=size).totals["mult_adds"]
        except ArchcalcError:
            wanted = None
        assert space["mult_adds"](size) == wanted


def test_json_of_every_size(run: Run) -> None:
    document = json.loads(run("formula", "resnet18", "--exact", "--format", "json").out)
    sides = {"inputs": ["input"], "sides": ["height", "width"]}
    assert document["axis"] == {"symbol": "h", "divisor": 32, "first_remainder": 1, **sides}
    assert document["fixed"] == {}
    assert [entry["remainders"] for entry in document["formulas"]] == [[n, n + 1] for n in range(1, 32, 2)]
    assert document["smallest"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lenet5 --exact --leading", "--exact and --leading are different views of a formula"),
        ("lenet5 --exact --by layer", "--exact is of the whole network: it does not go with --by"),
        ("lenet5 --metric mults", "there is no metric `mults`\n"),
        ("lenet5 --by op", "there is no grouping `op`"),
        ("lenet5 --format csv", "csv is no format for formulas"),
        ("lenet5 --leading --format python", "--leading has no Python source"),
        ("lenet5 --in h,w --exact", "--exact is of one side of the input map"),
        ("mobilenet_v1 --against alpha**", "`alpha**` is no law: `alpha**` ends too early"),
        ("mobilenet_v1 --against 3", "`3` holds no symbol"),
        ("mobilenet_v1 --in alpha --alpha 0.7 --derivative alpha", "round(32*alpha) has no derivative by alpha"),
    ],
)
def test_wrong_usage(run: Run, words: str, message: str) -> None:
    said = run("formula", *words.split())
    assert (said.code, said.out) == (WRONG, "")
    assert said.err.startswith(message)


def test_a_fixed_network_has_a_formula_too(make: Make) -> None:
    found = formula(make("input: [3, 8, 8]\nbody: {conv: {out: 4, kernel: 3}}"), [])
    assert not isinstance(found.whole[0], Symbolic)
    assert text(found) == str(4 * 3 * 9 * 36)
