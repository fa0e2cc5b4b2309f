"""Laws: what a spec claims of all networks of a kind, proved over symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archcalc.network import Network
from archcalc.study.checks import Check, Result
from archcalc.study.law_text import laws_of
from archcalc.study.measure import Bench

if TYPE_CHECKING:
    from archcalc.study.law import Outcome


def run(network: Network, bench: Bench) -> Iterator[Result]:
    """A result for each statement of each law, in the order in which they stand."""
    laws = laws_of(network.spec, bench.shelf)
    if laws:
        from archcalc.study.law import outcomes  # it needs sympy

        yield from map(_result, outcomes(laws))


def _result(outcome: Outcome) -> Result:
    law, statement = outcome.law, outcome.statement
    note = f"{outcome.verdict}: {outcome.counter or outcome.how}"
    if statement.refuted and outcome.expected:
        note = f"false, as it should be: {outcome.counter}"
    return Result(
        id="/".join((law.spec.name, law.name, statement.text)),
        kind="law",
        document=outcome.document,
        table="",
        network=law.spec.name,
        setting={},
        metric=law.name,
        printed=statement.text,
        computed=None,
        verdict="agrees" if outcome.expected else "differs",
        note=note,
        where=statement.where,
    )


CHECK = Check("law", run)
