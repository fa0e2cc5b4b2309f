"""Changes of shape that move no number."""

from archcalc.ops._base import Op
from archcalc.quantities import NO_FACTS, Facts, Shape, Weights, Whole
from archcalc.values import product


class Flatten(Op):
    """A map as a vector.

    Shape     (C, *n) -> (C * prod(n))
    Weights   none
    Facts     none
    Reads     Whole on each axis: what comes after sees every position
    Source    PyTorch documentation, torch.flatten
    """

    memory = "view"

    def output(self, x: Shape) -> Shape:
        return (product(x),)

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Whole, ...]:
        _, *n = x
        return (Whole(),) * len(n)
