"""Dropout."""

from fractions import Fraction

from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Number


class Dropout(Elementwise):
    """Zeroes elements at random in training; passes all on at inference.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     none, at inference
    Reads     Same on each axis
    Source    Srivastava et al. 2014, JMLR 15
    """

    rate = Number("the share of elements that is zeroed", default=Fraction(1, 2), at_least=0, at_most=1)
    bare = "rate"
    memory = "view"
