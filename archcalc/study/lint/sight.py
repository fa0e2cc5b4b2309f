"""Layers behind the one that sees the whole input."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.engine.propagate import Row
from archcalc.engine.reach import NOTHING
from archcalc.quantities import show_shape
from archcalc.report.metrics import metrics
from archcalc.study.field.checks import arriving
from archcalc.study.field.layers import Fields
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net


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
        fields = Fields(net.report)
        ranks = {len(row.reach.grid) for row in net.rows if row.reach is not NOTHING}
        if len(ranks) != 1:
            return
        (rank,) = ranks
        axes = [arriving(fields, axis, rank) for axis in range(rank)]
        convolutions = [each for each in zip(*axes, strict=True) if each]
        beyond = [each for each in convolutions if _full(each)]
        if not beyond or 2 * len(beyond) < len(convolutions):
            return
        rows = [each[0][0] for each in beyond]
        field, size = tuple(size for _, size in beyond[0]), rows[0].reach.grid
        message = (
            f"a field of {show_shape(field)} arrives here, and the input is {show_shape(size)}:"
            f" {len(beyond)} of {len(convolutions)} convolutions get one of its size or more"
        )
        price = {name: metrics()[name].over(rows) for name in ("mult_adds", "params")}
        paths = [row.node.path for row in rows]
        yield Finding(self, rows[0], message, price, {}, {"field": [*field], "input": [*size], "paths": paths})


def _full(each: tuple[tuple[Row, int | None], ...]) -> bool:
    """Whether what arrives has seen as much as the input on every axis."""
    sizes = zip((size for _, size in each), each[0][0].reach.grid, strict=True)
    return all(size is not None and size >= n for size, n in sizes)
