"""Maps as tokens and back: tokens are (D, T), channels first, with one axis."""

from typing import Any

from archcalc.ops._base import Op
from archcalc.ops._fields import Field, PerAxis, Size
from archcalc.ops._shapes import Moves, SizesAndRest
from archcalc.quantities import NO_FACTS, Facts, Pad, Reads, Same, Shape, Unknown, Weights, Whole, show_shape
from archcalc.values import equal, exactdiv, product, require_at_least, require_equal, require_multiple


class Tokens(Moves):
    """The positions of a map in a row, the last axis fastest: each is a token.

    Shape     (C, *n) -> (C, prod(n))
    Weights   none
    Facts     none
    Reads     Same on each axis: a token is a position
    Source    Dosovitskiy et al. 2021, arXiv 2010.11929, section 3.1
    """

    ranks = (1, 2, 3)
    memory = "view"

    def output(self, x: Shape) -> Shape:
        C, *n = x
        return C, product(n)

    def reads(self, x: Shape) -> tuple[Same, ...]:
        _, *n = x
        return (Same(),) * len(n)


def _is_known(axis: Any) -> bool:
    return isinstance(axis, int) and not isinstance(axis, bool)


class Axes(Field):
    """All axes of what arrives, each once, in a new order."""

    def bind(self, given: Any, rank: int) -> tuple[int, ...]:
        known = range(rank + 1)
        if not isinstance(given, (list, tuple)) or not all(map(_is_known, given)):
            raise self.wrong(given, f"a list of {', '.join(map(str, known))} in a new order")
        if len(given) != len(known) or len(set(given).intersection(known)) != len(known):
            raise self.wrong(given, f"each of {', '.join(map(str, known))} once")
        return tuple(given)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 1, "maxItems": 4}


class Permute(Moves):
    """The axes in a new order, channels too.

    Shape     (s0, s1, …) -> (s[axes[0]], s[axes[1]], …),  axis 0 are the channels
    Weights   none
    Facts     none
    Reads     Same on an axis that keeps its place;  Whole on the axis that becomes channels;  unknown on others
    Source    PyTorch documentation, torch.permute
    """

    axes = Axes("the axes in their new order, 0 for the channels: [1, 0] changes the two of tokens")
    bare = "axes"

    def output(self, x: Shape) -> Shape:
        return tuple(x[axis] for axis in self.axes)

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        return tuple(self._read(axis, self.axes.index(axis)) for axis in range(len(x)) if axis)

    def _read(self, axis: int, place: int) -> Reads:
        if not place:
            return Whole(lost=f"`permute` makes channels of axis {axis}")
        return Same() if equal(axis, place) else Unknown(f"`permute` puts axis {axis} in the place of axis {place}")


class Reshape(Moves):
    """The same numbers in another shape, read with the last axis fastest.

    Shape     (C, *n) -> shape,  with -1 for what is left:  prod(input) / prod(the other sizes)
    Weights   none
    Facts     none
    Reads     Whole on each axis if the output has none;  else unknown: `tokens` keeps positions
    Source    PyTorch documentation, torch.reshape
    """

    shape = SizesAndRest("channels, then the size of each axis; -1 for what is left")
    bare = "shape"
    memory = "view"

    def output(self, x: Shape) -> Shape:
        known = product(size for size in self.shape if size is not None)
        wanted = show_shape(tuple(-1 if size is None else size for size in self.shape))
        message = f"{show_shape(x)} are {product(x)} numbers and do not fill {wanted}"
        if None not in self.shape:
            require_equal(product(x), known, message, "one size may be -1: what is left", "shape")
            return tuple(self.shape)
        require_multiple(product(x), known, message, "", "shape")
        return tuple(exactdiv(product(x), known) if size is None else size for size in self.shape)

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        _, *m = self.output(x)
        return (Unknown("`reshape` lays the positions out anew") if m else Whole(),) * len(n)


class ClassToken(Op):
    """Trained tokens before those that arrive: the class token, a distillation token, registers.

    Shape     (D, T) -> (D, T + count)
    Weights   weight: D * count
    Facts     none
    Reads     Pad(count, 0): output o reads token o - count
    Source    Dosovitskiy et al. 2021, arXiv 2010.11929, equation 1
    """

    count = Size("how many tokens", default=1)
    bare = "count"
    ranks = (1,)

    def output(self, x: Shape) -> Shape:
        D, T = x
        return D, T + self.count

    def weights(self, x: Shape) -> Weights:
        D, _ = x
        return Weights(weight=D * self.count)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Pad, ...]:
        return (Pad(self.count, 0),)


class Select(Moves):
    """One position, as a vector: of tokens, the first is the class token.

    Shape     (C, *n) -> (C)
    Weights   none
    Facts     none
    Reads     Pad(-position, position + 1 - n) on each axis: the one position
    Source    Dosovitskiy et al. 2021, arXiv 2010.11929, equation 4
    """

    position = PerAxis("the position on each axis, from 0", default=0, at_least=0)
    bare = "position"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        for size, position in zip(n, self.position, strict=True):
            message = f"`position` is {position} and there are {size}, from 0"
            require_at_least(size, position + 1, message, "", "position")
        return (C,)

    def reads(self, x: Shape) -> tuple[Pad, ...]:
        _, *n = x
        return tuple(Pad(0 - at, at + 1 - size) for size, at in zip(n, self.position, strict=True))
