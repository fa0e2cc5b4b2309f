"""Transposed convolution: what the gradient of a convolution computes, as a layer."""

from archcalc.ops._base import Op, require_split
from archcalc.ops._fields import Flag, Padding, PerAxis, Size
from archcalc.quantities import Facts, Shape, Spread, Weights
from archcalc.values import Value, exactdiv, floordiv, maximum, minimum, product, require_at_least

Sides = tuple[Value, Value]


def cut(padding: str | Sides, extent: Value, stride: Value, extra: Value | None) -> Sides:
    """How many of the (n - 1)*stride + extent outputs of one axis are cut off before and after; negative: added.

    numbers  those, `extra` fewer after (PyTorch, Caffe, ONNX)
    half     floor(extent/2) on each side, `extra` fewer after
    same     as makes n*stride outputs, or with `extra` (n - 1)*stride + extent - 2*floor(extent/2) + extra; the odd one
             is cut after (TensorFlow, Keras, JAX)
    valid    none, and outputs without an input are added after up to n*stride, or `extra` of them (Keras, JAX)
    """
    if padding == "valid":
        return 0, minimum(extent - stride, 0) if extra is None else 0 - extra
    if padding == "same":
        total = extent - stride if extra is None else 2 * floordiv(extent, 2) - extra
        before = floordiv(maximum(total, 0), 2)
        return before, total - before
    before, after = (floordiv(extent, 2),) * 2 if isinstance(padding, str) else padding
    return before, after if extra is None else after - extra


class ConvTranspose(Op):
    """Each input adds `out` filters times its value to the outputs: the gradient of a convolution, as a layer.

    Shape     (C, *n) -> (out, *m),  m = (n - 1)*stride + extent - before - after + output_padding,
              extent = dilation*(kernel - 1) + 1;  padding same: m = n*stride;  valid: m = n*stride +
              max(extent - stride, 0);  with output_padding, same: before + after = 2*floor(extent/2), valid: 0
    Weights   weight: C * out/groups * prod(kernel);  bias: out
    Facts     macs: prod(n) * C * out/groups * prod(kernel), those of outputs that padding cuts off included;
              bias_adds: prod(output)
    Reads     Spread(kernel, stride, before, after - output_padding, dilation) on each axis
    Source    Dumoulin & Visin 2016, arXiv 1603.07285, relationship 14; output_padding: PyTorch documentation,
              torch.nn.ConvTranspose2d; same, valid: Keras, backend/common/backend_utils.py
    """

    out = Size("filters: the channels of the output")
    kernel = PerAxis("size of the window")
    stride = PerAxis("distance between the windows of neighbouring inputs", default=1)
    padding = Padding("outputs cut off on each side, the padding of the convolution whose gradient it is", default=0)
    output_padding = PerAxis("outputs added after each axis, fewer than stride or dilation", default=None, at_least=0)
    dilation = PerAxis("distance between the outputs of a window", default=1)
    groups = Size("groups of channels that do not see each other; depthwise with as many as channels in", default=1)
    bias = Flag("a bias a filter", default=True)
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        require_split(C, self.groups, "channels in", "groups")
        require_split(self.out, self.groups, "filters", "groups")
        each = self.reads(x)
        for spread, extra in zip(each, self.output_padding or (), strict=False):
            wanted = f"less than the stride of {spread.stride} or the dilation of {spread.dilation} is wanted"
            message = f"`output_padding` is {extra}, {wanted}"
            hint = "outputs further out have no input"
            require_at_least(maximum(spread.stride, spread.dilation), extra + 1, message, hint, "output_padding")
        return self.out, *(spread.output_size(size) for spread, size in zip(each, n, strict=True))

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        weight = C * exactdiv(self.out, self.groups) * product(self.kernel)
        return Weights(weight=weight, bias=self.out if self.bias else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        macs = product(x) * exactdiv(self.out, self.groups) * product(self.kernel)
        return Facts(macs=macs, bias_adds=product(y) if self.bias else 0)

    def reads(self, x: Shape) -> tuple[Spread, ...]:
        rank = len(x) - 1
        padding = (self.padding,) * rank if isinstance(self.padding, str) else self.padding
        extra = (None,) * rank if self.output_padding is None else self.output_padding
        spreads = []
        for k, s, d, sides, more in zip(self.kernel, self.stride, self.dilation, padding, extra, strict=True):
            spreads.append(Spread(k, s, *cut(sides, d * (k - 1) + 1, s, more), d))
        return tuple(spreads)
