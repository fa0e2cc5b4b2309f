"""A chain: a row a layer, as in Table 1 of Howard et al. 2017."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archcalc.render.fold import Item, fold
from archcalc.render.paper.layer import Texts, by, filter_shape, is_shown, kind, name, positions, stride
from archcalc.report.report import Report

NOTE = "n×: n times in a row; neighbours with the same n× repeat together"


def texts(report: Report) -> Texts:
    """Type / Stride, Filter Shape, Input Size."""
    rank = len(report.rows[0].output) - 1
    layers = []
    for row in filter(is_shown, report.rows):
        read = row.node.applied.inputs[0]
        classifies = row is report.rows[-1] and name(row) == "softmax"
        size = by([*positions(read, rank), read[0]])
        layers.append((f"{kind(row)} / s{stride(row)}", "Classifier" if classifies else filter_shape(row), size))
    rows = [(f"{times}× {row[0]}" if times > 1 else row[0], *row[1:]) for row, times in folded(layers)]
    return ("Type / Stride", "Filter Shape", "Input Size"), rows, [NOTE] * (len(rows) < len(layers))


def folded(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The rows with repeats as one, and how often each stands there.

    A repeat next to another of the same number stays as it is: it would look like a part of it.
    """
    items = fold([Item((str(index),), row, index, index) for index, row in enumerate(rows)])
    before = 1
    while items:
        first = items[0]
        length = (first.last - first.first) // (first.times - 1) if first.times > 1 else 1
        run, items = items[:length], items[length:]
        if first.times == before:
            yield from ((row, 1) for row in rows[first.first : run[-1].last + 1])
            before = 1
        else:
            yield from ((rows[item.first], item.times) for item in run)
            before = first.times
