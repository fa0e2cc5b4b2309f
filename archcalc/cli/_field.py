"""The answers of `archcalc rf`: each a document, or tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archcalc.cli._sides import named, network_of, sided
from archcalc.engine.graph import Graph
from archcalc.errors import UsageError
from archcalc.network import Network
from archcalc.quantities import Shape, Unknown
from archcalc.render import field_answers as render
from archcalc.render.field import layers as layers_table
from archcalc.render.table import Table
from archcalc.study.field import ask, checks, diff, document, subject
from archcalc.study.field.layers import Fields
from archcalc.study.field.proof import proof
from archcalc.study.field.residues import of_any_size
from archcalc.study.field.tiles import tiling
from archcalc.study.field.units import box, reached
from archcalc.study.sections import Page


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a document, and as tables one below the other."""

    document: Callable[[], dict[str, Any]]
    tables: Callable[[], list[Table]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A network's fields, and the layers that are meant."""

    fields: Fields
    layer: str | None
    every: bool

    def __post_init__(self) -> None:
        subject.axes_of(self.fields)

    @property
    def path(self) -> str:
        return self.fields.rows[self.one].node.path

    @property
    def one(self) -> int:
        """The layer that a question about one is about."""
        return subject.one(self.fields, self.layer)

    def layers(self, one: bool = False) -> Answer:
        """The table of all layers, or with `one` of the layer that questions are about."""
        fields = self.fields
        places = [self.one] if one else subject.chosen(fields, self.layer)
        if not self.every:
            places = [at for at in places if subject.changing(fields, at)] or places[-1:]
        found = [fields.layers[at] for at in places]
        report = fields.report
        return Answer(
            lambda: document.document(report, layers=document.layers(found, list(map(fields.ways, places)))),
            lambda: [layers_table(report, found, fields.ways(places[0]) if len(places) == 1 and not one else ())],
        )

    def unit(self, text: str) -> Answer:
        report, path = self.fields.report, self.path
        found = box(self.fields, self.one, numbers("--unit", text))
        return Answer(
            lambda: document.document(report, unit=document.box(path, found)),
            lambda: [render.unit(report, path, found)],
        )

    def pixel(self, text: str) -> Answer:
        report, at = self.fields.report, numbers("--pixel", text)
        places = {*subject.chosen(self.fields, self.layer)}
        every = self.every or self.layer is not None
        found = [
            each
            for index, each in enumerate(reached(self.fields, at))
            if each is not None and index in places and (every or subject.changing(self.fields, index))
        ]
        if not found:
            raise UsageError(f"no layer that `{self.layer}` means has positions of its own", "--layer names another")
        return Answer(
            lambda: document.document(report, pixel=list(at), layers=document.reached(found)),
            lambda: [render.pixel(report, at, found)],
        )

    def tiles(self, sized: Callable[[Shape], Graph]) -> Answer:
        report, path, found = self.fields.report, self.path, tiling(self.fields, self.one, sized)
        return Answer(
            lambda: document.document(report, tiles=document.tiles(path, found)),
            lambda: render.tiles(report, path, found, self.every),
        )

    def design(self, objects: Sequence[int]) -> Answer:
        fields = self.fields
        row = fields.rows[self.one]
        if isinstance(row.reach.local, Unknown):
            raise UsageError(f"{self.path} has no field of its own: {row.reach.local.reason}", "--layer names another")
        rank = len(row.reach.local)
        found = [checks.design(fields, axis, self.one) for axis in range(rank)]
        whole = next((row.node.path for row in fields.rows if row.reach.whole), None)
        seen = [(n, [checks.first_to_see(fields, axis, rank, n) for axis in range(rank)]) for n in objects]
        axes = [{"axis": axis, **document.design(each)} for axis, each in document.named(found)]
        sizes = [{"pixels": n, "layers": where} for n, where in seen]
        return Answer(
            lambda: document.document(fields.report, layer=self.path, whole_from=whole, design=axes, objects=sizes),
            lambda: [render.designs(fields.report, self.path, found, seen, whole)],
        )

    def diff(self, names: tuple[str, str], input_: str | None) -> Answer:
        """Against `SPEC`, `SPEC:VARIANT` or `SPEC:NAME=VALUE,…`, the second of the names."""
        report, spec = self.fields.report, names[1]
        side = sided(spec)
        other = network_of(side)
        with named(side):
            others = Fields(other.report(input=input_, **side.own))
            found = diff.pairs(self.fields, others)
        parted = next((pair.name for pair in found if pair.differs), None)
        found = [pair for pair in found if self.every or pair.differs]
        if self.layer is not None:
            paths = {self.fields.rows[at].node.path for at in subject.chosen(self.fields, self.layer)}
            found = [pair for pair in found if pair.name in paths]
        return Answer(
            lambda: document.document(report, other=spec, part_at=parted, layers=document.diff(found)),
            lambda: [render.diff(names, found, parted)],
        )

    def erf(self) -> Answer:
        from archcalc.render import field_erf
        from archcalc.study.field.effective import LABEL, assumed, effective

        report, path, sentences = self.fields.report, self.path, assumed(self.fields, self.one)
        found = effective(self.fields, self.one)
        axes = [each.to_dict() for each in found]
        entry = {"layer": path, "model": LABEL, "assumed": list(sentences), "axes": axes}
        return Answer(
            lambda: document.document(report, effective=entry),
            lambda: [field_erf.table(report, path, found, sentences)],
        )

    def plot(self, file: str, kind: str | None, unit: str | None, image: str | None) -> str:
        """Draw into a file, or answer with text."""
        from archcalc.render.plots import plot

        place = None if unit is None else numbers("--unit", unit)
        return plot(self.fields, file, kind or "growth", self.one, place, image)

    def proof(self) -> Page:
        return proof(self.fields, self.one)

    def held(self, questions: Sequence[str]) -> list[str]:
        """The questions that are false of the layer, with what is true."""
        if not questions:
            return []
        layer = self.fields.layers[self.one]
        return [
            f"{self.path}: `{question}` is false: {ask.answer(question, layer)}"
            for question in questions
            if not ask.holds(question, layer)
        ]


def any_size(network: Network, settings: Mapping[str, Any], pattern: str | None, every: bool) -> Answer:
    """Fields as functions of the input size."""
    fields = Fields(network.report(**settings))
    rank = subject.axes_of(fields)
    found = of_any_size(network, dict(settings))
    places = subject.chosen(fields, pattern)
    if not every:
        places = [at for at in places if subject.changing(fields, at)] or places[-1:]
    shown = [found.layers[at] for at in places]
    taken = {"modulus": found.modulus, "remainders": found.taken}
    return Answer(
        lambda: document.document(fields.report, taken=taken, layers=document.any_size(shown)),
        lambda: [render.any_size(fields.report, rank, found, shown)],
    )


def numbers(option: str, text: str) -> tuple[int, ...]:
    """`3,5` as numbers. Raises UsageError."""
    parts = text.replace(" ", "").split(",")
    if not all(part.lstrip("-").isdecimal() for part in parts):
        raise UsageError(f"{option} is `{text}`: whole numbers are wanted, one for each axis", f"{option} 3,5")
    return tuple(map(int, parts))
