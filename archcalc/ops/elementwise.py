"""Merges of branches element by element."""

from archcalc.errors import RuleError, Undecided
from archcalc.ops._merge import Merge, require_alike, show_shapes
from archcalc.quantities import Facts, Reads, Same, Shape, Window
from archcalc.values import Value, equal, product, require_equal


class Add(Merge):
    """The sum of branches of equal shape.

    Shape     (C, *n), … -> (C, *n)
    Weights   none
    Facts     adds: (branches - 1) * prod(output)
    Reads     Same on each axis of each branch
    Source    He et al. 2016, arXiv 1512.03385, section 3.2
    """

    memory = "over"

    def output(self, *inputs: Shape) -> Shape:
        hint = "a branch may need a 1x1 `conv` or a `stride` to match the others"
        require_alike(inputs, 0, lambda: f"{self.name} needs equal shapes: {show_shapes(inputs)}", hint)
        return inputs[0]

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        return Facts(work={"adds": (sum(self.counts(inputs)) - 1) * product(y)})

    def reads(self, *inputs: Shape) -> tuple[tuple[Same, ...], ...]:
        return tuple((Same(),) * len(n) for _, *n in inputs)


class Average(Add):
    """The mean of branches of equal shape.

    Shape     (C, *n), … -> (C, *n)
    Weights   none
    Facts     adds: (branches - 1) * prod(output);  divisions: prod(output)
    Reads     Same on each axis of each branch
    Source    Larsson et al. 2017, arXiv 1605.07648, section 3, the join of FractalNet
    """

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        return Facts(work={**super().facts(y, *inputs).work, "divisions": product(y)})


ONE_CELL = Window(kernel=1, stride=0)
"""What a stretched axis reads: input 0, at every output."""


def is_one(size: Value) -> bool:
    """Whether a size is 1 for certain."""
    try:
        return equal(size, 1)
    except Undecided:
        return False


class Multiply(Merge):
    """The product of branches; an axis of 1 and a single channel stretch, and a vector gates the channels of a map.

    Shape     (C, *n), … -> (C, *n);  in a branch each of C and n may be 1, and (C) stands for (C, 1, …, 1)
    Weights   none
    Facts     multiplies: (branches - 1) * prod(output)
    Reads     Same on each axis of each branch; one cell, Window(1, stride 0), where it is stretched
    Source    Hu et al. 2018, arXiv 1709.01507, equation 4
    """

    memory = "over"

    def output(self, *inputs: Shape) -> Shape:
        def message() -> str:
            return f"multiply cannot stretch these to one shape: {show_shapes(inputs)}"

        hint = "sizes are equal or 1, and a vector has as many channels as the map"
        rank = len(sorted(inputs, key=len)[-1])
        if any(len(x) not in (1, rank) for x in inputs):
            raise RuleError(message, hint)
        result = []
        for axis in range(rank):
            first, *others = [x[axis] for x in inputs if len(x) > axis and not is_one(x[axis])] or [1]
            for other in others:
                require_equal(first, other, message, hint)
            result.append(first)
        return tuple(result)

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        return Facts(work={"multiplies": (sum(self.counts(inputs)) - 1) * product(y)})

    def reads(self, *inputs: Shape) -> tuple[tuple[Reads, ...], ...]:
        """A vector among maps answers for each axis of the map: it stands at all positions, not at its own."""
        _, *m = self.output(*inputs)
        return tuple(
            tuple(
                ONE_CELL if len(x) <= axis or (is_one(x[axis]) and not is_one(size)) else Same()
                for axis, size in enumerate(m, 1)
            )
            for x in inputs
        )
