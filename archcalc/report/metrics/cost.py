"""Work: multiply-accumulates, their shares, and the outputs that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archcalc.engine.propagate import Row
from archcalc.report.conventions.all import ALL
from archcalc.report.conventions.mult_adds import MULT_ADDS
from archcalc.report.conventions.pycls import PYCLS
from archcalc.report.figures import Figure, is_partial, multiple, total
from archcalc.report.metrics import Count, summed
from archcalc.values import Value, exactdiv, product


def has_macs(row: Row) -> bool:
    """Whether the operator multiplies and accumulates: a convolution, a linear layer, a matrix product."""
    macs = row.facts.macs
    return not (type(macs) is int and macs == 0)


def foremost(rows: Sequence[Row]) -> Row:
    """The row that stands for a group: the first that multiplies and accumulates, else the first."""
    return next(filter(has_macs, rows), rows[0])


class MultAdds(Count):
    """Multiply-accumulates of convolutions, linear layers and matrix products; 1 each."""

    name = "mult_adds"
    title = "Mult-Adds"
    unit = "multiply-accumulates"

    def rule(self, row: Row) -> Figure:
        return MULT_ADDS.figure(row)


class Share(MultAdds):
    """Share of the network's Mult-Adds, or of what `--convention` counts."""

    name = "share"
    title = "Share"
    unit = "of the Mult-Adds"
    part_of = "mult_adds"


class Operations(Count):
    """All operations: a multiply-accumulate is 2, any other 1."""

    name = ALL.metric
    title = ALL.title
    unit = "operations"

    def rule(self, row: Row) -> Figure:
        return ALL.figure(row)


class PyclsFlops(Count):
    """Flops as pycls prints them: multiply-accumulates and bias adds, 1 each."""

    name = PYCLS.metric
    title = PYCLS.title
    unit = "flops"

    def rule(self, row: Row) -> Figure:
        return PYCLS.figure(row)


class ExpectedMultAdds(MultAdds):
    """Mult-Adds of a sample in training, on average: those of each node times how often it runs (`survival`)."""

    name = "expected_mult_adds"
    title = "Expected"

    def rule(self, row: Row) -> Figure:
        figure = super().rule(row)
        return figure if is_partial(figure) else exactdiv(figure * row.node.survival, 1)

    def over(self, rows: Iterable[Row]) -> Figure:
        often: dict[int, Value] = {}  # the nodes of a step have one Value
        runs: dict[int, list[Row]] = {}
        for row in rows:
            survival = row.node.survival
            often[id(survival)] = survival
            runs.setdefault(id(survival), []).append(row)
        figure = total([multiple(summed(MULT_ADDS.figure, runs[key]), often[key]) for key in runs])
        return figure if is_partial(figure) else exactdiv(figure, 1)


class Activations(Count):
    """Outputs of convolutions, linear layers and matrix products, as fvcore and pycls count activations.

    Attention puts out its projections and its scores too.
    """

    name = "activations"
    title = "Activations"
    unit = "numbers"

    def rule(self, row: Row) -> Value:
        if not has_macs(row):
            return 0
        products = row.facts.products
        return (product(row.output) if products is None else products) * row.node.copies


class Nodes(Count):
    """Operators, copies counted."""

    name = "nodes"
    title = "Nodes"
    unit = "operators"

    def rule(self, row: Row) -> Value:
        return row.node.copies
