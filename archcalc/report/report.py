"""Report: the rows of a network, its totals, groups, and the JSON document (docs/json.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archcalc.display import Displayed
from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row
from archcalc.fields import Reach
from archcalc.report.conventions import Convention, convention, work
from archcalc.report.document import document
from archcalc.report.figures import Figure, ratio
from archcalc.report.groups import Group, grouped
from archcalc.report.metrics import Metric, metric, metrics
from archcalc.report.rows import Rows, rows

if TYPE_CHECKING:
    from archcalc.report.frame import Frame

TOTALS = ("mult_adds", "params", "activations")


@dataclass(frozen=True, slots=True, eq=False)
class Report(Displayed):
    """Everything known of one network at one setting.

    network     its title
    variant     the name of its settings
    parameters  the value of each
    convention  how work is counted
    rows        one for each node, in order
    """

    network: str
    variant: str
    parameters: dict[str, Any]
    convention: Convention
    graph: Graph
    rows: Rows
    _totals: dict[str, Figure] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        graph: Graph,
        *,
        network: str = "",
        variant: str = "",
        parameters: dict[str, Any] | None = None,
        convention: str | None = None,
    ) -> Report:
        """The report of a graph. Raises UsageError where there is no such convention."""
        return cls(network, variant, parameters or {}, _convention(convention), graph, rows(graph))

    def total(self, name: str) -> Figure:
        """The network's figure of a metric, as `total("params")`: a Value, AtLeast or Unavailable."""
        if name not in self._totals:
            self._totals[name] = self.figure(metric(name), self.rows)
        return self._totals[name]

    @property
    def totals(self) -> dict[str, Figure]:
        """Mult-Adds (multiply-accumulates), params and activations (numbers) of one sample.

        Before them what the convention counts, if that is another figure.
        """
        return {name: self.total(name) for name in dict.fromkeys((self.convention.metric, *TOTALS))}

    def work(self, rows: Sequence[Row] | None = None) -> dict[str, Figure]:
        """Work by kind (macs, bias_adds, adds, compares, …), of some rows or of the network."""
        return work(self.rows if rows is None else rows)

    @property
    def receptive_field(self) -> Reach:
        """What one position of the main output sees of the network's input, in pixels."""
        return self.rows[self._main].reach

    def figure(self, metric: Metric, rows: Sequence[Row]) -> Any:
        """A metric's figure of some rows."""
        if metric.part_of:  # a share is one of what the convention counts
            name = self.convention.metric
            return ratio(metrics()[name].within(rows, self.rows), self.total(name))
        return metric.within(rows, self.rows)

    def groups(self, by: str = "layer", level: int | None = None) -> list[Group]:
        """Rows by layer, block, stage or op, or by the first levels of their paths. Raises UsageError."""
        return grouped(self.rows, by, level)

    def to_dict(self, by: str | None = None, level: int | None = None) -> dict[str, Any]:
        """The JSON document (docs/json.md) as plain numbers, texts, lists and dicts; with `groups` if asked for."""
        grouping = None if by is None and level is None else self.groups(by or "layer", level)
        return document(self, grouping)

    def frame(self, by: str | None = None, level: int | None = None) -> Frame:
        """The `layers` of the document as columns, a row for each node, or its `groups`: see docs/python.md."""
        from archcalc.report.frame import frame

        whole = self.to_dict(by, level)
        return frame(whole.get("groups", whole["layers"]))

    def to_pandas(self, by: str | None = None, level: int | None = None) -> Any:
        """The same as a `pandas.DataFrame`. Raises UsageError where pandas is not installed."""
        return self.frame(by, level).to_pandas()

    def to_polars(self, by: str | None = None, level: int | None = None) -> Any:
        """The same as a `polars.DataFrame`. Raises UsageError where polars is not installed."""
        return self.frame(by, level).to_polars()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The nodes for any library that reads Arrow's streams."""
        return self.frame().__arrow_c_stream__(requested_schema)

    @property
    def _main(self) -> int:
        return next(iter(self.graph.outputs.values()), len(self.rows) - 1)

    def __repr__(self) -> str:
        return f"<Report of {self.network or 'a graph'}: {len(self.rows)} nodes>"


def _convention(name: str | None) -> Convention:
    return convention(name or "mult_adds")
