"""The compressed size of a network: parameters kept, bytes stored, and the ratio (docs/compression.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import RuleError
from archcalc.network import Network
from archcalc.report.figures import AtLeast, Figure, Unavailable, ratio, total
from archcalc.report.metrics import Metric
from archcalc.report.report import Report
from archcalc.study.columns import Of, Sum, in_document
from archcalc.study.compression import Compression, chosen
from archcalc.study.stored import Stored
from archcalc.study.words import OF_COMPRESSIONS, ROLES
from archcalc.values import Value

TRAINED = tuple(role for role in ROLES if role != "statistics")


class Size:
    """What a report's network keeps and stores under a compression."""

    def __init__(self, report: Report, compression: Compression) -> None:
        self.report, self.compression = report, compression
        self.stored = compression.stored(report.rows)
        """By the identity of the row; of those that keep numbers."""

    def _of(self, rows: Sequence[Row] | None) -> list[Stored]:
        return [self.stored[id(row)] for row in (self.report.rows if rows is None else rows) if id(row) in self.stored]

    def kept(self, rows: Sequence[Row] | None = None, roles: Iterable[str] = TRAINED) -> Value:
        """How many numbers of these roles are kept, by default the trained parameters."""
        roles = tuple(roles)
        return sum(each.roles[role] for each in self._of(rows) for role in roles)

    def share(self, rows: Sequence[Row] | None = None) -> Figure | None:
        """The part of the weights that is kept; None where there are none."""
        found = self._of(rows)
        of = sum(each.of for each in found)
        return ratio(sum(each.roles["weight"] for each in found), of) if of else None

    def bits(self, rows: Sequence[Row] | None = None) -> Value | None:
        """Bits of a weight, where all layers with weights have as many."""
        found = {each.bits for each in self._of(rows) if each.bits is not None}
        return found.pop() if len(found) == 1 else None

    def bytes(self, rows: Sequence[Row] | None = None, part: str = "") -> Figure:
        """Bytes that are stored; of a part: weights, positions, codebook, rest, header."""
        parts = [each.parts for each in self._of(rows)]
        return total(figure for each in parts for name, figure in each.items() if part in ("", name))

    def original(self, rows: Sequence[Row] | None = None) -> Value:
        """Bytes at 32 bits a number, running statistics among them."""
        return sum(each.original for each in self._of(rows))

    def ratio(self, rows: Sequence[Row] | None = None) -> Figure | None:
        """The original bytes by those stored; None where there are none."""
        stored = self.bytes(rows)
        if isinstance(stored, AtLeast):
            return Unavailable(stored.reason)
        return ratio(self.original(rows), stored) if stored else None

    def to_dict(self, by: str | None = None, level: int | None = None) -> dict[str, Any]:
        """The report's JSON document with `size` in it, and in each of its layers and groups (docs/json.md)."""
        assumed = {"compression": self.compression.name, "source": self.compression.texts.get("source")}
        return in_document(self.report, "size", columns(self), assumed, by, level)


def size(network: Network, report: Report, compression: str | None = None) -> Size:
    """The size of a network's report under a compression of its spec, else the first. Raises UsageError, SpecError."""
    return Size(report, chosen(network.spec, compression))


def measure(found: Size, metric: str, rows: Sequence[Row], roles: Sequence[str] = TRAINED) -> Any:
    """The figure of a claim with a compression. Raises RuleError for a metric that no compression changes."""
    if metric == "params" or metric in ROLES:
        return found.kept(rows, roles if metric == "params" else [metric])
    if metric == "bytes":
        return found.bytes(rows)
    if metric not in OF_COMPRESSIONS:
        raise RuleError(f"a compression does not change `{metric}`", "it does params, bytes, and the roles of weights")
    figure = found.share(rows) if metric == "kept" else found.bits(rows)
    if figure is None:
        raise RuleError(f"`{metric}` has no one figure there")
    return figure


def columns(found: Size) -> dict[str, Metric]:
    """The columns of a Size by name."""
    parts = {
        "Weights": "weights",
        "Positions": "positions",
        "Codebooks": "codebook",
        "Rest": "rest",
        "Headers": "header",
    }
    each: list[Metric] = [
        Sum("kept_params", "Kept", "numbers", found.kept),
        Of("kept", "Weights kept", "", found.share),
        Of("bits", "Bits", "bits", found.bits),
        *(Sum(f"{name}_bytes", title, "bytes", partial(found.bytes, part=name)) for title, name in parts.items()),
        Sum("original_bytes", "Original", "bytes", found.original),
        Sum("stored_bytes", "Stored", "bytes", found.bytes),
        Of("size_ratio", "Ratio", "", found.ratio),
    ]
    return {column.name: column for column in each}
