"""Fully connected layers."""

from archcalc.ops._base import Op
from archcalc.ops._fields import Flag, Size
from archcalc.quantities import Facts, Same, Shape, Weights, show_shape
from archcalc.values import product, require_equal


class Linear(Op):
    """A matrix product and a bias: every output sees all C inputs.

    Shape     (C) -> (out);  a map of one position, two axes or more: (C, 1, …, 1) -> (out);  tokens: (C, T) -> (out, T)
    Weights   weight: out * C;  bias: out
    Facts     macs: prod(output) * C;  bias_adds: prod(output)
    Reads     Same on each axis
    Source    PyTorch documentation, torch.nn.Linear
    """

    out = Size("outputs")
    bias = Flag("a bias an output", default=True)
    bare = "out"

    def output(self, x: Shape) -> Shape:
        _, *n = x
        if len(n) == 1:
            return self.out, *n
        for size in n:
            require_equal(
                size,
                1,
                f"`linear` wants a vector, tokens or a map of one position, {show_shape(x)} arrives",
                "`flatten` or `global_avg_pool` before it, or a 1x1 `conv` instead",
            )
        return (self.out,)

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        return Weights(weight=self.out * C, bias=self.out if self.bias else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *_ = x
        return Facts(macs=product(y) * C, bias_adds=product(y) if self.bias else 0)

    def reads(self, x: Shape) -> tuple[Same, ...]:
        _, *n = x
        return (Same(),) * len(n)
