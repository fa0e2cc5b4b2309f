"""Concatenation."""

from archcalc.ops._merge import Merge, require_alike, show_shapes
from archcalc.quantities import NO_FACTS, Facts, Same, Shape


class Concat(Merge):
    """The channels of all branches, in their order.

    Shape     (C1, *n), (C2, *n), … -> (C1 + C2 + …, *n)
    Weights   none
    Facts     none
    Reads     Same on each axis of each branch
    Source    Szegedy et al. 2015, arXiv 1409.4842, section 4
    """

    memory = "parts"

    def output(self, *inputs: Shape) -> Shape:
        def message() -> str:
            return f"concat needs maps that differ in channels alone: {show_shapes(inputs)}"

        require_alike(inputs, 1, message, "a branch may need a `stride` or `padding` to match the others")
        first, *_ = inputs
        return sum(count * C for count, (C, *_) in zip(self.counts(inputs), inputs, strict=True)), *first[1:]

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        return NO_FACTS

    def reads(self, *inputs: Shape) -> tuple[tuple[Same, ...], ...]:
        return tuple((Same(),) * len(n) for _, *n in inputs)
