"""What `archcalc report` shows of a network: a document, or a table for so many rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.table import Table
    from archcalc.report.report import Report
    from archcalc.study.memory import Memory


@dataclass(frozen=True, slots=True)
class Made:
    """The result for one network: as a document, and as a table whose repeats are folded beyond a number of rows."""

    document: Callable[[], dict[str, Any]]
    table: Callable[[int | None], Table]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a report.

    by, level, names, every  which rows and columns
    given                    input and convention, as `Network.report` takes them
    memory                   what is assumed for memory, None without `--memory`
    """

    by: str | None
    level: int | None
    names: tuple[str, ...]
    every: bool
    given: Mapping[str, Any]
    variants: bool = False
    style: str | None = None
    memory: Mapping[str, Any] | None = None
    deploy: bool = False

    def of(self, network: Network, settings: Mapping[str, str]) -> Made:
        """Raises UsageError or SpecError."""
        if self.variants:
            return self._variants(network, settings)
        report = network.report(**self.given, **settings)
        if self.deploy:
            from archcalc.study.deploy import deploy

            folded = deploy(report)
            made = self._report(folded.report)

            def document() -> dict[str, Any]:
                return made.document() | {"deploy": folded.document()}

            def table(rows: int | None) -> Table:
                plain = made.table(rows)
                return replace(plain, notes=(folded.sentence(), *plain.notes))

            return Made(document, table)
        return self._report(report)

    def _variants(self, network: Network, settings: Mapping[str, str]) -> Made:
        from archcalc.study.variants import document, variants

        found = variants(network, **self.given, **settings)

        def table(rows: int | None) -> Table:
            from archcalc.render.variants import table

            return table(found, settings, self.names)

        return Made(lambda: document(network, found), table)

    def _report(self, report: Report) -> Made:
        if self.memory is not None:
            from archcalc.study.memory import memory

            found = memory(report, **self.memory)
            return Made(lambda: found.to_dict(self.by, self.level), lambda rows: self._table(report, found, rows))
        return Made(lambda: report.to_dict(self.by, self.level), lambda rows: self._table(report, None, rows))

    def _table(self, report: Report, memory: Memory | None, rows: int | None) -> Table:
        from archcalc.render.report import View, table

        if self.style:
            from archcalc.render import paper

            return paper.table(report)
        view = View(self.by or "layer", self.level, self.names, self.every, rows)
        if memory is None:
            return table(report, view)
        from archcalc.render import memory as of_memory

        return of_memory.table(memory, view)
