"""Comparison: networks side by side, and what makes the difference between them.

Differences add up: the sum of a figure over `Comparison.differences(side)` is exactly the difference of the totals.
docs/compare.md says how layers are aligned, docs/json.md describes the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError
from archcalc.fields import Range, Reach
from archcalc.quantities import Unknown
from archcalc.report.document import plain, with_status
from archcalc.report.document import shape as shape_of
from archcalc.report.figures import AtLeast, Figure, Unavailable, is_partial, ratio, total
from archcalc.report.metrics import Count, metrics
from archcalc.report.report import TOTALS, Report
from archcalc.study._align import Layer, Part, align
from archcalc.study._changes import INPUT, Change, changes
from archcalc.values import Value, is_value

SCHEMA_VERSION = 1
MOST = 26
"""Networks that one comparison can be of: each has a letter."""

ONLY_FIRST, ONLY_OTHER, CHANGED, REPLACED = "only_first", "only_other", "changed", "replaced"
"""Kinds of differences: layers of one network, one layer that is another now, and several for several."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the networks, under the name that the user gave; `revision` of git, if it was read at one."""

    label: str
    report: Report
    revision: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What stands at one place of the first network and of another, and what it changes.

    name     the level or the layer, as the network has it that has it; of two names, the first's
    what     of one layer in both: what differs, empty if nothing does
    figures  the other's less the first's, by metric: Mult-Adds, params, activations
    reach    receptive field, the other's less the first's, an axis; None where one of the two has no layer here
    """

    name: str
    first: tuple[Layer, ...]
    other: tuple[Layer, ...]
    what: tuple[Change, ...]
    figures: dict[str, Figure]
    reach: tuple[Value, ...] | Unavailable | None

    @property
    def kind(self) -> str:
        if not self.other:
            return ONLY_FIRST
        if not self.first:
            return ONLY_OTHER
        return CHANGED if len(self.first) == len(self.other) == 1 else REPLACED

    @property
    def counts(self) -> bool:
        """Whether a figure differs."""
        return any(is_partial(figure) or figure != 0 for figure in self.figures.values())

    @property
    def altered(self) -> bool:
        """Whether the layer itself differs, not only what arrives at it."""
        return self.kind != CHANGED or any(change.name != INPUT for change in self.what)

    @property
    def moves(self) -> bool:
        """Whether the receptive field differs."""
        return isinstance(self.reach, tuple) and any(change != 0 for change in self.reach)

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return self.counts or self.altered or self.moves or bool(self.what)

    @property
    def names(self) -> tuple[str, str]:
        """The name in the first network and in the other; both the same but for a layer that was renamed."""
        if self.kind == CHANGED:
            return self.first[0].name, self.other[0].name
        return self.name, self.name


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A stage of any of the networks, and its rows in each; None in one that does not have it."""

    name: str
    rows: tuple[list[Row] | None, ...]


