"""Where the parameters of a layer come from: what its step, or the file's defaults, give."""

from __future__ import annotations

from collections.abc import Iterator

from archcalc.engine.graph import Node
from archcalc.errors import Where
from archcalc.ops._base import Op
from archcalc.spec.load import Spec
from archcalc.spec.module import Module
from archcalc.spec.steps import Body, Call, Do, Given, Heads, Merge, Operator, Step

Steps = dict[Where, tuple[Module, Step]]


def steps(spec: Spec) -> Steps:
    """Every step of a spec, and of the blocks that it imports, by its place."""
    found: Steps = {}
    modules: dict[int, Module] = {}
    waiting = [spec.module]
    bodies = [(spec.module, spec.body)]
    while waiting:
        module = waiting.pop()
        if id(module) in modules:
            continue
        modules[id(module)] = module
        blocks = [block for block in module.blocks.values() if block is not None]
        waiting += [block.module for block in blocks]
        bodies += [(block.module, block.body) for block in blocks]
    for module, body in bodies:
        found |= {step.where: (module, step) for step in _inside(body)}
    return found


def _inside(body: Body | None) -> Iterator[Step]:
    for step in body.steps if body is not None else ():
        yield step
        match step.action:
            case Do(inner):
                yield from _inside(inner)
            case Merge() | Heads():
                for branch in step.action.branches:
                    yield from _inside(branch.body)
        yield from _inside(step.otherwise)


def given(node: Node, known: Steps) -> dict[str, Given]:
    """What gave each parameter of a node's operator; those that it has by default are not among them."""
    if node.where not in known:
        return {}
    module, step = known[node.where]
    op: type[Op] = type(node.applied.op)
    match step.action:
        case Operator() | Merge():
            return step.action.given
        case Call():  # of a parameter that holds an operator
            bare = zip([op.bare], step.action.positional, strict=False)
            return {**module.defaults_of(op.name), **step.action.named, **dict(bare)}
    return {}
