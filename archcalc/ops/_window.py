"""Windows of convolutions and pools: words for padding become numbers here, and nowhere else."""

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
        return floordiv(extent, 2), floordiv(extent, 2)
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
    each = zip(kernel, stride, sides, distance, strict=True)
    return tuple(Window(k, s, before, after, d, rounding) for k, s, (before, after), d in each)
