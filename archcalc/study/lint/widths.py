"""Widths that hardware has to fill up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.report.metrics import metrics
from archcalc.report.metrics.cost import has_macs
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net
from archcalc.values import ceildiv, exactdiv, mod

BLOCK = 8
"""Channels that hardware computes at a time: what tensor cores want of half-precision sizes (NVIDIA, Deep Learning
Performance, matrix multiplication), and what MobileNets round widths to."""


class UnevenWidth(Rule):
    name = "uneven_width"
    finds = f"a width that is no multiple of {BLOCK}"
    why = (
        f"Vector units and tensor cores compute {BLOCK} channels or a multiple at a time; the rest of the last block is"
        " filled with zeros and costs as much, in this layer and in those that read it. The price is that of the"
        " channels that are filled up, in this layer alone. Not meant: the network's own outputs, whose number the task"
        " sets; depthwise layers, which have the width of what they read; masks of one channel."
    )
    mend = f"`divisible(width, {BLOCK})` in the spec: the multiple of {BLOCK} nearest to it"
    example = (
        "network: Uneven\ninput: [3, 32, 32]\nbody: [conv: {out: 20, kernel: 3}, relu, conv: {out: 10, kernel: 3}]\n"
    )
    mended = example.replace("out: 20", "out: 24").replace("Uneven", "Even")

    def find(self, net: Net) -> Iterator[Finding]:
        given = by_task(net)
        for at, row in enumerate(net.rows):
            op: Any = row.node.applied.op
            if at in given or "out" not in op.fields or op.out == 1 or mod(op.out, BLOCK) == 0:
                continue
            groups = getattr(op, "groups", 1)
            if groups > 1 and groups == row.node.applied.inputs[0][0]:
                continue
            more = ceildiv(op.out, BLOCK) * BLOCK
            filled = (more - op.out) * row.node.copies
            macs = exactdiv(metrics()["mult_adds"].rule(row) * (more - op.out), op.out)
            yield Finding(
                self,
                row,
                f"in blocks of {BLOCK}, {op.out} channels cost as much as {more}",
                {"channels": filled, "mult_adds": macs},
                {"channels": more * row.node.copies},
                {"width": op.out, "filled": more},
            )


def by_task(net: Net) -> set[int]:
    """The layers whose channels are those of an output: no product stands between them and it, and no concat."""
    found: set[int] = set()
    waiting, seen = list(net.outputs), set(net.outputs)
    while waiting:
        at = waiting.pop()
        row = net.rows[at]
        if has_macs(row):
            found.add(at)
        elif row.node.applied.op.name != "concat":
            new = set(row.node.sources) - seen
            seen |= new
            waiting += new
    return found
