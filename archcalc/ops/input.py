"""Where a network begins."""

from archcalc.ops._base import Op
from archcalc.ops._shapes import Sizes
from archcalc.quantities import NO_FACTS, Facts, Reads, Shape, Weights


class Input(Op):
    """What is given to the network: it reads no layer.

    Shape     -> (C, *n), as given
    Weights   none
    Facts     none
    Reads     none
    Source    the spec's `input`
    """

    shape = Sizes("channels, then the size of each axis")
    bare = "shape"
    begins = True

    def output(self) -> Shape:
        shape: Shape = self.shape
        return shape

    def weights(self) -> Weights:
        return Weights()

    def facts(self, y: Shape) -> Facts:
        return NO_FACTS

    def reads(self) -> tuple[Reads, ...]:
        return ()
