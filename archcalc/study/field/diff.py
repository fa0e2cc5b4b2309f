"""Where the fields of two networks part."""

from __future__ import annotations

from dataclasses import dataclass

from archcalc.errors import UsageError
from archcalc.ops._fields import axes
from archcalc.report.groups import Group
from archcalc.study._align import Layer as Aligned
from archcalc.study._align import align
from archcalc.study.field.layers import Fields, Layer
from archcalc.study.field.subject import axes_of, changing


@dataclass(frozen=True, slots=True)
class Pair:
    """A layer of both networks, or of one alone."""

    name: str
    first: Layer | None
    other: Layer | None

    @property
    def differs(self) -> bool:
        """Whether one has it alone, or its field is another."""
        if self.first is None or self.other is None:
            return True
        return (self.first.sights, self.first.whole) != (self.other.sights, self.other.whole)


def pairs(first: Fields, other: Fields) -> list[Pair]:
    """The layers whose fields are their own in either, side by side, in the order of the first.

    Raises UsageError where the maps of one have more axes than the other's.
    """
    ranks = axes_of(first), axes_of(other)
    if ranks[0] != ranks[1]:
        raise UsageError(f"maps of {axes(ranks[0])} and of {axes(ranks[1])} do not compare")
    found = []
    known = [{id(layer.row): layer for layer in fields.layers} for fields in (first, other)]
    own = {row.node.path for fields in (first, other) for at, row in enumerate(fields.rows) if changing(fields, at)}
    for part in align(_layers(first, own), _layers(other, own)):
        sides = [[known[at][id(layer.rows[0])] for layer in side] for at, side in enumerate((part.first, part.other))]
        for at in range(max(map(len, sides))):
            a, b = (side[at] if at < len(side) else None for side in sides)
            named = a or b
            assert named is not None
            found.append(Pair(named.row.node.path, a, b))
    return found


def _layers(fields: Fields, own: set[str]) -> list[Aligned]:
    return [Aligned(Group(row.node.path, [row])) for row in fields.rows if row.node.path in own]
