"""Receptive fields as Tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from archcalc.fields import Listed, ends
from archcalc.quantities import AXES, Unknown, show_shape
from archcalc.render.report import name_of
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import WHOLE
from archcalc.report.report import Report
from archcalc.study.field.document import Ways
from archcalc.study.field.layers import Layer, Sight
from archcalc.study.field.meets import Meet
from archcalc.values import show

COORDINATES = "pixels from 0; output o sees start + o*stride to end + o*stride"
NOTHING = "-"
LOCAL = f"{WHOLE}: sees the whole image; the figure is that of the local layers"
MEETS = 3
"""Merges that are not aligned of which a note is made."""


class Marked(str):
    """A figure that readers see with marks; CSV has it without."""

    marks: str

    def __new__(cls, figure: Any, marks: str) -> Marked:
        made = super().__new__(cls, figure)
        made.marks = marks
        return made


def text(value: Any) -> str:
    """A number as it is, without thousands separators: pixels are places."""
    if value is None:
        return NOTHING
    if isinstance(value, Marked):
        return f"{value}{value.marks}"
    return show(value) if isinstance(value, (int, Fraction)) else str(value)


def column(name: str, title: str, keep: int | None = None, left: bool = False) -> Column:
    return Column(name, title, "pixels", left, keep=keep, write=text)


def layers(report: Report, found: Sequence[Layer], ways: Ways = ()) -> Table:
    """A row for each layer, or for each axis where they differ; of a single one its paths on each axis too."""
    lines = [line for layer in found for line in _lines(layer)]
    axes = any(line.cells[1] for line in lines)
    columns = (
        Column("layer", "Layer", left=True),
        *([Column("axis", "Axis", left=True)] if axes else []),
        Column("output", "Output", left=True, keep=1),
        column("size", "Field"),
        column("stride", "Stride"),
        column("start", "Start", 6),
        column("end", "End", 5),
        column("before", "Before", 4),
        column("after", "After", 4),
        column("centre", "Centre", 0),
        Column("cover", "Cover", "of the input", share=True, keep=3),
        column("dead", "Dead", 2),
        column("paths", "Paths", 7),
    )
    rows = lines if axes else [Line((line.cells[0], *line.cells[2:])) for line in lines]
    notes = (*_notes(found), *(_paths(found[0], ways) if ways else ()))
    return Table((*name_of(report), COORDINATES), columns, tuple(rows), notes=notes)


def _paths(layer: Layer, ways: Ways) -> Iterator[str]:
    """The layers of the narrowest and the widest path, if they are two."""
    for axis, sight, way in zip(AXES[len(ways)], layer.sights, ways, strict=True):
        if sight.narrowest != sight.widest:
            on = "" if way == ways[0] == ways[-1] else f" on the {axis}"
            sizes = {"narrowest_path": sight.narrowest, "widest_path": sight.widest}
            for name, path in way.items():
                yield f"{name.split('_')[0]}{on}, {text(sizes[name])}: {' · '.join(path)}"
        if ways[0] == ways[-1]:
            return


def _lines(layer: Layer) -> Iterator[Line]:
    row = layer.row
    head, output = row.node.path, show_shape(row.output)
    if not layer.sights:
        yield Line((head, "", output, "unknown", *[None] * 9))
        return
    alike = len({_key(each) for each in layer.sights}) == 1
    for axis, sight in zip(AXES[len(layer.sights)], layer.sights, strict=True):
        yield Line((head, "" if alike else axis, output, *_cells(sight, layer)))
        if alike:
            return


def _key(sight: Sight) -> str:
    return repr(sight)


def _cells(sight: Sight, layer: Layer) -> tuple[Cell, ...]:
    period = f" /{sight.period}" if sight.period not in (1, None) else ""
    marks = WHOLE * layer.whole + "†" * (layer.meet is not None)
    dead = None if sight.dead is None or not any(sight.dead) else f"{sight.dead[0]}+{sight.dead[1]}"
    paths = f"{text(sight.narrowest)}..{text(sight.widest)}" if _parts(sight) else None
    return (
        Marked(sight.size, f"{period}{marks}"),
        sight.stride,
        sight.start,
        sight.end,
        sight.before,
        sight.after,
        sight.centre,
        sight.cover,
        dead or "",
        paths or "",
    )


def _parts(sight: Sight) -> bool:
    """Whether single paths see less than all of them together."""
    return (sight.narrowest, sight.widest) != ends(sight.size)


def _notes(found: Sequence[Layer]) -> Iterator[str]:
    """What the marks mean."""
    sights = [sight for layer in found for sight in layer.sights]
    if any(sight.period not in (1, None) for sight in sights):
        yield "a..b /p: outputs see a to b pixels; p outputs on they see the same, shifted"
    if any(layer.whole for layer in found):
        yield LOCAL
    if any(map(_parts, sights)):
        yield "Paths: of the narrowest and the widest path alone"
    if any(sight.dead and any(sight.dead) for sight in sights):
        yield "Dead: pixels at the two ends of the input that no output sees"
    first = list(dict.fromkeys(said(layer.meet) for layer in found if layer.meet is not None and layer.sights))
    for meet in first[:MEETS]:
        yield f"†: not aligned: {meet}"
    if len(first) > MEETS:
        yield f"†: and {len(first) - MEETS} more merges that are not; --format json has them"
    fields = [at for layer in found if not isinstance(layer.row.reach.local, Unknown) for at in layer.row.reach.local]
    for why in dict.fromkeys(at.why for at in fields if isinstance(at, Listed)):
        yield f"Stride {NOTHING}: {why}"
    for reason in dict.fromkeys(layer.unknown for layer in found if layer.unknown):
        yield f"unknown: {reason}"


def said(meet: Meet) -> str:
    """Where branches part, in words."""
    a, b = meet.branches
    if meet.spread is None:
        strides = " and ".join(text(field.stride) if field.stride is not None else "none" for field in meet.fields)
        return f"{a} and {b} meet with strides {strides}"
    return f"the centres of {a} and {b} are {show(meet.spread)} pixel{'' if meet.spread == 1 else 's'} apart"
