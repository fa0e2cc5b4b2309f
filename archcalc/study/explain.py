"""Every rule of a layer with the numbers put in, and where they come from.

No formula stands here: the rules of the operator, the metrics and the engine are asked over traced values.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from archcalc.engine.graph import Applied, Node
from archcalc.engine.propagate import Row
from archcalc.engine.reach import compose, merge
from archcalc.errors import RuleError
from archcalc.fields import AxisField, Interval, Listed, Periodic, Reach
from archcalc.network import Network
from archcalc.ops._base import HEADINGS
from archcalc.ops._fields import Field, show_given
from archcalc.quantities import AXES, Unknown, Window, show_shape
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import metrics
from archcalc.report.report import Report
from archcalc.study.origins import Steps, given, steps
from archcalc.study.parameters import again, default, rank, written
from archcalc.study.patterns import select
from archcalc.study.sections import Line, Page, Section
from archcalc.values import Value, is_value, show
from archcalc.values.traced import derived, known, leaves

COUNTED = ("mult_adds", "params", "activations")


def explain(network: Network, report: Report, pattern: str) -> list[Page]:
    """A page for each node that the pattern selects. Raises UsageError where there is none."""
    rows = [row for row in report.rows if row.node.path == pattern] or select(pattern, report.rows)
    known_steps = steps(network.spec)
    return [_page(row, report.rows, known_steps) for row in rows]


def _page(row: Row, rows: Sequence[Row], known_steps: Steps) -> Page:
    node = row.node
    op = node.applied.op
    applied, pads = traced(node.applied)
    sections = (
        Section("Parameters", tuple(_parameters(node, known_steps))),
        Section("Reads", tuple(_sources(row, rows))),
        Section("Output", (*_output(node.applied, applied), *pads)),
        *_counts(row, Row(_with(node, applied), row.reach), rows),
        Section("Receptive field", tuple(_field(row, rows, applied))),
        Section(f"Rules of {op.name}", tuple(_rules(type(op)))),
    )
    return Page((f"{node.path} · {op.name} · {node.where}", op.summary()), sections)


# Tracing -------------------------------------------------------------------------------------------------------------


def traced(applied: Applied) -> tuple[Applied, list[Line]]:
    """The operator on the same shapes with traced numbers, and how words for padding became numbers.

    Parameters at their defaults stay constants of the rules, which leaves `1·`, `+ 0` and `/1` out of the formulas. An
    operator with a rule that wants plain numbers stays as it is.
    """
    op, inputs, axes = applied.op, leaves(applied.inputs), rank(applied)
    bound = {name: _put_in(field, getattr(op, name), axes) for name, field in op.fields.items()}
    try:
        worded = Applied(type(op)(axes, **bound), inputs)
        windows = [read for reads in applied.reads for read in reads if isinstance(read, Window)]
        if not windows or not isinstance(bound.get("padding"), str):
            return worded, []
        pads = tuple((read.before, read.after) for read in windows)
        bound["padding"] = tuple(leaves(pair) if any(pair) else pair for pair in pads)
        numbered = Applied(type(op)(axes, **bound), inputs)
    except (RuleError, TypeError):
        return applied, []
    if [*map(known, numbered.output)] != [*applied.output]:  # a word that says more than its numbers
        return worded, []
    if not any(map(any, pads)):
        return numbered, []
    ways = [read for reads in worded.reads for read in reads if isinstance(read, Window)]
    before = _by_axis("zeros before", [way.before for way in ways], [before for before, _ in pads])
    after = _by_axis("zeros after", [way.after for way in ways], [after for _, after in pads])
    return numbered, [*before, *after]


def _put_in(field: Field, value: Any, axes: int) -> Any:
    """A bound parameter as leaves; as it is where it is the default, or where the operator wants plain numbers."""
    plain = again(value)
    if value is None or (not field.internal and value == default(field, axes)):
        return plain
    try:
        field.bind(leaves(plain), axes)
    except (RuleError, TypeError):
        return plain
    return leaves(plain)


def _with(node: Node, applied: Applied) -> Node:
    """The node over traced values: its rules take the output's sizes as they came out."""
    if applied is not node.applied:
        applied.output = leaves(node.applied.output)
    return replace(node, applied=applied, copies=node.copies if node.copies == 1 else leaves(node.copies))


def how(way: Any, figure: Any) -> str:
    """A figure with its derivation; without where a rule could not be traced to it."""
    if isinstance(figure, (AtLeast, Unavailable, Unknown)):
        return f"unknown: {figure.reason}"
    return derived(way if is_value(way) and known(way) == figure else figure)


def _by_axis(label: str, ways: Sequence[Any], figures: Sequence[Value]) -> list[Line]:
    """One line if all axes have the same derivation, else one an axis; none for a vector."""
    return _alike(label, [how(way, figure) for way, figure in zip(ways, figures, strict=True)])


def _alike(label: str, texts: Sequence[str]) -> list[Line]:
    if len(set(texts)) == 1:
        return [Line(label or "each axis", texts[0])]
    return [
        Line(f"{label}, {axis}" if label else axis, text) for axis, text in zip(AXES[len(texts)], texts, strict=True)
    ]


# Sections ------------------------------------------------------------------------------------------------------------


def _parameters(node: Node, known_steps: Steps) -> Iterator[Line]:
    applied, source = node.applied, given(node, known_steps)
    for name, field in applied.op.parameters.items():
        value = getattr(applied.op, name)
        text = show_given(written(field, value, rank(applied)) if is_value(value) or value else value)
        if name not in source:
            if value is not None:
                yield Line(name, text, "default" if node.sources else str(node.where))
        elif source[name].code is None:
            yield Line(name, text, str(source[name].where))
        else:
            yield Line(name, f"{source[name].text} = {text}", str(source[name].where))


