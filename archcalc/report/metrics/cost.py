"""Work: multiply-accumulates, their shares, and the outputs that they make."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.engine.propagate import Row
from archcalc.report.conventions.mult_adds import MULT_ADDS
from archcalc.report.figures import Figure
from archcalc.report.metrics import Count
from archcalc.values import Value, product


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
    """Share of the network's Mult-Adds."""

    name = "share"
    title = "Share"
    unit = "of the Mult-Adds"
    part_of = "mult_adds"


class Activations(Count):
    """Outputs of convolutions, linear layers and matrix products, as fvcore and pycls count activations."""

    name = "activations"
    title = "Activations"
    unit = "numbers"

    def rule(self, row: Row) -> Value:
        return product(row.output) * row.node.copies if has_macs(row) else 0


class Nodes(Count):
    """Operators, copies counted."""

    name = "nodes"
    title = "Nodes"
    unit = "operators"

    def rule(self, row: Row) -> Value:
        return row.node.copies
