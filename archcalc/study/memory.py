"""Memory of a network at inference: bytes of weights and tensors, the peak, bytes moved, and a bound on time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.report.document import plain
from archcalc.report.figures import AtLeast, Figure, Unavailable, ratio, total
from archcalc.report.metrics import Metric, metrics
from archcalc.report.report import Report
from archcalc.study.columns import Of, Sum, in_document
from archcalc.study.liveness import plan, put_out
from archcalc.study.traffic import moved
from archcalc.values import Value, exactdiv

DTYPES = {"fp32": 4, "fp16": 2, "bf16": 2, "int8": 1}
"""Bytes of a number."""

PREFIXES = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
_RATE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([kKMGTPE]?)(i?)\s*(B|FLOPS|OPS|ops)?(/s)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Options:
    """What is assumed.

    dtype            of every number: weights, statistics, tensors
    in_place         activations, norms and sums take the place of an input that nothing reads later
    concat_in_place  what is concatenated is computed where the concatenation wants it
    peak             operations that the machine can do in a second, as the report's convention counts them
    bandwidth        bytes that it can move in a second
    """

    dtype: str = "fp32"
    in_place: bool = False
    concat_in_place: bool = False
    peak: Value = None
    bandwidth: Value = None

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise UsageError(f"there is no dtype `{self.dtype}`", near(self.dtype, DTYPES) or f"{', '.join(DTYPES)}")

    @property
    def timed(self) -> bool:
        return self.peak is not None or self.bandwidth is not None


@dataclass(frozen=True, slots=True)
class Use:
    """What one node, all its copies together, uses: bytes; and operations.

    weights     of its own, stored: parameters and running statistics
    outputs     of what it puts out; an input's too, a view's are 0
    live        held while it runs: tensors that it reads or writes, and those that a later node reads
    moved       inputs read, weights read and outputs written, if it runs by itself
    operations  as the report's convention counts
    """

    weights: Value
    outputs: Value
    live: Figure
    moved: Value
    operations: Figure


class Memory:
    """The memory of a report's network."""

    def __init__(self, report: Report, options: Options) -> None:
        self.report, self.options = report, options
        self.uses: dict[int, Use] = {}
        """By the identity of the row."""
        size, graph = DTYPES[options.dtype], report.graph
        held = plan(graph, in_place=options.in_place, concat_in_place=options.concat_in_place)
        counted, inputs = metrics()[report.convention.metric], set(graph.inputs.values())
        for index, row in enumerate(report.rows):
            node, applied = row.node, row.node.applied
            live = size * held.live[index]
            if applied.facts.products is not None:
                live = AtLeast(live, f"what `{applied.op.name}` holds inside itself while it runs is not counted")
            self.uses[id(row)] = Use(
                weights=size * (row.weights.params + row.weights.statistics) * node.copies,
                outputs=size * (0 if applied.op.memory == "view" else put_out(node)),
                live=live,
                moved=size * moved(index, node, held, index in inputs),
                operations=counted.rule(row),
            )

    def sum(self, name: str, rows: Sequence[Row] | None = None) -> Figure:
        """The sum of `weights`, `outputs`, `moved` or `operations`."""
        return total(getattr(self.uses[id(row)], name) for row in (self.report.rows if rows is None else rows))

    def peak(self, rows: Sequence[Row] | None = None) -> Figure:
        """The most bytes live at once; a bound where those of some node are one."""
        lives = [self.uses[id(row)].live for row in (self.report.rows if rows is None else rows)]
        most: Value = max(map(_known, lives), default=0)
        reasons = dict.fromkeys(live.reason for live in lives if isinstance(live, AtLeast))
        return AtLeast(most, "; ".join(reasons)) if reasons else most

    @property
    def peak_row(self) -> Row:
        """The first node at which most is live."""
        most = _known(self.peak())
        return next(row for row in self.report.rows if _known(self.uses[id(row)].live) == most)

    def intensity(self, rows: Sequence[Row] | None = None) -> Figure | None:
        """Operations for each byte moved; None where nothing is."""
        whole = self.sum("moved", rows)
        return None if whole == 0 else ratio(self.sum("operations", rows), whole)

    def time(self, rows: Sequence[Row] | None = None) -> Fraction | int:
        """Seconds below which no machine of these peaks runs the nodes one by one."""
        seconds: Fraction | int = 0
        for row in self.report.rows if rows is None else rows:
            seconds += max(self._seconds(self.uses[id(row)]))
        return seconds

    def bound_by(self, rows: Sequence[Row]) -> str | None:
        """What takes longer, over these nodes: `compute` or `memory`; None where neither takes any time."""
        compute, memory = map(sum, zip(*(self._seconds(self.uses[id(row)]) for row in rows), strict=True))
        return None if compute == memory == 0 else "compute" if compute >= memory else "memory"

    def _seconds(self, use: Use) -> tuple[Any, Any]:
        """For the operations that are known, and for the bytes."""
        options, known = self.options, _known(use.operations)
        compute = 0 if options.peak is None else exactdiv(known, options.peak)
        return compute, 0 if options.bandwidth is None else exactdiv(use.moved, options.bandwidth)

    def to_dict(self, by: str | None = None, level: int | None = None) -> dict[str, Any]:
        """The report's JSON document with `memory` in it, and in each of its layers and groups (docs/json.md)."""
        options = self.options
        assumed = {
            "dtype": options.dtype,
            "number_bytes": DTYPES[options.dtype],
            "in_place": options.in_place,
            "concat_in_place": options.concat_in_place,
            "peak": plain(options.peak),
            "bandwidth": plain(options.bandwidth),
            "peak_layer": self.peak_row.node.path,
        }
        return in_document(self.report, "memory", columns(self), assumed, by, level)


