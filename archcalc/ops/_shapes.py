"""Parameters that are shapes, and what operators have in common that move numbers and change none."""

from typing import Any

from archcalc.errors import Undecided
from archcalc.ops._base import Op
from archcalc.ops._fields import Size
from archcalc.quantities import NO_FACTS, Facts, Shape, Weights
from archcalc.values import Value, equal, is_value


class Sizes(Size):
    """A shape: channels, then up to three axes."""

    def bind(self, given: Any, rank: int) -> Shape:
        if not isinstance(given, (list, tuple)) or len(given) not in (1, 2, 3, 4):
            raise self.wrong(given, "a list of channels and up to three axes, such as [3, 224, 224],")
        return tuple(self.size(size, rank) for size in given)

    def size(self, given: Any, rank: int) -> Value:
        return super().bind(given, rank)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema(), "minItems": 1, "maxItems": 4}


class SizesAndRest(Sizes):
    """A shape in which one size may be -1: what is left. Bound to None there."""

    def bind(self, given: Any, rank: int) -> Any:
        sizes = super().bind(given, rank)
        if len([size for size in sizes if size is None]) > 1:
            raise self.wrong(given, "one -1 at most")
        return sizes

    def size(self, given: Any, rank: int) -> Value:
        return None if is_value(given) and _is_rest(given) else super().size(given, rank)


def _is_rest(size: Value) -> bool:
    """Whether a size is -1 for certain."""
    try:
        return equal(size, -1)
    except Undecided:
        return False


class Moves(Op, abstract=True):
    """No weights, no work: numbers are moved, dropped or laid out anew."""

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS
