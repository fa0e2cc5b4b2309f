"""Which parameters of a spec a block or a function depends on, beside its arguments and what arrives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from typing import Any

from archcalc.spec import steps
from archcalc.spec.module import Module
from archcalc.spec.steps import Block, Call, Given, LetFunction

_PARTS = frozenset(part for part in vars(steps).values() if isinstance(part, type) and is_dataclass(part))


def parameters_of(user: Block | LetFunction, module: Module) -> frozenset[str]:
    """Names of the parameters that layers of a block, or a function of `let`, may depend on, but for those of blocks
    that parameters hold."""
    if isinstance(user, LetFunction):
        return frozenset(_through_let(module, [f"{user.name}()"]))
    found: set[str] = set()
    blocks = [user]
    for each in blocks:  # a loop, for their chain may be long, and go in a circle
        defaults = {id(given): given for values in each.module.defaults.values() for given in values.values()}
        of_file = _names(each.arguments.values())
        own: set[str] = set()
        if each.module.imported_at is not None:  # its `let` is asked for when the first of its blocks runs
            of_file |= {name for name, entry in each.module.let.items() if isinstance(entry, Given)}
        for part in _parts(each.body):
            if isinstance(part, Given):
                names = of_file if id(part) in defaults else own
                names |= part.names
            elif isinstance(part, Call):
                if part.block is None:  # it may hold an operator, which has the file's defaults, read now or later
                    own.add(part.target)
                    of_file |= _names(defaults.values())
                    found |= each.module.parameters if each.module.imported_at is not None else set()
                elif part.block not in blocks:
                    blocks.append(part.block)
        found |= _through_let(each.module, of_file | own.difference(each.arguments))
    return frozenset(found)


def _names(given: Iterable[Given | None]) -> set[str]:
    return {name for each in given if each is not None for name in each.names}


def _parts(body: Any) -> Iterator[Any]:
    """Everything that a body consists of, but for the bodies of other blocks."""
    unread = [body]
    while unread:
        part = unread.pop()
        kind = type(part)
        if kind is dict:
            unread += part.values()
        elif kind is list:
            unread += part
        elif kind is Given:
            yield part
        elif kind in _PARTS and kind is not Block:
            yield part
            unread += vars(part).values()


def _through_let(module: Module, names: Iterable[str]) -> set[str]:
    """The parameters among names, and those that entries of `let` among them use."""
    found: set[str] = set()
    unread, seen = list(names), set(names)
    while unread:
        name = unread.pop()
        if name in module.parameters:
            found.add(name)
        entry = module.let.get(name)
        used: set[str] = set()
        if isinstance(entry, LetFunction):
            used = _names([entry.rule]).difference(entry.arguments) | _names(entry.table.values())
        elif entry is not None:
            used = set(entry.names)
        unread += used - seen
        seen |= used
    return found
