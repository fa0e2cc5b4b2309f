"""What else there is to say of a receptive field than its size."""

from __future__ import annotations

from typing import ClassVar

from archcalc.engine.propagate import Row
from archcalc.fields import AxisField, ends
from archcalc.quantities import Shape, Unknown
from archcalc.report.figures import Unavailable
from archcalc.report.metrics import Metric
from archcalc.values import Value


class OfField(Metric):
    """A figure of the field on each axis; operators that see the whole image are passed over."""

    unit: ClassVar[str] = "pixels"
    of_place: ClassVar[bool] = True
    of_field: ClassVar[bool] = True

    def rule(self, row: Row) -> Shape | Unavailable:
        local = row.reach.local
        if isinstance(local, Unknown):
            return Unavailable(local.reason)
        figures = tuple(map(self.part, local))
        if None in figures:
            return Unavailable(getattr(local[figures.index(None)], "why", "") or "the first output sees nothing")
        return figures

    def part(self, at: AxisField) -> Value | None:
        """Of one axis; None if it has none."""
        raise NotImplementedError


class FieldStride(OfField):
    """Pixels of the network's input from what one output position sees to what the next does, on each axis."""

    name = "field_stride"
    title = "Field stride"

    def part(self, at: AxisField) -> Value | None:
        return at.stride


class FieldPadding(OfField):
    """How far the first output position looks beyond the network's input, on each axis."""

    name = "field_padding"
    title = "Field padding"

    def part(self, at: AxisField) -> Value | None:
        return at.padding


class FieldLeast(OfField):
    """The receptive field of the output position that sees least."""

    name = "field_least"
    title = "Least field"

    def part(self, at: AxisField) -> Value | None:
        return ends(at.size)[0]


class FieldMost(OfField):
    """The receptive field of the output position that sees most."""

    name = "field_most"
    title = "Most field"

    def part(self, at: AxisField) -> Value | None:
        return ends(at.size)[1]
