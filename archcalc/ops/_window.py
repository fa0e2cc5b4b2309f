"""Windows of convolutions and pools: words for padding become numbers here, and nowhere else."""

from collections.abc import Iterable, Sequence
from operator import is_
from typing import Any

from archcalc.quantities import Shape, Window
from archcalc.values import Value, ceildiv, equal, floordiv, maximum


def pads(padding: str, n: Value, extent: Value, stride: Value) -> tuple[Value, Value]:
    """Zeros before and after one axis of `n` for a padding word.

    valid   none
    half    floor(extent/2) on each side, as ResNet and its kin do
    same    TensorFlow's: as many as make ceil(n/stride) outputs, the odd one at the end
    """
    if padding == "valid":
        return 0, 0
    if padding == "half":
        return (floordiv(extent, 2),) * 2
    total = maximum((ceildiv(n, stride) - 1) * stride + extent - n, 0)
    return floordiv(total, 2), ceildiv(total, 2)


def windows(
    x: Shape,
    kernel: tuple[Value, ...],
    stride: tuple[Value, ...],
    padding: str | tuple[tuple[Value, Value], ...],
    dilation: tuple[Value, ...] | None = None,
    rounding: str = "floor",
) -> tuple[Window, ...]:
    """A Window an axis of a map of shape `x`.

    `same` says how many outputs there are, so `rounding` has no say. Caffe drops a last window that begins beyond the
    input, as PyTorch does, on all axes as soon as one is padded (pooling_layer.cpp, Reshape).
    """
    sizes, distance = x[1:], dilation or (1,) * len(kernel)
    sides = (
        padding
        if not isinstance(padding, str)
        else tuple(
            pads(padding, n, d * (k - 1) + 1, s) for n, k, s, d in zip(sizes, kernel, stride, distance, strict=True)
        )
    )
    if padding == "same":
        rounding = "floor"
    elif rounding == "caffe" and not all(equal(side, 0) for pair in sides for side in pair):
        rounding = "ceil"
    found: list[Window] = []
    one: tuple[Value, ...] = ()
    for k, s, (before, after), d in zip(kernel, stride, sides, distance, strict=True):
        last, one = one, (k, s, before, after, d)
        alike = last and all(map(is_, one, last))  # most axes are: what is found of one Window is found of them all
        found.append(found[-1] if alike else Window(*one, rounding))
    return tuple(found)


def positions(each: Iterable[Window], n: Sequence[Value]) -> tuple[Value, ...]:
    """How many there are of windows on axes of these sizes."""
    found: list[Value] = []
    one: tuple[Any, ...] = ()
    for window, size in zip(each, n, strict=True):
        last, one = one, (window, size)
        found.append(found[-1] if last and all(map(is_, one, last)) else window.output_size(size))
    return tuple(found)
