"""Groups of a network's rows: by layer, block, stage, operator, or level of the path. Each row is in one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.quantities import Same
from archcalc.report.metrics.cost import foremost, has_macs
from archcalc.values import Value, same_shape


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
    """Blocks whole; a layer outside of blocks with what is beside it there."""
    outside: dict[int, str] = {}
    for group in by_layer(rows):
        if not any(row.node.block for row in group.rows):
            outside |= {id(row): group.name for row in group.rows}
    return _by(rows, lambda row: outside.get(id(row)) or "/".join(row.node.path.split("/")[: row.node.block or None]))


def by_layer(rows: list[Row]) -> list[Group]:
    """A layer with the norms and activations that follow it, and, if they follow none, with the norms before it.

    The group has the name of the layer, or of the level of the path that holds nothing else.
    """
    groups: list[_Growing] = []
    of: list[_Growing] = []  # the group of each row
    for row in rows:
        sources = row.node.sources
        before = of[sources[0]] if len(sources) == 1 else None
        if before and before.rows[-1] is rows[sources[0]] and before.takes(row):
            before.add(row)
        else:
            before = _Growing()
            before.add(row)
            groups.append(before)
        of.append(before)
    population = Counter(prefix for row in rows for prefix in _prefixes(row.node.path))
    return [_layer(group.rows, population) for group in groups]


class _Growing:
    """A group that takes rows while they follow each other: norms, a layer, norms and activations."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.layer = self.norm = False

    def add(self, row: Row) -> None:
        self.rows.append(row)
        self.layer = self.layer or has_macs(row)
        self.norm = self.norm or not _is_0(row.weights.norm)

    def takes(self, row: Row) -> bool:
        if in_place(row):
            return self.layer or in_place(self.rows[0])
        return has_macs(row) and self.norm and not self.layer and in_place(self.rows[0])


def in_place(row: Row) -> bool:
    """Whether a node is a norm, an activation or the like: one input, of the same shape, read position by position;
    no multiply-accumulates, and no weights but a norm's."""
    applied = row.node.applied
    return (
        len(row.node.sources) == 1
        and same_shape(applied.inputs[0], applied.output)
        and not has_macs(row)
        and all(type(read) is Same for read in applied.reads[0])
        and _is_0(applied.weights.weight)
    )


def _is_0(value: Value) -> bool:
    """Whether it is 0 whatever the design."""
    return type(value) is int and value == 0


def _prefixes(path: str) -> list[str]:
    levels = path.split("/")
    return ["/".join(levels[:n]) for n in range(1, len(levels) + 1)]


def _layer(rows: list[Row], population: Counter[str]) -> Group:
    main = foremost(rows)
    inside = Counter(prefix for row in rows for prefix in _prefixes(row.node.path))
    # a merge that is its block's one step has the path of the block, which others stand under
    alone = (name for name in _prefixes(main.node.path) if inside[name] == population[name])
    return Group(next(alone, main.node.path), rows)


GROUPINGS: dict[str, Callable[[list[Row]], list[Group]]] = {
    "layer": by_layer,
    "block": by_block,
    "stage": by_stage,
    "op": by_op,
}
"""What `--by` takes."""
