"""Windows that do not fit their map: lost pixels, padding that is out of reach, odd maps."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from archcalc.quantities import show_shape
from archcalc.report.metrics import metrics
from archcalc.study.lint import Finding, Rule
from archcalc.study.lint._net import Net, of_axes
from archcalc.values import exactdiv, product, show


class LostPixels(Rule):
    name = "lost_pixels"
    finds = "pixels behind the last window of a layer, which it never reads"
    why = (
        "Where the stride does not divide what is left beside the window, the floor in the output's size drops the last"
        " window. The layer is blind for the end of each axis, and its outputs look to the left and upwards of the"
        " map's centre. What windows smaller than their stride leave out between them is meant, and not counted."
    )
    mend = "padding for the last window, `rounding: ceil` of a pool, or an input that fits"
    example = "network: Blind\ninput: [8, 7, 7]\nbody: [max_pool: 2]\n"
    mended = "network: Seeing\ninput: [8, 7, 7]\nbody: [max_pool: {kernel: 2, rounding: ceil}]\n"

    def find(self, net: Net) -> Iterator[Finding]:
        for row, edges in net.edges():
            lost, sizes = [edge.lost for edge in edges], [edge.n for edge in edges]
            if not any(lost):
                continue
            said = [f"{each} of {edge.n} pixels" if each else "" for each, edge in zip(lost, edges, strict=True)]
            message = f"{of_axes(said)} {'are' if any(n > 1 for n in lost) else 'is'} behind the last window"
            read = product(n - each for n, each in zip(sizes, lost, strict=True))
            yield Finding(
                self,
                row,
                message,
                {"pixels": product(sizes) - read},
                {"pixels": product(sizes)},
                {"map": sizes, "lost": lost},
            )


class UnreadPadding(Rule):
    name = "unread_padding"
    finds = "padding behind the last window, which no output reads"
    why = (
        "The layer is padded on both sides and reads all of it on one, so its windows are off the map's centre: by half"
        " a pixel where an even map meets an odd kernel and a stride of 2, and TensorFlow's `same` is off by as much"
        " to the other side. Runtimes that copy a map to pad it write these numbers for nothing. Sizes and costs are"
        " the same without them. Most ResNets are built so; who knows it, silences it."
    )
    mend = "the padding that is read, as `padding: [[1, 0], [1, 0]]`, or `same`"
    example = "network: Padded\ninput: [8, 8, 8]\nbody: [conv: {out: 8, kernel: 3, stride: 2, padding: 1}]\n"
    mended = "network: Fitted\ninput: [8, 8, 8]\nbody: [conv: {out: 8, kernel: 3, stride: 2, padding: same}]\n"

    def find(self, net: Net) -> Iterator[Finding]:
        for row, edges in net.edges():
            unread = [edge.padding for edge in edges]
            if not any(unread):
                continue
            said = [
                f"{n} of {edge.window.after} padded positions at the end" if n else ""
                for n, edge in zip(unread, edges, strict=True)
            ]
            padded = [edge.padded for edge in edges]
            read = product(size - n for size, n in zip(padded, unread, strict=True))
            channels = row.node.applied.inputs[0][0] * row.node.copies
            yield Finding(
                self,
                row,
                f"{of_axes(said)} {'are' if any(n > 1 for n in unread) else 'is'} read by no window",
                {"padded_numbers": (product(padded) - read) * channels},
                {},
                {"padding": [[edge.window.before, edge.window.after] for edge in edges], "unread": unread},
            )


class OddMap(Rule):
    name = "odd_map"
    finds = "an odd map before a stride of 2, whose half is rounded up"
    why = (
        "Half of an odd map is no whole number. The layer makes more outputs than that, so that cost grows in steps and"
        " not with the area of the input, and a decoder that doubles the map comes out one larger than what it is to"
        " meet. Where the half is rounded down, no output is made in vain: what is lost then,"
        " `lost_pixels` tells."
    )
    mend = "an input whose sides can be halved as often as the network strides: often a multiple of 32"
    example = (
        "network: Odd\ninput: [8, 14, 14]\ndefaults: {conv: {padding: same}}\n"
        "body:\n  - conv: {out: 16, kernel: 3, stride: 2}\n  - conv: {out: 32, kernel: 3, stride: 2}\n"
    )
    mended = example.replace("14, 14", "16, 16").replace("Odd", "Even")

    def find(self, net: Net) -> Iterator[Finding]:
        for row, edges in net.edges():
            odd = [edge.window.stride == 2 and edge.m * 2 == edge.n + 1 for edge in edges]
            if not any(odd):
                continue
            sizes, outputs = tuple(edge.n for edge in edges), row.output[1:]
            halves = [exactdiv(n, 2) if each else m for n, m, each in zip(sizes, outputs, odd, strict=True)]
            beyond = exactdiv(product(outputs) - product(halves), 1)
            macs = metrics()["mult_adds"].rule(row)
            price = {"outputs": beyond, "mult_adds": exactdiv(macs * Fraction(beyond), product(outputs))}
            half, made = "x".join(map(show, halves)), show_shape(outputs)
            message = f"half of {show_shape(sizes)} is {half}, and {made} outputs are made"
            details = {"map": [*sizes], "output": [*outputs]}
            yield Finding(self, row, message, price, {"outputs": product(outputs)}, details)
