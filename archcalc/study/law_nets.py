"""The nets of a law and their figures, over numbers or symbols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.engine.propagate import Row
from archcalc.errors import Problem, RuleError, UsageError, Where, near
from archcalc.fields import Range
from archcalc.quantities import Unknown
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.report.metrics import Count, metrics
from archcalc.report.rows import Rows, rows
from archcalc.spec import source
from archcalc.spec.expand import deep_recursion, environment, expand, is_open
from archcalc.spec.load import Shelf, Spec
from archcalc.spec.module import Module
from archcalc.spec.place import Known
from archcalc.spec.reader import Reader
from archcalc.spec.steps import Body, Given
from archcalc.study.patterns import select
from archcalc.values import Value, is_value, same_shape

SMALL = ("input", "body", "without")
WHOLE = ("network", "input", "set", "without")
AXES = {"channels": 0, "height": 1, "width": -1}
"""Attributes of an output, and where they stand in its shape."""


@dataclass(eq=False)
class Net:
    """A network of a law: a body of its own, or a `spec` at a variant, with settings.

    without  patterns of layers that do not count
    """

    where: Where
    inputs: dict[str, list[Given]] = field(default_factory=dict)
    body: Body | None = None
    spec: Spec | None = None
    variant: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)


def read_net(name: str, tree: source.Tree, module: Module, problems: list[Problem], shelf: Shelf) -> Net:
    """A net of the law whose scope `module` is; what is wrong with it goes to `problems`."""
    net = Net(tree.where)
    if not isinstance(tree, source.Mapping):
        problems.append(Problem(f"the net `{name}` is {{input: […], body: …}}", tree.where))
        return net
    known = WHOLE if "network" in tree.entries else SMALL
    for key, at, _ in tree:
        if key not in known:
            problems.append(
                Problem(f"a net has no `{key}`", at.where, near(key, known) or f"it has {', '.join(known)}")
            )
    needed = [key for key in ("input", "body") if known is SMALL and key not in tree.entries]
    problems += [Problem(f"the net `{name}` needs `{key}`", tree.where) for key in needed]
    if (sizes := tree.get("input")) is not None:
        net.inputs = {"input": _sizes(sizes, module, problems)}
    if (without := tree.get("without")) is not None:
        items = without.items if isinstance(without, source.Sequence) else [without]
        net.without = [str(source.plain(item)) for item in items]
    with deep_recursion():
        if (body := tree.get("body")) is not None and known is SMALL:
            net.body = Reader(module, module.globals).body(body)
    if (network := tree.get("network")) is not None:
        try:
            net.spec, net.variant = shelf.load(str(source.plain(network)))
        except UsageError as error:
            problems.append(Problem(error.message, net.where, error.hint))
        else:
            net.settings = _settings(tree, net.spec, module, problems)
    return net


def _sizes(tree: source.Tree, module: Module, problems: list[Problem]) -> list[Given]:
    if not isinstance(tree, source.Sequence) or not 1 <= len(tree.items) <= 4:
        problems.append(Problem("an input is [channels, height, width]: 1 to 4 sizes", tree.where))
        return []
    reader = Reader(module, module.globals, shape=False)
    return [reader.value(item) for item in tree.items]


def _settings(tree: source.Mapping, spec: Spec, module: Module, problems: list[Problem]) -> dict[str, Any]:
    """What a net `set`s of its spec: words, and expressions that may have symbols."""
    settings: dict[str, Any] = {}
    given = tree.get("set")
    for key, at, value in given if isinstance(given, source.Mapping) else ():
        parameter = spec.parameters.get(key)
        if parameter is None:
            hint = near(key, spec.parameters)
            problems.append(Problem(f"`{key}` is not a parameter of {spec.name}", at.where, hint))
        elif parameter.kind in ("word", "truth"):
            settings[key] = source.plain(value)
        else:
            settings[key] = Reader(module, module.globals, shape=False).value(value, pun=key)
    return settings


def attribute_problem(name: str, nets: Mapping[str, Net]) -> tuple[str, str]:
    """What is wrong with `net.metric` or `net.metric.axis`, and a hint; empty if nothing is."""
    net, _, attribute = name.partition(".")
    if net not in nets:
        return f"there is no net `{net}` in this law", near(net, nets)
    if attribute in attributes():
        return "", ""
    return f"a net has no `{attribute}`", near(attribute, attributes()) or f"it has {', '.join(attributes())}"


def attributes() -> list[str]:
    """What a statement may ask of a net."""
    counts = [name for name, metric in metrics().items() if isinstance(metric, Count) and not metric.part_of]
    fields = [f"{name}{axis}" for name in FIELDS for axis in ("", ".height", ".width")]
    return [*counts, *AXES, *(f"output.{axis}" for axis in AXES), *fields, "origin()"]


FIELDS = ("receptive_field", "field_stride", "field_padding")
"""What of the main output's field can be asked for."""


