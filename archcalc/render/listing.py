"""What is packaged, as a Table."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.render.table import Column, Line, Table
from archcalc.report.metrics import metrics
from archcalc.spec.expr import said
from archcalc.study.listing import FIGURES, Entry


def table(entries: Sequence[Entry], *, variants: bool = False) -> Table:
    """A row a spec, or a variant."""
    known = metrics()
    figures = [Column(name, known[name].title, known[name].unit) for name in FIGURES]
    specs = len({entry.network.name for entry in entries})
    counted = f"{specs} packaged specs, {sum(len(network.variants) for network in _networks(entries))} variants"
    return Table(
        title=(counted, f"Mult-Adds: {_counts()}"),
        columns=(
            Column("name", "Variant" if variants else "Spec", left=True),
            Column("network", "Network", left=True, keep=None if not variants else 0),
            *([Column("settings", "Settings", left=True, keep=1)] if variants else [Column("variants", "Variants")]),
            *figures,
        ),
        rows=tuple(Line(_cells(entry, variants)) for entry in entries),
    )
