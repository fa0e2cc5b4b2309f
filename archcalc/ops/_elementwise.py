"""What operators that keep the shape have in common."""

from archcalc.ops._base import Op
from archcalc.quantities import NO_FACTS, Facts, Reads, Same, Shape, Weights


class Elementwise(Op, abstract=True):
    """Each output position reads its own: shape and position stay. No weights, no work, unless stated."""

    memory = "over"

    def output(self, x: Shape) -> Shape:
        return x

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        return (Same(),) * len(n)