class Figures(dict[str, Any]):
    """What a statement knows where the symbols have these values: they, the file's `let`, and figures of the nets."""

    def __init__(self, module: Module, nets: Mapping[str, Net], values: Mapping[str, Value], given: Spec) -> None:
        """Raises SpecError where the file's own parameters do not fit."""
        self.parameters = {**given.settings(given.name, {}), **values}
        super().__init__(environment(module, self.parameters))
        self.module = module
        self.graphs: dict[tuple[Any, ...], Graph] = {}
        self.known: defaultdict[Module, Known] = defaultdict(Known)
        self.nets = {name: _Built(net, self) for name, net in nets.items()}

    def __missing__(self, name: str) -> Any:
        net, _, attribute = name.partition(".")
        figure = self[name] = self.nets[net].figure(attribute)
        return figure


class _Built:
    """A net at values: its graph when first asked for."""

    def __init__(self, net: Net, scope: Figures) -> None:
        self.net, self.scope = net, scope
        self._graph: Graph | None = None
        self._rows = Rows()

    @property
    def graph(self) -> Graph:
        if self._graph is None:
            self._graph = self._expanded()
            self._rows = rows(self._graph)
        return self._graph

    def _expanded(self) -> Graph:
        net, scope = self.net, self.scope
        if net.spec is not None:
            given = {name: self._value(value) for name, value in net.settings.items()}
            shapes = {next(iter(net.spec.inputs)): tuple(map(self._value, sizes)) for sizes in net.inputs.values()}
            settings = net.spec.settings(net.variant, given)
            key = (net.spec.path, *map(_frozen, settings.values()), *shapes.values())  # `without` may differ
            if key not in scope.graphs:
                open_ = any(map(is_open, (*settings.values(), *shapes.values())))
                known = scope.known[net.spec.module] if open_ else None
                scope.graphs[key] = net.spec.graph(settings, shapes, known)
            return scope.graphs[key]
        assert net.body is not None
        return expand(scope.module, net.inputs, net.body, scope.parameters, {}, scope.known[scope.module])

    def _value(self, given: Any) -> Any:
        return given.get(self.scope) if isinstance(given, Given) else given

    @property
    def end(self) -> int:
        return next(iter(self.graph.outputs.values()))

    def figure(self, attribute: str) -> Value | Callable[[Value], Value]:
        """A metric of all layers, or of the main output. Raises RuleError where it is not one exact number."""
        name, _, axis = attribute.partition(".")
        if attribute == "origin()":
            return self.origin
        shape = self.graph.nodes[self.end].applied.output
        if name in AXES or name == "output":
            return self._of_axis(shape, axis or name)
        if name in FIELDS:
            return self._field(self._rows[self.end], name, axis)
        counted = self._rows
        if self.net.without:
            left_out = {id(row) for pattern in self.net.without for row in select(pattern, self._rows)}
            counted = Rows([row for row in self._rows if id(row) not in left_out])
        found = metrics()[name].within(counted, self._rows)
        if isinstance(found, (AtLeast, Unavailable)):
            raise RuleError(f"`{name}` is not known exactly: {found.reason}")
        return found

    @staticmethod
    def _of_axis(shape: tuple[Value, ...], axis: str) -> Value:
        if axis != "channels" and len(shape) < (3 if axis == "width" else 2):
            raise RuleError(f"the output has no {axis}")
        return shape[AXES[axis]]

    @staticmethod
    def _field(row: Row, name: str, axis: str) -> Value:
        local = row.reach.local
        if isinstance(local, Unknown):
            raise RuleError(f"the receptive field is unavailable: {local.reason}")
        figures = tuple(at.size for at in local) if name == "receptive_field" else metrics()[name].rule(row)
        if varying := next((size for size in figures if isinstance(size, Range)), None):
            raise RuleError(f"positions see {varying} pixels: not one")
        if not axis and not same_shape(figures, figures[:1] * len(figures)):
            raise RuleError("the receptive field differs from axis to axis: ask for its height or width")
        return figures[-1 if axis == "width" else 0]

    def origin(self, channel: Value) -> Value:
        """The channel of the input that a channel of the main output is, where layers only order them anew."""
        at = self.end
        while self.graph.nodes[at].sources:
            applied = self.graph.nodes[at].applied
            rule = getattr(applied.op, "origin", None)
            if rule is None:
                raise RuleError(f"`{applied.op.name}` does more than order channels anew")
            channel = rule(applied.inputs[0], channel)
            (at,) = self.graph.nodes[at].sources
        return channel


def _frozen(setting: Any) -> Any:
    return tuple(map(_frozen, setting)) if isinstance(setting, list) else setting


def exact_number(value: Any) -> Value:
    """A side of a comparison: a number. Raises RuleError."""
    if not is_value(value):
        raise RuleError("a statement compares numbers")
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
