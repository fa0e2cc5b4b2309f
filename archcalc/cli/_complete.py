"""What a shell may put behind a command line: `archcalc complete WORD…`, which the scripts of `completion` ask.

The last word is the one at the cursor. An answer is a line `WORD<tab>what it is`; `:files<tab>.yaml` asks the shell for
files that end so. It has to be fast: a spec is read as bare YAML, but for layers, which need the graph.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from archcalc.cli._line import MARK, Declared, Line, command_of
from archcalc.cli._sources import ARGUMENTS, FILES, OPTIONS, Answer, choices, help_of
from archcalc.cli.app import TRACEBACK, command_first, commands

_CHOICE = re.compile(r"[a-z][a-z0-9_]*")


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
        yield Answer(name, (command_of(name).__doc__ or "").strip().split("\n")[0])
    yield Answer("--help", "Show this message and exit.")
    yield Answer("--version", "Show the version and exit.")


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
                yield Answer(f"--{name}", help_of(entry))
    for option in line.options:
        if option.many or not used.intersection(option.names):
            yield Answer(max(option.names, key=len), option.about)


def _values(line: Line, name: str, current: str) -> Iterator[Answer]:
    """What an option may be; of one that is not declared, the parameter's values."""
    option = next((each for each in line.options if name in each.names), None)
    if option is None:
        yield from choices(line, name[2:].replace("-", "_"))
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
