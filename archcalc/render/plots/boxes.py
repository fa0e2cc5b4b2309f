"""The fields of some layers as boxes over the input, and the centres of one layer's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from archcalc.engine import periodic
from archcalc.errors import UsageError
from archcalc.fields import Periodic, Span
from archcalc.render.plots import canvas
from archcalc.render.plots.subject import Subject, way
from archcalc.study.field.subject import changing, has_map

MOST = 6
"""Boxes that can be told apart."""
DOTS = 40
"""Centres that are drawn on an axis; of more, every second, third, … is."""


@dataclass(frozen=True)
class Box:
    """What a unit of a layer sees on the last two axes."""

    path: str
    unit: tuple[int, int]
    seen: tuple[Span, Span]


def boxes(subject: Subject) -> list[Box]:
    """Of the last layer before each change of the stride, the units whose centres are nearest to the unit's."""
    fields = subject.fields
    if len(subject.unit) < 2:
        raise UsageError(f"boxes have two axes, {subject.path} has {len(subject.unit)}", "`strip` draws one axis")
    nodes = [node for node in way(fields, subject.layer, len(subject.unit) - 1) if has_map(fields.rows[node])]
    nodes = [node for node in nodes if node == subject.layer or (changing(fields, node) and node != nodes[0])]
    own = _box(subject, subject.layer, subject.unit[-2:])
    if own is None:
        raise UsageError(f"{subject.place} sees nothing")
    last = [
        list(run)[-1] for _, run in groupby(nodes, lambda node: [each.stride for each in fields.layers[node].sights])
    ]
    found = {own.seen: own}
    for node in reversed(last):
        if node != subject.layer and (each := _box(subject, node, _nearest(subject, node, own))) is not None:
            found.setdefault(each.seen, each)
    apart = list(found.values())[::-1]
    return apart if len(apart) <= MOST else [apart[i * (len(apart) - 1) // (MOST - 1)] for i in range(MOST)]


def _box(subject: Subject, node: int, unit: tuple[int, ...]) -> Box | None:
    row = subject.fields.rows[node]
    local: Any = row.reach.local
    y, x = (periodic.cycle(at).at(o) for at, o in zip(local[-2:], unit, strict=True))
    return None if y is None or x is None else Box(row.node.path, (unit[0], unit[1]), (y, x))


def _nearest(subject: Subject, node: int, own: Box) -> tuple[int, int]:
    row = subject.fields.rows[node]
    local: Any = row.reach.local
    y, x = (
        min(range(n), key=lambda o, at=at, span=span: _apart(periodic.cycle(at).at(o), span))  # type: ignore[misc]
        for at, n, span in zip(local[-2:], row.output[-2:], own.seen, strict=True)
    )
    return y, x


def _apart(cell: Span | None, span: Span) -> int:
    return 10**9 if cell is None else abs(cell.lo + cell.hi - span.lo - span.hi)


def centres(subject: Subject, axis: int) -> tuple[list[Fraction], int]:
    """Of the layer's units on an axis, and of how many one: whole periods, so that they keep the same distance."""
    at, n = periodic.cycle(subject.local[axis]), subject.fields.rows[subject.layer].output[1 + axis]
    step = -(-n // DOTS)
    if step > 1 and isinstance(at, Periodic):
        step = -(-step // len(at.cells)) * len(at.cells)
    cells = [at.at(o) for o in range(0, n, step)]
    return [Fraction(cell.lo + cell.hi, 2) for cell in cells if cell is not None], step


def draw(subject: Subject, image: Path | None = None) -> Any:
    """Over the input, or over an image stretched to it; what lies outside of it is padding."""
    found = boxes(subject)
    height, width = subject.grid[-2:]
    drawn = canvas.figure(8.6, 6.2)
    axes = drawn.subplots()
    rectangle = canvas.matplotlib("patches").Rectangle
    axes.add_patch(rectangle((-0.5, -0.5), width, height, fc=canvas.PALE, ec=canvas.INK, lw=1.2, zorder=0))
    if image is not None:
        axes.imshow(read(image), extent=(-0.5, width - 0.5, height - 0.5, -0.5), zorder=1)
    (ys, down), (xs, across) = (centres(subject, len(subject.unit) + axis) for axis in (-2, -1))
    dots = [(float(x), float(y)) for y in ys for x in xs]
    some = "" if down == across == 1 else f", one of {down}x{across}"
    label = f"centres, {subject.path}{some}"
    axes.scatter(*zip(*dots, strict=True), s=9, c=canvas.INK, ec="white", lw=0.5, zorder=3, label=label)
    for each, colour in zip(reversed(found), reversed(canvas.SERIES[: len(found)]), strict=True):
        y, x = each.seen
        label = f"{each.path} at {each.unit[0]},{each.unit[1]}: {y.size}x{x.size} px"
        corner = x.lo - 0.5, y.lo - 0.5
        axes.add_patch(rectangle(corner, x.size, y.size, fill=False, ec="white", lw=4, zorder=4))
        axes.add_patch(rectangle(corner, x.size, y.size, fill=False, ec=colour, lw=2.2, zorder=5, label=label))
    spans = [each.seen for each in found]
    axes.set_xlim(
        min(0, *(x.lo for _, x in spans)) - 0.03 * width, max(width, *(x.hi for _, x in spans)) + 0.03 * width
    )
    axes.set_ylim(
        max(height, *(y.hi for y, _ in spans)) + 0.03 * height, min(0, *(y.lo for y, _ in spans)) - 0.03 * height
    )
    axes.set_aspect("equal")
    axes.set_xlabel("width (pixels of the input)")
    axes.set_ylabel("height (pixels of the input)")
    axes.set_title(f"{subject.name}: receptive fields over the {height}x{width} input")
    drawn.legend(loc="outside lower center", ncols=2, fontsize=9)
    return drawn


def read(image: Path) -> Any:
    """The picture in a file. Raises UsageError where it cannot be read."""
    try:
        return canvas.matplotlib("image").imread(image)
    except Exception as error:  # whatever the decoders of all formats raise
        raise UsageError(f"{image} cannot be read as a picture: {error}") from None
