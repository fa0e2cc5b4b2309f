"""A graph as a spec without blocks, repeats and expressions: the same paths, shapes, figures and wiring.

Levels of paths become named `do`s, wiring `from` and merges by name. A merge holds branches only where a list of names
would not do: it is itself the level that holds them, they stand several times (`copies`), or it has parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from archcalc.engine.graph import Graph, Node
from archcalc.errors import UsageError
from archcalc.ops._base import catalogue
from archcalc.study.parameters import given
from archcalc.values import Value, at_least, equal, exactdiv


class Steps(list[Any]):
    """A body: a list of steps, each a word or a mapping."""


@dataclass(slots=True, eq=False)
class Place:
    """A level of paths: the node at it, if there is one, and the levels inside it, in order."""

    path: str
    node: int | None = None
    inside: dict[str, Place] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.path.rpartition("/")[2]

    def first(self) -> int | None:
        """The first node at it or inside."""
        nodes = (place.first() for place in self.inside.values())
        return next((node for node in nodes if node is not None), self.node)


class Around(NamedTuple):
    """How many copies of a step the branches around it make, and how often these run in training."""

    copies: Value = 1
    often: Value = 1

    def survival(self, node: Node) -> dict[str, Value]:
        """What the step of a node must say of its survival."""
        own = node.survival if equal(self.often, 0) else exactdiv(node.survival, self.often)
        if not at_least(1, own):
            raise UsageError(f"`{node.path}` runs more often in training than the merge around it")
        return {} if equal(node.survival, self.often) else {"survival": own}


def expanded(graph: Graph) -> dict[str, Any]:
    """`input` and `body` of a spec whose graph is this one. Raises UsageError where no spec has these paths."""
    inputs = {name: list(graph.nodes[index].applied.output) for name, index in graph.inputs.items()}
    return {"input": inputs["input"] if list(inputs) == ["input"] else inputs, "body": _Writer(graph).network()}


def _enclosing(path: str) -> Iterator[str]:
    """The path and the levels around it, inner first; the network's own, "", last."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""


