"""What a shell may put behind a command line: `archcalc complete WORD…`, which the scripts of `completion` ask.

The last word is the one at the cursor. An answer is a line `WORD<tab>what it is`; `:files<tab>.yaml` asks the shell for
files that end so. It has to be fast: a spec is read as bare YAML, but for layers, which need the graph.
"""

from __future__ import annotations

import os
import re
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from archcalc.cli._settings import rewrite
from archcalc.cli.app import TRACEBACK, command_first, commands

MARK = "\0"
"""Stands at the cursor while the line is read."""

FILES = ":files"
_CHOICE = re.compile(r"[a-z][a-z0-9_]*")


class Answer(NamedTuple):
    """A word, and what it is."""

    word: str
    about: str = ""


class Declared(NamedTuple):
    """An option or an argument of a command; an option without a value has `takes` False, `many` may be repeated."""

    names: tuple[str, ...]
    metavar: str
    about: str
    takes: bool = True
    many: bool = False


def respond(words: list[str]) -> int:
    """Print the answers. What goes wrong is not told: nobody waits for it."""
    try:
        lines = [f"{each.word}\t{' '.join(each.about.split())}" for each in answers(words)]
    except Exception:
        if os.environ.get(TRACEBACK):
            raise
        return 0
    print("".join(f"{line}\n" for line in lines), end="")
    return 0


def answers(words: list[str]) -> list[Answer]:
    """All that may stand for the last word."""
    *before, current = words or [""]
    before = command_first(before)
    if not before or before[0].startswith("-"):
        found = _commands()
    elif before[0] in commands():
        found = _at(Line(before[0], before[1:]), current)
    else:
        return []
    return [each for each in found if each.word.startswith(current) or each.word == FILES]


def _commands() -> Iterator[Answer]:
    for name in commands():
        yield Answer(name, (_command(name).__doc__ or "").strip().split("\n")[0])
    yield Answer("--help", "Show this message and exit.")
    yield Answer("--version", "Show the version and exit.")


def _command(name: str) -> Callable[..., int]:
    command: Callable[..., int] = import_module(f"archcalc.cli.{name}").command
    return command


def declared(name: str) -> tuple[list[Declared], list[Declared]]:
    """Options and arguments of a command, from its signature: to build its parser would take half of the time."""
    options, arguments = [], []
    for parameter, hint in typing.get_type_hints(_command(name), include_extras=True).items():
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
        return [tree for spec in self.specs if (tree := _tree(spec)) is not None]

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters of the specs, as `{default, help, choices, …}`."""
        return {name: entry for tree in self.trees for name, entry in _parameters(tree).items()}


def _at(line: Line, current: str) -> Iterator[Answer]:
    """What may stand at the cursor: an option, the value of one, or an argument."""
    if current.startswith("--") and "=" in current:
        name = current.partition("=")[0]
        yield from (Answer(f"{name}={value}", about) for value, about in _values(line, name, current[len(name) + 1 :]))
    elif MARK in line.read.positional:
        if current.startswith("-") and current != "-":
            yield from _options(line)
        elif argument := line.argument(line.read.positional.index(MARK)):
            yield from _of_argument(line, argument, current)
    elif line.read.taken and line.read.taken[-1][1] == MARK:
        name = line.read.taken[-1][0]
        yield from _options(line) if current.startswith("--") else _values(line, name, current)
    else:
        yield from _values(line, line.read.arguments[-2], current)


def _options(line: Line) -> Iterator[Answer]:
    used = {word.partition("=")[0] for word in line.before}
    if "--set" in line.takes:
        for name, entry in line.parameters.items():
            if f"--{name}" not in used:
                yield Answer(f"--{name}", _about(entry))
    for option in line.options:
        if option.many or not used.intersection(option.names):
            yield Answer(max(option.names, key=len), option.about)


def _about(entry: dict[str, Any]) -> str:
    """What a parameter is, and its default."""
    from archcalc.spec.expr import said

    default = f"default {said(entry['default'])}" if entry.get("default") is not None else ""
    return "; ".join(filter(None, (str(entry.get("help") or ""), default)))


def _values(line: Line, name: str, current: str) -> Iterator[Answer]:
    """What an option may be; of one that is not declared, the parameter's values."""
    option = next((each for each in line.options if name in each.names), None)
    if option is None:
        entry = line.parameters.get(name[2:].replace("-", "_"), {})
        from archcalc.spec.expr import said

        choices = entry.get("choices") or ([True, False] if isinstance(entry.get("default"), bool) else [])
        yield from (Answer(said(choice)) for choice in choices)
        return
    source = OPTIONS.get(max(option.names, key=len)) or OPTIONS.get(option.metavar)
    if source is not None:
        yield from source(line, current)
    else:
        yield from (Answer(word) for word in option.metavar.split("|") if _CHOICE.fullmatch(word))


def _of_argument(line: Line, argument: Declared, current: str) -> Iterator[Answer]:
    for word, source in ARGUMENTS.items():
        if word in argument.metavar:
            yield from source(line, current)
            return
    yield from (Answer(word) for word in argument.metavar.split("|") if _CHOICE.fullmatch(word))


# Sources -------------------------------------------------------------------------------------------------------------


def _tree(spec: str) -> Any:
    """A spec as YAML: a file, or a packaged spec or the one that has the variant."""
    from archcalc.spec import zoo
    from archcalc.spec.source import parse, read

    path = Path(spec.partition(":")[0]).expanduser()
    if path.is_file():
        return parse(read(str(path)))
    name = path.name.removesuffix(".yaml")
    for stem, candidate in zoo.candidates(name):
        tree = parse(read(str(candidate)))
        if name == stem or name in _variants(tree):
            return tree
    return None


