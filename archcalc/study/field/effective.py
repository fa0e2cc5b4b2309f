"""The effective receptive field as theory has it: how much of an output comes from where, if all weights are equal.

Source: Luo et al. 2016, arXiv 1701.04128: with equal weights the parts of the pixels are those of a product of
polynomials, one a layer, so that a field that grows with the depth fills a part of it that falls with its root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

from archcalc.engine import periodic
from archcalc.engine.propagate import Row, branches
from archcalc.engine.reach import having_part
from archcalc.errors import UsageError
from archcalc.fields import Listed
from archcalc.quantities import AXES, Unknown
from archcalc.report.document import plain
from archcalc.study.field.layers import Fields
from archcalc.study.field.mass import Mass, masses
from archcalc.study.field.subject import seen_through

LABEL = "analytic prior: uniform weights"
"""What these figures are. Not what training makes of them."""

PARTS = {"50": Fraction(1, 2), "90": Fraction(9, 10), "95.45": Fraction(9545, 10000), "99": Fraction(99, 100)}
"""The parts of an output whose widths are told, by their per cent; 95.45 % lie within 2σ of a Gaussian's mean."""

LUO = 1 - PARTS["95.45"]
"""Pixels of more than this part of the centre's count as effective: Luo et al. 2016, section 4.1."""

PLACES = 3
"""Decimal places of σ."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Of one output of a layer, on one axis, in pixels of the input; edges of the image are not taken into account.

    output    its position
    size      of its theoretical field, from the first to the last pixel
    mean      where the middle of what it sees lies; None of a vector, which has no position
    variance  exact
    sigma     its root, rounded
    widths    pixels within the smallest distance of the mean that hold a part of the output, by `PARTS`
    luo       pixels that have more than `LUO` of what the pixel with the largest part has: that is the centre on a
              chain; beside strided shortcuts it lies near it, and dilated kernels may leave the centre out
    share     luo / size
    density   the part of the pixels of its theoretical field that are seen at all
    """

    output: int
    size: int
    mean: Fraction | None
    variance: Fraction
    sigma: Decimal
    widths: dict[str, int]
    luo: int
    share: Fraction
    density: Fraction


FIGURES = ("size", "mean", "variance", "sigma", "luo", "share", "density")


