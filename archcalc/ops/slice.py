"""Parts of a map: slices and crops."""

from typing import Any

from archcalc.errors import RuleError
from archcalc.ops._base import Op
from archcalc.ops._fields import Pads, PerAxis, Size
from archcalc.quantities import NO_FACTS, Facts, Shape, Weights, Window
from archcalc.values import Value, floordiv, require_at_least


class Range(Size):
    """A pair [start, stop]."""

    def bind(self, given: Any, rank: int) -> tuple[Value, Value]:
        if not isinstance(given, (list, tuple)) or len(given) != 2:
            raise self.wrong(given, "a pair [start, stop]")
        start, stop = (super(Range, self).bind(size, rank) for size in given)
        return start, stop

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": super().schema(), "minItems": 2, "maxItems": 2}


def require_inside(start: Value, stop: Value, n: Value, role: str, parameter: str) -> None:
    """Raise RuleError unless start < stop <= n."""
    require_at_least(stop, start + 1, f"nothing lies from {start} to before {stop} of {n} {role}", "", parameter)
    require_at_least(n, stop, f"`{parameter}` goes to {stop} and there are {n} {role}", "", parameter)


class Slice(Op):
    """A part of a map: positions start, start + step, … before stop of each axis, and a range of channels.

    Shape     (C, *n) -> (stop - start of channels, *m),  m = floor((stop - start - 1)/step) + 1,  stop = n by default
    Weights   none
    Facts     none
    Reads     Window(1, step, before = -start, after = stop - n) on each axis
    Source    Python's slices; step: He et al. 2016, arXiv 1512.03385, section 3.3, option A
    """

    start = PerAxis("the first position of each axis, from 0", default=None, at_least=0)
    stop = PerAxis("the position of each axis to stop before; its end where it is not given", default=None)
    step = PerAxis("the distance of the positions kept", default=None)
    channels = Range("[start, stop] of the channels", default=None, at_least=0)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        if not n and any(given is not None for given in (self.start, self.stop, self.step)):
            raise RuleError("a vector has no axis to slice", "`channels` slices its channels")
        first, last = (0, C) if self.channels is None else self.channels
        require_inside(first, last, C, "channels", "channels")
        each = self.reads(x)
        for window, size in zip(each, n, strict=True):
            require_inside(0 - window.before, size + window.after, size, "positions", "stop")
        return last - first, *(window.output_size(size) for window, size in zip(each, n, strict=True))

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Window, ...]:
        _, *n = x
        start = (0,) * len(n) if self.start is None else self.start
        step = (1,) * len(n) if self.step is None else self.step
        stop = n if self.stop is None else self.stop
        each = zip(n, start, stop, step, strict=True)
        return tuple(Window(1, by, 0 - first, last - size) for size, first, last, by in each)


class Sides(Pads):
    """How much is cut on each side."""

    negative = "the operator `pad` adds"


class Crop(Op):
    """What is left of a map when its sides are cut off, or its centre of a given size.

    Shape     (C, *n) -> (C, *m),  m = n - before - after;  m = size
    Weights   none
    Facts     none
    Reads     Window(1, 1, -before, -after) on each axis;  with a size before = offset, by default
              floor((n - size)/2), and after = n - size - before
    Source    Ronneberger et al. 2015, arXiv 1505.04597, section 2; offset: Caffe, crop_layer.cpp; the odd one is cut
              after: Keras, CenterCrop
    """

    sides = Sides("positions cut off: on all sides, an axis, or [before, after] an axis", default=None)
    size = PerAxis("what is left of each axis; `like: NAME` takes a layer's height and width", default=None)
    offset = PerAxis("with a size, the first position that is left; else it is the centre", default=None, at_least=0)
    bare = "sides"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        if len([given for given in (self.sides, self.size) if given is not None]) != 1:
            raise RuleError("`crop` wants either `sides` or a `size`", "`like: NAME` gives the size of a layer")
        if self.offset is not None and self.size is None:
            raise RuleError("`offset` stands beside a `size`", "`sides` says where each axis begins", "offset")
        if self.size is None:
            for size, (before, after) in zip(n, self.sides, strict=True):
                message = f"{before} and {after} of {size} positions are cut off, and nothing is left"
                require_at_least(size, before + after + 1, message, "", "sides")
            return C, *(size - before - after for size, (before, after) in zip(n, self.sides, strict=True))
        first = (0,) * len(n) if self.offset is None else self.offset
        for size, wanted, begin in zip(n, self.size, first, strict=True):
            where = "" if self.offset is None else f" from position {begin}"
            message = f"`size` is {wanted}{where} and there are {size} positions"
            require_at_least(size, begin + wanted, message, "what is cropped is the larger one", "size")
        return C, *self.size

    def _cut(self, n: list[Value]) -> tuple[tuple[Value, Value], ...]:
        if self.size is None:
            sides: tuple[tuple[Value, Value], ...] = self.sides
            return sides
        rest = [have - want for have, want in zip(n, self.size, strict=True)]
        offset = [floordiv(each, 2) for each in rest] if self.offset is None else self.offset
        return tuple((before, each - before) for each, before in zip(rest, offset, strict=True))

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Window, ...]:
        _, *n = x
        return tuple(Window(1, 1, 0 - before, 0 - after) for before, after in self._cut(n))
