"""Channels in another order."""

from archcalc.ops._base import Size
from archcalc.ops._elementwise import Elementwise
from archcalc.quantities import Shape
from archcalc.values import require_multiple


class Shuffle(Elementwise):
    """Channels dealt out anew: the first of each group, then the second of each, and so on.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     none
    Reads     Same on each axis
    Source    Zhang et al. 2018, arXiv 1707.01083, section 3.1
    """

    groups = Size("groups of channels, one behind the other, that are mixed")
    bare = "groups"

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        require_multiple(C, self.groups, f"{C} channels do not split into {self.groups} groups", "", "groups")
        return x
