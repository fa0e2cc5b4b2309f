"""Every case that torch can express, against torch on the meta device: shapes, parameters, buffers and multiply-adds.

`python -m pytest tests/oracle` where torch is installed. Nothing is skipped: `not_in_torch` says which cases are beyond
torch, and tests/test_reference.py checks those.
"""

import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import pytest
import torch
from op_cases import Case, answered, apply, bad, good, not_in_torch
from reading import inputs
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode
from torch_tokens import OF_CASES, Products

from archcalc.errors import RuleError
from archcalc.ops._base import catalogue
from archcalc.quantities import Unknown

Layer = Callable[..., Tensor]


def build(case: Case) -> Layer:
    """The case as a layer of torch, on a batch of 1."""
    channels, *sizes = case.inputs[0] if case.inputs else case.given["shape"]
    if case.op in OF_CASES:
        return OF_CASES[case.op](case)
    if case.op in OF_SHAPE:
        return OF_SHAPE[case.op](case.given, case.inputs[0])
    return BUILDERS[case.op](case.given, channels, len(sizes))


def of_rank(name: str, rank: int, *given: Any, **parameters: Any) -> nn.Module:
    return getattr(nn, f"{name}{rank}d")(*given, **parameters)  # type: ignore[no-any-return]


def axes(value: Any, rank: int) -> list[Any]:
    return list(value) if isinstance(value, list) else [value] * rank


def pairs(value: Any, rank: int) -> list[list[int]]:
    return [axes(side, 2) for side in axes(value, rank)]


def padder(sides: list[list[int]], value: float = 0) -> Layer:
    """Padding of the last axes, which torch lists from the last to the first."""
    flat = list(chain.from_iterable(reversed(sides)))
    return lambda x: functional.pad(x, flat, value=value)


