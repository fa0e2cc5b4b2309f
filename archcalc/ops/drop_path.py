"""Drop-path."""

from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Number


class DropPath(Elementwise):
    """Zeroes a whole sample at random in training, so that a branch falls away; passes all on at inference.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     none, at inference;  what training saves is what `survival` tells the metric expected_mult_adds
    Reads     Same on each axis
    Source    Huang et al. 2016, arXiv 1603.09382, section 3; Larsson et al. 2017, arXiv 1605.07648, section 3
    """

    rate = Number("how often a sample is zeroed", at_least=0, at_most=1)
    bare = "rate"
    memory = "view"
