"""Pooling of a whole map to one position."""

from archcalc.ops._base import Op
from archcalc.quantities import Facts, Shape, Weights, Whole
from archcalc.values import product


class GlobalPool(Op, abstract=True):
    """Every channel becomes one number; the axes stay."""

    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        return C, *(1 for _ in n)

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def reads(self, x: Shape) -> tuple[Whole, ...]:
        _, *n = x
        return (Whole(),) * len(n)


class GlobalAvgPool(GlobalPool):
    """The mean of each channel.

    Shape     (C, *n) -> (C, 1, …, 1)
    Weights   none
    Facts     adds: C * (prod(n) - 1);  divisions: C
    Reads     Whole on each axis
    Source    Lin, Chen & Yan 2014, arXiv 1312.4400, section 3.2
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *n = x
        return Facts(work={"adds": C * (product(n) - 1), "divisions": C})


class GlobalMaxPool(GlobalPool):
    """The maximum of each channel.

    Shape     (C, *n) -> (C, 1, …, 1)
    Weights   none
    Facts     compares: C * (prod(n) - 1)
    Reads     Whole on each axis
    Source    Oquab et al. 2015, Is object localization for free?, section 3
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *n = x
        return Facts(work={"compares": C * (product(n) - 1)})
