"""Results of checks as a Table: what differs first, then what is wrong in print, then the sums."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.render.table import Column, Line, Table
from archcalc.spec.expr import said
from archcalc.study.checking import summary
from archcalc.study.checks import Result
from archcalc.study.printed import show_value

SHOWN = ("differs", "unexplained", "erratum")


def table(results: Sequence[Result], *, every: bool = False) -> Table:
    """One row a result that is not plain agreement, all with `every`; the sums by verdict below."""
    shown = [result for result in results if every or result.verdict in SHOWN]
    order = {verdict: index for index, verdict in enumerate((*SHOWN, "outside", "agrees"))}
    lines = [
        Line((counted(result), result.metric, result.printed, computed(result), result.verdict))
        for result in sorted(shown, key=lambda result: order[result.verdict])
    ]
    sums = summary(results)
    notes = [f"{result.where}: {result.note}" for result in shown if result.verdict == "differs" and result.note]
    networks = len({result.network for result in results})
    return Table(
        title=(f"{len(results):,} figures of {networks} spec{'s' * (networks != 1)}",),
        columns=(
            Column("claim", "Claim", left=True),
            Column("metric", "Metric", left=True),
            Column("printed", "Printed"),
            Column("computed", "Ours"),
            Column("verdict", "Verdict", left=True),
        ),
        rows=tuple(lines),
        totals=tuple((verdict, number) for verdict, number in sums.items() if number or verdict == "differs"),
        notes=tuple(notes),
    )


def counted(result: Result) -> str:
    """The network, its setting, and the part of it."""
    settings = " ".join(
        str(value) if name in ("variant", "at") else f"{name}={said(value)}"
        for name, value in result.setting.items()
        if name not in ("note", "unit", "rounding", "order", "printed_in")
    )
    return " ".join(filter(None, (result.network, settings)))


def computed(result: Result) -> str:
    return "" if result.computed is None else show_value(result.computed)
