"""Pooling with a window."""

from typing import Any

from archcalc.ops._base import Op
from archcalc.ops._fields import Choice, Flag, Number, Padding, PerAxis
from archcalc.ops._window import positions, windows
from archcalc.quantities import Facts, Shape, Weights, Window
from archcalc.values import Value, product, require_at_least


class Pool(Op, abstract=True):
    """A window on each channel by itself."""

    kernel = PerAxis("size of the window")
    stride = PerAxis("step of the window; the kernel where it is not given", default=None)
    padding = Padding("what stands round the map: no input, so a maximum passes over it", default="valid")
    rounding = Choice(
        "what becomes of a last window that does not fit: `floor` drops it, `ceil` keeps it if it begins before the "
        "input's end (PyTorch), `caffe` does too, but checks that only if there is padding (Caffe)",
        ("floor", "ceil", "caffe"),
        default="floor",
    )
    bare = "kernel"
    ranks = (1, 2, 3)
    dilation: Any = None

    def output(self, x: Shape) -> Shape:
        C, *n = x
        each = self.reads(x)
        for window in each:
            _require_inputs(window, window.before)
            _require_inputs(window, window.after)
        return C, *positions(each, n)

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def reads(self, x: Shape) -> tuple[Window, ...]:
        stride = self.kernel if self.stride is None else self.stride
        return windows(x, self.kernel, stride, self.padding, self.dilation, self.rounding)


def _require_inputs(window: Window, side: Value) -> None:
    """Raise RuleError where a window could lie in the padding of a side."""

    def message() -> str:
        return f"a window that covers {window.extent} would see nothing but the padding of {side}"

    require_at_least(window.extent - 1, side, message, "less padding than the window covers", "padding")


class MaxPool(Pool):
    """The maximum of a window, on each channel.

    Shape     (C, *n) -> (C, *m),  m = floor((n + pads - extent)/stride) + 1,  extent = dilation*(kernel - 1) + 1;
              rounding ceil and caffe: ceil((n + pads - extent)/stride) + 1, one less if the last window would begin at
              n + before or beyond (caffe: asked only if there is padding)
    Weights   none
    Facts     compares: prod(output) * (prod(kernel) - 1), each window taken as full
    Reads     Window(kernel, stride, pads, dilation) on each axis
    Source    Dumoulin & Visin 2016, arXiv 1603.07285, relationship 7; rounding: PyTorch, ATen/native/Pool.h; Caffe,
              pooling_layer.cpp
    """

    dilation = PerAxis("distance between the inputs of a window", default=1)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"compares": product(y) * (product(self.kernel) - 1)})


class AvgPool(Pool):
    """The mean of a window, on each channel.

    Shape     (C, *n) -> (C, *m),  m = floor((n + pads - kernel)/stride) + 1;  rounding as in max_pool
    Weights   none
    Facts     adds: prod(output) * (prod(kernel) - 1), each window taken as full;  divisions: prod(output)
    Reads     Window(kernel, stride, pads) on each axis
    Source    Dumoulin & Visin 2016, arXiv 1603.07285, relationship 7; rounding as in max_pool
    """

    count_include_pad = Flag("whether padding counts as zeros of the mean; it changes no size", default=True)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"adds": product(y) * (product(self.kernel) - 1), "divisions": product(y)})


class LpPool(Pool):
    """The p-th root of the sum of p-th powers of a window, on each channel: p = 1 is the sum, p = ∞ the maximum.

    Shape     (C, *n) -> (C, *m),  m = floor((n + pads - kernel)/stride) + 1;  rounding as in max_pool
    Weights   none
    Facts     powers: prod(output) * prod(kernel), one an input, whatever p is;  adds: prod(output) *
              (prod(kernel) - 1);  roots: prod(output);  each window taken as full
    Reads     Window(kernel, stride, pads) on each axis
    Source    Sermanet, Chintala & LeCun 2012, arXiv 1204.3968, section 2.2; PyTorch documentation, torch.nn.LPPool2d
    """

    power = Number("p, 1 or more; no figure depends on it", default=2, at_least=1)

    def facts(self, y: Shape, x: Shape) -> Facts:
        N, read = product(y), product(self.kernel)
        return Facts(work={"powers": N * read, "adds": N * (read - 1), "roots": N})
