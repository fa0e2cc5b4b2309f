"""One layer in the words of papers: `3×3×32 dw`, `3×3, 64, stride 2`, `1000-d fc`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archcalc.engine.propagate import Row
from archcalc.quantities import Cells, Shape, Spread, Window
from archcalc.report.groups import in_place
from archcalc.report.metrics import metric
from archcalc.report.metrics.architecture import kernel_of
from archcalc.report.metrics.cost import has_macs

Texts = tuple[tuple[str, ...], list[tuple[str, ...]], list[str]]
"""Heads, rows and notes of a table."""

LOUD = ("softmax", "lrn")
"""Operators in place that tables print; the others are taken as a part of the layer before."""
SILENT = ("input", "flatten")

TITLES = {"linear": "FC", "lrn": "LRN", "global_avg_pool": "Avg Pool", "global_max_pool": "Max Pool"}
WORDS = {"linear": "fc", "lrn": "LRN"}
"""Operators that a row of their own, or a list of layers, does not call by their name."""


def name(row: Row) -> str:
    return row.node.applied.op.name


def is_shown(row: Row) -> bool:
    return name(row) in LOUD or row.node.applied.op.merge or not (name(row) in SILENT or in_place(row))


def by(sizes: Iterable[object]) -> str:
    """`3×3`."""
    return "×".join(map(str, sizes))


def axes(sizes: Sequence[object]) -> str:
    """`2`, or `2×1` where the axes differ."""
    return by(sizes if len(set(sizes)) > 1 else sizes[:1])


def positions(shape: Shape, rank: int) -> Shape:
    """The size of a map; a vector is a map of one position."""
    return shape[1:] or (1,) * rank


def windows(row: Row) -> list[Window | Spread]:
    reads = row.node.applied.reads
    return [read for read in reads[0] if isinstance(read, Window | Spread)] if reads else []


def stride(row: Row) -> str:
    return axes([window.stride for window in windows(row)] or [1])


def depthwise(row: Row) -> bool:
    """Whether a filter has no channels in: `3×3×32 dw`."""
    kernel = kernel_of(row)
    return has_macs(row) and bool(kernel) and len(metric("filter").rule(row)) == len(kernel) + 1


def groups(row: Row) -> int:
    """Groups of a convolution; 1 of a depthwise one, which has a word of its own."""
    return 1 if depthwise(row) else getattr(row.node.applied.op, "groups", 1)


def dilated(row: Row) -> list[str]:
    """The dilation, if there is any."""
    dilations = [window.dilation for window in windows(row)]
    return [f"dilation {axes(dilations)}"] if set(dilations) - {1} else []


def cells(row: Row) -> list[object]:
    """The size that an adaptive pool puts out."""
    return [read.size for read in row.node.applied.reads[0] if isinstance(read, Cells)]


def times(text: str, many: object) -> str:
    """`32 × (1×1, 4; 3×3, 4)`."""
    return text if many == 1 else f"{many} × ({text})" if "," in text else f"{many} × {text}"


# In a row of its own --------------------------------------------------------------------------------------------------


def kind(row: Row) -> str:
    """`Conv dw`, `Avg Pool`, `FC`."""
    return TITLES.get(name(row), name(row).replace("_", " ").title()) + " dw" * depthwise(row)


def filter_shape(row: Row) -> str:
    """`3×3×32 dw`, `5×5×48×256, 2 groups`, `Pool 7×7`, `1024×1000`."""
    sizes = metric("filter").rule(row)
    if to := cells(row):
        return f"Pool to {by(to)}"
    if not sizes:
        return ""
    if not has_macs(row):
        return f"Pool {by(sizes)}" if "pool" in name(row) else ""
    texts = [by(sizes) + " dw" * depthwise(row), *dilated(row)]
    texts += [f"{groups(row)} groups"] * (groups(row) != 1)
    return ", ".join([*texts, *([f"{row.node.copies} paths"] * (row.node.copies != 1))])


# In a list of layers --------------------------------------------------------------------------------------------------


def words(row: Row, strides: bool = True) -> str:
    """`3×3, 64, stride 2`, `3×3, 128, C=32`, `3×3 max pool`, `1000-d fc`; `strides` are those of convolutions."""
    kernel, step = kernel_of(row), stride(row)
    called = WORDS.get(name(row), name(row).replace("_", " ").replace("avg", "average"))
    if name(row) == "linear":
        return f"{row.output[0]}-d {called}"
    if not has_macs(row):
        size = f"{by(kernel)} " if kernel and "pool" in name(row) else ""
        to = f" to {by(sizes)}" if (sizes := cells(row)) else ""
        return f"{size}{called}{to}{f', stride {step}' * (step != '1')}"
    size = by(kernel) if name(row) == "conv" else f"{by(kernel)} {called}".strip()
    texts = [size, str(row.output[0])] + ["dw"] * depthwise(row)
    texts += [f"C={groups(row)}"] * (groups(row) != 1) + [f"stride {step}"] * (strides and step != "1")
    return ", ".join([*texts, *dilated(row)])
