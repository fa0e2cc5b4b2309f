"""Weights standing alone."""

from archcalc.ops._base import Op
from archcalc.ops._shapes import Sizes
from archcalc.quantities import NO_FACTS, Facts, Reads, Shape, Weights
from archcalc.values import product


class Weight(Op):
    """A trained tensor that reads nothing: it begins a line, as the queries of a decoder do.

    Shape     -> shape, whatever arrives
    Weights   weight: prod(shape)
    Facts     none
    Reads     none: what comes after sees no input through it
    Source    Carion et al. 2020, arXiv 2005.12872, section 3.2, object queries
    """

    shape = Sizes("channels, then the size of each axis")
    bare = "shape"
    begins = True
    memory = "view"

    def output(self) -> Shape:
        shape: Shape = self.shape
        return shape

    def weights(self) -> Weights:
        return Weights(weight=product(self.shape))

    def facts(self, y: Shape) -> Facts:
        return NO_FACTS

    def reads(self) -> tuple[Reads, ...]:
        return ()
