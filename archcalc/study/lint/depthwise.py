"""Groups that are nearly depthwise, and channels that are convolved one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.report.groups import in_place
from archcalc.report.metrics import metrics
from archcalc.report.metrics.cost import has_macs
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net
from archcalc.values import exactdiv, mod

FEW = (2, 3)
"""Channels of a group that are nearly one."""


class AlmostDepthwise(Rule):
    name = "almost_depthwise"
    finds = f"groups of {' or '.join(map(str, FEW))} channels, where one would be depthwise"
    why = (
        "Groups this small hardly mix channels and cost a multiple of a depthwise layer, for which runtimes have a fast"
        " way that they lack for groups. Often it is a slip: `groups` stayed as it was while the width grew. The price"
        " is what a depthwise layer would save."
    )
    mend = "`groups: in`, the channels that arrive, or fewer groups that mix"
    example = "network: Almost\ninput: [64, 28, 28]\nbody: [conv: {out: 64, kernel: 3, padding: half, groups: 32}]\n"
    mended = example.replace("groups: 32", "groups: in").replace("Almost", "Depthwise")

    def find(self, net: Net) -> Iterator[Finding]:
        for row in net.rows:
            op: Any = row.node.applied.op
            groups = getattr(op, "groups", 1)
            if "kernel" not in op.fields or groups == 1:
                continue
            channels = row.node.applied.inputs[0][0]
            each = exactdiv(channels, groups)
            if each not in FEW or each >= groups or mod(op.out, channels) != 0:
                continue
            price = {name: metrics()[name].rule(row) for name in ("mult_adds", "weight")}
            saved = {name: exactdiv(figure * (each - 1), each) for name, figure in price.items()}
            yield Finding(
                self,
                row,
                f"{channels} channels in {groups} groups: {each} in each",
                {"mult_adds": saved["mult_adds"], "params": saved["weight"]},
                {},
                {"channels": channels, "groups": groups},
            )


class OneByOne(Rule):
    name = "one_by_one"
    finds = "channels that are sliced off, convolved one by one, and joined"
    why = (
        "Alike convolutions of one channel each, side by side, are one depthwise convolution: the same weights and"
        " Mult-Adds in a single layer instead of two for each channel."
    )
    mend = "one `conv` with `groups` as many as there are channels"
    example = (
        "network: One by one\ninput: [2, 28, 28]\nbody:\n  - concat:\n"
        "      red:   [slice: {channels: [0, 1]}, conv: {out: 8, kernel: 3}]\n"
        "      green: [slice: {channels: [1, 2]}, conv: {out: 8, kernel: 3}]\n"
    )
    mended = "network: Together\ninput: [2, 28, 28]\nbody: [conv: {out: 16, kernel: 3, groups: in}]\n"

    def find(self, net: Net) -> Iterator[Finding]:
        for join in net.rows:
            if join.node.applied.op.name != "concat":
                continue
            alike: dict[tuple[object, ...], dict[Any, Row]] = {}
            for source in join.node.sources:
                conv = _back(net, source)
                if "kernel" not in conv.node.applied.op.fields or not has_macs(conv) or conv.node.copies != 1:
                    continue
                part = _back(net, conv.node.sources[0])
                cut: Any = part.node.applied.op
                if cut.name == "slice" and conv.node.applied.inputs[0][0] == 1:
                    same = (part.node.sources[0], conv.node.applied.op.name, *_given(conv), *_given(part, "channels"))
                    alike.setdefault(same, {})[cut.channels] = conv
            for found in alike.values():
                first, *others = found.values()
                if others:
                    yield Finding(
                        self,
                        first,
                        f"{len(found)} alike convolutions of one channel each meet in {join.node.path}",
                        {"convolutions": len(others)},
                        {"convolutions": len(found)},
                        {"paths": [row.node.path for row in found.values()]},
                    )


def _back(net: Net, at: int) -> Row:
    """The row, or the one before the norms and activations that it ends."""
    while in_place(net.rows[at]):
        at = net.rows[at].node.sources[0]
    return net.rows[at]


def _given(row: Row, but: str = "") -> tuple[object, ...]:
    """The parameters of a row's operator."""
    op = row.node.applied.op
    return tuple(getattr(op, name) for name in op.fields if name != but)