@dataclass(frozen=True, slots=True)
class Effective:
    """Of a layer, on one axis.

    axis     its name
    period   outputs after which figures repeat; None where they never do: then the middle output's are told
    outputs  a Prior for each output of the period that sees anything
    """

    axis: str
    period: int | None
    outputs: tuple[Prior, ...]

    def ends(self, figure: Callable[[Prior], Any]) -> tuple[Any, Any]:
        """The least and the most of a figure over the outputs; None, None where one has none."""
        values = [figure(each) for each in self.outputs]
        return (None, None) if None in values else (min(values), max(values))

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: figures of all outputs as {"least", "most"} where they differ."""

        def told(figure: Callable[[Prior], Any]) -> Any:
            least, most = self.ends(figure)
            return _plain(least) if least == most else {"least": _plain(least), "most": _plain(most)}

        figures = {name: told(lambda each, name=name: getattr(each, name)) for name in FIGURES}  # type: ignore[misc]
        widths = {part: told(lambda each, part=part: each.widths[part]) for part in PARTS}  # type: ignore[misc]
        outputs = [
            {"output": each.output, **{name: _plain(getattr(each, name)) for name in FIGURES}, "widths": each.widths}
            for each in self.outputs
        ]
        result = {"axis": self.axis, "period": self.period, **figures, "widths": widths}
        return result | {"outputs": outputs} if len(outputs) > 1 else result


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else plain(value)  # a float prints as the few digits it had


def effective(fields: Fields, index: int, rows: Sequence[Row] | None = None) -> tuple[Effective, ...]:
    """Of a layer, an axis each. `rows` are the network's `masses`, if there are any yet.

    Raises UsageError where the layer has no field of its own.
    """
    row = (masses(fields.report.graph) if rows is None else rows)[index]
    local = row.reach.local
    if isinstance(local, Unknown):
        raise UsageError(f"{row.node.path} has no field of its own: {local.reason}")
    placed = len(row.output) == 1 + len(local)
    found: list[Effective] = []
    for axis, at in enumerate(local):
        name = AXES[len(local)][axis]
        cells = distributions(at)
        if not cells:
            raise UsageError(f"{row.node.path} sees nothing on the axis {name}")
        if axis and at is local[0]:
            outputs = found[0].outputs
        else:
            outputs = tuple(prior(cell, output, placed) for output, cell in cells.items())
        period = None if isinstance(at, Listed) else len(periodic.cycle(at).cells)
        found.append(Effective(name, period, outputs))
    return tuple(found)


def assumed(fields: Fields, index: int) -> tuple[str, ...]:
    """What the figures of a layer take for granted, a sentence each."""
    rows = fields.rows
    behind = [rows[at] for at in sorted(seen_through(rows, index))]
    ops = {row.node.applied.op.name for row in behind}
    merges = [row.node for row in behind if len(row.node.sources) > 1]
    met = {node.applied.op.name for node in merges if len(having_part(branches(rows, node))) > 1}
    local = rows[index].reach.local
    listed = not isinstance(local, Unknown) and any(isinstance(at, Listed) for at in local)
    said = {
        "all taps of a kernel weigh alike, and activations pass them on": True,
        "a max pool takes each of its inputs equally often": "max_pool" in ops,
        "branches of a concatenation weigh by their channels": "concat" in met,
        f"branches of {' and '.join(sorted(met - {'concat'}))} weigh alike": bool(met - {"concat"}),
        "what reads the whole map is taken as reading its own position": rows[index].reach.whole,
        "the edges of the image are not taken into account": not listed,
        "outputs differ all along the map: of the middle one, with nothing in the padding from there on": listed,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)


def distributions(at: Any) -> dict[int, Mass]:
    """A Mass for each output of a period that sees anything; where none repeats, of the middle output."""
    if isinstance(at, Listed):
        middle = len(at.cells) // 2
        return {middle: at.cells[middle]} if at.cells[middle] is not None else {}
    return {output: cell for output, cell in enumerate(at.cells) if cell is not None}


def prior(mass: Mass, output: int = 0, placed: bool = True) -> Prior:
    """The figures of a distribution."""
    parts = mass.numerators
    first = sum(i * part for i, part in enumerate(parts))
    second = sum(i * i * part for i, part in enumerate(parts))
    mean = Fraction(first, mass.total)
    variance = Fraction(second, mass.total) - mean * mean
    around = _around(parts, mean)
    least = LUO * max(parts)
    luo = sum(part > least for part in parts)
    return Prior(
        output=output,
        size=mass.size,
        mean=mass.lo + mean if placed else None,
        variance=variance,
        sigma=root(variance),
        widths={name: _width(around, part * mass.total) for name, part in PARTS.items()},
        luo=luo,
        share=Fraction(luo, mass.size),
        density=Fraction(sum(map(bool, parts)), mass.size),
    )


def _around(parts: list[int], mean: Fraction) -> list[tuple[int, int]]:
    """(pixels, their parts) at each distance from the mean, the nearest first."""
    left, right = floor(mean), ceil(mean)
    found = []
    while left >= 0 or right < len(parts):
        at = {i for i in (left, right) if 0 <= i < len(parts)}
        nearest = min(abs(i - mean) for i in at)
        at = {i for i in at if abs(i - mean) == nearest}
        found.append((len(at), sum(parts[i] for i in at)))
        left, right = left - (left in at), right + (right in at)
    return found


def _width(around: list[tuple[int, int]], wanted: Fraction) -> int:
    pixels = held = 0
    for count, parts in around:
        if held >= wanted:
            break
        pixels, held = pixels + count, held + parts
    return pixels


def root(value: Fraction, places: int = PLACES) -> Decimal:
    """The square root to some decimal places; a half goes up."""
    doubled = isqrt(4 * 10 ** (2 * places) * value.numerator // value.denominator)
    return Decimal((doubled + 1) // 2).scaleb(-places)