@dataclass(eq=False)
class Comparison:
    """Reports side by side. Everything is said of the others against the first."""

    sides: Sequence[Side]
    _aligned: dict[int, list[Difference]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not 2 <= len(self.sides) <= MOST:
            raise UsageError(f"a comparison is of 2 to {MOST} networks, {len(self.sides)} are given")

    @property
    def totals(self) -> dict[str, list[Figure]]:
        """The figures of the networks, by metric."""
        return {name: [side.report.total(name) for side in self.sides] for name in TOTALS}

    @cached_property
    def stages(self) -> list[Stage]:
        """The stages of all networks: those of one name in one."""
        found: list[dict[str, list[Row]]] = [
            {group.name: group.rows for group in side.report.groups("stage")} for side in self.sides
        ]
        names: dict[str, None] = {}
        for stages in found:
            new: dict[str, list[str]] = {}  # stages not seen yet, by the next one that was; those at the end by ""
            behind = ""
            for name in reversed(stages):
                if name in names:
                    behind = name
                else:
                    new.setdefault(behind, []).insert(0, name)
            names = dict.fromkeys(name for known in (*names, "") for name in (*new.get(known, ()), known) if name)
        return [Stage(name, tuple(stages.get(name) for stages in found)) for name in names]

    def figures(self, name: str, stage: Stage) -> list[Figure | None]:
        """A metric's figures of a stage, one a network."""
        return [rows and metrics()[name].over(rows) for rows in stage.rows]

    def settings(self) -> dict[str, list[Any]]:
        """The parameters that all networks have, at different values."""
        every = [side.report.parameters for side in self.sides]
        shared = [name for name in every[0] if all(name in each for each in every)]
        values = {name: [each[name] for each in every] for name in shared}
        return {name: given for name, given in values.items() if any(value != given[0] for value in given)}

    def parts(self, side: int = 1) -> list[Difference]:
        """All layers of the first network and of another, each in one part, in their order, also those alike."""
        if side not in self._aligned:
            pair = self.sides[0], self.sides[side]
            first, other = ([Layer(group) for group in each.report.groups()] for each in pair)
            self._aligned[side] = [_difference(part) for part in align(first, other)]
        return self._aligned[side]

    def differences(self, side: int = 1) -> list[Difference]:
        """The parts that differ; those first that make the most: by |ΔMult-Adds|, then |Δparams|, then their order."""
        return sorted((part for part in self.parts(side) if part.differs), key=_weight)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document (docs/json.md)."""
        return document(self)


def difference(first: Figure, other: Figure) -> Figure:
    """other - first; unavailable where one of them is not known exactly."""
    if isinstance(first, (AtLeast, Unavailable)):
        return Unavailable(first.reason)
    if isinstance(other, (AtLeast, Unavailable)):
        return Unavailable(other.reason)
    return other - first


def compared(first: Figure, other: Figure) -> Figure:
    """other / first as an exact fraction; unavailable where the first is 0 or not known exactly."""
    return Unavailable("the first is 0") if is_value(first) and first == 0 else ratio(other, first)


def _difference(part: Part) -> Difference:
    counts = [metrics()[name] for name in TOTALS]
    sums = [{each.name: _total(each, layers) for each in counts} for layers in (part.first, part.other)]
    figures = {name: difference(sums[0][name], sums[1][name]) for name in TOTALS}
    both = part.first and part.other
    reach = moved(part.first[-1].rows[-1].reach, part.other[-1].rows[-1].reach) if both else None
    alone = len(part.first) == len(part.other) == 1
    what = tuple(changes(part.first[0], part.other[0])) if alone else ()
    return Difference(part.name, part.first, part.other, what, figures, reach)


def _total(metric: Any, layers: Sequence[Layer]) -> Figure:
    assert isinstance(metric, Count)
    return total(metric.over(layer.rows) for layer in layers)


def moved(first: Reach, other: Reach) -> tuple[Value, ...] | Unavailable:
    """How much larger the other's receptive field is on each axis, or why that cannot be told."""
    for reach in (first, other):
        if isinstance(reach.local, Unknown):
            return Unavailable(reach.local.reason)
    a: Any = first.local
    b: Any = other.local
    if len(a) != len(b):
        return Unavailable(f"maps of {len(a)} and {len(b)} axes")
    sizes = [(m.size, n.size) for m, n in zip(a, b, strict=True)]
    for pair in sizes:
        if any(isinstance(size, Range) for size in pair):
            return Unavailable(f"positions see differently many pixels: {pair[0]} and {pair[1]}")
    return tuple(n - m for m, n in sizes)


def _weight(part: Difference) -> tuple[Any, ...]:
    sizes: list[Any] = [part.figures[name] for name in ("mult_adds", "params")]
    unknown_first = [(is_value(size), -abs(size) if is_value(size) else 0) for size in sizes]
    return *unknown_first, not (part.counts or part.altered)


# The document ---------------------------------------------------------------------------------------------------------


def document(comparison: Comparison) -> dict[str, Any]:
    """See docs/json.md."""
    others = range(1, len(comparison.sides))
    convention = comparison.sides[0].report.convention
    return {
        "schema_version": SCHEMA_VERSION,
        "convention": {"name": convention.name, "counts": convention.counts},
        "sides": [_side(side) for side in comparison.sides],
        "totals": {name: _beside_each_other(figures) for name, figures in comparison.totals.items()},
        "stages": [
            {"name": stage.name}
            | {name: _beside_each_other(comparison.figures(name, stage)) for name in comparison.totals}
            for stage in comparison.stages
        ],
        "differences": [_entry(side, part) for side in others for part in comparison.differences(side)],
    }


def _side(side: Side) -> dict[str, Any]:
    report = side.report
    return {
        "label": side.label,
        "revision": side.revision or None,
        "network": report.network,
        "variant": report.variant,
        "parameters": {name: plain(value) for name, value in report.parameters.items()},
        "inputs": {name: shape_of(report.rows[index].output) for name, index in report.graph.inputs.items()},
        **with_status({"receptive_field": report.receptive_field}),
    }


def _beside_each_other(figures: Sequence[Figure | None]) -> dict[str, Any]:
    """Figures, one a network, and the differences and ratios of the others to the first; what is not there counts 0."""
    first, *others = (0 if figure is None else figure for figure in figures)
    return {
        "figures": [plain(figure) for figure in figures],
        "differences": [plain(difference(first, each)) for each in others],
        "ratios": [plain(compared(first, each)) for each in others],
    }


def _entry(side: int, part: Difference) -> dict[str, Any]:
    return {
        "side": side,
        "name": part.name,
        "kind": part.kind,
        "first": [layer.name for layer in part.first],
        "other": [layer.name for layer in part.other],
        "what": [{"name": what.name, "first": plain(what.first), "other": plain(what.other)} for what in part.what],
        **with_status({**part.figures, "receptive_field": part.reach}),
    }
