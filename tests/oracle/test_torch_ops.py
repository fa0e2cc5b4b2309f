"""Every case that torch can express, against torch on the meta device: shapes, parameters, buffers and multiply-adds.

`python -m pytest tests/oracle` where torch is installed. Nothing is skipped: `not_in_torch` says which cases are beyond
torch, and tests/test_reference.py checks those.
"""

from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
import torch
from op_cases import Case, answered, apply, bad, good, not_in_torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from archcalc.errors import RuleError
from archcalc.ops._base import catalogue

Layer = Callable[..., Tensor]


def build(case: Case) -> Layer:
    """The case as a layer of torch, on a batch of 1."""
    channels, *sizes = case.inputs[0] if case.inputs else case.given["shape"]
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


def linear(given: dict[str, Any], channels: int, rank: int) -> Layer:
    layer = nn.Linear(channels, given["out"], bias=given.get("bias", True))
    if rank == 1:
        return nn.Sequential(Call(lambda x: x.transpose(1, 2)), layer, Call(lambda x: x.transpose(1, 2)))
    return nn.Sequential(nn.Flatten(), layer)


def batch_norm(given: dict[str, Any], channels: int, rank: int) -> Layer:
    names = {"affine": given.get("affine", True), "track_running_stats": given.get("track", True)}
    return of_rank("BatchNorm", max(rank, 1), channels, **names).eval()


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
    "avg_pool": pool("AvgPool"),
    "batch_norm": batch_norm,
    "concat": lambda given, *_: merge(given, lambda inputs: torch.cat(inputs, 1)),
    "conv": conv,
    "dropout": lambda given, *_: nn.Dropout(float(given.get("rate", 0.5))).eval(),
    "flatten": plain(nn.Flatten),
    "global_avg_pool": whole("Avg"),
    "global_max_pool": whole("Max"),
    "input": lambda given, *_: lambda: torch.empty(1, *given["shape"], device="meta"),
    "linear": linear,
    "lrn": lambda given, *_: nn.LocalResponseNorm(given.get("size", 5)),
    "max_pool": pool("MaxPool"),
    "multiply": lambda given, *_: merge(given, product),
    "pad": pad,
    "relu": plain(nn.ReLU),
    "relu6": plain(nn.ReLU6),
    "sigmoid": plain(nn.Sigmoid),
    "slice": cut,
    "softmax": plain(nn.Softmax, 1),
}

ROLES = {"weight": "weights weight", "bias": "weights bias"}


def weights(case: Case, layer: Layer) -> dict[str, int]:
    """Numbers by role; a batch norm's counter of batches is no number of the network's."""
    counts = dict.fromkeys(("weights weight", "weights bias", "weights norm", "weights statistics"), 0)
    if isinstance(layer, nn.Module):
        for name, parameter in layer.named_parameters():
            role = "weights norm" if case.op == "batch_norm" else ROLES[name.rpartition(".")[2]]
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
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        output = layer(*inputs)
    assert apply(case.op, case.given, case.inputs).output == tuple(output.shape[1:])
    assert {name: figures[name] for name in figures if name.startswith("weights")} == weights(case, layer)
    assert figures["macs"] * 2 == counter.get_total_flops()
    assert figures["bias_adds"] == (output.numel() if weights(case, layer)["weights bias"] else 0)


def test_torch_has_a_layer_for_every_operator() -> None:
    assert set(BUILDERS) == set(catalogue())


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
}
"""Errors that are errors of torch too; the others are of what torch has no word for, or answers without a word."""


@pytest.mark.parametrize("case", [case for case in bad() if str(case) in TORCH_REFUSES], ids=str)
def test_an_error_that_torch_has_too(case: Case) -> None:
    with pytest.raises(RuleError):
        answered(case.op, case.given, case.inputs)
    inputs = [torch.empty(1, *shape, device="meta") for shape in case.inputs]
    with pytest.raises((RuntimeError, ValueError, ZeroDivisionError)), torch.device("meta"):
        refused(case)(*inputs)


def refused(case: Case) -> Layer:
    """`linear` as torch has it: on the last axis of what arrives, which a forgotten flatten leaves wrong."""
    channels = case.inputs[0][0]
    return nn.Linear(channels, case.given["out"]) if case.op == "linear" else build(case)


def test_the_list_of_errors_names_cases() -> None:
    assert {str(case) for case in bad()} >= TORCH_REFUSES