def sides(given: dict[str, Any], rank: int) -> list[list[int]]:
    """Zeros on each side of each axis, `half` spelled out."""
    padding = given.get("padding", "valid")
    if padding == "half":
        extents = [
            d * (k - 1) + 1
            for k, d in zip(axes(given["kernel"], rank), axes(given.get("dilation", 1), rank), strict=True)
        ]
        return [[extent // 2] * 2 for extent in extents]
    return pairs(0 if padding == "valid" else padding, rank)


def conv(given: dict[str, Any], channels: int, rank: int) -> Layer:
    names = {name: given[name] for name in ("stride", "dilation", "groups", "bias") if name in given}
    around = "same" if given.get("padding") == "same" else 0
    layer = of_rank("Conv", rank, channels, given["out"], given["kernel"], padding=around, **names)
    return layer if around else nn.Sequential(Call(padder(sides(given, rank))), layer)


def conv_transpose(given: dict[str, Any], channels: int, rank: int) -> Layer:
    """As torch has it where padding is a number an axis; else cut out of all that the inputs reach."""
    names = {name: given[name] for name in ("stride", "dilation", "groups", "bias") if name in given}
    extra, cut = given.get("output_padding", 0), keras(given)
    if given.get("padding") not in ("same", "valid"):
        around = sides({"padding": 0, **given}, rank)
        if all(before == after for before, after in around):
            names |= {"padding": [before for before, _ in around], "output_padding": extra}
            return of_rank("ConvTranspose", rank, channels, given["out"], given["kernel"], **names)
        cut = padder([[-b, more - a] for (b, a), more in zip(around, axes(extra, rank), strict=True)])
    return nn.Sequential(of_rank("ConvTranspose", rank, channels, given["out"], given["kernel"], **names), Call(cut))


def keras(given: dict[str, Any]) -> Layer:
    """What Keras leaves of all outputs: their number: backend_utils.py; the first of them: tf.nn, notes on padding."""

    def cut(x: Tensor) -> Tensor:
        rank, result = x.dim() - 2, []
        windows = (axes(given.get(name, 1), rank) for name in ("kernel", "stride", "dilation"))
        for reached, k, s, d, extra in zip(x.shape[2:], *windows, axes(given.get("output_padding"), rank), strict=True):
            extent = d * (k - 1) + 1
            n = (reached - extent) // s + 1
            if given["padding"] == "valid":
                size = n * s + max(extent - s, 0) if extra is None else (n - 1) * s + extent + extra
                begin = 0
            else:
                size = n * s if extra is None else (n - 1) * s + extent % 2 + extra
                begin = max(extent - (s if size % s == 0 else size % s), 0) // 2
            result.append([-begin, begin + size - reached])
        return padder(result)(x)

    return cut


def pool(name: str) -> Callable[..., Layer]:
    def built(given: dict[str, Any], channels: int, rank: int) -> Layer:
        names = {name: given[name] for name in ("stride", "dilation", "count_include_pad") if name in given}
        ceil, around = given.get("rounding") == "ceil", sides(given, rank)
        small = max(map(max, around)) <= min(axes(given["kernel"], rank)) // 2
        if all(before == after for before, after in around) and (small or "dilation" not in given):
            padding = [before for before, _ in around]
            return of_rank(name, rank, given["kernel"], padding=padding, ceil_mode=ceil, **names)
        assert not ceil, "torch rounds up on padding of its own alone"
        return nn.Sequential(Call(padder(around, float("-inf"))), of_rank(name, rank, given["kernel"], **names))

    return built


def lp_pool(given: dict[str, Any], channels: int, rank: int) -> Layer:
    power, names = float(given.get("power", 2)), {"ceil_mode": given.get("rounding") == "ceil"}
    layer = of_rank("LPPool", rank, power, given["kernel"], stride=given.get("stride"), **names)
    return nn.Sequential(Call(padder(sides(given, rank))), layer)


def linear(given: dict[str, Any], channels: int, rank: int) -> Layer:
    layer = nn.Linear(channels, given["out"], bias=given.get("bias", True))
    if rank == 1:
        return nn.Sequential(Call(lambda x: x.transpose(1, 2)), layer, Call(lambda x: x.transpose(1, 2)))
    return nn.Sequential(nn.Flatten(), layer)


def batch_norm(given: dict[str, Any], channels: int, rank: int) -> Layer:
    names = {"affine": given.get("affine", True), "track_running_stats": given.get("track", True)}
    layer = of_rank("BatchNorm", max(rank, 1), channels, **names).eval()
    if not given.get("scale", True):
        layer.register_parameter("weight", None)
    return layer


def instance_norm(given: dict[str, Any], channels: int, rank: int) -> Layer:
    return of_rank("InstanceNorm", rank, channels, affine=given.get("affine", False))


def layer_norm(given: dict[str, Any], shape: Sequence[int]) -> Layer:
    affine = given.get("affine", True)
    if given.get("over") == "all":
        return nn.LayerNorm(shape, elementwise_affine=affine)
    layer = nn.LayerNorm(shape[0], elementwise_affine=affine)
    return nn.Sequential(Call(lambda x: x.movedim(1, -1)), layer, Call(lambda x: x.movedim(-1, 1)))


def prelu(given: dict[str, Any], shape: Sequence[int]) -> Layer:
    counts = {"channel": shape[0], "one": 1, "element": math.prod(shape)}
    layer = nn.PReLU(counts[given.get("slopes", "channel")])
    return nn.Sequential(nn.Flatten(), layer, nn.Unflatten(1, shape)) if given.get("slopes") == "element" else layer


def gelu(given: dict[str, Any], *_: Any) -> Layer:
    approximate = given.get("approximate", "none")
    return Call(lambda x: x * torch.sigmoid(1.702 * x)) if approximate == "sigmoid" else nn.GELU(approximate)


def maxout(given: dict[str, Any], *_: Any) -> Layer:
    return lambda x: x.unflatten(1, (-1, given["pieces"])).amax(2)


def upsample(given: dict[str, Any], channels: int, rank: int) -> Layer:
    linear = ("linear", "bilinear", "trilinear")[rank - 1]
    mode = linear if given.get("mode") == "bilinear" else "nearest"
    names = {name: given[name] for name in ("align_corners",) if name in given}
    size, by = (tuple(axes(given[name], rank)) if name in given else None for name in ("size", "by"))
    return nn.Upsample(size, by, mode, **names)


def pixel_shuffle(given: dict[str, Any], channels: int, rank: int) -> Layer:
    if rank == 2 and not isinstance(given["by"], list):
        return nn.PixelShuffle(given["by"])
    by = axes(given["by"], rank)
    order = [0, 1, *chain.from_iterable((2 + rank + axis, 2 + axis) for axis in range(rank))]

    def shuffled(x: Tensor) -> Tensor:
        sizes = [n * f for n, f in zip(x.shape[2:], by, strict=True)]
        return x.unflatten(1, (-1, *by)).permute(order).reshape(1, -1, *sizes)

    return shuffled


def pixel_unshuffle(given: dict[str, Any], channels: int, rank: int) -> Layer:
    if rank == 2 and not isinstance(given["by"], list):
        return nn.PixelUnshuffle(given["by"])
    by = axes(given["by"], rank)
    order = [0, 1, *range(3, 3 + 2 * rank, 2), *range(2, 2 + 2 * rank, 2)]

    def blocks(x: Tensor) -> Tensor:
        sizes = [n // f for n, f in zip(x.shape[2:], by, strict=True)]
        split = x.reshape(1, channels, *chain.from_iterable(zip(sizes, by, strict=True)))
        return split.permute(order).reshape(1, -1, *sizes)

    return blocks


def crop(given: dict[str, Any], channels: int, rank: int) -> Layer:
    if "sides" in given:
        return padder([[-before, -after] for before, after in pairs(given["sides"], rank)])

    def cropped(x: Tensor) -> Tensor:
        for axis, size, offset in zip(
            range(2, 2 + rank), *(axes(given.get(n), rank) for n in ("size", "offset")), strict=True
        ):
            x = x.narrow(axis, (x.shape[axis] - size) // 2 if offset is None else offset, size)
        return x

    return cropped


def shuffle(given: dict[str, Any], channels: int, rank: int) -> Layer:
    if rank:
        return nn.ChannelShuffle(given["groups"])
    return lambda x: x.unflatten(1, (given["groups"], -1)).transpose(1, 2).flatten(1)


def reduced(name: str) -> Callable[..., Layer]:
    """torch.sum or torch.mean; over positions of nothing is an error of torch's too."""

    def built(given: dict[str, Any], channels: int, rank: int) -> Layer:
        if given["over"] == "channels":
            return lambda x: getattr(x, name)(1, keepdim=True)
        return lambda x: getattr(x, name)(tuple(range(2, 2 + rank)))

    return built


def pad(given: dict[str, Any], channels: int, rank: int) -> Layer:
    extra = given.get("channels", 0)
    return padder([extra if isinstance(extra, list) else [0, extra], *pairs(given.get("padding", 0), rank)])


def cut(given: dict[str, Any], channels: int, rank: int) -> Layer:
    bounds = zip(*(axes(given.get(name), rank) for name in ("start", "stop", "step")), strict=True)
    index = (slice(None), slice(*given.get("channels", (None,))), *(slice(*bound) for bound in bounds))
    return lambda x: x[index]


def merge(given: dict[str, Any], join: Layer) -> Layer:
    def joined(*inputs: Tensor) -> Tensor:
        counts = given.get("copies", [1] * len(inputs))
        return join([x for x, count in zip(inputs, counts, strict=True) for _ in range(count)])

    return joined


def product(inputs: list[Tensor]) -> Tensor:
    rank = max(x.dim() for x in inputs)
    result = torch.ones((), device="meta")
    for x in inputs:
        result = result * x.reshape(*x.shape, *[1] * (rank - x.dim()))
    return result


class Call(nn.Module):
    """A function as a layer."""

    def __init__(self, function: Layer) -> None:
        super().__init__()
        self.forward = function


def whole(name: str) -> Callable[..., Layer]:
    return lambda given, channels, rank: of_rank(f"Adaptive{name}Pool", rank, 1)


def adaptive(name: str) -> Callable[..., Layer]:
    return lambda given, channels, rank: of_rank(f"Adaptive{name}Pool", rank, given["size"])


def plain(layer: type[nn.Module], *given: Any) -> Callable[..., Layer]:
    return lambda *_: layer(*given)


BUILDERS: dict[str, Callable[..., Layer]] = {
    "adaptive_avg_pool": adaptive("Avg"),
    "adaptive_max_pool": adaptive("Max"),
    "add": lambda given, *_: merge(given, lambda inputs: torch.stack(inputs).sum(0)),
    "average": lambda given, *_: merge(given, lambda inputs: torch.stack(inputs).mean(0)),
    "avg_pool": pool("AvgPool"),
    "batch_norm": batch_norm,
    "concat": lambda given, *_: merge(given, lambda inputs: torch.cat(inputs, 1)),
    "conv": conv,
    "conv_transpose": conv_transpose,
    "crop": crop,
    "dropout": lambda given, *_: nn.Dropout(float(given.get("rate", 0.5))).eval(),
    "elu": lambda given, *_: nn.ELU(float(given.get("alpha", 1))),
    "flatten": plain(nn.Flatten),
    "gelu": gelu,
    "global_avg_pool": whole("Avg"),
    "global_max_pool": whole("Max"),
    "group_norm": lambda given, channels, _: nn.GroupNorm(given["groups"], channels, affine=given.get("affine", True)),
    "hardsigmoid": plain(nn.Hardsigmoid),
    "hardswish": plain(nn.Hardswish),
    "input": lambda given, *_: lambda: torch.empty(1, *given["shape"], device="meta"),
    "instance_norm": instance_norm,
    "leaky_relu": lambda given, *_: nn.LeakyReLU(float(given.get("slope", 0.01))),
    "linear": linear,
    "lp_pool": lp_pool,
    "lrn": lambda given, *_: nn.LocalResponseNorm(given.get("size", 5)),
    "max_pool": pool("MaxPool"),
    "maxout": maxout,
    "mean": reduced("mean"),
    "multiply": lambda given, *_: merge(given, product),
    "pad": pad,
    "pixel_shuffle": pixel_shuffle,
    "pixel_unshuffle": pixel_unshuffle,
    "relu": plain(nn.ReLU),
    "relu6": plain(nn.ReLU6),
    "scale": lambda given, *_: lambda x: float(given.get("by", 1)) * x + float(given.get("add", 0)),
    "shuffle": shuffle,
    "sigmoid": plain(nn.Sigmoid),
    "silu": plain(nn.SiLU),
    "slice": cut,
    "softmax": plain(nn.Softmax, 1),
    "sum": reduced("sum"),
    "tanh": plain(nn.Tanh),
    "upsample": upsample,
}

OF_SHAPE: dict[str, Callable[..., Layer]] = {"layer_norm": layer_norm, "prelu": prelu}
"""Layers whose weights depend on the sizes of the map."""

ROLES = {
    **dict.fromkeys(("weight", "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"), "weights weight"),
    **dict.fromkeys(("bias", "in_proj_bias"), "weights bias"),
}
NORMS = {"batch_norm", "group_norm", "instance_norm", "layer_norm"}


def weights(case: Case, layer: Layer) -> dict[str, int]:
    """Numbers by role; a batch norm's counter of batches is no number of the network's."""
    counts = dict.fromkeys(("weights weight", "weights bias", "weights norm", "weights statistics"), 0)
    if isinstance(layer, nn.Module):
        for name, parameter in layer.named_parameters():
            role = "weights norm" if case.op in NORMS else ROLES[name.rpartition(".")[2]]
            counts[role] += parameter.numel()
        for name, buffer in layer.named_buffers():
            counts["weights statistics"] += 0 if name.endswith("num_batches_tracked") else buffer.numel()
    return counts


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("case", [case for case in good() if not not_in_torch(case)], ids=str)
def test_a_case_against_torch(case: Case) -> None:
    figures = answered(case.op, case.given, case.inputs)
    inputs = [torch.empty(1, *shape, device="meta") for shape in case.inputs]
    with torch.device("meta"):
        layer = build(case)
    with Products() as products, FlopCounterMode(display=False) as counter, torch.no_grad():
        output = layer(*inputs)
    assert apply(case.op, case.given, case.inputs).output == tuple(output.shape[1:])
    assert {name: figures[name] for name in figures if name.startswith("weights")} == weights(case, layer)
    assert figures["macs"] * 2 == counter.get_total_flops()
    if case.op in OF_CASES:
        outputs = output.numel() if figures["macs"] else 0
        assert (figures["bias_adds"], figures.get("products", outputs)) == (products.bias_adds, products.numbers)
    else:
        assert figures["bias_adds"] == (output.numel() if weights(case, layer)["weights bias"] else 0)


def small(case: Case) -> bool:
    """Whether the gradient of each output by each input is soon found, its weights are not gigabytes, and each place of
    both is one of a map."""
    if len(case.inputs) != 1 or not_in_torch(case) or case.op in ("max_pool", "adaptive_max_pool", "global_max_pool"):
        return False  # of a maximum, one input has a gradient
    applied = apply(case.op, case.given, case.inputs)
    (shape,), output = case.inputs, applied.output
    known = not any(isinstance(read, Unknown) for read in applied.reads[0]) and sum(applied.weights) < 10_000_000
    return known and len(shape) == len(output) > 1 and math.prod(shape) * math.prod(output) < 100_000


HAND = Case("position", "small_map_with_an_axis_each", {"size": [4, 6]}, ((2, 3, 5),), {}, None, "", "2*4*6 weights")
"""Beside the cases of tests/ops, for that whose table is 2*20,000*30,000 numbers."""


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("case", [*(case for case in good() if small(case)), HAND], ids=str)
def test_what_an_output_reads_is_what_it_has_a_gradient_by(case: Case) -> None:
    torch.manual_seed(0)
    layer = build(case)
    if isinstance(layer, nn.Module):
        layer = layer.double()
        with torch.no_grad():
            for parameter in layer.parameters():
                parameter.uniform_(1, 2)  # nothing cancels
    x = torch.rand(1, *case.inputs[0], dtype=torch.double) + 1
    gate = torch.rand(1, *apply(case.op, case.given, case.inputs).output, dtype=torch.double) + 1
    gradient = torch.autograd.functional.jacobian(lambda x: (layer(x) * gate).sum((0, 1)), x)
    rank = x.dim() - 2
    read = gradient.abs().sum((rank, rank + 1)) > 1e-9
    (reads,) = apply(case.op, case.given, case.inputs).reads
    wanted = torch.ones((), dtype=torch.bool)
    for axis, (one, n) in enumerate(zip(reads, x.shape[2:], strict=True)):
        table = torch.tensor([[i in inputs(one, o, n) for i in range(n)] for o in range(read.shape[axis])])
        sizes = [1] * (2 * rank)
        sizes[axis], sizes[rank + axis] = table.shape
        wanted = wanted & table.reshape(sizes)
    assert torch.equal(read, wanted)


def test_enough_operators_are_asked_what_they_read() -> None:
    asked = {case.op for case in good() if small(case)}
    assert {"conv", "conv_transpose", "upsample", "pixel_shuffle", "pixel_unshuffle", "crop", "lp_pool"} <= asked
    assert len(asked) > 25


def test_torch_has_a_layer_for_every_operator() -> None:
    assert set(BUILDERS) | set(OF_SHAPE) | set(OF_CASES) == set(catalogue())


TORCH_REFUSES = {
    "conv::groups_of_channels_in",
    "conv::groups_of_filters",
    "conv::kernel_above_map",
    "conv::dilated_kernel_above_padded_map",
    "conv::stride_0",
    "linear::on_a_larger_map",
    "max_pool::kernel_above_map",
    "max_pool::window_of_padding_alone",
    "avg_pool::kernel_above_map",
    "avg_pool::window_of_padding_alone",
    "add::channels_differ",
    "add::sizes_differ",
    "multiply::sizes_differ",
    "multiply::channels_differ",
    "concat::sizes_differ",
    "concat::axes_differ",
    "dropout::percent",
    "dropout::negative",
    "conv_transpose::groups_of_channels_in",
    "conv_transpose::groups_of_filters",
    "conv_transpose::output_padding_as_large_as_stride",
    "conv_transpose::nothing_left",
    "lp_pool::kernel_above_map",
    "group_norm::indivisible",
    "maxout::indivisible",
    "crop::larger",
    "crop::beyond_the_end",
    "upsample::both",
    "upsample::corners_of_nearest",
    "pixel_shuffle::indivisible",
    "pixel_unshuffle::indivisible",
    "shuffle::indivisible",
    "average::channels_differ",
}
"""Errors that are errors of torch too; the others are of what torch has no word for, or answers without a word."""


@pytest.mark.parametrize("case", [case for case in bad() if str(case) in TORCH_REFUSES], ids=str)
def test_an_error_that_torch_has_too(case: Case) -> None:
    with pytest.raises(RuleError):
        answered(case.op, case.given, case.inputs)
    with pytest.raises((RuntimeError, ValueError, ZeroDivisionError)):  # on the CPU: "meta" checks less
        refused(case)(*(torch.empty(1, *shape) for shape in case.inputs))


def refused(case: Case) -> Layer:
    """`linear` as torch has it: on the last axis of what arrives, which a forgotten flatten leaves wrong."""
    channels = case.inputs[0][0]
    return nn.Linear(channels, case.given["out"]) if case.op == "linear" else build(case)


def test_the_list_of_errors_names_cases() -> None:
    assert {str(case) for case in bad()} >= TORCH_REFUSES
