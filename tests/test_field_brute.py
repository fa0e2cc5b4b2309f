"""What every position of random networks sees, against boolean reachability in numpy (field_dags.py)."""

import os
from fractions import Fraction
from typing import Any

import numpy as np
from field_dags import Axis, Net, grown, spans
from field_reads import NAMES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archcalc.engine.periodic import cycle, shortest
from archcalc.engine.propagate import propagate
from archcalc.engine.reach import listed
from archcalc.errors import UsageError
from archcalc.fields import Periodic, Span
from archcalc.report.report import Report
from archcalc.study.field.layers import Fields
from archcalc.study.field.support import at_input, union
from archcalc.study.field.tiles import tiling
from archcalc.study.field.units import box, reached

NETWORKS = 5000 if os.environ.get("CI") else 300

SEED = st.integers(0, 2**20 - 1)
GENES = st.tuples(st.integers(0, len(NAMES) + 4), st.integers(0, 2), st.lists(SEED, min_size=2, max_size=2))
NETS = st.builds(
    grown,
    st.lists(st.integers(1, 200), min_size=1, max_size=2),
    st.lists(GENES, min_size=1, max_size=8),
)


def bits(axis: Axis, o: int, span: Span) -> int:
    """What a position sees of a span, a bit a pixel."""
    packed = np.packbits(axis.sees[o, span.lo : span.hi + 1], bitorder="little")
    return int.from_bytes(packed.tobytes(), "little")


def check(axis: Axis, whole: Any, inside: Any, sets: Any) -> None:
    """What the engine says of an axis: as if the map had no ends, inside it, and pixel by pixel."""
    spans_ = [None if ends is None else Span(*ends) for ends in spans(axis)]
    assert list(inside.cells) == spans_
    for o, span in enumerate(spans_):
        unbounded = cycle(whole).at(o)
        if axis.inner[o]:
            assert unbounded == span
            cell = sets.at(o)
            assert cell == (None if span is None else (span.lo, bits(axis, o, span)))
            if cell is not None and o % 8 == 0:
                assert cell.density == Fraction(int(axis.sees[o].sum()), cell.size)
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
            hit = np.flatnonzero(axis.sees[:, i]).tolist()
            assert found.spans[k] == (Span(hit[0], hit[-1]) if hit else None)
            assert found.counts[k] == len(hit)
            some = np.flatnonzero(axis.sees.any(axis=0)).tolist()
            n = axis.sees.shape[1]
            assert sights[k].dead == ((some[0], n - 1 - some[-1]) if some else (n, 0))


def test_a_period_is_shortened_only_where_all_of_it_repeats() -> None:
    """Of four outputs the first and the third see alike, two pixels apart; the second and the fourth do not."""
    uneven = Periodic((Span(0, 0), Span(0, 1), Span(2, 2), Span(2, 2)), 4)
    assert shortest(uneven) == uneven
    even = Periodic((Span(0, 0), Span(0, 1), Span(2, 2), Span(2, 3)), 4)
    assert shortest(even) == Periodic((Span(0, 0), Span(0, 1)), 2)
    assert shortest(Periodic((None, Span(1, 1), None, Span(2, 2)), 2)) == Periodic((None, Span(1, 1)), 1)
    assert shortest(Periodic((Span(0, 0), None), 2)) == Periodic((Span(0, 0), None), 2)


MOVING = ("conv", "max_pool", "conv_transpose", "pixel_shuffle", "slice", "crop", "pad")
SLIDING = [*map(NAMES.index, MOVING), len(NAMES) + 1, len(NAMES) + 3]
ENLARGING = [NAMES.index("upsample"), NAMES.index("bilinear")]
OF_NO_SIZE = st.one_of(
    st.tuples(st.sampled_from(SLIDING), st.integers(0, 1), st.tuples(SEED)),
    st.tuples(st.sampled_from(ENLARGING), st.integers(0, 1), st.tuples(SEED.map(lambda seed: 2 * seed))),
)
"""Layers that do to a tile what they do to an image; an even number enlarges by a factor, not to a size."""


@settings(max_examples=NETWORKS // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(OF_NO_SIZE, min_size=1, max_size=6))
def test_a_tile_loses_what_its_edges_have_a_part_in(genes: list[tuple[int, int, tuple[int, ...]]]) -> None:
    """On tiles so large that both ends have right outputs between them."""
    fields = Fields(Report.of(grown([48], genes).graph()))
    try:
        (small,) = tiling(fields, len(fields.rows) - 1)
        tile = grown([-(-130 // small.align) * small.align], genes)
        fields, index = Fields(Report.of(tile.graph())), tile.maps[-1].node
        (found,) = tiling(fields, index)
    except UsageError:  # branches of unequal strides
        return
    if fields.rows[0].output[1] % found.align:  # at another size, another layer was too large
        return
    (axis,) = tile.maps[-1].axes
    field: Any = fields.rows[index].reach.local
    stride = Fraction(field[0].stride)
    outputs = int(axis.sees.shape[1] / stride)
    right = [o for o in range(outputs) if o < axis.size and axis.inner[o]]
    if right and right[0] < outputs // 2 < right[-1]:
        assert found.halo == (stride * right_from(right, outputs), stride * (outputs - 1 - right_to(right, outputs)))


def right_from(right: list[int], outputs: int) -> int:
    """The first output of the first half from which on all are right."""
    return max({*range(outputs // 2)} - {*right}, default=-1) + 1


def right_to(right: list[int], outputs: int) -> int:
    """The last one of the second half up to which all are right."""
    return min({*range(outputs // 2, outputs)} - {*right}, default=outputs) - 1
