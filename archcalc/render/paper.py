"""The network as its paper prints it.

A chain has a row a layer: Type / Stride, Filter Shape, Input Size (Howard et al. 2017, Table 1). A network with branches has a
row a stage: Output, Blocks (He et al. 2015, Table 1; Xie et al. 2017, Table 1). Repeats are folded; norms and activations have
no rows. Its wiring alone decides, not its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError
from archcalc.quantities import Cells, Shape, Window
from archcalc.render.fold import Item, fold
from archcalc.render.report import title_of
from archcalc.render.table import Column, Line, Table
from archcalc.report.groups import in_place
from archcalc.report.metrics import metric
from archcalc.report.metrics.architecture import kernel_of
from archcalc.report.metrics.cost import has_macs
from archcalc.report.report import Report

TITLES = {"linear": "FC", "lrn": "LRN", "global_avg_pool": "Avg Pool", "global_max_pool": "Max Pool"}
"""Types that are not just the operator's name."""
WORDS = {"linear": "fc", "lrn": "LRN"}
LOUD = ("softmax", "lrn")
"""Operators in place that tables print; the others are taken as part of the layer before."""
SILENT = ("input", "flatten")


def table(report: Report) -> Table:
    """The table of a report. Raises UsageError for a network whose branches cannot be told apart."""
    chain = len(report.graph.outputs) == 1 and all(len(row.node.sources) <= 1 for row in report.rows)
    columns, rows, notes = _chain(report) if chain else _stages(report)
    return Table(
        title=title_of(report),
        columns=tuple(Column(title.partition(" ")[0].lower(), title, left=True) for title in columns),
        rows=tuple(map(Line, rows)),
        totals=tuple((metric(name).title, report.total(name)) for name in ("mult_adds", "params")),
        notes=tuple(notes),
    )


Texts = tuple[Sequence[str], list[tuple[str, ...]], list[str]]
"""Heads, rows and notes."""


def _shown(row: Row) -> bool:
    name = row.node.applied.op.name
    return name not in SILENT and (name in LOUD or not in_place(row))


def _by(sizes: Iterable[object]) -> str:
    return "×".join(map(str, sizes))


def _strides(row: Row) -> str:
    """`2`, or `2×1` where the axes differ."""
    strides = [read.stride for read in row.node.applied.reads[0] if isinstance(read, Window)]
    return _by(strides[:1] if strides.count(strides[0]) == len(strides) else strides) if strides else "1"


def _depthwise(row: Row) -> bool:
    kernel = kernel_of(row)
    return has_macs(row) and bool(kernel) and len(metric("filter").rule(row)) == len(kernel) + 1


def _extras(row: Row) -> Iterator[str]:
    """What else a kernel may have: dilation, and how many of it there are."""
    dilations = {read.dilation for read in row.node.applied.reads[0] if isinstance(read, Window)} - {1}
    if dilations:
        yield f"dilation {_by(sorted(dilations))}"
    if row.node.copies != 1:
        yield f"{row.node.copies} paths"


# A chain: a row a layer -----------------------------------------------------------------------------------------------


def _chain(report: Report) -> Texts:
    """Type / Stride, Filter Shape, Input Size."""
    rank = len(report.rows[0].output) - 1
    layers = [row for row in report.rows if _shown(row)]
    rows = [
        (f"{_type(row)} / s{_strides(row)}", _filter(row, row is report.rows[-1]), _size(row.node.applied.inputs[0], rank))
        for row in layers
    ]
    folded = list(_folded(rows))
    repeats = any(times > 1 for _, times in folded)
    note = "5×: neighbours with the same number repeat together, that many times"
    return (
        ("Type / Stride", "Filter Shape", "Input Size"),
        [(f"{times}× {row[0]}" if times > 1 else row[0], *row[1:]) for row, times in folded],
        [note] if repeats else [],
    )


def _folded(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Rows with repeats folded, and how often each stands there."""
    items = fold([Item((str(index),), row, index, index) for index, row in enumerate(rows)])
    before = 1
    while items:
        first = items[0]
        if first.times == 1:
            run, times = 1, 1
        else:
            run, times = (first.last - first.first) // (first.times - 1), first.times
        if times == before != 1:  # it would look like a part of the run before
            yield from ((row, 1) for row in rows[first.first : first.first + run * times])
            times = 1
        else:
            yield from ((rows[item.first], times) for item in items[:run])
        before = times
        del items[:run]


def _type(row: Row) -> str:
    name = row.node.applied.op.name
    title = TITLES.get(name, name.replace("_", " ").title())
    return f"{title} dw" if _depthwise(row) else title


def _filter(row: Row, last: bool) -> str:
    name, sizes = row.node.applied.op.name, metric("filter").rule(row)
    if name == "softmax" and last:
        return "Classifier"
    cells = [read.size for read in row.node.applied.reads[0] if isinstance(read, Cells)]
    if cells:
        return f"Pool to {_by(cells)}"
    if not sizes:
        return ""
    if not has_macs(row):
        return f"Pool {_by(sizes)}" if "pool" in name else _by(sizes)
    groups = getattr(row.node.applied.op, "groups", 1)
    grouped = [f"{groups} groups"] if groups != 1 and not _depthwise(row) else []
    return ", ".join([_by(sizes) + " dw" * _depthwise(row), *grouped, *_extras(row)])


def _size(shape: Shape, rank: int) -> str:
    """Channels last; a vector as a map of one position."""
    return _by([*(shape[1:] or (1,) * rank), shape[0]])


# Branches: a row a stage ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fork:
    """Branches and the node that merges them."""

    row: Row
    branches: list[list[Part]]


Part = Row | Fork


@dataclass(frozen=True, slots=True)
class Unit:
    """Parts of one block, or a layer outside of blocks: where it stands, its output, and its texts.

    strided  with the strides of convolutions; plain without them
    """

    path: str
    name: str
    output: str
    strided: str
    plain: str
    forked: bool
    rows: list[Row]


def _stages(report: Report) -> Texts:
    """Stage, Output, Blocks."""
    rows = report.rows
    parts = _series(rows, _dominators(rows), next(iter(report.graph.outputs.values())), -1, set())
    rank = len(rows[0].output) - 1
    units = [_unit(list(of), path, rank) for path, of in groupby(parts, _path)]
    lines: list[tuple[str, ...]] = []
    strides: dict[str, list[str]] = {}
    for (name, output, flat), run in groupby(units, lambda unit: (unit.name, unit.output, unit.plain if unit.name else None)):
        alike = list(run)
        if flat is None:
            lines.append((name, output, _listed([unit.strided for unit in alike])))
            continue
        same = len({unit.strided for unit in alike}) == 1
        text = alike[0].strided if same else flat
        lines.append((name, output, f"[{text}] × {len(alike)}" if alike[0].forked or len(alike) > 1 else text))
        for row in (row for unit in alike if not same for row in unit.rows if kernel_of(row) and _strides(row) != "1"):
            strides.setdefault(_strides(row), []).append(row.node.path)
    notes = [f"stride {stride}: {', '.join(paths)}" for stride, paths in strides.items()]
    if any(isinstance(part, Fork) and _beside_shortcut(part) is not None for part in _all(parts)):
        notes.append("shortcuts, which are nothing but a 1×1 convolution at most, are not shown")
    heads = list(report.graph.outputs)[1:]
    return ("Stage", "Output", "Blocks"), lines, notes + ([f"not shown: {', '.join(heads)}"] if heads else [])