def _sources(row: Row, rows: Sequence[Row]) -> Iterator[Line]:
    counts = getattr(row.node.applied.op, "copies", None) or (1,) * len(row.node.sources)
    for source, times in zip(row.node.sources, counts, strict=True):
        shape = show_shape(rows[source].output)
        yield Line("", rows[source].node.path, shape if times == 1 else f"{show(times)} times {shape}")


def _output(applied: Applied, way: Applied) -> Iterator[Line]:
    yield Line("shape", show_shape(applied.output))
    channels, *sizes = (how(made, size) for made, size in zip(way.output, applied.output, strict=True))
    if "=" in channels:
        yield Line("channels", channels)
    if any("=" in size for size in sizes):
        yield from _by_axis("", way.output[1:], applied.output[1:])


def _counts(row: Row, way: Row, rows: Sequence[Row]) -> Iterator[Section]:
    """Weights by role and work by kind, of each copy, and what all copies come to."""
    each = f", each of {show(row.node.copies)} copies" if row.node.copies != 1 else ""
    roles = zip(row.weights._fields, row.weights, way.weights, strict=True)
    shared = row.node.shared
    weights = [Line(role, how(made, figure)) for role, figure, made in roles if figure]
    if shared is not None:
        weights = [Line("shared", f"those of {rows[shared].node.path}, counted there")]
    yield Section(f"Weights{each}", tuple(weights))
    kinds = {"macs": row.facts.macs, "bias_adds": row.facts.bias_adds, **row.facts.work}
    ways = {"macs": way.facts.macs, "bias_adds": way.facts.bias_adds, **way.facts.work}
    work = [Line(kind.replace("_", " "), how(ways[kind], figure)) for kind, figure in kinds.items() if figure]
    yield Section(f"Work{each}", tuple(work))
    known_texts = {line.text for line in (*weights, *work)}
    counted = [(each.title, each.rule(way), each.rule(row)) for each in map(metrics().__getitem__, COUNTED)]
    texts = [(title, how(made, figure), how(None, figure)) for title, made, figure in counted]
    yield Section("Counted", tuple(Line(title, short if text in known_texts else text) for title, text, short in texts))


def of_field(row: Row, rows: Sequence[Row]) -> tuple[Line, ...]:
    """How the receptive field of a layer came out of those of the layers it reads, in numbers."""
    return tuple(_field(row, rows, traced(row.node.applied)[0]))


def _field(row: Row, rows: Sequence[Row], applied: Applied) -> Iterator[Line]:
    reach, before = row.reach, [rows[source].reach for source in row.node.sources]
    if reach.whole:
        yield Line("whole", "some path sees the whole image; what follows is the field of the local layers")
    if isinstance(reach.local, Unknown):
        yield Line("local", f"unavailable: {reach.local.reason}")
        return
    if not before:
        yield Line("size", "1: a pixel of the input sees itself")
        return
    each = zip(before, applied.reads, row.node.applied.pools, strict=True)
    seen = [(at, reads, pools) for at, reads, pools in each if not isinstance(at.local, Unknown)]
    if not all(_slides(at) for at in (reach, *(at for at, *_ in seen))):
        yield from _alike("size", list(map(_words, reach.local)))
        return
    ways = [compose(_traced(at), reads, applied.output[1:], pools=pools) for at, reads, pools in seen]
    if not all(map(_slides, ways)):  # followed from output to output, which traced numbers are not
        ways = [reach]
    if len(ways) > 1:
        ways = [merge([Reach(_ends(each), each.whole, each.grid, each.pooled) for each in ways], applied.output[1:])]
        yield from _lines("first pixel", "lo", ways[0], reach)
        yield from _lines("last pixel", "hi", ways[0], reach)
        ways = [Reach(_ends(ways[0]), ways[0].whole, ways[0].grid)]
    for side in ("size", "stride", "padding"):
        yield from _lines(side, side, ways[0], reach)


def _slides(reach: Reach) -> bool:
    """Whether it is one window that slides on each axis."""
    return not isinstance(reach.local, Unknown) and all(isinstance(at, Interval) for at in reach.local)


def _words(at: AxisField) -> str:
    """`188..204, period 16`."""
    if isinstance(at, Periodic):
        return f"{at.size}, period {len(at.cells)}"
    return f"{at.size}: {at.why}" if isinstance(at, Listed) else str(at.size)


def _lines(label: str, side: str, way: Reach, reach: Reach) -> list[Line]:
    ways: Any = way.local
    figures: Any = reach.local
    return _by_axis(label, [getattr(at, side) for at in ways], [getattr(at, side) for at in figures])


def _traced(reach: Reach) -> Reach:
    """With size, stride and padding put in: what papers write the recurrence in."""
    intervals: Any = reach.local
    local = []
    for at in intervals:
        size, padding = leaves(at.size), leaves(at.padding) if at.padding else 0
        local.append(Interval(-padding, size - 1 - padding, leaves(at.stride)))
    return Reach(tuple(local), reach.whole, reach.grid, reach.pooled)


def _ends(reach: Reach) -> tuple[Interval, ...]:
    """With the first and the last pixel put in: what a union is made of."""
    intervals: Any = reach.local
    return tuple(Interval(*(leaves(known(end)) for end in at)) for at in intervals)


def _rules(op: type) -> Iterator[Line]:
    """The operator's own documentation, a line a heading."""
    label, text = "", ""
    for line in inspect.cleandoc(op.__doc__ or "").split("\n")[2:]:
        first, _, rest = line.partition(" ")
        if first not in HEADINGS:
            text = f"{text} {line.strip()}".strip()
            continue
        if text:
            yield Line(label, text)
        label, text = first, rest.strip()
    if text:
        yield Line(label, text)
