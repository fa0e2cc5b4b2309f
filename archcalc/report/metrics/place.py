"""What stands where: operator, shapes, receptive field."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.engine.propagate import Row
from archcalc.fields import Reach
from archcalc.quantities import Shape, Spread, Window
from archcalc.report.metrics import Metric
from archcalc.report.metrics.cost import foremost
from archcalc.values import Value


class Operator(Metric):
    """Operator with its window and its groups: `conv 3x3/2` has stride 2."""

    name = "op"
    title = "Operator"

    def rule(self, row: Row) -> str:
        op, copies = row.node.applied.op, row.node.copies
        reads = row.node.applied.reads[0] if row.node.sources else ()
        windows = [read for read in reads if isinstance(read, (Window, Spread))]
        parts = [op.name]
        if windows:
            strides = [window.stride for window in windows]
            parts.append(each([window.kernel for window in windows], always=True))
            parts[-1] += f"/{each(strides)}" if strides != [1] * len(strides) else ""
        if getattr(op, "groups", 1) != 1:
            parts.append(f"groups {op.groups}")  # type: ignore[attr-defined]
        text = " ".join(parts)
        return text if copies == 1 else f"{copies}x {text}"

    def over(self, rows: Sequence[Row]) -> str:
        """Of the first that multiplies and accumulates, else of the first."""
        return self.rule(foremost(rows))


def each(sizes: Sequence[Value], always: bool = False) -> str:
    """`3x3`; one number if the axes have the same, unless `always` one an axis is wanted."""
    same = all(size == sizes[0] for size in sizes)
    return str(sizes[0]) if same and not always else "x".join(map(str, sizes))


class Input(Metric):
    """Shape of what it reads, channels first; of a merge, a list."""

    name = "input"
    title = "Input"

    def rule(self, row: Row) -> Shape | list[Shape] | None:
        inputs = row.node.applied.inputs
        if row.node.applied.op.merge:
            return list(inputs)
        return inputs[0] if inputs else None

    def over(self, rows: Sequence[Row]) -> Shape | list[Shape] | None:
        return self.rule(rows[0])


class Output(Metric):
    """Shape of what it puts out, channels first."""

    name = "output"
    title = "Output"

    def rule(self, row: Row) -> Shape:
        return row.output


class ReceptiveField(Metric):
    """Pixels of the network's input that one output position sees, on each axis."""

    name = "receptive_field"
    title = "Field"
    unit = "pixels"
    of_place = True

    def rule(self, row: Row) -> Reach:
        return row.reach
