"""Answers to questions about receptive fields as Tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archcalc.fields import Span
from archcalc.quantities import AXES, show_shape
from archcalc.render.field import LOCAL, NOTHING, Marked, column, text
from archcalc.render.report import name_of
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import WHOLE, percent
from archcalc.report.report import Report
from archcalc.study.field.checks import Design
from archcalc.study.field.diff import Pair
from archcalc.study.field.layers import Layer
from archcalc.study.field.residues import Anyhow, Anysize, OfSize, OnAxis
from archcalc.study.field.tiles import Tiling
from archcalc.study.field.units import Box, Reached


def span(of: Span | None) -> str:
    return "nothing" if of is None else f"{of.lo}..{of.hi}"


Seen = Sequence[tuple[int, Sequence[str | None]]]
"""For sizes of objects, the layer that first sees one on each axis."""


def designs(report: Report, path: str, found: Sequence[Design], objects: Seen, whole: str | None) -> Table:
    """What fields say of the design; `whole` is the first layer that sees the whole image."""
    columns = (Column("what", "Design", left=True), Column("answer", "On each axis", left=True))
    rows = [
        ("first to see the whole input", [each.covered or "none" for each in found]),
        ("first unproductive convolution", [each.unproductive or "none" for each in found]),
        ("unproductive ones, of all", [_behind(each) for each in found]),
        ("smallest input without any", [text(each.smallest) for each in found]),
        ("largest input that an output sees", [text(each.largest) for each in found]),
    ]
    rows += [(f"first to see {n} pixels everywhere", [each or "none" for each in where]) for n, where in objects]
    lines = tuple(line for what, cells in rows for line in _by_axis(what, cells))
    notes = ["unproductive: what arrives sees more than the input already, by the narrowest path"]
    if whole is not None:
        notes.append(f"by the local layers; {whole} is the first that sees the whole image by some path")
    return Table((*name_of(report), f"Outputs of {path}"), columns, lines, notes=tuple(notes))


def _by_axis(what: str, cells: Sequence[str]) -> list[Line]:
    """One line if all axes have the same."""
    if len(set(cells)) == 1:
        return [Line((what, cells[0]))]
    return [Line((f"{what}, {axis}", cell)) for axis, cell in zip(AXES[len(cells)], cells, strict=True)]


def _behind(of: Design) -> str:
    return f"{of.behind[0]} of {of.behind[1]}" + (f", of {of.open} unknown" if of.open else "")


def unit(report: Report, path: str, of: Box) -> Table:
    """What a unit sees."""
    columns = (
        Column("axis", "Axis", left=True),
        column("unit", "Unit"),
        column("whole", "Sees"),
        column("inside", "Of the input"),
    )
    axes = AXES[len(of.unit)]
    rows = [
        Line((axis, at, span(whole), span(inside)))
        for axis, at, whole, inside in zip(axes, of.unit, of.whole, of.inside, strict=True)
    ]
    notes = (
        [f"{of.padding} of what it sees lies outside the input, in padding: {percent(of.padding)}"]
        if of.padding
        else []
    )
    if of.everything:
        notes.append("some path sees the whole image; this is the field of the local layers")
    place = ",".join(map(str, of.unit))
    return Table((*name_of(report), f"Unit {place} of {path}; pixels from 0"), columns, tuple(rows), notes=tuple(notes))


def pixel(report: Report, at: Sequence[int], found: Sequence[Reached]) -> Table:
    """The units that a pixel reaches, a row a layer."""
    rank = max(len(each.spans) for each in found)
    axes = AXES[rank]
    columns = [Column("layer", "Layer", left=True, write=text), Column("output", "Output", left=True, keep=1)]
    for axis in axes:
        columns += [column(axis, axis.capitalize(), left=True), column(f"{axis}_count", "Units", 0)]
    rows = [Line((_marked(each), show_shape(each.row.output), *_reached(each, rank))) for each in found]
    place = ",".join(map(str, at))
    notes = ["on each axis by itself; of those from the first to the last, Units see it"]
    if any(each.row.reach.whole for each in found):
        notes.append(f"{WHOLE}: every unit sees the whole image by some path; these see it by the local layers")
    return Table((*name_of(report), f"Pixel {place} reaches"), tuple(columns), tuple(rows), notes=tuple(notes))


def _marked(each: Reached) -> Marked:
    return Marked(each.row.node.path, WHOLE * each.row.reach.whole)


def _reached(each: Reached, rank: int) -> list[Cell]:
    cells: list[Cell] = []
    for found, count in zip(each.spans, each.counts, strict=True):
        cells += [span(found), count]
    return cells + [None] * (2 * rank - len(cells))


def tiles(report: Report, path: str, found: Sequence[Tiling], phases: bool) -> list[Table]:
    """Halo and alignment; with `phases`, how far a pixel reaches at each place of a period."""
    columns = (
        Column("axis", "Axis", left=True),
        column("align", "Align"),
        column("halo_before", "Halo before"),
        column("halo_after", "Halo after"),
        column("worst", "Worst phase"),
    )
    named = list(zip(AXES[len(found)], found, strict=True))
    rows = tuple(Line((axis, each.align, *each.halo, each.worst)) for axis, each in named)
    notes = (
        "Align: tiles begin and end at multiples of it",
        "Halo: pixels lost at the two ends of such a tile. Worst: for tiles that begin anywhere",
    )
    head = (*name_of(report), f"Tiles of the input for {path}; in pixels")
    tables = [Table(head, columns, rows, notes=notes)]
    if phases:
        by_phase = (
            Column("axis", "Axis", left=True),
            column("phase", "Phase"),
            column("before", "Reaches back"),
            column("after", "Reaches on"),
        )
        lines = [Line((axis, each.phase, each.before, each.after)) for axis, of in named for each in of.phases]
        tables.append(Table((), by_phase, tuple(lines)))
    return tables


LONG = {1: "long", 2: "high and wide", 3: "deep, high and wide"}
WIDE = 34
"""Columns of a figure that depends on n; where it would be wider the document has it."""


def any_size(report: Report, rank: int, found: Anysize, shown: Sequence[Anyhow]) -> Table:
    """Fields for inputs n pixels long on every axis; a row for each axis where they differ."""
    lines = [line for each in shown for line in _any_size(each, rank)]
    axes = any(line.cells[1] for line in lines)
    columns = (
        Column("layer", "Layer", left=True),
        *([Column("axis", "Axis", left=True)] if axes else []),
        column("size", "Field"),
        column("stride", "Stride"),
        column("before", "Before"),
        column("after", "After", 0),
    )
    rows = lines if axes else [Line((line.cells[0], *line.cells[2:])) for line in lines]
    notes = [LOCAL] if any(each.whole and each.axes for each in shown) else []
    if any(str(cell).startswith(BY) for line in lines for cell in line.cells):
        notes.append(f"{BY}m: too many to print; --format json has them")
    notes += dict.fromkeys(f"{NOTHING}: {each.unknown}" for each in shown if each.unknown)
    head = [*name_of(report), f"for inputs n pixels {LONG[rank]}, n no smaller than here"]
    if len(found.taken) < found.modulus:
        given = ", ".join(map(str, found.taken))
        head.append(f"the network takes those alone with n mod {found.modulus} = {given}")
    return Table(tuple(head), columns, tuple(rows), notes=tuple(notes))


BY = "by n mod "


def _any_size(each: Anyhow, rank: int) -> list[Line]:
    if not each.axes:
        return [Line((each.path, "", None, None, None, None))]
    alike = len(set(each.axes)) == 1
    lines = [
        Line((each.path, "" if alike else axis, Marked(_of_size(at.size), WHOLE * each.whole), at.stride, *_sides(at)))
        for axis, at in zip(AXES[rank], each.axes, strict=True)
    ]
    return lines[:1] if alike else lines


def _sides(at: OnAxis) -> tuple[Cell, Cell]:
    before, after = (None if side is None else _of_size(side) for side in (at.before, at.after))
    return before, after


def _of_size(value: OfSize) -> str:
    said = str(value)
    return said if len(said) <= WIDE else f"{BY}{len(value.values)}"


def diff(names: tuple[str, str], found: Sequence[Pair], parted: str | None) -> Table:
    """Where two networks part: `parted`, the first layer that differs, and others."""
    columns = [Column("layer", "Layer", left=True)]
    for letter in "AB":
        titles = {"size": letter, "stride": "Stride", "before": "Before"}
        columns += [column(f"{letter}_{name}", title) for name, title in titles.items()]
    rows = [Line((pair.name, *_side(pair.first), *_side(pair.other))) for pair in found]
    head = tuple(f"{letter}: {name}" for letter, name in zip("AB", names, strict=True))
    note = "the fields of both are the same in every layer" if parted is None else f"they part at {parted}"
    return Table(head, tuple(columns), tuple(rows), notes=(note,), titled=True)


SIDE = ("size", "stride", "before")


def _side(layer: Layer | None) -> tuple[Cell, Cell, Cell]:
    if layer is None or not layer.sights:
        return None, None, None
    size, stride, before = (_axes([getattr(sight, name) for sight in layer.sights]) for name in SIDE)
    return size, stride, before


def _axes(values: Sequence[Any]) -> str:
    texts = [text(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else "x".join(texts)
