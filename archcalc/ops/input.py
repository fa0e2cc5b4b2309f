"""Where a network begins."""

from typing import Any

from archcalc.ops._base import Op, Size
from archcalc.quantities import NO_FACTS, Facts, Reads, Shape, Weights


class Sizes(Size):
    """A shape: channels, then up to three axes."""

    def bind(self, given: Any, rank: int) -> Shape:
        if not isinstance(given, (list, tuple)) or len(given) not in (1, 2, 3, 4):
            raise self.wrong(given, "a list of channels and up to three axes, such as [3, 224, 224],")
        return tuple(super(Sizes, self).bind(size, rank) for size in given)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema(), "minItems": 1, "maxItems": 4}


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

    def output(self) -> Shape:
        shape: Shape = self.shape
        return shape

    def weights(self) -> Weights:
        return Weights()

    def facts(self, y: Shape) -> Facts:
        return NO_FACTS

    def reads(self) -> tuple[Reads, ...]:
        return ()
