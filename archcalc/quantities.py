"""Shapes, weights, facts and reads: what rules state and the engine composes. Small, frozen, over any Values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from archcalc.values import Value, floordiv, maximum, require_at_least

Shape = tuple[Value, ...]
"""(channels, *spatial), never the batch."""


AXES: dict[int, tuple[str, ...]] = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The names of the axes of a map, by how many it has."""


def show_shape(shape: Shape) -> str:
    """`64x112x112`: channels first."""
    return "x".join(str(size) for size in shape)


class Weights(NamedTuple):
    """How many numbers an operator keeps, by role. `statistics` (running mean and variance) are not trained."""

    weight: Value = 0
    bias: Value = 0
    norm: Value = 0
    statistics: Value = 0

    @property
    def params(self) -> Value:
        """The trained ones: all but the running statistics."""
        return self.weight + self.bias + self.norm


NO_WEIGHTS = Weights()


@dataclass(frozen=True)
class Facts:
    """The work of one operator on one sample, by kind. A convention weighs it; nothing here is a "FLOP".

    macs        multiply-accumulates of convolutions, linear layers and matrix products
    bias_adds   additions of a bias
    work        everything else, by kind: adds, multiplies, divisions, compares, exponentials, roots, …
    products    how many numbers its products put out, all together; None: those of its output, as for most
    """

    macs: Value = 0
    bias_adds: Value = 0
    work: dict[str, Value] = field(default_factory=dict)
    products: Value = None


NO_FACTS = Facts()


# Reads: which input positions one output position reads, on one axis -------------------------------------------------


@dataclass(frozen=True)
class Same:
    """Output o reads input o."""


@dataclass(frozen=True)
class Window:
    """Output o reads inputs o*stride - before + dilation*t, t = 0 … kernel - 1. Negative pads crop.

    `rounding` says what becomes of a last window that does not fit: `floor` drops it; `ceil` keeps it if it begins
    inside the input or the padding before it (PyTorch); `caffe` keeps it (Caffe, which on a padded map does as `ceil`).
    Rounding changes the size of the map, never what an output reads.
    """

    kernel: Value = 1
    stride: Value = 1
    before: Value = 0
    after: Value = 0
    dilation: Value = 1
    rounding: str = "floor"

    @property
    def extent(self) -> Value:
        """From the first to the last input of a window: dilation*(kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, n: Value) -> Value:
        """Positions of the window on `n` inputs. Raises RuleError where the window is larger than the padded input."""
        padded = n + self.before + self.after
        room = padded - self.extent

        def message() -> str:
            unpadded = self.before == 0 and self.after == 0  # False for symbols and vectors: shown then
            whole = "" if unpadded else f" ({n} and {self.before} + {self.after} of padding)"
            return f"the window covers {self.extent} and the padded input has {padded}{whole}"

        require_at_least(
            room,
            0,
            message,
            hint="a smaller kernel or dilation, more padding, or a larger input",
            parameter="kernel",
        )
        if self.rounding == "floor":
            return floordiv(room, self.stride) + 1
        size = floordiv(room + self.stride - 1, self.stride) + 1
        if self.rounding == "caffe":
            return size
        # the last window must begin before n + before: (size - 1)*stride <= n + before - 1
        return size - maximum(0, size - 1 - floordiv(n + self.before - 1, self.stride))


@dataclass(frozen=True)
class Spread:
    """Output o reads the inputs i with o = i*stride - before + dilation*t for a t of 0 … kernel - 1 (transposed).

    `before` and `after` are cut from the (n - 1)*stride + extent outputs that n inputs reach; a negative one adds
    outputs. One that no input reaches reads nothing, as between the inputs where stride > kernel.
    """

    kernel: Value = 1
    stride: Value = 1
    before: Value = 0
    after: Value = 0
    dilation: Value = 1

    @property
    def extent(self) -> Value:
        """From the first to the last output that an input reaches: dilation*(kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def output_size(self, n: Value) -> Value:
        """Outputs of `n` inputs. Raises RuleError where nothing is left."""
        reached = (n - 1) * self.stride + self.extent
        size = reached - self.before - self.after

        def message() -> str:
            return f"{n} inputs reach {reached} outputs, and {self.before} and {self.after} of them are cut off"

        require_at_least(size, 1, message, "less padding, or a larger input", parameter="padding")
        return size


@dataclass(frozen=True)
class Resample:
    """Output o of `size` reads the inputs round a place x among `n`; one beyond the ends is the nearest inside.

    taps 1  floor(x), x = o*n/size (nearest)
    taps 2  floor(x) and ceil(x), x = (o + 1/2)*n/size - 1/2 (linear)

    With `corners` the ends of both are at one place: x = o*(n - 1)/(size - 1), 0 where `size` is 1.
    """

    n: Value
    size: Value
    taps: int = 1
    corners: bool = False


@dataclass(frozen=True)
class Pad:
    """Output o reads input o - before, if there is one there."""

    before: Value
    after: Value


@dataclass(frozen=True)
class Cells:
    """Output o of `size` reads inputs floor(o*n/size) to ceil((o + 1)*n/size) - 1 of `n` (adaptive pooling)."""

    n: Value
    size: Value


@dataclass(frozen=True)
class Whole:
    """Every output reads the whole axis. `lost` says why it has no position of its own there, if it has none."""

    lost: str = ""


@dataclass(frozen=True)
class Block:
    """Output o reads the block of `size` positions that holds it, of `n`; blocks begin at shift + k*size, k = …, 0, …

    Where a block could hold all `n` it does, and nothing is shifted (window attention).
    """

    n: Value
    size: Value
    shift: Value = 0


@dataclass(frozen=True)
class Unknown:
    """Which inputs an output reads cannot be told, and why."""

    reason: str


Reads = Same | Window | Spread | Resample | Pad | Cells | Whole | Block | Unknown
"""What one output position reads on one axis."""
