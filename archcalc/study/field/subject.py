"""Which layers a question about fields is about."""

from __future__ import annotations

from collections.abc import Sequence

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError
from archcalc.quantities import Unknown, show_shape
from archcalc.study.field.layers import Fields
from archcalc.study.patterns import select


def main(fields: Fields) -> int:
    """The last layer before the main output that has a map of its own: not what pools it, nor what reads the pooled.

    Raises UsageError where there is none, or where the field of a map behind it is unknown.
    """
    rows = fields.rows
    rank = axes_of(fields)
    for at in sorted(seen_through(rows, next(iter(fields.report.graph.outputs.values()))), reverse=True):
        row = rows[at]
        if has_map(row):
            return at
        if len(row.output) == rank + 1 and isinstance(row.reach.local, Unknown) and not row.reach.pooled:
            raise UsageError(
                f"{row.node.path} has no field of its own: {row.reach.local.reason}", "--layer names one before it"
            )
    raise UsageError("no layer before the output has positions of its own", "--layer names one that has")


def axes_of(fields: Fields) -> int:
    """How many axes the network's maps have. Raises UsageError where its inputs are vectors."""
    graph = fields.report.graph
    shapes = [graph.nodes[index].applied.output for index in graph.inputs.values()]
    rank = max((len(shape) - 1 for shape in shapes), default=0)
    if not rank:
        given = ", ".join(map(show_shape, shapes)) or "nothing"
        raise UsageError(f"the network has no map: its input is {given}, a vector", "receptive fields are of maps")
    return rank


def has_map(row: Row) -> bool:
    """Whether its positions are places of the input."""
    local = row.reach.local
    return not isinstance(local, Unknown) and 1 < len(row.output) == len(local) + 1 and not row.reach.pooled


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
