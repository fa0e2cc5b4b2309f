"""Metrics: what is known of a node or of a group of them, one class each. A definition registers itself."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.report.figures import Figure, multiple, total
from archcalc.report.rows import Rows, alike

REGISTRY: dict[str, Metric] = {}


class Metric:
    """One figure or description. The docstring's first sentence is its help.

    name    as `--columns` takes it and JSON has it
    title   the head of its column
    unit    what one of it is; empty for a description
    """

    name: ClassVar[str]
    title: ClassVar[str]
    unit: ClassVar[str] = ""
    part_of: ClassVar[str] = ""
    """The metric of whose total this is a share, unless the report's convention counts another."""
    of_field: ClassVar[bool] = False
    """Whether it is a figure of the receptive field on each axis."""
    of_place: ClassVar[bool] = False
    """Whether layers that are alike differ in it because they stand at different places."""

    def __init_subclass__(cls) -> None:
        """Register the metric, unless it is a base of others (it has no name)."""
        if "name" not in vars(cls):
            return
        if cls.name in REGISTRY:
            raise TypeError(f"two metrics are named {cls.name}")
        REGISTRY[cls.name] = cls()

    def rule(self, row: Row) -> Any:
        """Of one node, all its copies together."""
        raise NotImplementedError

    def over(self, rows: Sequence[Row]) -> Any:
        """Of a group of nodes: of its last, unless a metric says otherwise."""
        return self.rule(rows[-1])

    def within(self, rows: Sequence[Row], network: Sequence[Row]) -> Any:
        """Of a group of nodes of a network, for metrics that depend on how the nodes are wired."""
        return self.over(rows)

    def summary(self) -> str:
        """The first sentence of its documentation."""
        return inspect.cleandoc(type(self).__doc__ or "").split("\n")[0]


class Count(Metric):
    """A count: a group's is the sum of its nodes'."""

    def over(self, rows: Iterable[Row]) -> Figure:
        return summed(self.rule, rows)


def summed(rule: Callable[[Row], Figure], rows: Iterable[Row]) -> Figure:
    """The sum of a count that is a matter of operator, shapes and copies, not of place: asked once of equal nodes."""
    whole = None
    others: list[Figure] = []
    for row, times in rows.alike if isinstance(rows, Rows) else alike(rows):
        figure = rule(row)
        if type(figure) is int:  # as nearly all are
            whole = figure * times + (whole or 0)
        else:
            others.append(multiple(figure, times))
    return total(others if whole is None else [whole, *others])


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by name, in the order of their files."""
    for info in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{info.name}")
    return REGISTRY


def metric(name: str, more: Mapping[str, Metric] = MappingProxyType({})) -> Metric:
    """The metric of that name, or UsageError; `more` are some beside those of all reports."""
    known = {**metrics(), **more}
    if name not in known:
        raise UsageError(f"there is no column `{name}`", near(name, known) or f"there are {', '.join(sorted(known))}")
    return known[name]
