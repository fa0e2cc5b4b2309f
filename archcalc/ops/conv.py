"""Convolution; depthwise is groups = channels in."""

from archcalc.ops._base import Op, require_split
from archcalc.ops._fields import Flag, Padding, PerAxis, Size
from archcalc.ops._window import positions, windows
from archcalc.quantities import Facts, Shape, Weights, Window
from archcalc.values import exactdiv, product


class Conv(Op):
    """Cross-correlation of C input channels with `out` filters.

    Shape     (C, *n) -> (out, *m),  m = floor((n + pads - extent)/stride) + 1,  extent = dilation*(kernel - 1) + 1
    Weights   weight: out * C/groups * prod(kernel);  bias: out
    Facts     macs: prod(kernel) * out * C/groups * prod(m);  bias_adds: prod(output)
    Reads     Window(kernel, stride, pads, dilation) on each axis
    Source    Dumoulin & Visin 2016, arXiv 1603.07285, relationship 6; groups: Krizhevsky et al. 2012
    """

    out = Size("filters: the channels of the output")
    kernel = PerAxis("size of the window")
    stride = PerAxis("step of the window", default=1)
    padding = Padding("zeros round the map", default="valid")
    dilation = PerAxis("distance between the inputs of a window", default=1)
    groups = Size("groups of channels that do not see each other; depthwise with as many as channels in", default=1)
    bias = Flag("a bias a filter", default=True)
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        require_split(C, self.groups, "channels in", "groups")
        require_split(self.out, self.groups, "filters", "groups")
        return self.out, *positions(self.reads(x), x[1:])

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        weight = self.out * exactdiv(C, self.groups) * product(self.kernel)
        return Weights(weight=weight, bias=self.out if self.bias else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        (C, *_), (_, *m) = x, y
        macs = product(self.kernel) * self.out * exactdiv(C, self.groups) * product(m)
        return Facts(macs=macs, bias_adds=product(y) if self.bias else 0)

    def reads(self, x: Shape) -> tuple[Window, ...]:
        return windows(x, self.kernel, self.stride, self.padding, self.dilation)
