"""What every position of random networks sees, against boolean reachability in numpy (field_dags.py)."""

import os
from typing import Any

from field_dags import NAMES, Axis, Net, grown, spans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archcalc.engine.periodic import cycle
from archcalc.engine.propagate import propagate
from archcalc.engine.reach import listed
from archcalc.quantities import Span
from archcalc.report.report import Report
from archcalc.study.field.layers import Fields
from archcalc.study.field.support import at_input, union
from archcalc.study.field.units import box, reached

NETWORKS = 5000 if os.environ.get("CI") else 300

SEED = st.integers(0, 2**20 - 1)
GENES = st.tuples(st.integers(0, len(NAMES) + 2), st.integers(0, 2), st.lists(SEED, min_size=2, max_size=2))
NETS = st.builds(
    grown,
    st.lists(st.integers(1, 200), min_size=1, max_size=2),
    st.lists(GENES, min_size=1, max_size=8),
)
Cell = Any


def pixels(cell: Cell) -> set[int]:
    """Those of a Support."""
    return set() if cell is None else {pixel for pixel in range(cell.lo, cell.hi + 1) if cell.sees(pixel)}


def check(axis: Axis, whole: Any, inside: Any, sets: Any) -> None:
    """What the engine says of an axis: as if the map had no ends, inside it, and pixel by pixel."""
    spans_ = [None if ends is None else Span(*ends) for ends in spans(axis)]
    assert list(inside.cells) == spans_
    for o, span in enumerate(spans_):
        unbounded = cycle(whole).at(o)
        if axis.inner[o]:
            assert unbounded == span
            cell = sets.at(o)
            assert pixels(cell) == set(axis.sees[o].nonzero()[0].tolist())
            assert span is None or cell.density * span.size == int(axis.sees[o].sum())
        elif span is not None:
            assert unbounded.lo <= span.lo
            assert span.hi <= unbounded.hi


@settings(max_examples=NETWORKS, deadline=None, suppress_health_check=list(HealthCheck))
@given(NETS)
def test_fields_are_what_is_reached(net: Net) -> None:
    graph = net.graph()
    each = [propagate(graph), propagate(graph, listed), propagate(graph, at_input, union)]
    for at in net.maps:
        reaches = [rows[at.node].reach for rows in each]
        assert {(reach.whole, reach.pooled) for reach in reaches} == {(at.whole, False)}
        locals_: list[Any] = [reach.local for reach in reaches]
        for found in zip(at.axes, *locals_, strict=True):
            check(*found)


@settings(max_examples=NETWORKS // 10, deadline=None, suppress_health_check=list(HealthCheck))
@given(NETS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_questions_are_answered_by_what_is_reached(net: Net, unit: int, pixel: int) -> None:
    """The units that a pixel reaches, the pixels that a unit sees, those at the ends that none does."""
    graph = net.graph()
    fields = Fields(Report.of(graph))
    lit = [pixel % axis.sees.shape[1] for axis in net.maps[-1].axes]
    units = reached(fields, lit)
    for at in net.maps:
        asked = [unit % axis.size for axis in at.axes]
        seen, found, sights = box(fields, at.node, asked), units[at.node], fields.layers[at.node].sights
        assert found is not None
        for k, (axis, o, i) in enumerate(zip(at.axes, asked, lit, strict=True)):
            ends = list(spans(axis))[o]
            assert seen.inside[k] == (None if ends is None else Span(*ends))
            hit = axis.sees[:, i].nonzero()[0].tolist()
            assert found.spans[k] == (Span(hit[0], hit[-1]) if hit else None)
            assert found.counts[k] == len(hit)
            some = axis.sees.any(axis=0).nonzero()[0].tolist()
            n = axis.sees.shape[1]
            assert sights[k].dead == ((some[0], n - 1 - some[-1]) if some else (n, 0))
