"""The recurrence of a field line by line, with the numbers in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, branches
from archcalc.engine.reach import having_part, whole_map
from archcalc.engine.taps import inside, taps
from archcalc.fields import AxisField, Interval, Listed, Span
from archcalc.quantities import AXES, Block, Reads, Same, Unknown, Whole
from archcalc.study.explain import of_field
from archcalc.study.field.layers import Fields
from archcalc.study.field.subject import changing, seen_through
from archcalc.study.sections import Line, Page, Section

HEADING = (
    "Of what is read size r, stride s, padding P: r + (kernel - 1)·dilation·s, s·stride, P + padding·s.",
    "Pixels are counted from 0; output o sees pixels o·s - P to o·s - P + r - 1.",
)
BY_OUTPUT = "Where outputs see differently many, of some: what they read, what these see, and the union of that."

FEW = 4
"""Outputs that are shown one by one; of more, the first, those that see least and most, and of no period the last."""


def proof(fields: Fields, index: int) -> Page:
    """Every layer that the field of one is made of, in order."""
    rows = fields.rows
    steps = [at for at in sorted(seen_through(rows, index)) if changing(fields, at)]
    sections = []
    listed = False
    for at in steps:
        lines = tuple(by_output(rows, rows[at]))
        listed = listed or bool(lines)
        title = f"{rows[at].node.path} · {rows[at].node.applied.op.name}"
        sections.append(Section(title, (*of_field(rows[at], rows), *lines)))
    heading = (f"Receptive field of {rows[index].node.path}", *HEADING, *([BY_OUTPUT] if listed else []))
    return Page(heading, tuple(sections))


def by_output(rows: Sequence[Row], row: Row) -> Iterator[Line]:
    """What single outputs read, where they do not see one window that slides; one axis where all are alike."""
    local = row.reach.local
    if isinstance(local, Unknown) or not row.node.sources:
        return
    found = [list(_on(rows, row, axis, at)) for axis, at in enumerate(local)]
    alike = all(lines == found[0] for lines in found)
    for axis, lines in zip(AXES[len(local)], found, strict=True):
        yield from (Line(label if alike else f"{label}, {axis}", text) for label, text in lines)
        if alike:
            return


def _on(rows: Sequence[Row], row: Row, axis: int, at: AxisField) -> Iterator[tuple[str, str]]:
    outputs = row.output[1 + axis] if len(row.output) > 1 + axis else 1
    brought = branches(rows, row.node)
    parts = having_part(brought)
    known: Any = [brought[part].local for part in parts]
    fields = [local[axis] for local in known]
    if all(isinstance(field, Interval) for field in (at, *fields)):
        return
    for o in _shown(periodic.cycle(at), outputs):
        if len(parts) > 1:
            yield f"output {o}", _union([periodic.cycle(field).at(o) for field in fields], periodic.cycle(at).at(o))
        else:
            yield f"output {o}", _read(rows, row, parts[0], axis, o, periodic.cycle(at).at(o))


def _shown(at: periodic.Cycle, outputs: int) -> list[int]:
    """The outputs that are shown."""
    count = min(max(len(at.cells), 2), outputs)
    if count <= FEW:
        return list(range(count))
    sizes = [0 if cell is None else cell.size for cell in at.cells[:count]]
    ends = [0, count - 1] if isinstance(at, Listed) else [0]
    return sorted({*ends, sizes.index(min(sizes)), sizes.index(max(sizes))})


def _read(rows: Sequence[Row], row: Row, part: int, axis: int, o: int, seen: Span | None) -> str:
    """`reads 0..1: -1..1 ∪ 1..3 = -1..3`."""
    before: Any = rows[row.node.sources[part]].reach.local
    source = periodic.cycle(before[axis])
    read = _plain(row.node.applied.reads[part], axis)
    size = row.node.applied.inputs[part][1:]
    places = sorted(inside(read, o, size[axis]) if isinstance(source, Listed) else taps(read, o))
    if not places:
        return "reads nothing"
    listed = f"{places[0]}..{places[-1]}" if len(places) > 1 else str(places[0])
    if len(places) > 1 and places != list(range(places[0], places[-1] + 1)):
        listed = ", ".join(map(str, places)) if len(places) <= FEW else f"{places[0]}, {places[1]}, … {places[-1]}"
    return f"reads {listed}: {_union([source.at(place) for place in places], seen)}"


def _plain(reads: tuple[Reads, ...], axis: int) -> Reads:
    """What one output reads on an axis; one that reads the whole map, or axis, is taken as reading its own position."""
    read = reads[axis]
    if whole_map(reads) or isinstance(read, Whole):
        return Same()
    return Block(read.n, read.n) if isinstance(read, Block) and read.size >= read.n else read


def _union(cells: Sequence[Span | None], seen: Span | None) -> str:
    texts = list(dict.fromkeys(_span(cell) for cell in cells if cell is not None))
    if len(texts) > FEW:
        texts = [texts[0], "…", texts[-1]]
    return " ∪ ".join(texts) + (f" = {_span(seen)}" if len(texts) > 1 else "") if texts else "nothing"


def _span(cell: Span | None) -> str:
    return "nothing" if cell is None else f"{cell.lo}..{cell.hi}"
