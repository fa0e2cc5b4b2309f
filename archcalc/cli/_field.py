"""The answers of `archcalc rf`: each a document, or tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archcalc.errors import UsageError
from archcalc.network import Network, load
from archcalc.quantities import AXES
from archcalc.render import field as render
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

    @property
    def path(self) -> str:
        return self.fields.rows[self.one].node.path

    @property
    def one(self) -> int:
        """The layer that a question about one is about."""
        return subject.one(self.fields, self.layer)

    def layers(self) -> Answer:
        """The table of all layers."""
        fields = self.fields
        places = subject.chosen(fields, self.layer)
        if not self.every:
            places = [at for at in places if subject.changing(fields, at)] or places[-1:]
        found = [fields.layers[at] for at in places]
        report = fields.report
        return Answer(
            lambda: document.document(report, layers=document.layers(found)),
            lambda: [render.layers(report, found)],
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
            raise UsageError(f"no layer that `{self.layer}` means has positions" if self.layer else "no layer is a map")
        return Answer(
            lambda: document.document(report, pixel=list(at), layers=document.reached(found)),
            lambda: [render.pixel(report, at, found)],
        )

    def tiles(self) -> Answer:
        report, path, found = self.fields.report, self.path, tiling(self.fields, self.one)
        return Answer(
            lambda: document.document(report, tiles=document.tiles(path, found)),
            lambda: render.tiles(report, path, found, self.every),
        )

    def design(self, objects: Sequence[int]) -> Answer:
        fields = self.fields
        rank = len(AXES[len(fields.rows[self.one].output) - 1])
        found = [checks.design(fields, axis, self.one) for axis in range(rank)]
        seen = [(n, [checks.first_to_see(fields, axis, n) for axis in range(rank)]) for n in objects]
        axes = [{"axis": axis, **document.design(each)} for axis, each in document.named(found)]
        sizes = [{"pixels": n, "layers": where} for n, where in seen]
        return Answer(
            lambda: document.document(fields.report, layer=self.path, design=axes, objects=sizes),
            lambda: [render.designs(fields.report, self.path, found, seen)],
        )

    def diff(self, spec: str, name: str, input_: str | None) -> Answer:
        report = self.fields.report
        other = load(spec)
        others = Fields(other.report(input=input_))
        found = [pair for pair in diff.pairs(self.fields, others) if self.every or pair.differs]
        names = (name, spec)
        return Answer(
            lambda: document.document(report, other=spec, layers=document.diff(found)),
            lambda: [render.diff(names, found)],
        )

    def proof(self) -> Page:
        return proof(self.fields, self.one)

    def held(self, questions: Sequence[str]) -> list[str]:
        """The questions that are false of the layer, with what is true."""
        layer = self.fields.layers[self.one]
        return [
            f"{self.path}: `{question}` is false: {ask.answer(question, layer)}"
            for question in questions
            if not ask.holds(question, layer)
        ]


def any_size(network: Network, settings: Mapping[str, Any], pattern: str | None, every: bool) -> Answer:
    """Fields as functions of the input size."""
    fields = Fields(network.report(**settings))
    found = of_any_size(network, dict(settings))
    places = subject.chosen(fields, pattern)
    if not every:
        places = [at for at in places if subject.changing(fields, at)] or places[-1:]
    shown = [found[at] for at in places]
    return Answer(
        lambda: document.document(fields.report, layers=document.any_size(shown)),
        lambda: [render.any_size(fields.report, shown)],
    )


def numbers(option: str, text: str) -> tuple[int, ...]:
    """`3,5` as numbers. Raises UsageError."""
    parts = text.replace(" ", "").split(",")
    if not all(part.lstrip("-").isdecimal() for part in parts):
        raise UsageError(f"{option} is `{text}`, whole numbers are wanted", "one for each axis: 3,5")
    return tuple(map(int, parts))
