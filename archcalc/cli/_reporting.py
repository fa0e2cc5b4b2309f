"""What `archcalc report` shows of a network: a document, or a table for so many rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.report import View
    from archcalc.render.table import Table
    from archcalc.report.report import Report


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
    size, compression        whether the compressed size is wanted, and under which compression
    """

    by: str | None
    level: int | None
    names: tuple[str, ...]
    every: bool
    given: Mapping[str, Any]
    variants: bool = False
    style: str | None = None
    memory: Mapping[str, Any] | None = None
    size: bool = False
    compression: str | None = None
    deploy: bool = False

    def of(self, network: Network, settings: Mapping[str, str]) -> Made:
        """Raises UsageError or SpecError."""
        if self.variants:
            return self._variants(network, settings)
        report = network.report(**self.given, **settings)
        if self.deploy:
            from archcalc.study.deploy import deploy

            folded = deploy(report)
            made = self._report(network, folded.report)

            def document() -> dict[str, Any]:
                return made.document() | {"deploy": folded.document()}

            def table(rows: int | None) -> Table:
                plain = made.table(rows)
                return replace(plain, notes=(folded.sentence(), *plain.notes))

            return Made(document, table)
        return self._report(network, report)

    def _variants(self, network: Network, settings: Mapping[str, str]) -> Made:
        from archcalc.study.variants import document, variants

        found = variants(network, **self.given, **settings)

        def table(rows: int | None) -> Table:
            from archcalc.render.variants import table

            return table(found, settings, self.names)

        return Made(lambda: document(network, found), table)

    def _report(self, network: Network, report: Report) -> Made:
        if self.memory is not None:
            from archcalc.render import memory as of_memory
            from archcalc.study.memory import memory

            held = memory(report, **self.memory)
            return Made(lambda: held.to_dict(self.by, self.level), lambda rows: of_memory.table(held, self._view(rows)))
        if self.size:
            from archcalc.render import size as of_size
            from archcalc.study.size import size

            found = size(network, report, self.compression)
            return Made(lambda: found.to_dict(self.by, self.level), lambda rows: of_size.table(found, self._view(rows)))
        return Made(lambda: report.to_dict(self.by, self.level), lambda rows: self._table(report, rows))

    def _view(self, rows: int | None) -> View:
        from archcalc.render.report import View

        return View(self.by or "layer", self.level, self.names, self.every, rows)

    def _table(self, report: Report, rows: int | None) -> Table:
        if self.style:
            from archcalc.render import paper

            return paper.table(report)
        from archcalc.render.report import table

        return table(report, self._view(rows))
