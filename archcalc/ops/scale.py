"""Arithmetic with constants."""

from archcalc.errors import RuleError
from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Number
from archcalc.quantities import Facts, Shape
from archcalc.values import product


class Scale(Elementwise):
    """by * x + add with constants: `{by: -1, add: 1}` is 1 - x, the carry gate of a highway.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     multiplies: prod(output), where `by` is given;  adds: prod(output), where `add` is given
    Reads     Same on each axis
    Source    by: Szegedy et al. 2017, arXiv 1602.07261, section 3.3;  1 - x: Srivastava, Greff & Schmidhuber 2015,
              arXiv 1505.00387, equation 3
    """

    by = Number("the factor", default=None)
    add = Number("the summand", default=None)
    bare = "by"

    def output(self, x: Shape) -> Shape:
        if self.by is None and self.add is None:
            raise RuleError("`scale` wants `by`, `add` or both", "`identity` changes nothing")
        return x

    def facts(self, y: Shape, x: Shape) -> Facts:
        given = {"multiplies": self.by, "adds": self.add}
        return Facts(work={kind: product(y) for kind, number in given.items() if number is not None})
