"""Layers behind the one that sees the whole input."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.engine.propagate import Row
from archcalc.engine.reach import NOTHING, at_input, compose
from archcalc.quantities import AxisField, Reach, Unknown, Window, ends, show_shape
from archcalc.report.metrics import metrics
from archcalc.report.metrics.cost import has_macs
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net
from archcalc.values import product


class FullSight(Rule):
    name = "full_sight"
    finds = "half of the convolutions or more behind the point where the whole input is seen"
    why = (
        "A convolution puts together what neighbours see. Once that is as large as the input on every axis, by the"
        " narrowest path that leads there, there is nothing new to see but for positions at the edge; such layers were"
        " found to add little to accuracy (Richter et al. 2021, arXiv 2106.12307). A path through a shortcut sees less,"
        " so residual networks, whose widest path sees all early on, are not meant."
    )
    mend = "a larger input, fewer strides at the beginning, or fewer layers behind that point"
    example = (
        "network: Too deep\ninput: [3, 8, 8]\ndefaults: {conv: {padding: half}}\n"
        "body: [{repeat: 8, do: [conv: {out: 16, kernel: 3}, relu]}]\n"
    )
    mended = example.replace("8, 8", "32, 32").replace("Too deep", "Deep")

    def find(self, net: Net) -> Iterator[Finding]:
        narrow = narrowest(net)
        convolutions = [row for row in net.rows if _looks(row)]
        arriving = {row.node.path: narrow[row.node.sources[0]] for row in convolutions}
        beyond = [row for row in convolutions if _full(arriving[row.node.path])]
        if not beyond or 2 * len(beyond) < len(convolutions):
            return
        first = beyond[0]
        reach = arriving[first.node.path]
        field, size = _sizes(reach), reach.grid
        message = (
            f"a field of {show_shape(field)} arrives here, and the input is {show_shape(size)}:"
            f" {len(beyond)} of {len(convolutions)} convolutions get one of its size or more"
        )
        price = {name: metrics()[name].over(beyond) for name in ("mult_adds", "params")}
        paths = [row.node.path for row in beyond]
        yield Finding(self, first, message, price, {}, {"field": [*field], "input": [*size], "paths": paths})


def _looks(row: Row) -> bool:
    """Whether it is a convolution on a map of more than one position."""
    node = row.node
    if len(node.sources) != 1 or not has_macs(row):
        return False
    reads = node.applied.reads[0]
    return any(isinstance(read, Window) for read in reads) and product(node.applied.inputs[0][1:]) > 1


def _full(reach: Reach) -> bool:
    """Whether the field is as large as the input on every axis."""
    known = not isinstance(reach.local, Unknown)
    return known and all(size >= n for size, n in zip(_sizes(reach), reach.grid, strict=True))


def _sizes(reach: Reach) -> tuple[int, ...]:
    """Of a field that is known."""
    return () if isinstance(reach.local, Unknown) else tuple(map(_size, reach.local))


def narrowest(net: Net) -> list[Reach]:
    """What each layer sees by the narrowest path that leads to it, on each axis."""
    inputs = set(net.report.graph.inputs.values())
    found: list[Reach] = []
    for at, row in enumerate(net.rows):
        sources = row.node.sources
        if sources:
            each = zip(sources, row.node.applied.reads, strict=True)
            sizes = row.output[1:]
            found.append(_narrowest([compose(found[source], reads, sizes) for source, reads in each]))
        else:
            found.append(at_input(row.output) if at in inputs else NOTHING)
    return found


def _narrowest(reaches: list[Reach]) -> Reach:
    """The smallest field of all; gates and pooled branches, which see all, stand aside where others do not."""
    reaches = [reach for reach in reaches if reach is not NOTHING] or reaches[:1]
    first, *others = [reach for reach in reaches if not reach.whole] or reaches
    local = first.local
    for reach in others:
        if isinstance(local, Unknown) or isinstance(reach.local, Unknown) or len(local) != len(reach.local):
            return Reach(Unknown("a path has no field of its own"), first.whole, first.grid)
        local = tuple(min(pair, key=_size) for pair in zip(local, reach.local, strict=True))
    return Reach(local, first.whole, first.grid)


def _size(at: AxisField) -> int:
    """The least of any position."""
    least: int = ends(at.size)[0]
    return least
