"""What is packaged, as a Table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archcalc.render.table import Column, Line, Table
from archcalc.report.conventions import convention
from archcalc.report.metrics import metrics
from archcalc.spec.expr import said
from archcalc.study.listing import FIGURES, Entry


def table(entries: Sequence[Entry], *, variants: bool = False) -> Table:
    """A row a spec, or a variant."""
    known = metrics()
    second = Column("settings", "Settings", left=True, keep=0) if variants else Column("network", "Network", left=True)
    return Table(
        title=(_counted(entries), f"Mult-Adds: {convention('mult_adds').counts}"),
        columns=(
            Column("name", "Variant" if variants else "Spec", left=True),
            second,
            *([] if variants else [Column("variants", "Variants")]),
            *(Column(name, known[name].title, known[name].unit) for name in FIGURES),
        ),
        rows=tuple(Line((*_names(entry, variants), *map(entry.figures.get, FIGURES))) for entry in entries),
        notes=() if variants else ("--variants: every variant and its settings",),
    )


def _counted(entries: Sequence[Entry]) -> str:
    specs = {entry.network.name: len(entry.network.variants) for entry in entries}
    return f"{len(specs)} packaged specs, {sum(specs.values())} variants"


def _names(entry: Entry, variants: bool) -> tuple[Any, ...]:
    network = entry.network
    if not variants:
        return network.name, network.title, len(network.variants)
    settings = network.variants[network.variant]
    return network.variant, " ".join(f"{name}={said(value)}" for name, value in settings.items()) or "defaults"
