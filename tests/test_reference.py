"""Operators against plain enumeration, from the definitions in documentation and code of TensorFlow, Caffe and PyTorch.

Nothing of archcalc's arithmetic is used: windows are laid out one by one, cells and taps are listed.
"""

from itertools import product
from typing import Any

import numpy as np
import pytest
from op_cases import Case, apply, good, not_in_torch

from archcalc.errors import RuleError
from archcalc.quantities import Cells, Pad, Window

SIZES = range(1, 11)


def starts(n: int, extent: int, stride: int, before: int, after: int, rounding: str, padded: bool) -> list[int]:
    """Where windows begin on one axis, on the padded input.

    floor   as long as they fit
    ceil    until the end is covered; one that begins after the input is left out (PyTorch, torch.nn.MaxPool2d)
    caffe   the same, but none is left out unless the map, on any axis, is padded (Caffe, pooling_layer.cpp)
    """
    length, result = n + before + after, [0]
    if rounding == "floor":
        while result[-1] + stride + extent <= length:
            result.append(result[-1] + stride)
        return result
    while result[-1] + extent < length:
        result.append(result[-1] + stride)
    return [start for start in result if start < n + before] if rounding == "ceil" or padded else result


def same(n: int, extent: int, stride: int) -> tuple[int, int]:
    """Zeros before and after: TensorFlow, tf.nn, notes on padding."""
    total = max(extent - stride, 0) if n % stride == 0 else max(extent - n % stride, 0)
    return total // 2, total - total // 2


