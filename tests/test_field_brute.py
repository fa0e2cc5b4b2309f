"""What every position of random networks sees, against boolean reachability in numpy (field_dags.py)."""

import os
from typing import Any

from field_dags import NAMES, grown, spans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archcalc.engine.periodic import cycle
from archcalc.engine.propagate import propagate
from archcalc.engine.reach import listed
from archcalc.quantities import Span
from archcalc.study.field.support import at_input, union

NETWORKS = 5000 if os.environ.get("CI") else 300

SEED = st.integers(0, 2**20 - 1)
GENES = st.tuples(st.integers(0, len(NAMES) + 2), st.integers(0, 2), st.lists(SEED, min_size=2, max_size=2))


@settings(max_examples=NETWORKS, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 200), min_size=1, max_size=2), st.lists(GENES, min_size=1, max_size=8))
def test_fields_are_what_is_reached(sizes: list[int], genes: list[tuple[int, int, list[int]]]) -> None:
    net = grown(sizes, genes)
    graph = net.graph()
    each = [propagate(graph), propagate(graph, listed), propagate(graph, at_input, union)]
    for at in net.maps:
        sliding, seen, support = (rows[at.node].reach for rows in each)
        assert {sliding.whole, seen.whole, support.whole} == {at.whole}
        assert not sliding.pooled
        fields: Any = zip(at.axes, sliding.local, seen.local, support.local, strict=True)  # type: ignore[arg-type]
        for axis, whole, inside, sets in fields:
            reached = [None if ends is None else Span(*ends) for ends in spans(axis)]
            assert list(inside.cells) == reached
            for o, span in enumerate(reached):
                unbounded = cycle(whole).at(o)
                if axis.inner[o]:
                    assert unbounded == span
                    pixels = set(axis.sees[o].nonzero()[0].tolist())
                    cell = sets.at(o)
                    assert (
                        set() if cell is None else {p for p in range(cell.lo, cell.hi + 1) if cell.sees(p)}
                    ) == pixels
                    if cell is not None:
                        assert cell.density * span.size == len(pixels)
                elif span is not None:
                    assert unbounded.lo <= span.lo and span.hi <= unbounded.hi
