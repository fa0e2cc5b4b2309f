"""Groups of a network's rows: by layer, block, stage, operator, or level of the path. Each row is in one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.quantities import Same
from archcalc.report.metrics.cost import has_macs
from archcalc.values import same_shape


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows under one name: a path, or an operator."""

    name: str
    rows: list[Row]


def grouped(rows: list[Row], by: str = "layer", level: int | None = None) -> list[Group]:
    """The groups of all rows, in the order of their first.

    layer   a layer with the norms and activations beside it
    block   an outermost block; what stands outside of blocks by layer
    stage   the first level of the path
    op      an operator
    level   paths equal in their first `level` levels; takes the place of `by`
    """
    if level is not None:
        return _by(rows, lambda row: "/".join(row.node.path.split("/")[:level]))
    if by not in GROUPINGS:
        raise UsageError(f"there is no grouping `{by}`", near(by, GROUPINGS) or f"there are {', '.join(GROUPINGS)}")
    return GROUPINGS[by](rows)


def by_node(rows: list[Row]) -> list[Group]:
    """Every node alone."""
    return [Group(row.node.path, [row]) for row in rows]


def _by(rows: list[Row], key: Callable[[Row], str]) -> list[Group]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return [Group(name, members) for name, members in found.items()]


def by_stage(rows: list[Row]) -> list[Group]:
    return _by(rows, lambda row: row.node.path.partition("/")[0])


def by_op(rows: list[Row]) -> list[Group]:
    return _by(rows, lambda row: row.node.applied.op.name)


def by_block(rows: list[Row]) -> list[Group]:
    """Blocks whole; a group of layers outside of blocks by its layer's name."""
    alone = {id(row): group.name for group in by_layer(rows) for row in group.rows if not row.node.block}
    return _by(rows, lambda row: alone.get(id(row)) or "/".join(row.node.path.split("/")[: row.node.block]))


def by_layer(rows: list[Row]) -> list[Group]:
    """A layer with the norms and activations that follow it, or, if those follow none, with those before it.

    The group has the name of the layer, or of the level of the path that holds nothing else.
    """
    groups: list[list[int]] = []
    of: list[int] = []  # the group of each row
    for index, row in enumerate(rows):
        sources = row.node.sources
        before = of[sources[0]] if len(sources) == 1 else None
        if (
            before is not None
            and groups[before][-1] == sources[0]
            and rows[groups[before][0]].node.sources  # not the network's input
            and (in_place(row) or (has_macs(row) and all(in_place(rows[member]) for member in groups[before])))
        ):
            groups[before].append(index)
            of.append(before)
        else:
            of.append(len(groups))
            groups.append([index])
    population = Counter(prefix for row in rows for prefix in _prefixes(row.node.path))
    return [_layer([rows[index] for index in group], population) for group in groups]


def in_place(row: Row) -> bool:
    """Whether a node is a norm, an activation or the like: one input, of the same shape, read position by position;
    no multiply-accumulates, and no weights but a norm's."""
    applied = row.node.applied
    return (
        len(row.node.sources) == 1
        and same_shape(applied.inputs[0], applied.output)
        and not has_macs(row)
        and all(type(read) is Same for read in applied.reads[0])
        and not _weighs(applied.weights.weight)
    )


def _weighs(weight: object) -> bool:
    return not (type(weight) is int and weight == 0)


def _prefixes(path: str) -> list[str]:
    levels = path.split("/")
    return ["/".join(levels[:n]) for n in range(1, len(levels) + 1)]


def _layer(rows: list[Row], population: Counter[str]) -> Group:
    main = next(filter(has_macs, rows), rows[0])
    inside = Counter(prefix for row in rows for prefix in _prefixes(row.node.path))
    return Group(next(name for name in _prefixes(main.node.path) if inside[name] == population[name]), rows)


GROUPINGS: dict[str, Callable[[list[Row]], list[Group]]] = {
    "layer": by_layer,
    "block": by_block,
    "stage": by_stage,
    "op": by_op,
}
"""What `--by` takes."""