def inputs(read: Any, o: int, n: int) -> list[int]:
    """The inputs among 0 … n - 1 that output o reads, as the docstrings of archcalc.quantities say."""
    if isinstance(read, Window):
        taps = [o * read.stride - read.before + read.dilation * t for t in range(read.kernel)]
    elif isinstance(read, Pad):
        taps = [o - read.before]
    else:
        assert isinstance(read, Cells)
        taps = list(range(o * read.n // read.size, -(-(o + 1) * read.n // read.size)))
    return [tap for tap in taps if 0 <= tap < n]


# Windows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounding", ["floor", "ceil", "caffe"])
@pytest.mark.parametrize("op", ["max_pool", "avg_pool"])
def test_pools_lay_their_windows_out_as_the_frameworks_do(op: str, rounding: str) -> None:
    tried = 0
    dilations = (1, 2) if op == "max_pool" else (1,)
    for n, k, s, d, before, after in product(SIZES, (1, 2, 3, 4), (1, 2, 3, 5), dilations, (0, 1, 2), (0, 1, 2)):
        extent = d * (k - 1) + 1
        if before >= extent or after >= extent or extent > n + before + after:
            continue
        given = {"kernel": k, "stride": s, "padding": [[before, after]], "rounding": rounding}
        applied = apply(op, {**given, "dilation": d} if op == "max_pool" else given, ((1, n),))
        layout = starts(n, extent, s, before, after, rounding, before + after > 0)
        assert applied.output == (1, len(layout)), given
        ((read,),) = applied.reads
        numbered = np.pad(np.arange(n), (before, after + 5 * extent), constant_values=-1)
        for o, start in enumerate(layout):
            seen = [int(i) for i in numbered[start : start + extent : d] if i >= 0]
            assert inputs(read, o, n) == seen, given
        tried += 1
    assert tried > 800


@pytest.mark.parametrize("op", ["conv", "max_pool", "avg_pool"])
def test_same_is_tensorflows(op: str) -> None:
    dilations = (1,) if op == "avg_pool" else (1, 2, 3)
    for n, k, s, d in product(SIZES, (1, 2, 3, 4, 5), (1, 2, 3, 4), dilations):
        given: dict[str, Any] = {"kernel": k, "stride": s, "padding": "same"}
        given |= {"dilation": d} if d > 1 else {}
        given |= {"out": 1} if op == "conv" else {}
        applied = apply(op, given, ((1, n),))
        ((read,),) = applied.reads
        assert applied.output == (1, len(range(0, n, s))), given
        assert (read.before, read.after) == same(n, d * (k - 1) + 1, s), given


def test_convolutions_count_every_tap_of_every_window() -> None:
    shapes = product((4, 7), (1, 2, 3), (1, 2), (0, 1), (1, 2), (1, 2))
    for n, k, s, pad, d, groups in shapes:
        extent, channels, out = d * (k - 1) + 1, 4, 6
        if extent > n + 2 * pad:
            continue
        given = {"kernel": [k, 1], "stride": [s, 1], "padding": [pad, 0], "dilation": [d, 1]}
        applied = apply("conv", {"out": out, "groups": groups, **given}, ((channels, n, 3),))
        macs, weights = 0, set()
        for f, row, _, t in product(range(out), starts(n, extent, s, pad, pad, "floor", True), range(3), range(k)):
            assert row + d * t < n + 2 * pad
            for c in range(channels):
                if c * groups // channels == f * groups // out:
                    macs += 1
                    weights.add((f, c, t))
        assert (applied.facts.macs, applied.weights.weight) == (macs, len(weights)), given
        assert applied.facts.bias_adds == np.prod(applied.output)


@pytest.mark.parametrize("case", [case for case in good() if not_in_torch(case)], ids=str)
def test_a_case_that_torch_cannot_express(case: Case) -> None:
    ((_, *sizes),) = case.inputs
    rank, given = len(sizes), case.given

    def axes(name: str, default: Any) -> list[Any]:
        value = given.get(name, default)
        return list(value) if isinstance(value, list) else [value] * rank

    kernel = axes("kernel", None)
    stride = axes("stride", 1) if case.op == "conv" else axes("stride", given["kernel"])
    extent = [d * (k - 1) + 1 for k, d in zip(kernel, axes("dilation", 1), strict=True)]
    if given.get("padding") == "same":
        pads = [same(*each) for each in zip(sizes, extent, stride, strict=True)]
        wanted = [len(range(0, n, s)) for n, s in zip(sizes, stride, strict=True)]
    else:
        pads = [(p, p) for p in axes("padding", 0)]
        windows = zip(sizes, extent, stride, pads, strict=True)
        padded = any(map(any, pads))
        wanted = [len(starts(n, e, s, *pair, given.get("rounding", "floor"), padded)) for n, e, s, pair in windows]
    applied = apply(case.op, given, case.inputs)
    assert list(applied.output[1:]) == wanted
    assert [(read.before, read.after) for read in applied.reads[0]] == pads


def test_some_cases_are_beyond_torch_and_most_are_not() -> None:
    reasons = [not_in_torch(case) for case in good()]
    assert 0 < len(list(filter(None, reasons))) < len(reasons) / 5


# Cells, shifts, slices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("op", "kind"), [("adaptive_avg_pool", "adds"), ("adaptive_max_pool", "compares")])
def test_adaptive_pools_combine_the_inputs_of_each_cell(op: str, kind: str) -> None:
    for n, m, size, width in product(range(1, 13), (1, 5), range(1, 10), (1, 2)):
        applied = apply(op, {"size": [size, width]}, ((3, n, m),))
        rows, columns = applied.reads[0]
        combined = 0
        for o, p in product(range(size), range(width)):
            # PyTorch, ATen/native/AdaptivePooling.h: start_index and end_index
            start, end = (o // size) * n + ((o % size) * n) // size, 1 + ((o + 1) * n - 1) // size
            assert inputs(rows, o, n) == list(range(start, end))
            combined += 3 * (len(inputs(rows, o, n)) * len(inputs(columns, p, m)) - 1)
        assert applied.facts.work[kind] == combined


def test_slices_are_pythons() -> None:
    for n, start, stop, step in product(range(1, 8), range(8), range(1, 8), (1, 2, 3)):
        if not start < stop <= n:
            with pytest.raises(RuleError):
                apply("slice", {"start": start, "stop": stop, "step": step}, ((1, n),))
            continue
        applied = apply("slice", {"start": start, "stop": stop, "step": step}, ((1, n),))
        kept = list(range(n))[start:stop:step]
        assert applied.output == (1, len(kept))
        assert [inputs(applied.reads[0][0], o, n) for o in range(len(kept))] == [[i] for i in kept]


def test_pads_are_numpys() -> None:
    for n, m, first, second, channels in product((1, 4), (1, 3), ([0, 0], [2, 1]), ([0, 3], [1, 1]), ([0, 0], [1, 2])):
        applied = apply("pad", {"padding": [first, second], "channels": channels}, ((2, n, m),))
        assert applied.output == np.pad(np.zeros((2, n, m)), (channels, first, second)).shape
        padded = np.pad(np.arange(n), first, constant_values=-1)
        for o, i in enumerate(padded):
            assert inputs(applied.reads[0][0], o, n) == ([int(i)] if i >= 0 else [])


# Merges --------------------------------------------------------------------------------------------------------------


def merged(op: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...] | None:
    try:
        return apply(op, {}, shapes).output
    except RuleError:
        return None


def test_multiply_stretches_as_numpy_does() -> None:
    maps = list(product((1, 2, 3), (1, 4), (1, 5)))
    for a, b in product([*maps, (1,), (2,), (3,)], maps):
        try:
            wanted = np.broadcast_shapes(a if len(a) == 3 else (*a, 1, 1), b)
        except ValueError:
            wanted = None  # type: ignore[assignment]
        assert merged("multiply", (a, b)) == merged("multiply", (b, a)) == wanted


def test_add_and_concat_take_what_numpy_takes() -> None:
    maps = list(product((1, 2), (1, 4), (1, 5)))
    for a, b in product([*maps, (2,), (2, 4)], [*maps, (2,), (2, 4)]):
        assert merged("add", (a, b)) == (a if a == b else None)
        try:
            wanted = np.concatenate([np.zeros(a), np.zeros(b)]).shape
        except ValueError:
            wanted = None  # type: ignore[assignment]
        assert merged("concat", (a, b)) == wanted
