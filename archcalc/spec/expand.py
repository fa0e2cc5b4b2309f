"""Module + parameters + inputs → Graph, with shapes: the only place where structure is decided."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.errors import Problem, SpecError, UsageError
from archcalc.ops._base import catalogue
from archcalc.ops._fields import axes
from archcalc.quantities import Shape
from archcalc.spec import limits
from archcalc.spec.bodies import Runner
from archcalc.spec.module import Module
from archcalc.spec.place import Known
from archcalc.spec.running import Env, Failure, Frame
from archcalc.spec.steps import MAIN, Body, Given


def expand(
    module: Module,
    inputs: Mapping[str, list[Given]],
    body: Body,
    parameters: Mapping[str, Any],
    shapes: Mapping[str, Shape],
    known: Known | None = None,
) -> Graph:
    """The graph of a network. Raises SpecError with all problems of shapes.

    shapes  inputs given from outside
    known   what expansions at other settings have left: over numbers, or over symbols of one space and point
    """
    expander = _Expander(parameters)
    if known is not None:
        expander.share(known)
    collecting = gc.isenabled()
    gc.disable()  # a graph has no cycles to collect, and collection would double the time of a large one
    try:
        with deep_recursion():
            return expander.network(module, inputs, body, shapes)
    finally:
        if collecting:
            gc.enable()


def environment(module: Module, parameters: Mapping[str, Any]) -> Env:
    """What expressions of a file know: parameters at these values, functions, and what has been read of its `let`."""
    return _Expander(parameters).environment(module)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for blocks, branches and expressions inside one another."""
    depth = sys.getrecursionlimit()
    sys.setrecursionlimit(max(depth, 50 * limits.MAX_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)


def is_open(value: Any) -> bool:
    """Whether some number is a symbol or the like, which no expansion may know from another."""
    return any(map(is_open, value)) if isinstance(value, (list, tuple)) else hasattr(value, "system")


class _Expander(Runner):
    """Runs a network: its inputs, its body, and what must hold of the whole."""

    def network(
        self, module: Module, inputs: Mapping[str, list[Given]], body: Body, shapes: Mapping[str, Shape]
    ) -> Graph:
        self.root = module
        try:
            env = self.environment(module)
            first = self._inputs(inputs, env, shapes)
            frame = Frame("", first, module, env)
            end = self.body(body, env, first, frame, "")
            if end is not None:
                self.graph.outputs = {MAIN: end, **self.graph.outputs}
        except Failure as failure:
            self.record(failure, "")
        except RecursionError:
            self.record(Failure(body.where, "blocks and branches are nested too deep"), "")
        self.chances.settle(self.graph.nodes)
        if not self.failures:
            self._unread()
        if self.failures:
            problems = [
                replace(problem, message=f"{problem.message} (and {more} more)") if more else problem
                for problem, more in self.failures.values()
            ]
            raise SpecError(sorted(problems, key=_order))
        return self.graph

    def _inputs(self, inputs: Mapping[str, list[Given]], env: Env, shapes: Mapping[str, Shape]) -> int:
        for name, sizes in inputs.items():
            where = sizes[0].where
            shape = tuple(self.size(size, env, "a size of the input") for size in sizes)
            if name in shapes:
                shape = _filled(shapes[name], shape, name)
            op = catalogue()["input"](len(shape) - 1, shape=shape)
            node = self.node(op, (), name, where, 0)
            self.ended(name, node)
            self.graph.inputs[name] = node
        return next(iter(self.graph.inputs.values()))

    def _unread(self) -> None:
        """Every node must be needed by an output."""
        nodes = self.graph.nodes
        if len({source for node in nodes for source in node.sources}.union(self.graph.outputs.values())) == len(nodes):
            return  # each that is no output is read by one further on
        needed = bytearray(len(nodes))
        read = bytearray(len(nodes))
        for index in self.graph.outputs.values():
            needed[index] = 1
        for index in range(len(nodes) - 1, -1, -1):
            for source in nodes[index].sources:
                read[source] = 1
                if needed[index]:
                    needed[source] = 1
        for index, node in enumerate(nodes):
            if not needed[index] and not read[index]:
                message = f"no output needs `{node.path}`"
                self.record(
                    Failure(node.where, message, "read it with `from`, a merge or a `head`, or leave it out"), ""
                )


def _filled(given: Shape, own: Shape, name: str) -> Shape:
    """An input given from outside: one number is every axis, axes alone leave the spec's own channels."""
    rank = len(own) - 1
    if len(given) == rank + 1:
        return given
    if len(given) == 1:
        return own[0], *given * rank
    if len(given) == rank:
        return own[0], *given
    raise UsageError(f"the input `{name}` has {axes(rank)} beside its channels, {len(given)} sizes are given")


def _order(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.source.name, where.line, where.column) if where else ("", 0, 0)
