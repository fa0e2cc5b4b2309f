"""Which inputs an output of an operator reads on an axis, from its parameters alone; nothing of the engine is asked.

Sources: Dumoulin & Visin 2016, arXiv 1603.07285 (convolution and its transpose); PyTorch, ATen/native/Pool.h (ceil),
UpSample.h, AdaptivePooling.h; Liu et al. 2021, arXiv 2103.14030 (windows).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcalc.errors import RuleError

LARGEST = 200

Taps = NDArray[np.int64]
"""Row o holds the inputs that output o reads, those of padding too; NONE fills it up."""

NONE = -(10**9)


class Digits:
    """A number taken apart into small choices."""

    def __init__(self, number: int) -> None:
        self.number = number

    def of(self, count: int) -> int:
        self.number, digit = divmod(self.number, count)
        return digit


# Of an operator on an axis of n: the parameters that its user gives, and what its outputs read ------------------------


def window(outputs: int, k: int, s: int, before: int, d: int) -> Taps:
    return np.arange(outputs)[:, None] * s - before + d * np.arange(k)


def conv(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    k, s, d = 1 + pick.of(5), 1 + pick.of(4), 1 + pick.of(3)
    before, after = pick.of(4), pick.of(4)
    extent = d * (k - 1) + 1
    if n + before + after < extent:
        raise RuleError("too small")
    given = {"kernel": k, "stride": s, "dilation": d, "padding": [before, after]}
    return given, window((n + before + after - extent) // s + 1, k, s, before, d)


def same(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    """TensorFlow: ceil(n/s) outputs, and the odd zero at the end."""
    k, s, d = 1 + pick.of(5), 1 + pick.of(4), 1 + pick.of(3)
    outputs = -(-n // s)
    zeros = max((outputs - 1) * s + d * (k - 1) + 1 - n, 0)
    return {"kernel": k, "stride": s, "dilation": d}, window(outputs, k, s, zeros // 2, d)


def pool(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    """Rounded up: a window is kept if it begins in the input or the padding before it."""
    k, s = 1 + pick.of(4), 1 + pick.of(4)
    pad = pick.of(k // 2 + 1)
    if n + 2 * pad < k:
        raise RuleError("too small")
    outputs = len([o for o in range(n + 2 * pad) if o * s <= n + 2 * pad - k])
    if outputs * s < n + pad and (outputs - 1) * s < n + 2 * pad - k:
        outputs += 1
    return {"kernel": k, "stride": s, "padding": pad}, window(outputs, k, s, pad, 1)


def transposed(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    """Each input i adds to the outputs i*s + d*t - before."""
    k, s, d = 1 + pick.of(4), 1 + pick.of(4), 1 + pick.of(2)
    before, after = pick.of(k), pick.of(k)
    extra = pick.of(max(s, d))
    outputs = (n - 1) * s + d * (k - 1) + 1 - before - after + extra
    if not 1 <= outputs <= LARGEST:
        raise RuleError("too small or large")
    taps = np.full((outputs, k), NONE)
    o = np.arange(outputs)
    # inputs before the first and after the last are padding: what those would add is missing
    for t in range(k):
        reached = o + before - d * t
        taps[:, t] = np.where(reached % s == 0, reached // s, NONE)
    given = {"kernel": k, "stride": s, "dilation": d, "padding": [before, after], "output_padding": extra}
    return given, taps


def nearest(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    size = 1 + pick.of(LARGEST) if pick.of(2) else n * (1 + pick.of(4))
    return {"size": size}, np.arange(size)[:, None] * n // size


def bilinear(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    size = 1 + pick.of(LARGEST) if pick.of(2) else n * (1 + pick.of(4))
    twice = (2 * np.arange(size) + 1) * n - size  # x = ((2o + 1)*n - size) / (2*size)
    return {"size": size}, np.stack([twice // (2 * size), -(-twice // (2 * size))], axis=1)


def corners(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    size = 1 + pick.of(LARGEST) if pick.of(2) else n * (1 + pick.of(4))
    place, of = np.arange(size) * (n - 1), max(size - 1, 1)
    return {"size": size}, np.stack([place // of, -(-place // of)], axis=1)


def shuffle(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    by = 1 + pick.of(3)
    return {"by": by}, np.arange(n * by)[:, None] // by


def unshuffle(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    by = next(by for by in (2 + pick.of(3), 3, 2, 1) if n % by == 0)
    return {"by": by}, window(n // by, by, by, 0, 1)


def sliced(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    start, step = pick.of(min(n, 7)), 1 + pick.of(4)
    kept = np.arange(n)[start::step]
    return {"start": start, "step": step}, kept[:, None]


def crop(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    before = pick.of(min(n, 5))
    after = pick.of(min(n - before, 5))
    return {"sides": [before, after]}, np.arange(n)[before : n - after][:, None]


def pad(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    before, after = pick.of(4), pick.of(4)
    return {"padding": [before, after]}, np.arange(-before, n + after)[:, None]


def attention(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    """Swin: windows begin at the shift; where one could hold the axis it is not shifted (torchvision)."""
    size = 1 + pick.of(9)
    shift = pick.of(size)
    first = 0 if size >= n else shift
    o = np.arange(n)[:, None]
    return {"window": size, "shift": shift}, o - (o - first) % size + np.arange(min(size, n))


def cells(pick: Digits, n: int) -> tuple[dict[str, Any], Taps]:
    size = 1 + pick.of(min(n, 60))
    o = np.arange(size)
    first, beyond = o * n // size, -(-(o + 1) * n // size)
    at = first[:, None] + np.arange((beyond - first).max())
    return {"size": size}, np.where(at < beyond[:, None], at, NONE)


OPS = {
    "conv": (conv, {"out": 1}),
    "same": (same, {"out": 1, "padding": "same"}),
    "max_pool": (pool, {"rounding": "ceil"}),
    "avg_pool": (conv, {}),
    "conv_transpose": (transposed, {"out": 1}),
    "upsample": (nearest, {}),
    "bilinear": (bilinear, {"mode": "bilinear"}),
    "corners": (corners, {"mode": "bilinear", "align_corners": True}),
    "pixel_shuffle": (shuffle, {}),
    "pixel_unshuffle": (unshuffle, {}),
    "slice": (sliced, {}),
    "crop": (crop, {}),
    "pad": (pad, {}),
    "window_attention": (attention, {"heads": 1}),
    "adaptive_avg_pool": (cells, {}),
}
CATALOGUE = {"same": "conv", "bilinear": "upsample", "corners": "upsample"}
NAMES = [*OPS]
