"""What a unit of a packaged network sees, against what it has a gradient by in torch, at a small input.

A maximum has a gradient by one input alone and a ReLU may have none, so pools average and what works on each position
is left out; weights are positive, so nothing cancels. What reads the whole map has no part in the local field: it is
left out where its positions stay, and held fast where it is a factor or a branch of one position.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import pytest
import torch
from op_cases import Case
from test_torch_ops import BUILDERS, axes, pairs
from torch import Tensor
from torch.nn import functional
from torch_tokens import OF_CASES

import archcalc
from archcalc.engine.graph import Applied, Graph
from archcalc.engine.propagate import Row, branches, propagate
from archcalc.engine.reach import having_part, whole_map
from archcalc.errors import SpecError
from archcalc.fields import Listed, Reach, Span
from archcalc.quantities import Shape, Unknown
from archcalc.report.report import Report
from archcalc.spec.zoo import packaged
from archcalc.study.field.layers import Fields
from archcalc.study.field.support import Support, union
from archcalc.study.field.units import box
from archcalc.study.parameters import given

NAMES = sorted(packaged())
SMALL = (64, 96, 128, 204)
THIN: dict[str, dict[str, Any]] = {
    "convnext": {"widths": [8, 16, 32, 64]},
    "resnext_cifar": {"d": 4},
    "resnet_preact_imagenet": {"units": [2, 2, 2, 2]},
    "senet": {"units": [2, 2, 2, 2]},
    "unet": {"width": 2},
    "wide_resnet": {"k": 1},
}
"""Fewer channels or units of a kind, where a network takes long: no field depends on how many channels there are."""

LAYERS, UNITS = 5, 2
"""Of each network: how many layers are asked, and how many units of each."""

EACH_POSITION = {
    "batch_norm", "dropout", "drop_path", "elu", "gelu", "hardswish", "layer_norm", "leaky_relu", "lrn",
    "position", "prelu", "relu", "relu6", "scale", "silu", "softmax", "tanh",
}  # fmt: skip
"""What reads each position alone, and whose signs and zeros are no matter of reach."""

MERGES: dict[str, Callable[[list[Tensor]], Tensor]] = {
    "add": lambda x: torch.stack(x).sum(0),
    "average": lambda x: torch.stack(x).mean(0),
    "concat": lambda x: torch.cat(x, 1),
}
POOLS = ("max_pool", "avg_pool", "lp_pool")


def slide(applied: Applied, how: dict[str, Any], groups: int, x: Tensor) -> Tensor:
    """A convolution with positive weights of sum 1: kernel, stride, dilation and padding as the step gives them."""
    rank, (channels, *sizes) = x.dim() - 2, applied.inputs[0]
    kernel, dilation = axes(how["kernel"], rank), axes(how.get("dilation", 1), rank)
    stride = axes(how.get("stride") or (how["kernel"] if applied.op.name in POOLS else 1), rank)
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    padding = how.get("padding", 0)
    if padding == "same":  # as TensorFlow has it
        whole = [max((-(-n // s) - 1) * s + e - n, 0) for n, s, e in zip(sizes, stride, extent, strict=True)]
        sides = [[zeros // 2, zeros - zeros // 2] for zeros in whole]
    else:
        sides = pairs(0 if padding == "valid" else padding, rank)
    for axis, m in enumerate(applied.output[1:]):  # a last window that does not fit, where it is kept
        reach = sizes[axis] + sum(sides[axis])
        sides[axis] = [sides[axis][0], sides[axis][1] + max((m - 1) * stride[axis] + extent[axis] - reach, 0)]
    x = functional.pad(x, [side for pair in reversed(sides) for side in pair])
    out = applied.output[0]
    weight = torch.rand(out, channels // groups, *kernel, dtype=x.dtype) + 1
    weight = weight / weight.sum(tuple(range(1, rank + 2)), keepdim=True)
    convolve: Any = (functional.conv1d, functional.conv2d, functional.conv3d)[rank - 1]
    result: Tensor = convolve(x, weight, stride=stride, dilation=dilation, groups=groups)
    return result


def product(inputs: Sequence[Tensor]) -> Tensor:
    rank = max(x.dim() for x in inputs)
    result = inputs[0].reshape(*inputs[0].shape, *[1] * (rank - inputs[0].dim()))
    for x in inputs[1:]:
        result = result * x.reshape(*x.shape, *[1] * (rank - x.dim()))
    return result


def layer(applied: Applied, inputs: list[Tensor]) -> Tensor:
    """The output of an operator, made positive."""
    name, how = applied.op.name, given(applied)
    if name in ("sigmoid", "hardsigmoid"):
        return inputs[0] / (1 + inputs[0])  # a gate is below 1, or products grow without end
    if name in EACH_POSITION or (inputs[0].dim() > 2 and len(inputs) == 1 and _kept(applied)):
        return inputs[0]
    if name == "conv":
        return slide(applied, how, how.get("groups", 1), inputs[0])
    if name in POOLS:
        return slide(applied, how, inputs[0].shape[1], inputs[0])
    if name in MERGES:
        counts = how.get("copies", [1] * len(inputs))
        return MERGES[name]([x for x, count in zip(inputs, counts, strict=True) for _ in range(count)])
    if name == "multiply":
        return product(inputs)
    if name == "maxout":
        return inputs[0].unflatten(1, (-1, how["pieces"])).mean(2)
    if name.endswith("max_pool"):
        name = name.replace("max", "avg")
    case = Case(name, "", how, applied.inputs, None, None, "", "")
    (channels, *sizes) = applied.inputs[0]
    built: Any = OF_CASES[name](case) if name in OF_CASES else BUILDERS[name](how, channels, len(sizes))
    if isinstance(built, torch.nn.Module):
        built = built.double()
        with torch.no_grad():
            for parameter in built.parameters():
                parameter.uniform_(1, 2).div_(parameter.numel() / parameter.shape[0])
    result: Tensor = built(*inputs)
    return result


def _kept(applied: Applied) -> bool:
    """Whether all positions are read and stay where they are, as by attention."""
    return whole_map(applied.reads[0]) and applied.inputs[0] == applied.output


def pixel_sets(shape: Shape) -> Reach:
    """What pixels of the input see, inside it."""
    return Reach(tuple(Listed(tuple(Support(i, 1) for i in range(n))) for n in shape[1:]), False, shape[1:])


def asked(rows: Sequence[Row], x: Shape) -> list[int]:
    """Some layers that have positions and a field, from the first to the last."""
    maps = [
        index
        for index, row in enumerate(rows)
        if not isinstance(row.reach.local, Unknown)
        and not row.reach.pooled
        and len(row.output) == len(x)
        and row.node.sources
    ]
    return sorted({maps[k * (len(maps) - 1) // (LAYERS - 1)] for k in range(LAYERS)})


def forward(graph: Graph, rows: Sequence[Row], x: Tensor, places: list[int]) -> list[Any]:
    """The outputs of these layers, and of those before them."""
    needed, waiting = {*places}, [*places]
    while waiting:
        fresh = set(graph.nodes[waiting.pop()].sources) - needed
        needed |= fresh
        waiting += fresh
    made: list[Any] = []
    for index, node in enumerate(graph.nodes):
        if index not in needed:
            made.append(None)
        elif index in graph.inputs.values():
            made.append(x)
        elif not node.sources:
            made.append(torch.ones(1, *node.applied.output, dtype=x.dtype))
        else:
            inputs = [made[source] for source in node.sources]
            if len(inputs) > 1:
                part = having_part(branches(rows, node))
                inputs = [each if at in part else each.detach() for at, each in enumerate(inputs)]
            made.append(layer(node.applied, inputs))
            assert made[-1].shape[1:] == node.applied.output, node.path
    return made


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small products are soonest done by one."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@cache
def built(name: str) -> Graph:
    """A packaged network at a small input, or at its own where it takes no other."""
    network = archcalc.load(name)
    for size in SMALL:
        try:
            return network.graph(input=size, **THIN.get(name, {}))
        except SpecError:
            continue
    return network.graph()


@pytest.mark.parametrize("name", NAMES)
def test_a_unit_sees_what_it_has_a_gradient_by(name: str) -> None:
    torch.manual_seed(0)
    graph = built(name)
    (start,) = graph.inputs.values()
    shape = graph.nodes[start].applied.output
    fields, sets = Fields(Report.of(graph)), propagate(graph, pixel_sets, union)
    places = asked(fields.rows, shape)
    x = (torch.rand(1, *shape, dtype=torch.double) + 1).requires_grad_()
    made = forward(graph, fields.rows, x, places)
    for index in places:
        y = made[index]
        assert y.isfinite().all()
        sizes = y.shape[2:]
        for turn in range(UNITS):
            unit = [(turn * (size - 1) + 7 * (axis + index) * (1 - turn)) % size for axis, size in enumerate(sizes)]
            at = (slice(None), slice(None), *unit)
            (gradient,) = torch.autograd.grad(y[at].sum(), x, retain_graph=True)
            seen = (gradient[0] != 0).any(0)
            found = box(fields, index, unit).inside
            for axis, (span, o) in enumerate(zip(found, unit, strict=True)):
                others = tuple(other for other in range(seen.dim()) if other != axis)
                line = (seen.any(others) if others else seen).nonzero().flatten().tolist()
                assert span == (Span(line[0], line[-1]) if line else None), (fields.rows[index].node.path, unit, axis)
                local: Any = sets[index].reach.local
                cell = local[axis].cells[o]
                assert line == ([] if cell is None else [p for p in range(cell.lo, cell.hi + 1) if cell.sees(p)])
