"""Biases without effect."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.quantities import show_shape
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net

NORMS = ("batch_norm", "instance_norm")
"""They subtract the mean of each channel by itself, and with it whatever was added to the whole channel."""


class BiasBeforeNorm(Rule):
    name = "bias_before_norm"
    finds = "a bias that the norm behind it takes away again"
    why = (
        "A norm subtracts each channel's mean, and a bias is part of it: the network computes the same whatever the"
        " bias is, in training, too. It is stored, loaded, trained and added for nothing; the norm's own shift does its"
        " work."
    )
    mend = "`bias: false`, for the whole file as `defaults: {conv: {bias: false}}`"
    example = "network: Biased\ninput: [3, 32, 32]\nbody: [conv: {out: 16, kernel: 3}, batch_norm, relu]\n"
    mended = example.replace("kernel: 3", "kernel: 3, bias: false").replace("Biased", "Unbiased")

    def find(self, net: Net) -> Iterator[Finding]:
        useful = {_owner(net, at) for at in range(len(net.rows)) if not _subtracted(net, at)}
        for at, row in enumerate(net.rows):
            if not row.node.applied.weights.bias or _owner(net, at) in useful:
                continue
            norms = [net.rows[reader].node.path for reader in net.readers[at]]
            copies = row.node.copies
            yield Finding(
                self,
                row,
                f"{row.node.applied.weights.bias} biases on {show_shape(row.output)} are subtracted by {norms[0]}",
                {"params": row.weights.bias * copies, "bias_additions": row.facts.bias_adds * copies},
                {},
                {"norms": norms},
            )


def _owner(net: Net, at: int) -> int:
    """Whose weights a layer uses: a bias is of use if one of its layers uses it."""
    shared = net.rows[at].node.shared
    return at if shared is None else shared


def _subtracted(net: Net, at: int) -> bool:
    """Whether norms alone read a layer."""
    readers = (net.rows[reader].node.applied.op.name for reader in net.readers[at])
    return at not in net.outputs and all(name in NORMS for name in readers)
