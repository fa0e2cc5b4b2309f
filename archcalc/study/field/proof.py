"""The recurrence of a field line by line, with the numbers in it."""

from __future__ import annotations

from archcalc.study.explain import of_field
from archcalc.study.field.layers import Fields
from archcalc.study.field.subject import changing, seen_through
from archcalc.study.sections import Page, Section

HEADING = (
    "Of what is read size r, stride s, padding P: r + (kernel - 1)·dilation·s, s·stride, P + padding·s.",
    "Pixels are counted from 0; output o sees pixels o·s - P to o·s - P + r - 1.",
)


def proof(fields: Fields, index: int) -> Page:
    """Every layer that the field of one is made of, in order."""
    rows = fields.rows
    steps = [at for at in sorted(seen_through(rows, index)) if changing(fields, at)]
    sections = [
        Section(f"{rows[at].node.path} · {rows[at].node.applied.op.name}", of_field(rows[at], rows)) for at in steps
    ]
    return Page((f"Receptive field of {rows[index].node.path}", *HEADING), tuple(sections))
