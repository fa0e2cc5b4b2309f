"""Where the words come from that may stand at the cursor: specs, variants, parameters, layers, columns, …"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from archcalc.cli._line import Line, parameters_of, tree_of, variants_of

FILES = ":files"


class Answer(NamedTuple):
    """A word, and what it is."""

    word: str
    about: str = ""


def help_of(entry: dict[str, Any]) -> str:
    """What a parameter is, and its default."""
    from archcalc.spec.expr import said

    default = f"default {said(entry['default'])}" if entry.get("default") is not None else ""
    return "; ".join(filter(None, (str(entry.get("help") or ""), default)))


def choices(line: Line, name: str) -> Iterator[Answer]:
    """What a parameter can be, if it is one of a few."""
    from archcalc.spec.expr import said

    entry = line.parameters.get(name, {})
    known = entry.get("choices") or ([True, False] if isinstance(entry.get("default"), bool) else [])
    return (Answer(said(choice)) for choice in known)


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
        for variant, settings in (variants_of(tree) if tree is not None else {}).items():
            yield Answer(variant, _settings(settings))
    yield Answer(FILES, ".yaml")


def _settings(settings: dict[str, Any] | None) -> str:
    from archcalc.spec.expr import said

    return " ".join(f"{name}={said(value)}" for name, value in (settings or {}).items())


def _own_settings(current: str) -> Iterator[Answer]:
    """`SPEC:VARIANT,NAME=…` as far as it goes."""
    spec = current.partition(":")[0]
    at = max(current.rfind(":"), current.rfind(",")) + 1
    tree = tree_of(spec)
    if tree is not None:
        if current[at - 1] == ":":
            yield from (Answer(f"{spec}:{name}", _settings(given)) for name, given in variants_of(tree).items())
        yield from (Answer(f"{current[:at]}{name}=", help_of(each)) for name, each in parameters_of(tree).items())


def _of_variants(line: Line, current: str) -> Iterator[Answer]:
    return (Answer(name, _settings(given)) for tree in line.trees for name, given in variants_of(tree).items())


def _pairs(line: Line, current: str) -> Iterator[Answer]:
    """`NAME=VALUE`."""
    name = current.partition("=")[0]
    if "=" in current:
        yield from (Answer(f"{name}={value}") for value, _ in choices(line, name.replace("-", "_")))
    else:
        yield from (Answer(f"{each}=", help_of(entry)) for each, entry in line.parameters.items())


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
    return _listed([*(Answer(name, help_of(entry)) for name, entry in line.parameters.items()), *sizes], current)


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
    "LAYER": _layers,
    "SPEC": _specs,
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
