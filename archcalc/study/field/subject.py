"""Which layers a question about fields is about."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError
from archcalc.quantities import Unknown
from archcalc.study.field.layers import Fields
from archcalc.study.patterns import select


def main(fields: Fields) -> int:
    """The last layer before the main output that has a map of its own: not what pools it, nor what reads the pooled."""
    rows = fields.rows
    behind = seen_through(rows, next(iter(fields.report.graph.outputs.values())))
    placed = [at for at in sorted(behind) if has_map(rows[at])]
    if not placed:
        raise UsageError("no layer has positions of its own: the network has no map")
    return placed[-1]


def has_map(row: Row) -> bool:
    """Whether its positions are places of the input."""
    reach = row.reach
    return len(row.output) > 1 and not isinstance(reach.local, Unknown) and not reach.pooled


def seen_through(rows: Sequence[Row], index: int) -> set[int]:
    """The nodes that a node sees through, and itself."""
    found, waiting = {index}, [index]
    while waiting:
        for source in rows[waiting.pop()].node.sources:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found


def chosen(fields: Fields, pattern: str | None) -> list[int]:
    """The layers that `--layer` means, all if it is not given."""
    if pattern is None:
        return list(range(len(fields.rows)))
    places = {id(row): at for at, row in enumerate(fields.rows)}
    return [places[id(row)] for row in select(pattern, fields.rows)]


def one(fields: Fields, pattern: str | None) -> int:
    """The one layer that a question is about: the last of those, or the last map."""
    return main(fields) if pattern is None else chosen(fields, pattern)[-1]


def changing(fields: Fields, index: int) -> bool:
    """Whether its field is not simply that of the one layer it reads."""
    sources = fields.rows[index].node.sources
    return len(sources) != 1 or fields.rows[index].reach != fields.rows[sources[0]].reach