def _variants(tree: Any) -> dict[str, Any]:
    from archcalc.spec.source import plain

    entry = tree.get("variants")
    found: dict[str, Any] = (plain(entry) if entry is not None else None) or {}
    return found


def _parameters(tree: Any) -> dict[str, dict[str, Any]]:
    from archcalc.spec.source import plain

    entry = tree.get("parameters")
    found = (plain(entry) if entry is not None else None) or {}
    return {name: each if isinstance(each, dict) else {"default": each} for name, each in found.items()}


def _specs(line: Line, current: str) -> Iterator[Answer]:
    """Packaged specs, and the variants of those whose name is begun; what is set behind a colon; files."""
    from archcalc.spec import zoo
    from archcalc.spec.source import parse, plain, read

    colon = next((each for each in line.arguments if "SETTINGS" in each.metavar), None)
    if colon and ":" in current:
        yield from _own_settings(current)
        return
    for name, path in zoo.packaged().items():
        if not name.startswith(current) and not current.startswith(name):
            continue
        tree = parse(read(str(path))) if current else None
        title = tree.get("network") if tree is not None else None
        yield Answer(name, str(plain(title)) if title is not None else "")
        for variant, settings in (_variants(tree) if tree is not None else {}).items():
            yield Answer(variant, _settings(settings))
    yield Answer(FILES, ".yaml")


def _settings(settings: dict[str, Any] | None) -> str:
    from archcalc.spec.expr import said

    return " ".join(f"{name}={said(value)}" for name, value in (settings or {}).items())


def _own_settings(current: str) -> Iterator[Answer]:
    """`SPEC:VARIANT,NAME=…` as far as it goes."""
    spec = current.partition(":")[0]
    at = max(current.rfind(":"), current.rfind(",")) + 1
    tree = _tree(spec)
    if tree is not None:
        if current[at - 1] == ":":
            yield from (Answer(f"{spec}:{name}", _settings(given)) for name, given in _variants(tree).items())
        yield from (Answer(f"{current[:at]}{name}=", _about(each)) for name, each in _parameters(tree).items())


def _of_variants(line: Line, current: str) -> Iterator[Answer]:
    return (Answer(name, _settings(given)) for tree in line.trees for name, given in _variants(tree).items())


def _pairs(line: Line, current: str) -> Iterator[Answer]:
    """`NAME=VALUE`."""
    name = current.partition("=")[0]
    if "=" in current:
        yield from (Answer(f"{name}={value}", about) for value, about in _values(line, f"--{name}", ""))
    else:
        yield from (Answer(f"{each}=", _about(entry)) for each, entry in line.parameters.items())


def _listed(known: list[Answer], current: str) -> Iterator[Answer]:
    """The next of several names with commas between."""
    head = current[: current.rfind(",") + 1]
    used = head.split(",")
    return (Answer(f"{head}{word}", about) for word, about in known if word not in used)


def _columns(line: Line, current: str) -> Iterator[Answer]:
    from archcalc.report.metrics import metrics

    return _listed([Answer(name, each.summary()) for name, each in metrics().items()], current)


def _symbols(line: Line, current: str) -> Iterator[Answer]:
    sizes = [Answer("h", "the height of the input"), Answer("w", "its width")]
    return _listed([*(Answer(name, _about(entry)) for name, entry in line.parameters.items()), *sizes], current)


def _limits(line: Line, current: str) -> Iterator[Answer]:
    from archcalc.report.metrics import Count, metrics

    return (Answer(f"{name}=", each.summary()) for name, each in metrics().items() if isinstance(each, Count))


def _rules(line: Line, current: str) -> Iterator[Answer]:
    from archcalc.study.lint import rules

    return (Answer(name, rule.finds) for name, rule in rules().items())


def _files(line: Line, current: str) -> Iterator[Answer]:
    yield Answer(FILES)


def _operators(line: Line, current: str) -> Iterator[Answer]:
    from archcalc.ops._base import catalogue

    return (Answer(name, op.summary()) for name, op in catalogue().items())


def _laws(line: Line, current: str) -> Iterator[Answer]:
    from archcalc.spec import zoo

    yield from map(Answer, zoo.laws())
    yield Answer(FILES, ".yaml")


def _layers(line: Line, current: str) -> Iterator[Answer]:
    """Paths of the layers at the line's settings, level by level."""
    from archcalc.cli._settings import settings
    from archcalc.network import load

    network = load(os.path.expanduser(line.specs[0]), variant=next(iter(line.values("--variant")), None))
    given = settings(line.values("--set"), network.parameters, (), network.title)
    graph = network.graph(input=next(iter(line.values("--input")), None), **given)
    depth = current.count("/") + 1
    seen: dict[str, str] = {}
    for node in graph.nodes:
        levels = node.path.split("/")
        if node.sources and node.path.startswith(current):
            deeper = len(levels) > depth
            word = "/".join(levels[:depth]) + ("/" if deeper else "")
            seen.setdefault(word, "" if deeper else node.applied.op.name)
    return (Answer(word, about) for word, about in seen.items())


Source = Callable[[Line, str], Iterator[Answer]]

OPTIONS: dict[str, Source] = {
    "--variant": _of_variants,
    "NAME=VALUE": _pairs,
    "A,B,…": _columns,
    "NAME,…": _symbols,
    "METRIC=LIMIT": _limits,
    "RULE": _rules,
    "FILE": _files,
}
"""Where the values of an option come from, by its name or its metavar; else they are the words of its metavar."""

ARGUMENTS: dict[str, Source] = {
    "LAW": _laws,
    "SPEC": _specs,
    "LAYER": _layers,
    "FILE": _files,
    "OP": _operators,
}
"""Where an argument's come from, by a word of its metavar."""
