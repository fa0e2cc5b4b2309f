"""Operators against plain enumeration, from the definitions in documentation and code of TensorFlow, Caffe and PyTorch.

Nothing of archcalc's arithmetic is used: windows are laid out one by one, cells and taps are listed.
"""

from itertools import product
from typing import Any

import numpy as np
import pytest
from op_cases import Case, apply, good, not_in_torch
from reading import inputs

from archcalc.errors import RuleError

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


# Transposed convolutions ---------------------------------------------------------------------------------------------


def gradient(m: int, k: int, s: int, d: int, before: int, after: int) -> list[list[int]] | None:
    """For each of `m` inputs of a convolution, the outputs that read it: what its gradient reads there.

    None where the convolution has no output.
    """
    extent = d * (k - 1) + 1
    if extent > m + before + after:
        return None
    layout = starts(m, extent, s, before, after, "floor", True)
    return [[i for i, start in enumerate(layout) if o + before in range(start, start + extent, d)] for o in range(m)]


def windows_of(m: int, k: int, s: int, d: int, before: int, after: int) -> int:
    return len(starts(m, d * (k - 1) + 1, s, before, after, "floor", True))


def require_gradient(given: dict[str, Any], n: int, m: int, before: int, after: int) -> None:
    """The transposed convolution takes n to m, and reads what the gradient of the convolution from m to n reads."""
    applied = apply("conv_transpose", {"out": 1, **given}, ((1, n),))
    ((read,),) = applied.reads
    assert applied.output == (1, m), given
    wanted = gradient(m, given["kernel"], given["stride"], given["dilation"], before, after)
    assert [inputs(read, o, n) for o in range(m)] == wanted, given


def test_transposed_convolutions_are_the_gradients_of_convolutions() -> None:
    """PyTorch, torch.nn.ConvTranspose2d: with the same parameters and the output padding, the shapes are inverses."""
    tried = 0
    for m, k, s, d, before, after in product(range(1, 12), (1, 2, 3, 4), (1, 2, 3), (1, 2), (0, 1, 2), (0, 1, 2)):
        extent = d * (k - 1) + 1
        if extent > m + before + after:
            continue
        given = {"kernel": k, "stride": s, "dilation": d, "padding": [[before, after]]}
        given |= {"output_padding": (m + before + after - extent) % s}
        require_gradient(given, windows_of(m, k, s, d, before, after), m, before, after)
        tried += 1
    assert tried > 1500


def test_transposed_same_and_valid_are_the_gradients_of_tensorflows_convolutions() -> None:
    """n*s outputs and, valid, n*s + max(extent - s, 0): Keras, backend_utils.py. Padding as tf.nn has it."""
    for n, k, s, d in product(range(1, 7), (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2)):
        given, extent = {"kernel": k, "stride": s, "dilation": d}, d * (k - 1) + 1
        sides = same(n * s, extent, s)
        assert windows_of(n * s, k, s, d, *sides) == n
        require_gradient({**given, "padding": "same"}, n, n * s, *sides)
        m = n * s + max(extent - s, 0)
        assert windows_of(m, k, s, d, 0, 0) == n
        require_gradient({**given, "padding": "valid"}, n, m, 0, 0)
        for extra in range(s):
            more = {**given, "output_padding": extra}
            require_gradient({**more, "padding": "valid"}, n, (n - 1) * s + extent + extra, 0, 0)
            m = (n - 1) * s + extent % 2 + extra
            if -(-m // s) == n:  # else TensorFlow has no such convolution
                require_gradient({**more, "padding": "same"}, n, m, *same(m, extent, s))


def test_transposed_convolutions_multiply_each_input_with_each_tap_of_its_group() -> None:
    for n, k, s, groups in product((1, 4, 7), (1, 2, 3), (1, 2, 4), (1, 2, 3)):
        given = {"out": 12, "kernel": [k, 1], "stride": [s, 1], "padding": [k // 2, 0], "groups": groups}
        if (n - 1) * s + k - 2 * (k // 2) < 1:
            continue
        applied = apply("conv_transpose", given, ((6, n, 3),))
        taps = list(product(range(6), range(12), range(k)))
        weights = [(c, f, t) for c, f, t in taps if c * groups // 6 == f * groups // 12]
        assert applied.weights.weight == len(weights)
        assert applied.facts.macs == sum(1 for _ in product(range(n), range(3), weights))
        assert applied.facts.bias_adds == np.prod(applied.output)


# Maps made larger and smaller ----------------------------------------------------------------------------------------


def lines(n: int, size: int, corners: bool) -> list[list[int]]:
    """The inputs with a weight above 0 at each of `size` places of a line through `n` points."""
    places = np.arange(size) * (n - 1) / max(size - 1, 1) if corners else (np.arange(size) + 0.5) * n / size - 0.5
    weights = [np.interp(places, np.arange(n), np.eye(n)[i]) for i in range(n)]
    return [[i for i in range(n) if weights[i][o] > 1e-9] for o in range(size)]


def test_upsampling_reads_what_numpy_repeats_and_interpolates() -> None:
    for n, by in product(range(1, 8), range(1, 6)):
        applied = apply("upsample", {"by": by}, ((1, n),))
        assert applied.output == (1, n * by)
        assert [inputs(applied.reads[0][0], o, n) for o in range(n * by)] == [[i] for i in np.repeat(range(n), by)]
    for n, size, corners in product(range(1, 10), range(1, 20), (False, True)):
        applied = apply("upsample", {"size": size, "mode": "bilinear", "align_corners": corners}, ((1, n),))
        assert [inputs(applied.reads[0][0], o, n) for o in range(size)] == lines(n, size, corners), (n, size)


def test_pixels_are_shuffled_as_numpy_reshapes() -> None:
    for n, m, (a, b) in product((1, 3), (2, 5), ((2, 2), (1, 3), (3, 2))):
        columns = np.broadcast_to(np.arange(m), (2, a, b, n, m))  # where each number comes from
        large = columns.transpose(0, 3, 1, 4, 2).reshape(2, n * a, m * b)
        shuffled = apply("pixel_shuffle", {"by": [a, b]}, ((2 * a * b, n, m),))
        assert shuffled.output == large.shape
        assert [inputs(shuffled.reads[0][1], o, m) for o in range(m * b)] == [[i] for i in large[0, 0]]
        back = apply("pixel_unshuffle", {"by": [a, b]}, (large.shape,))
        assert back.output == (2 * a * b, n, m)
        blocks = np.arange(m * b).reshape(m, b)
        assert [inputs(back.reads[0][1], o, m * b) for o in range(m)] == blocks.tolist()


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


def test_crops_are_numpys() -> None:
    for n, before, after in product(range(1, 8), range(4), range(4)):
        if before + after >= n:
            continue
        kept = np.arange(n)[before : n - after]
        wanted = {"sides": [[before, after]]}, {"size": len(kept), "offset": before}
        for given in (*wanted, {"size": len(kept)})[: 2 + (before == (n - len(kept)) // 2)]:
            applied = apply("crop", given, ((1, n),))
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
