"""Padding as a layer of its own."""

from typing import Any

from archcalc.errors import RuleError
from archcalc.ops._base import Op
from archcalc.ops._fields import Pads
from archcalc.quantities import NO_FACTS, Facts, Shape, Weights
from archcalc.quantities import Pad as Shift


class ChannelPads(Pads):
    """Zeros after the channels, or a pair [before, after]."""

    def bind(self, given: Any, rank: int) -> Any:
        if not isinstance(given, (list, tuple)):
            return 0, self._side(given)
        if len(given) != 2:
            raise self.wrong(given, "one number or a pair [before, after]")
        return self._pair(given, given)

    def schema(self) -> dict[str, Any]:
        one = {"type": ["integer", "string", "null"]}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


class Pad(Op):
    """Zeros round a map, and before and after its channels.

    Shape     (C, *n) -> (C + before + after, *m),  m = n + before + after, the pairs of `channels` and of each axis
    Weights   none
    Facts     none
    Reads     Pad(before, after) on each axis
    Source    channels: He et al. 2016, arXiv 1512.03385, section 3.3, option A
    """

    padding = Pads("zeros on each side of each axis", default=None)
    channels = ChannelPads("zeros after the channels, or [before, after]", default=0)
    bare = "padding"

    def output(self, x: Shape) -> Shape:
        C, *n = x
        if self.padding is not None and not n:
            raise RuleError("a vector has no axis to pad", "`channels` pads its channels", "padding")
        before, after = self.channels
        pads = self.reads(x)
        return C + before + after, *(size + pad.before + pad.after for size, pad in zip(n, pads, strict=True))

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Shift, ...]:
        _, *n = x
        return tuple(Shift(*pair) for pair in (((0, 0),) * len(n) if self.padding is None else self.padding))
