"""Pooling to a map of a given size, whatever the input's."""

import math

from archcalc.ops._base import Op
from archcalc.ops._fields import PerAxis
from archcalc.quantities import Cells, Facts, Shape, Unknown, Weights
from archcalc.values import Value, exactdiv, is_whole, product


def inputs_read(n: Value, size: Value) -> Value | Unknown:
    """Inputs that the cells of one axis read, an input of two cells counted twice: n + size - gcd(n, size).

    Neighbours meet in one input unless their seam o*n/size is whole, as it is at gcd(n, size) - 1 of size - 1 seams.
    """
    if is_whole(exactdiv(n, size)):
        return n
    if isinstance(n, int) and isinstance(size, int):
        return n + size - math.gcd(n, size)
    return Unknown(f"how many cells of adaptive pooling from {n} to {size} positions overlap is open")


class AdaptivePool(Op, abstract=True):
    """A cell of the input for each output; cells may overlap by one input and differ in size."""

    size = PerAxis("size of the output")
    bare = "size"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        return C, *self.size

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def reads(self, x: Shape) -> tuple[Cells, ...]:
        _, *n = x
        return tuple(Cells(extent, size) for extent, size in zip(n, self.size, strict=True))

    def combined(self, x: Shape) -> Value | Unknown:
        """How often two numbers become one: the inputs of all cells less the outputs."""
        C, *n = x
        read = [inputs_read(extent, size) for extent, size in zip(n, self.size, strict=True)]
        open_ = [count for count in read if isinstance(count, Unknown)]
        return open_[0] if open_ else C * (product(read) - product(self.size))


class AdaptiveAvgPool(AdaptivePool):
    """The mean of each cell of a map divided into `size` cells.

    Shape     (C, *n) -> (C, *size)
    Weights   none
    Facts     adds: C * (prod(n + size - gcd(n, size)) - prod(size));  divisions: prod(output)
    Reads     Cells(n, size) on each axis: output o reads inputs floor(o*n/size) to ceil((o + 1)*n/size) - 1
    Source    PyTorch, ATen/native/AdaptivePooling.h, start_index and end_index
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"adds": self.combined(x), "divisions": product(y)})


class AdaptiveMaxPool(AdaptivePool):
    """The maximum of each cell of a map divided into `size` cells.

    Shape     (C, *n) -> (C, *size)
    Weights   none
    Facts     compares: C * (prod(n + size - gcd(n, size)) - prod(size))
    Reads     Cells(n, size) on each axis: output o reads inputs floor(o*n/size) to ceil((o + 1)*n/size) - 1
    Source    PyTorch, ATen/native/AdaptivePooling.h, start_index and end_index
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"compares": self.combined(x)})
