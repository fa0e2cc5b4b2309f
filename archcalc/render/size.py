"""The compressed size of a network as a Table: the report's rows with what is kept and stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from archcalc.render.report import View
from archcalc.render.report import table as table_of
from archcalc.render.table import Cell, Column, Table
from archcalc.render.text import percent, times
from archcalc.study.size import Size, columns

COLUMNS = ("params", "kept_params", "kept", "bits", "original_bytes", "stored_bytes", "size_ratio")
BY_OP = ("nodes", "params", "kept_params", "original_bytes", "stored_bytes")
KEEP = {"op": 0, "nodes": 0, "original_bytes": 0, "bits": 1, "kept": 2}
"""Which columns go first from a narrow screen; those not named stay."""
WRITE: dict[str, Callable[[Cell], str]] = {"kept": percent}


def table(found: Size, view: View) -> Table:
    """A row for each layer or group that keeps numbers. Raises UsageError for an unknown column or grouping."""
    more = columns(found)
    by_layer, of_ops = (view.level is None and view.by == name for name in ("layer", "op"))
    names = view.columns or (BY_OP if of_ops else ("op" if by_layer else "nodes", *COLUMNS))
    whole = table_of(found.report, replace(view, columns=names), more)
    return replace(
        whole,
        title=(*whole.title[:-1], assumed(found)),  # in the place of what Mult-Adds count
        columns=tuple(_column(each, bool(view.columns)) for each in whole.columns),
        totals=tuple(_totals(found)),
        notes=(*notes(found), *whole.notes),
    )


def _column(column: Column, asked_for: bool) -> Column:
    return replace(
        column,
        left=column.left and column.name not in ("kept", "size_ratio"),
        ratio=column.name == "size_ratio",
        write=WRITE.get(column.name),
        keep=None if asked_for else KEEP.get(column.name),
    )


def _totals(found: Size) -> Iterator[tuple[str, Cell]]:
    yield "Params", found.report.total("params")
    for name in ("kept_params", "original_bytes", "stored_bytes"):
        column = columns(found)[name]
        yield column.title, column.over(found.report.rows)
    yield "Ratio", times(found.ratio())


def assumed(found: Size) -> str:
    """Which compression, and where it is published."""
    source = found.compression.texts.get("source")
    return f"Size: {found.compression.name}{f', {source}' if source else ''}"


def notes(found: Size) -> Iterator[str]:
    """What the columns mean."""
    yield "Kept: parameters after pruning; biases and norms are kept. Original: 32 bits a number"
    yield "Stored: weights, positions, codebooks, biases and norms, each in whole bytes a layer"
