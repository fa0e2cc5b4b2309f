"""What a formula is asked of: a network at its settings, the figure, and which of its sizes are symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row, propagate
from archcalc.engine.reach import NOTHING
from archcalc.errors import UsageError, near
from archcalc.fields import Range, Reach
from archcalc.network import Network
from archcalc.quantities import AXES, Shape, Unknown
from archcalc.report.figures import Unavailable, is_partial
from archcalc.report.groups import grouped
from archcalc.report.metrics import Count, Metric, metrics
from archcalc.spec.expr import said
from archcalc.spec.parameter import Parameter
from archcalc.values import Value
from archcalc.values.exact import Exact

METRICS = ("mult_adds", "params", "activations", "receptive_field", "field_stride", "field_padding")
GROUPINGS = ("layer", "block", "stage")
HEIGHT, WIDTH = "h", "w"
"""The input map: its side, or its height; its width."""

Figure = tuple[Value, ...] | Unavailable
"""A count, or a receptive field on each axis."""


class Question:
    """A figure of a network over symbols.

    settings  the value of every parameter: the point that a formula of it always covers
    shapes    the inputs there, by name
    point     the values there of what is asked to be a symbol: parameters, `h` and `w`
    groups    names of groups of layers, and the indices of their nodes
    """

    def __init__(
        self,
        network: Network,
        asked: Sequence[str],
        *,
        metric: str = METRICS[0],
        by: str | None = None,
        input: Any = None,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        """Raises UsageError for what cannot be asked, SpecError where the network is wrong at its settings."""
        self.network = network
        self.metric = _known(metric, METRICS, "metric")
        self.settings = network.settings(**(given or {}))
        graph = network.graph(input=input, **(given or {}))
        self.shapes: dict[str, Shape] = {name: graph.nodes[at].applied.output for name, at in graph.inputs.items()}
        self.given_shapes = network._shapes(input)
        self.point: dict[str, Exact] = {}
        self.places: dict[str, tuple[int, ...]] = {}
        for name in dict.fromkeys(asked):
            self._ask(name, asked)
        rows = self._rows(graph)
        places = {id(row): index for index, row in enumerate(rows)}
        of = grouped(rows, _one_of(by, GROUPINGS, "grouping")) if by is not None else []
        self.groups = [(group.name, [places[id(row)] for row in group.rows]) for group in of]
        self.nodes = len(rows)

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters that are symbols."""
        return {name: self.network.parameters[name] for name in self.point if name not in self.places}

    @property
    def following(self) -> list[str]:
        """The inputs whose maps have the sizes of `h` and `w`: those whose map is that of the first."""
        maps = {name: shape[1:] for name, shape in self.shapes.items()}
        return [name for name, sizes in maps.items() if self.places and sizes == next(iter(maps.values()))]

    @property
    def sides(self) -> dict[str, str | Value]:
        """Each axis of their maps, and its symbol, or the size that it keeps."""
        if not self.places:
            return {}
        sizes: list[str | Value] = list(self.shapes[self.following[0]][1:])
        for symbol, places in self.places.items():
            for place in places:
                sizes[place - 1] = symbol
        return dict(zip(AXES[len(sizes)], sizes, strict=True))

    def _ask(self, name: str, asked: Sequence[str]) -> None:
        parameter = self.network.parameters.get(name)
        if parameter is not None:
            if parameter.choices is not None:
                raise UsageError(f"`{name}` is one of {', '.join(map(said, parameter.choices))}: it is no symbol")
            if parameter.kind not in ("whole", "number"):
                raise UsageError(f"`{name}` is a {parameter.kind}: only a number can be a symbol")
            self.point[name] = self.settings[name]
            return
        shape = next(iter(self.shapes.values()), ())
        if name not in (HEIGHT, WIDTH) or len(shape) < (3 if name == WIDTH else 2):
            sizes = [HEIGHT, WIDTH][: max(len(shape) - 1, 0)]
            known = [*self.network.parameters, *sizes]
            raise UsageError(
                f"`{name}` is no parameter of {self.network.title}",
                near(name, known) or f"it has {', '.join(known) or 'none'}; h and w are the sizes of the input map",
            )
        last = len(shape) - 1
        alike = [place for place in range(1, last + 1) if shape[place] == shape[1]]
        self.places[name] = (last,) if name == WIDTH else tuple(p for p in alike if p != last or WIDTH not in asked)
        self.point[name] = shape[self.places[name][0]]

    def sizes(self, values: Mapping[str, Value]) -> dict[str, Shape]:
        """The inputs that replace the spec's: those whose map is that of the first have the sizes of `h` and `w`."""
        result = dict(self.given_shapes)
        if not self.places:
            return result
        sizes = [values[side] if isinstance(side, str) else side for side in self.sides.values()]
        for name in self.following:
            shape = self.shapes[name]
            whole = len(self.given_shapes.get(name, ())) == len(shape)
            result[name] = (*(shape[:1] if whole else ()), *sizes)  # channels may be a symbol
        return result

    def _rows(self, graph: Graph) -> list[Row]:
        """Receptive fields are followed only if they are asked for."""
        if not isinstance(self.metric, Count):
            return propagate(graph)
        return [Row(node, NOTHING) for node in graph.nodes]

    def ask(self, values: Mapping[str, Value]) -> tuple[Figure, list[Figure]]:
        """The figure of the network and of each group where the symbols have these values, of any number system.

        Raises SpecError where the network does not accept them, UsageError where the figure is not known exactly.
        """
        parameters = {name: value for name, value in values.items() if name not in self.places}
        graph = self.network.spec.graph({**self.settings, **parameters}, self.sizes(values))
        rows = self._rows(graph)
        if self.groups and len(rows) != self.nodes:
            raise AssertionError(f"{len(rows)} nodes at {dict(values)}, {self.nodes} at {self.point}")
        whole = self._figure(rows if isinstance(self.metric, Count) else [rows[next(iter(graph.outputs.values()))]])
        if isinstance(whole, Unavailable):
            raise UsageError(f"the receptive field is unavailable: {whole.reason}")
        return whole, [self._figure([rows[index] for index in indices]) for _, indices in self.groups]

    def _figure(self, rows: Sequence[Row]) -> Figure:
        figure = self.metric.over(rows)
        if isinstance(figure, Reach):
            if isinstance(figure.local, Unknown):
                return Unavailable(figure.local.reason)
            sizes = tuple(at.size for at in figure.local)
            if varying := next((size for size in sizes if isinstance(size, Range)), None):
                return Unavailable(f"positions see {varying} pixels: not one")
            return sizes
        if isinstance(figure, (Unavailable, tuple)):
            return figure
        if is_partial(figure):
            raise UsageError(f"{self.metric.title} are not known exactly: {figure.reason}")
        return (figure,)


def _known(name: str, names: Sequence[str], what: str) -> Metric:
    return metrics()[_one_of(name, names, what)]


def _one_of(name: str, names: Sequence[str], what: str) -> str:
    if name not in names:
        raise UsageError(f"there is no {what} `{name}`", near(name, names) or f"there are {', '.join(names)}")
    return name
