"""Channels in another order."""

from archcalc.ops._base import require_split
from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Size
from archcalc.quantities import Shape
from archcalc.values import Value, exactdiv, floordiv, mod


class Shuffle(Elementwise):
    """Channels dealt out anew: the first of each group, then the second of each, and so on.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     none
    Reads     Same on each axis; channel j*groups + i is channel i*(C/groups) + j of the input
    Source    Zhang et al. 2018, arXiv 1707.01083, section 3.1
    """

    groups = Size("groups of channels, one behind the other, that are mixed")
    bare = "groups"
    memory = "new"

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        require_split(C, self.groups, "channels", "groups")
        return x

    def origin(self, x: Shape, channel: Value) -> Value:
        """The channel of the input that this one of the output is, from 0."""
        C, *_ = x
        return mod(channel, self.groups) * exactdiv(C, self.groups) + floordiv(channel, self.groups)
