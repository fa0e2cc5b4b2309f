"""What rules look at: the rows of a network and how they are wired, and windows at the ends of a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.quantities import AXES, Pad, Window
from archcalc.report.report import Report
from archcalc.values import Value, maximum, minimum


class Net:
    """A report's rows, and for each the places in them of those that read it."""

    def __init__(self, report: Report) -> None:
        self.report, self.rows = report, report.rows
        self.outputs = set(report.graph.outputs.values())
        self.readers: list[list[int]] = [[] for _ in self.rows]
        for at, row in enumerate(self.rows):
            for source in row.node.sources:
                self.readers[source].append(at)

    def edges(self) -> Iterator[tuple[Row, list[Edge]]]:
        """Every convolution and pool with the ends of the axes that it reads, padding by a layer of its own put in."""
        for row in self.rows:
            node = row.node
            op, reads = node.applied.op, node.applied.reads[0] if node.sources else ()
            if "kernel" not in op.fields or not reads or not all(isinstance(r, Window) for r in reads):
                continue
            [source] = node.sources
            before = self.rows[source].node.applied
            alone = before.op.name == "pad" and len(self.readers[source]) == 1
            sizes = before.inputs[0][1:] if alone else node.applied.inputs[0][1:]
            pads: Any = before.reads[0] if alone else (Pad(0, 0),) * len(sizes)
            windows: Any = reads
            yield (
                row,
                [
                    Edge(n, m, replace(window, before=window.before + pad.before, after=window.after + pad.after))
                    for n, m, window, pad in zip(sizes, row.output[1:], windows, pads, strict=True)
                ],
            )


@dataclass(frozen=True, slots=True)
class Edge:
    """The end of one axis of `n` pixels that `m` windows read."""

    n: Value
    m: Value
    window: Window

    @property
    def padded(self) -> Value:
        """Pixels and padding."""
        return self.n + self.window.before + self.window.after

    @property
    def behind(self) -> Value:
        """Positions behind the end of the last window: n + before + after - (m - 1)*stride - extent, at least 0."""
        end = (self.m - 1) * self.window.stride + self.window.extent
        return maximum(self.padded - end, 0)

    @property
    def lost(self) -> Value:
        """Pixels behind the last window, less the gap that windows smaller than their stride leave behind each."""
        gap = maximum(self.window.stride - self.window.extent, 0)
        return maximum(self.behind - self.window.after - gap, 0)

    @property
    def padding(self) -> Value:
        """Padding behind the last window."""
        return minimum(self.behind, self.window.after)


def of_axes(texts: list[str]) -> str:
    """What holds of each axis, empty where nothing does: `1 of 7 of each axis`, `1 of 7 of the height`."""
    if len(texts) > 1 and len(set(texts)) == 1:
        return f"{texts[0]} of each axis"
    return " and ".join(f"{text} of the {axis}" for text, axis in zip(texts, AXES[len(texts)], strict=True) if text)
