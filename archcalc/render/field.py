"""Receptive fields as Tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from archcalc.quantities import AXES, Span, show_shape
from archcalc.render.report import name_of
from archcalc.render.table import Cell, Column, Line, Table
from archcalc.render.text import WHOLE, percent
from archcalc.report.report import Report
from archcalc.study.field.checks import Design
from archcalc.study.field.diff import Pair
from archcalc.study.field.layers import Layer, Sight
from archcalc.study.field.meets import Meet
from archcalc.study.field.residues import Anyhow
from archcalc.study.field.tiles import Tiling
from archcalc.study.field.units import Box, Reached
from archcalc.values import show

COORDINATES = "pixels from 0; output o sees start + o*stride to end + o*stride"
NOTHING = "-"


def text(value: Any) -> str:
    """A number as it is, without thousands separators: pixels are places."""
    if value is None:
        return NOTHING
    return show(value) if isinstance(value, (int, Fraction)) else str(value)


def span(of: Span | None) -> str:
    return "nothing" if of is None else f"{of.lo}..{of.hi}"


def _column(name: str, title: str, keep: int | None = None, left: bool = False) -> Column:
    return Column(name, title, "pixels", left, keep=keep, write=text)


def layers(report: Report, found: Sequence[Layer]) -> Table:
    """A row for each layer, or for each axis where they differ."""
    lines = [line for layer in found for line in _lines(layer)]
    axes = any(line.cells[1] for line in lines)
    columns = (
        Column("layer", "Layer", left=True),
        *([Column("axis", "Axis", left=True)] if axes else []),
        Column("output", "Output", left=True, keep=1),
        _column("size", "Field"),
        _column("stride", "Stride"),
        _column("start", "Start", 6),
        _column("end", "End", 5),
        _column("before", "Before", 4),
        _column("after", "After", 4),
        _column("centre", "Centre", 0),
        Column("cover", "Cover", "of the input", share=True, keep=3),
        _column("dead", "Dead", 2),
        _column("paths", "Paths", 7),
    )
    rows = lines if axes else [Line((line.cells[0], *line.cells[2:])) for line in lines]
    return Table((*name_of(report), COORDINATES), columns, tuple(rows), notes=tuple(_notes(found)))


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
    paths = None if sight.narrowest == sight.widest else f"{text(sight.narrowest)}..{text(sight.widest)}"
    return (
        f"{sight.size}{period}{marks}",
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


def _notes(found: Sequence[Layer]) -> Iterator[str]:
    """What the marks mean."""
    sights = [sight for layer in found for sight in layer.sights]
    if any(sight.period not in (1, None) for sight in sights):
        yield "a..b /p: outputs see a to b pixels; p outputs on they see the same, shifted"
    if any(layer.whole for layer in found):
        yield f"{WHOLE}: sees the whole image; the figure is that of the local layers"
    if any(sight.narrowest != sight.widest for sight in sights):
        yield "Paths: of the narrowest and the widest path alone"
    if any(sight.dead and any(sight.dead) for sight in sights):
        yield "Dead: pixels at the two ends of the input that no output sees"
    first: dict[str, Meet] = {}
    for layer in found:
        if layer.meet is not None:
            first.setdefault(str(layer.meet.branches), layer.meet)
    for meet in list(first.values())[:1]:
        yield f"†: not aligned: {said(meet)}"
    for reason in dict.fromkeys(layer.unknown for layer in found if layer.unknown):
        yield f"unknown: {reason}"


def said(meet: Meet) -> str:
    """Where branches part, in words."""
    a, b = meet.branches
    if meet.spread is None:
        strides = " and ".join(text(field.stride) if field.stride is not None else "none" for field in meet.fields)
        return f"{a} and {b} meet with strides {strides}"
    return f"the centres of {a} and {b} are {show(meet.spread)} pixels apart"


Seen = Sequence[tuple[int, Sequence[str | None]]]
"""For sizes of objects, the layer that first sees one on each axis."""


def designs(report: Report, path: str, found: Sequence[Design], objects: Seen) -> Table:
    """What fields say of the design, an axis a column."""
    axes = AXES[len(found)]
    columns = (Column("what", "Design", left=True), *(Column(axis, axis.capitalize(), left=True) for axis in axes))
    rows = [
        ("first layer that sees the whole input", [each.covered or "none" for each in found]),
        ("first unproductive convolution", [each.unproductive or "none" for each in found]),
        ("unproductive ones, of all", [f"{each.behind[0]} of {each.behind[1]}" for each in found]),
        ("smallest input without any", [text(each.smallest) for each in found]),
        ("largest input that one output sees all of", [text(each.largest) for each in found]),
    ]
    rows += [(f"first layer to see {n} pixels everywhere", [each or "none" for each in where]) for n, where in objects]
    alike = all(len(set(cells)) == 1 for _, cells in rows)
    if alike:
        columns = (columns[0], Column("axes", "On each axis", left=True))
    lines = tuple(Line((what, *(cells[:1] if alike else cells))) for what, cells in rows)
    note = "unproductive: what arrives has seen the whole input already, by the narrowest path"
    return Table((*name_of(report), f"Outputs of {path}"), columns, lines, notes=(note,))


def unit(report: Report, path: str, of: Box) -> Table:
    """What a unit sees."""
    columns = (
        Column("axis", "Axis", left=True),
        _column("unit", "Unit"),
        _column("whole", "Sees"),
        _column("inside", "Of the input"),
    )
    axes = AXES[len(of.unit)]
    rows = [
        Line((axis, at, span(whole), span(inside)))
        for axis, at, whole, inside in zip(axes, of.unit, of.whole, of.inside, strict=True)
    ]
    share = [] if of.padding is None else [f"{percent(of.padding)} of what it sees is padding: {show(of.padding)}"]
    place = ",".join(map(str, of.unit))
    return Table((*name_of(report), f"Unit {place} of {path}; pixels from 0"), columns, tuple(rows), notes=tuple(share))


def pixel(report: Report, at: Sequence[int], found: Sequence[Reached]) -> Table:
    """The units that a pixel reaches, a row a layer."""
    rank = max(len(each.spans) for each in found)
    axes = AXES[rank]
    columns = [Column("layer", "Layer", left=True), Column("output", "Output", left=True, keep=1)]
    for axis in axes:
        columns += [_column(axis, axis.capitalize(), left=True), _column(f"{axis}_count", "Units", 0)]
    rows = [Line((each.row.node.path, show_shape(each.row.output), *_reached(each, rank))) for each in found]
    place = ",".join(map(str, at))
    note = "on each axis by itself; of those from the first to the last, Units see it"
    return Table((*name_of(report), f"Pixel {place} reaches"), tuple(columns), tuple(rows), notes=(note,))


def _reached(each: Reached, rank: int) -> list[Cell]:
    cells: list[Cell] = []
    for found, count in zip(each.spans, each.counts, strict=True):
        cells += [span(found), count]
    return cells + [None] * (2 * rank - len(cells))


def tiles(report: Report, path: str, found: Sequence[Tiling], phases: bool) -> list[Table]:
    """Halo and alignment; with `phases`, how far a pixel reaches at each place of a period."""
    columns = (
        Column("axis", "Axis", left=True),
        _column("align", "Align"),
        _column("halo_before", "Halo before"),
        _column("halo_after", "Halo after"),
        _column("worst", "Worst phase"),
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
            _column("phase", "Phase"),
            _column("before", "Reaches back"),
            _column("after", "Reaches on"),
        )
        lines = [Line((axis, each.phase, each.before, each.after)) for axis, of in named for each in of.phases]
        tables.append(Table((), by_phase, tuple(lines)))
    return tables


def any_size(report: Report, found: Sequence[Anyhow]) -> Table:
    """Fields for inputs n pixels high and wide."""
    columns = (
        Column("layer", "Layer", left=True),
        _column("size", "Field"),
        _column("stride", "Stride"),
        _column("before", "Before"),
        _column("after", "After", 0),
    )
    rows = tuple(Line((each.path, each.size, each.stride, each.before, each.after)) for each in found)
    reasons = tuple(dict.fromkeys(f"-: {each.unknown}" for each in found if each.unknown))
    head = (*name_of(report), "for inputs n pixels high and wide, n no smaller than here")
    return Table(head, columns, rows, notes=reasons)


def diff(names: tuple[str, str], found: Sequence[Pair]) -> Table:
    """Where two networks part."""
    columns = [Column("layer", "Layer", left=True)]
    for letter in "AB":
        titles = {"size": letter, "stride": "Stride", "before": "Before"}
        columns += [_column(f"{letter}_{name}", title) for name, title in titles.items()]
    rows = [Line((pair.name, *_side(pair.first), *_side(pair.other))) for pair in found]
    head = tuple(f"{letter}: {name}" for letter, name in zip("AB", names, strict=True))
    note = "the fields of both are the same in every layer" if not found else f"they part at {found[0].name}"
    return Table(head, tuple(columns), tuple(rows), notes=(note,), titled=True)


def _side(layer: Layer | None) -> tuple[Cell, Cell, Cell]:
    if layer is None or not layer.sights:
        return None, None, None
    return tuple(_axes([getattr(sight, name) for sight in layer.sights]) for name in ("size", "stride", "before"))  # type: ignore[return-value]


def _axes(values: Sequence[Any]) -> str:
    texts = [text(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else "x".join(texts)
