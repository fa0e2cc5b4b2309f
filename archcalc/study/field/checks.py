"""What fields say of a design: where they cover the input, which inputs suit, what an object of some size needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archcalc.engine.propagate import Row
from archcalc.fields import ends
from archcalc.quantities import Unknown, Window
from archcalc.report.metrics.cost import has_macs
from archcalc.study.field.layers import Fields
from archcalc.values import product


@dataclass(frozen=True, slots=True)
class Design:
    """On one axis.

    covered       the first layer whose field is as large as the input
    unproductive  the first convolution whose input, by the narrowest path, already sees more than the input: what is
                  new to it lies beyond the edges (Richter et al. 2021, arXiv 2106.12307)
    behind        how many convolutions are so, of how many
    open          how many convolutions it cannot be said of: they have no field of their own, or too many paths
    smallest      the smallest input for which no convolution is unproductive
    largest       the largest input that some output of the main output's layer sees from end to end
    """

    covered: str | None
    unproductive: str | None
    behind: tuple[int, int]
    open: int
    smallest: int | None
    largest: int | None


def design(fields: Fields, axis: int, main: int) -> Design:
    """What the field of each layer means for the input at hand; `main` is the layer that decides."""
    rank = len(fields.rows[main].reach.grid)
    sees_all = (row.node.path for row, (_, most) in _sizes(fields, axis, rank) if most >= row.reach.grid[axis])
    narrow = arriving(fields, axis, rank)
    known = [size for _, size in narrow if size is not None]
    beyond = [row.node.path for row, size in narrow if size is not None and size > row.reach.grid[axis]]
    local = fields.rows[main].reach.local
    return Design(
        covered=next(sees_all, None),
        unproductive=beyond[0] if beyond else None,
        behind=(len(beyond), len(narrow)),
        open=len(narrow) - len(known),
        smallest=max(known) if known and len(known) == len(narrow) else None,
        largest=None if isinstance(local, Unknown) else ends(local[axis].size)[1],
    )


def arriving(fields: Fields, axis: int, rank: int) -> list[tuple[Row, int | None]]:
    """What arrives at each convolution has seen of inputs of `rank` axes, by the narrowest path; None where too many
    paths compare."""
    narrow = fields.follow(axis, widest=False)
    found = []
    for row in fields.rows:
        if _looks(row) and len(row.reach.grid) == rank:
            paths = narrow[row.node.sources[0]]
            found.append((row, min(path.size(False) for path in paths) if paths else None))
    return found


def first_to_see(fields: Fields, axis: int, rank: int, pixels: int) -> str | None:
    """The first layer each of whose outputs sees an object of that many pixels from end to end, if it is centred."""
    return next((row.node.path for row, (least, _) in _sizes(fields, axis, rank) if least >= pixels), None)


def _sizes(fields: Fields, axis: int, rank: int) -> Iterator[tuple[Row, tuple[int, int]]]:
    """The least and the most that outputs see, of every layer with a field in inputs of so many axes."""
    for row in fields.rows:
        local = row.reach.local
        if not isinstance(local, Unknown) and len(local) == rank:
            yield row, ends(local[axis].size)


def _looks(row: Row) -> bool:
    """Whether it is a convolution on a map of more than one position."""
    node = row.node
    if len(node.sources) != 1 or not has_macs(row):
        return False
    reads = node.applied.reads[0]
    return any(isinstance(read, Window) for read in reads) and product(node.applied.inputs[0][1:]) > 1