def memory(report: Report, *, peak: Any = None, bandwidth: Any = None, **options: Any) -> Memory:
    """The memory of a report's network; see docs/memory.md. Raises UsageError.

    dtype, in_place, concat_in_place  see Options
    peak, bandwidth                   numbers or texts: `10T`, `900GB/s`
    """
    rates = {"peak": rate("peak", peak, of_bytes=False), "bandwidth": rate("bandwidth", bandwidth, of_bytes=True)}
    return Memory(report, Options(**options, **rates))


def rate(name: str, given: Any, *, of_bytes: bool) -> Value:
    """`10T`, `312TFLOPS`, `900GB/s`, `1.5TiB/s` as a number a second; None for none. Raises UsageError."""
    if given is None:
        return None
    match = _RATE.fullmatch(str(given).strip())
    wrong = UsageError(f"{name} `{given}` is no rate", "900GB or 1.5TiB/s" if of_bytes else "10T or 312TFLOPS")
    if match is None or (match[4] is not None and (match[4] == "B") != of_bytes) or (match[3] and not match[2]):
        raise wrong
    value = Fraction(match[1]) * (1024 if match[3] else 1000) ** PREFIXES[match[2]]
    if value <= 0:
        raise wrong
    return exactdiv(value, 1)


def _known(figure: Figure) -> Value:
    """The part of a figure that is known, 0 of none."""
    return figure.value if isinstance(figure, AtLeast) else 0 if isinstance(figure, Unavailable) else figure


def columns(found: Memory) -> dict[str, Metric]:
    """The columns of a Memory by name."""
    counted = metrics()[found.report.convention.metric]
    each: list[Metric] = [
        Sum("weight_bytes", "Weights", "bytes", lambda rows: found.sum("weights", rows)),
        Sum("output_bytes", "Outputs", "bytes", lambda rows: found.sum("outputs", rows)),
        Of("live_bytes", "Live", "bytes", found.peak),
        Sum("moved_bytes", "Moved", "bytes", lambda rows: found.sum("moved", rows)),
        Of("intensity", f"{counted.title}/byte", f"{counted.unit} a byte", found.intensity),
    ]
    if found.options.timed:
        each.append(Sum("time", "Time ≥", "seconds", found.time))
        each.append(Of("bound_by", "Bound by", "", found.bound_by))
    return {column.name: column for column in each}
