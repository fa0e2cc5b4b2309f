"""The memory of a network as a Table: the report's rows with bytes, and what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from archcalc.render.report import View
from archcalc.render.report import table as table_of
from archcalc.render.table import Cell, Column, Table
from archcalc.render.text import decimal, seconds, short
from archcalc.study.memory import DTYPES, Memory, columns

COLUMNS = ("output", "weight_bytes", "output_bytes", "live_bytes", "moved_bytes", "intensity", "time", "bound_by")
BY_OP = ("nodes", "weight_bytes", "output_bytes", "moved_bytes", "time")
KEEP = {"op": 0, "nodes": 0, "output": 1, "bound_by": 2, "intensity": 3, "output_bytes": 4}
"""Which columns go first from a narrow screen; those not named stay."""
WRITE: dict[str, Callable[[Cell], str]] = {"intensity": decimal, "time": seconds}


def table(found: Memory, view: View) -> Table:
    """A row for each layer or group. Raises UsageError for an unknown column or grouping."""
    more = columns(found)
    by_layer, of_ops = (view.level is None and view.by == name for name in ("layer", "op"))
    usual = BY_OP if of_ops else ("op" if by_layer else "nodes", *COLUMNS)
    names = view.columns or tuple(name for name in usual if name in more or name in ("op", "nodes", "output"))
    whole = table_of(found.report, replace(view, columns=names), more)
    return replace(
        whole,
        title=(*whole.title, assumed(found)),
        columns=tuple(_column(each, bool(view.columns)) for each in whole.columns),
        totals=tuple(_totals(found)),
        notes=(*notes(found), *whole.notes),
    )


def _column(column: Column, asked_for: bool) -> Column:
    return replace(column, write=WRITE.get(column.name), keep=None if asked_for else KEEP.get(column.name))


def _totals(found: Memory) -> Iterator[tuple[str, Cell]]:
    yield "Weights", found.sum("weights")
    yield "Outputs", found.sum("outputs")
    yield "Moved", found.sum("moved")
    yield "Peak", found.peak()
    yield "Peak at", found.peak_row.node.path
    yield found.report.convention.title, found.sum("operations")
    yield "Intensity", f"{decimal(found.intensity())} {columns(found)['intensity'].unit}"
    if found.options.timed:
        yield "Time, at least", seconds(found.time())


def assumed(found: Memory) -> str:
    """What the figures rest on."""
    options, bytes_ = found.options, DTYPES[found.options.dtype]
    size = f"{options.dtype}, {bytes_} byte{'s' * (bytes_ != 1)} a number"
    places = [
        "activations, norms and sums in place" if options.in_place else "nothing in place",
        "concatenations in place" if options.concat_in_place else "concatenations copied",
    ]
    rates = [("peak", options.peak, "operations/s"), ("bandwidth", options.bandwidth, "bytes/s")]
    speed = [f"{name} {short(value)} {unit}" for name, value, unit in rates if value is not None]
    return f"Memory: {'; '.join((size, *places, *speed))}"


def notes(found: Memory) -> Iterator[str]:
    """What the columns mean."""
    yield "Weights: parameters and running statistics. Outputs: all, kept as for training"
    yield "Live: what a layer reads and writes, and later ones read; of a group the most"
    yield "Moved: inputs and weights read, outputs written, each layer by itself"
    if found.options.timed:
        yield "Time: a lower bound: each layer's longer of computing and moving, one by one"
