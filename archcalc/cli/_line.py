"""A command line that is not finished, as the parser will read it: what it declares, and the specs that it names."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from archcalc.cli._settings import rewrite

MARK = "\0"
"""Stands at the cursor while the line is read."""


class Declared(NamedTuple):
    """An option or an argument of a command; an option without a value has `takes` False, `many` may be repeated."""

    names: tuple[str, ...]
    metavar: str
    about: str
    takes: bool = True
    many: bool = False


def command_of(name: str) -> Callable[..., int]:
    """The function that a command is."""
    command: Callable[..., int] = import_module(f"archcalc.cli.{name}").command
    return command


def declared(name: str) -> tuple[list[Declared], list[Declared]]:
    """Options and arguments of a command, from its signature: to build its parser would take half of the time."""
    options, arguments = [], []
    for parameter, hint in typing.get_type_hints(command_of(name), include_extras=True).items():
        info = getattr(hint, "__metadata__", (None,))[0]
        if info is None:
            continue
        kind, about, metavar = str(hint.__origin__), info.help or "", info.metavar or ""
        if type(info).__name__ == "ArgumentInfo":
            arguments.append(Declared((), metavar, about, many="list" in kind))
            continue
        names = [text for text in (info.default, *info.param_decls) if isinstance(text, str)]
        names = names or [f"--{parameter.replace('_', '-')}"]
        options.append(Declared(tuple(names), metavar, about, "bool" not in kind, "list" in kind))
    return [*options, Declared(("--help",), "", "Show this message and exit.", takes=False)], arguments


@dataclass
class Line:
    """A command line before the cursor, as the parser will read it."""

    command: str
    before: list[str]
    options: list[Declared] = field(init=False)
    arguments: list[Declared] = field(init=False)

    def __post_init__(self) -> None:
        self.options, self.arguments = declared(self.command)
        self.takes = {name: option.takes for option in self.options for name in option.names}
        self.read = rewrite([*self.before, MARK], self.takes)

    def argument(self, position: int) -> Declared | None:
        """The argument at a place among the words that are no option's."""
        if position < len(self.arguments):
            return self.arguments[position]
        return self.arguments[-1] if self.arguments and self.arguments[-1].many else None

    @cached_property
    def specs(self) -> list[str]:
        """The specs that it names."""
        words = [(self.argument(at), word) for at, word in enumerate(self.read.positional) if word != MARK]
        return [word for argument, word in words if argument and "SPEC" in argument.metavar]

    def values(self, option: str) -> list[str]:
        """The values that an option has before the cursor."""
        pairs = zip(self.read.arguments, self.read.arguments[1:], strict=False)
        return [value for name, value in pairs if name == option and MARK not in value]

    @cached_property
    def trees(self) -> list[Any]:
        """The specs as bare YAML."""
        return [tree for spec in self.specs if (tree := tree_of(spec)) is not None]

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters of the specs, as `{default, help, choices, …}`."""
        return {name: entry for tree in self.trees for name, entry in parameters_of(tree).items()}


def tree_of(spec: str) -> Any:
    """A spec as YAML: a file, or a packaged spec or the one that has the variant."""
    from archcalc.spec import zoo
    from archcalc.spec.source import parse, read

    path = Path(spec.partition(":")[0]).expanduser()
    if path.is_file():
        return parse(read(str(path)))
    name = path.name.removesuffix(".yaml")
    for stem, candidate in zoo.candidates(name):
        tree = parse(read(str(candidate)))
        if name == stem or name in variants_of(tree):
            return tree
    return None


def variants_of(tree: Any) -> dict[str, Any]:
    """The variants that a tree has, with their settings."""
    from archcalc.spec.source import plain

    entry = tree.get("variants")
    found: dict[str, Any] = (plain(entry) if entry is not None else None) or {}
    return found


def parameters_of(tree: Any) -> dict[str, dict[str, Any]]:
    """The parameters that a tree has, as `{default, …}`."""
    from archcalc.spec.source import plain

    entry = tree.get("parameters")
    found = (plain(entry) if entry is not None else None) or {}
    return {name: each if isinstance(each, dict) else {"default": each} for name, each in found.items()}
