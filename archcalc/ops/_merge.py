"""What operators that merge branches have in common."""

from typing import Any

from archcalc.errors import Message, RuleError
from archcalc.ops._base import Op
from archcalc.ops._fields import Size
from archcalc.quantities import Shape, Weights, show_shape
from archcalc.values import Value, require_equal


class Copies(Size):
    """How often each branch stands, set by the language from `copies:` on branches."""

    internal = True

    def bind(self, given: Any, rank: int) -> tuple[Value, ...]:
        return tuple(super(Copies, self).bind(count, rank) for count in given)


class Merge(Op, abstract=True):
    """Rules take a shape a branch. Copies of a branch are alike, so each stands in `inputs` once."""

    merge = True
    copies = Copies("how often each branch stands; once each where it is not given", default=None)

    def counts(self, inputs: tuple[Shape, ...]) -> tuple[Value, ...]:
        """How often each input stands."""
        return (1,) * len(inputs) if self.copies is None else self.copies

    def weights(self, *inputs: Shape) -> Weights:
        return Weights()


def show_shapes(inputs: tuple[Shape, ...]) -> str:
    return ", ".join(map(show_shape, inputs))


def require_alike(inputs: tuple[Shape, ...], start: int, message: Message, hint: str) -> None:
    """Raise RuleError(message) unless the shapes have equal sizes from axis `start` on."""
    first, *others = inputs
    for other in others:
        if len(other) != len(first):
            raise RuleError(message, hint)
        for m, n in zip(first[start:], other[start:], strict=True):
            require_equal(m, n, message, hint)


def require_pair(inputs: tuple[Shape, ...], message: Message) -> None:
    """Raise RuleError(message) unless there are two branches."""
    if len(inputs) != 2:
        raise RuleError(message, f"it takes two branches in their order, {len(inputs)} arrive")
