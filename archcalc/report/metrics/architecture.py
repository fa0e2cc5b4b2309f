"""What papers tabulate beside cost: channels, filters, how many and how deep, bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archcalc.engine.graph import Applied
from archcalc.engine.propagate import Row
from archcalc.quantities import Shape, Spread, Whole, Window
from archcalc.report.metrics import Count, Metric
from archcalc.report.metrics.cost import has_macs
from archcalc.report.metrics.weights import Params
from archcalc.values import Value, exactdiv


class Channels(Metric):
    """Channels of the output."""

    name = "channels"
    title = "Channels"
    unit = "channels"

    def rule(self, row: Row) -> Value:
        return row.output[0]


class Filter(Metric):
    """Filter as papers print it: kernel, channels in (of a group), filters; of a depthwise one kernel and channels."""

    name = "filter"
    title = "Filter"

    def rule(self, row: Row) -> Shape | None:
        applied = row.node.applied
        if not row.node.sources:
            return None
        kernel = kernel_of(row)
        op: Any = applied.op
        if has_macs(row) and "out" not in op.fields:
            return None  # attention, a matrix product
        if has_macs(row):
            channels, groups = applied.inputs[0][0], getattr(op, "groups", 1)
            depthwise = groups == op.out == channels != 1
            return (*kernel, channels) if depthwise else (*kernel, exactdiv(channels, groups), op.out)
        whole = applied.reads[0] and all(isinstance(read, Whole) for read in applied.reads[0])
        return kernel or (applied.inputs[0][1:] if whole else None)

    def over(self, rows: Sequence[Row]) -> Shape | None:
        """Of the first that multiplies and accumulates, else of the first."""
        return self.rule(next(filter(has_macs, rows), rows[0]))


def kernel_of(row: Row) -> Shape:
    """The window's size on each axis, if it has one."""
    return tuple(read.kernel for read in row.node.applied.reads[0] if isinstance(read, (Window, Spread)))


class Convs(Count):
    """Convolutions."""

    name = "convs"
    title = "Convs"
    unit = "convolutions"

    def rule(self, row: Row) -> Value:
        return row.node.copies if has_macs(row) and kernel_of(row) else 0


class Depth(Metric):
    """Most layers with multiply-accumulates (convolutions, linear layers, matrix products) on one path."""

    name = "depth"
    title = "Depth"
    unit = "layers"

    def rule(self, row: Row) -> Value:
        return int(has_macs(row))

    def within(self, rows: Sequence[Row], network: Sequence[Row]) -> Value:
        counted = set(map(id, rows))
        counts: dict[Applied, bool] = {}
        longest: list[int] = []
        for row in network:
            applied = row.node.applied
            if applied not in counts:
                counts[applied] = has_macs(row)
            sources = row.node.sources
            before = longest[sources[0]] if len(sources) == 1 else max([longest[each] for each in sources], default=0)
            longest.append(before + 1 if counts[applied] and id(row) in counted else before)
        return max(longest, default=0)


FLOAT = 4
"""Bytes of a 32-bit float."""


class Bytes(Params):
    """Bytes of the parameters as 32-bit floats."""

    name = "bytes"
    title = "Bytes"
    unit = "bytes"

    def rule(self, row: Row) -> Value:
        return FLOAT * super().rule(row)