class _Writer:
    def __init__(self, graph: Graph) -> None:
        self.graph, self.nodes = graph, graph.nodes
        (_, self.main), *heads = graph.outputs.items()
        self.heads = dict(heads)
        self.firsts = {node.shared for node in self.nodes}
        self.labels = {label for node in self.nodes for label in node.path.split("/")}
        self.ends: dict[str, int] = {}
        """The node at the end of each level that is written."""
        self.hidden: dict[int, None] = {}
        """Nodes that could not be called."""
        self.marks: dict[int, str] = {}
        """Names of places after nodes that could not be called without."""

    def network(self) -> Steps:
        body = self.written()
        if self.hidden:
            names = self.unused("place")
            self.marks = {node: next(names) for node in self.hidden}
            self.hidden, self.ends = {}, {}
            body = self.written()
        for node in self.hidden:
            raise UsageError(f"a spec has no way to call `{self.nodes[node].path}` where it is read")
        return body

    def written(self) -> Steps:
        root = Place("")
        inputs = set(self.graph.inputs.values())
        for index, node in enumerate(self.nodes):
            if index not in inputs:
                self._place(root, node.path).node = index
        for path in self.heads:
            if not any(f"{node.path}/".startswith(f"{path}/") for node in self.nodes):
                self._place(root, path, layer=False)
        begin = next(iter(self.graph.inputs.values()))
        body, at = self.body(root, begin, Around())
        if at != self.main or not body:
            body.append({"from": self.name(self.main, "")})
        return body

    def _place(self, root: Place, path: str, *, layer: bool = True) -> Place:
        """The place of a path. The layers of a level must stand together, and the one at it last."""
        at, levels = root, path.split("/")
        for depth, label in enumerate(levels, 1):
            closed = label in at.inside and label != next(reversed(at.inside))
            if layer and (closed or at.node is not None):
                level = "/".join(levels[:depth])
                raise UsageError(f"the layers of `{level}` do not stand together: a spec cannot have their paths")
            at = at.inside.setdefault(label, Place("/".join(levels[:depth])))
        return at

    # Bodies: each answers what it wrote and the node at its end ------------------------------------------------------

    def body(self, level: Place, at: int, around: Around) -> tuple[Steps, int]:
        """The steps inside a level."""
        steps = Steps()
        several: list[Place] = []  # branches, of which at least the first stands several times: a merge will follow
        counts: dict[str, int] = {}  # merges without a name, by operator
        for place in level.inside.values():
            if several or not self._alike(place, around):
                if place.node is None or not _copies(self.nodes[place.node]) or place.inside:
                    several.append(place)
                    continue
                step = self.merge(place, several, at, around)
                steps += self._numbered(place, step, counts)
                at, several = self.ended(place.node, level, steps), []
            elif place.path in self.heads:
                branch = self.branch(place, self.heads[place.path], at, around, 1, place.path)
                steps.append({"head": {place.label: branch}})
            elif place.node is not None:
                steps.append({"name": place.label, **self.step(place, at, around)})
                at = self.ended(place.node, level, steps)
            else:
                inner, at = self.body(place, at, around)
                self.ends[place.path] = at
                steps.append({"name": place.label, "do": inner})
        if several:
            raise UsageError(f"no merge follows the copies of `{several[0].path}`")
        steps += [_skipped(op) for op, count in counts.items() if count == 1]
        if len(steps) > 1 or not level.path:
            for step in steps:
                if step.get("name") in step and step["name"] not in counts and not _holds_branches(step):
                    del step["name"]  # it is the operator's, as it would be without
        return steps, at

    def ended(self, node: int, level: Place, steps: Steps) -> int:
        """The node, whose step is written; where it needs a mark, one is set."""
        self.ends[self.nodes[node].path] = node
        if node in self.marks:
            mark = self.marks[node]
            steps.append({"name": mark})
            self.ends[f"{level.path}/{mark}" if level.path else mark] = node
        return node

    def _alike(self, place: Place, around: Around) -> bool:
        first = place.first()
        return first is None or equal(self.nodes[first].copies, around.copies)

    def _numbered(self, place: Place, step: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
        """A merge whose branches stand beside it has no name: skipped ones before it give it its number."""
        assert place.node is not None
        op = self.nodes[place.node].applied.op.name
        number = place.label.removeprefix(op)
        if number and not (number.isdecimal() and place.label.startswith(op)):
            raise UsageError(f"the copies beside `{place.path}` need it to be named `{op}`")
        if not number:
            return [step]
        skipped = [_skipped(op) for _ in range(counts.get(op, 0) + 1, int(number))]
        counts[op] = int(number)
        return [*skipped, step]

    def step(self, place: Place, at: int, around: Around) -> dict[str, Any]:
        """The step that places a node, without a name."""
        assert place.node is not None
        node, applied = self.nodes[place.node], self.nodes[place.node].applied
        parameters: Any = given(applied)
        if applied.op.merge and (place.inside or parameters or _copies(node)):
            return self.merge(place, list(place.inside.values()), at, around)
        if place.inside:
            raise UsageError(f"`{place.path}` is a layer and has layers inside")
        if applied.op.merge:
            names = [self.name(source, place.path) for source in node.sources]
            return {applied.op.name: names, **around.survival(node)}
        if list(parameters) == [applied.op.bare] and not isinstance(parameters[applied.op.bare], bool):
            parameters = parameters[applied.op.bare]
        step = {applied.op.name: parameters or None if isinstance(parameters, dict) else parameters}
        for source in node.sources:  # one, or none if the operator begins a line
            if source != at:
                step["from"] = self.name(source, place.path.rpartition("/")[0])
        if node.shared is not None or place.node in self.firsts:
            step["weights"] = node.path if node.shared is None else self.nodes[node.shared].path
        return {**step, **around.survival(node)}

    def merge(self, place: Place, branches: list[Place], at: int, around: Around) -> dict[str, Any]:
        """The step of a merge that holds its branches."""
        assert place.node is not None
        node = self.nodes[place.node]
        written: dict[str, Any] = {}
        rest, names = list(branches), self.unused("from")
        inner = around._replace(often=node.survival)
        counts = _copies(node) or (1,) * len(node.sources)
        for index, (source, times) in enumerate(zip(node.sources, counts, strict=True)):
            own = rest[:1] if rest and self._is_branch_of(source, rest[0], node.sources[index:]) else []
            label = own[0].label if own else next(names)
            path = own[0].path if own else place.path
            written[label] = self.branch(own[0] if own else None, source, at, inner, times, path)
            rest = rest[len(own) :]
        if rest:
            raise UsageError(f"`{rest[0].path}` is no branch of `{place.path}`")
        return {node.applied.op.name: {**given(node.applied), **written}, **around.survival(node)}

    def _is_branch_of(self, source: int, place: Place, sources: Sequence[int]) -> bool:
        """Whether the next branch ends at the next source: it holds it, or none of the sources to come."""
        start = f"{place.path}/"
        held = [each for each in sources if f"{self.nodes[each].path}/".startswith(start)]
        return source in held or not held

    def branch(self, place: Place | None, end: int, at: int, around: Around, times: Value, path: str) -> Any:
        """The body of a branch at `path` that ends at the node `end`; `place` holds what is in it, if anything is."""
        inner = around._replace(copies=around.copies * times)
        several = {} if type(times) is int and times == 1 else {"copies": times}
        if place is not None and place.node is not None:
            if place.node != end:
                raise UsageError(f"the branch `{place.path}` is a layer and ends at another")
            step = self.step(place, at, inner)
            self.ends[place.path] = end
            return {**several, **step}
        body, last = self.body(place, at, inner) if place is not None else (Steps(), at)
        if last != end:
            body.append({"from": self.name(end, path)})
        if place is not None:
            self.ends[place.path] = end
        if not several:
            return body or "identity"
        return {**several, "do": body or "identity"}

    # Names -----------------------------------------------------------------------------------------------------------

    def unused(self, stem: str) -> Iterator[str]:
        """Labels that no path has."""
        return (label for number in count(1) if (label := f"{stem}{number}") not in self.labels)

    def name(self, node: int, level: str) -> str:
        """How a step at a level calls a node: by the outermost level that ends in it, looked for from inside out."""
        if node == next(iter(self.graph.inputs.values())):
            return "input"
        path = self.nodes[node].path
        ending = [level for level in _enclosing(path) if self.ends.get(level) == node]
        if node in self.marks:
            ending.insert(0, f"{path.rpartition('/')[0]}/{self.marks[node]}".strip("/"))
        for target in (*reversed(ending), *[path] * (node in self.graph.inputs.values())):
            between: list[str] = []
            for around in _enclosing(level):
                start = f"{around}/" if around else ""
                name = target.removeprefix(start)
                if target.startswith(start) and not any(f"{inner}/{name}" in self.ends for inner in between):
                    return name
                between.append(around)
        self.hidden[node] = None
        return "?"


def _copies(node: Node) -> tuple[Value, ...] | None:
    """How often each branch of a merge stands; None if once."""
    counts: tuple[Value, ...] | None = getattr(node.applied.op, "copies", None)
    return counts


def _holds_branches(step: dict[str, Any]) -> bool:
    return any(isinstance(value, dict) and op in catalogue() and catalogue()[op].merge for op, value in step.items())


def _skipped(op: str) -> dict[str, Any]:
    return {op: ["input"], "when": False}
