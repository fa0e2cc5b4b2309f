"""Sums and means over channels or positions."""

from archcalc.errors import RuleError
from archcalc.ops._base import Op
from archcalc.ops._fields import Choice
from archcalc.quantities import Facts, Reads, Same, Shape, Weights, Whole
from archcalc.values import product


class Sum(Op):
    """The sum over the channels of each position, or over the positions of each channel.

    Shape     over channels: (C, *n) -> (1, *n);  over positions: (C, *n) -> (C)
    Weights   none
    Facts     adds: prod(input) - prod(output)
    Reads     over channels: Same on each axis;  over positions: Whole
    Source    PyTorch documentation, torch.sum; over channels: Woo et al. 2018, arXiv 1807.06521, section 3.1
    """

    over = Choice("what becomes one: the `channels`, or the `positions` of the map", ("channels", "positions"))
    bare = "over"

    def output(self, x: Shape) -> Shape:
        C, *n = x
        if self.over == "channels":
            return 1, *n
        if not n:
            raise RuleError("a vector has no positions", "`over: channels` makes one number of it", "over")
        return (C,)

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"adds": product(x) - product(y)})

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        return (Same() if self.over == "channels" else Whole(),) * len(n)


class Mean(Sum):
    """The mean over the channels of each position, or over the positions of each channel.

    Shape     over channels: (C, *n) -> (1, *n);  over positions: (C, *n) -> (C)
    Weights   none
    Facts     adds: prod(input) - prod(output);  divisions: prod(output)
    Reads     over channels: Same on each axis;  over positions: Whole
    Source    PyTorch documentation, torch.mean; over channels: Woo et al. 2018, arXiv 1807.06521, section 3.2
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={**super().facts(y, x).work, "divisions": product(y)})
