"""A network that is asked once of equal settings: several figures are held against one graph."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from archcalc.engine.graph import Graph
from archcalc.network import Network
from archcalc.spec.expand import is_open


@contextmanager
def asked_once(network: Network) -> Iterator[None]:
    """Within, settings and inputs that are numbers are expanded the first time alone; symbols every time."""
    expand, graphs = network.spec.graph, {}

    def graph(settings: Mapping[str, Any], shapes: Any = None, known: Any = None) -> Graph:
        if any(map(is_open, (*settings.values(), *(shapes or {}).values()))):
            return expand(settings, shapes, known)
        key = repr((sorted(settings.items()), shapes))
        if key not in graphs:
            graphs[key] = expand(settings, shapes, known)
        return graphs[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network.spec, "graph", graph)
        yield
