"""Attention inside windows, as in Swin."""

from archcalc.ops._attention import softmax_work
from archcalc.ops._base import Op, require_split
from archcalc.ops._fields import Flag, PerAxis, Size
from archcalc.quantities import Block, Facts, Shape, Weights
from archcalc.values import Value, ceildiv, product, require_at_least


class WindowAttention(Op):
    """Multi-head self-attention inside windows that do not overlap, with its projections.

    A map that windows do not fill is padded with zeros at its ends, which are projected and attended to as all else.
    With `shift` the windows begin there and round the end (a mask keeps the two ends apart; it is no work).

    Shape     (C, *n) -> (C, *n);  P = prod(ceil(n/window) * window) positions in windows of W = prod(window)
    Weights   weight: 4*C**2 + heads * prod(2*window - 1) (relative);  bias: 4*C
    Facts     macs: 4*P*C**2 + 2*P*W*C;  bias_adds: 4*P*C;
              of heads*P*W scores in heads*P rows: multiplies: a score each (1/sqrt(C/heads));  compares: W - 1 a row;
              adds: 2*W - 1 a row, and a score each (relative);  exponentials, divisions: a score each;
              products: 5*P*C + heads*P*W
    Reads     Block(n, window, shift) on each axis
    Source    Liu et al. 2021, arXiv 2103.14030, section 3.2; padding: torchvision 0.28, shifted_window_attention
    """

    heads = Size("heads that attend side by side")
    window = PerAxis("size of the windows")
    shift = PerAxis("where the first whole window begins", default=0, at_least=0)
    bias = Flag("a bias of queries, keys, values and the projection after the heads", default=True)
    relative = Flag("a trained bias a head for each offset of two positions inside a window", default=True)
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        require_split(C, self.heads, "channels", "heads")
        for window, shift in zip(self.window, self.shift, strict=True):
            message = f"`shift` is {shift}, below the window of {window} is wanted"
            require_at_least(window, shift + 1, message, "", "shift")
        return x

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        table = self.heads * product(2 * window - 1 for window in self.window) if self.relative else 0
        return Weights(weight=4 * C * C + table, bias=4 * C if self.bias else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *_ = x
        P, W = self.positions(x), product(self.window)
        scores = self.heads * P * W
        work = softmax_work(scores, self.heads * P)
        if self.relative:
            work["adds"] = work["adds"] + scores
        macs, bias_adds = 4 * P * C * C + 2 * P * W * C, 4 * P * C if self.bias else 0
        return Facts(macs, bias_adds, work, products=5 * P * C + scores)

    def reads(self, x: Shape) -> tuple[Block, ...]:
        _, *n = x
        return tuple(Block(*each) for each in zip(n, self.window, self.shift, strict=True))

    def positions(self, x: Shape) -> Value:
        """Positions of all windows, those of the padding with them."""
        _, *n = x
        return product(ceildiv(size, window) * window for size, window in zip(n, self.window, strict=True))
