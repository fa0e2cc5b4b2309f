"""Formats: how a result is written. A file a format; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from archcalc.errors import UsageError, near
from archcalc.render.table import Table


@dataclass(frozen=True, slots=True)
class Screen:
    """What is written to: its size in characters, None for a file, and whether it shows colours."""

    width: int | None = None
    height: int | None = None
    colours: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write results; it takes Tables or JSON documents.

    name      as `--format` takes it
    suffixes  of the files that are written so if no format is named
    table     Table -> text
    document  JSON document -> text
    """

    name: str
    suffixes: tuple[str, ...] = ()
    table: Callable[[Table, Screen], str] | None = None
    document: Callable[[dict[str, Any]], str] | None = None


@cache
def formats() -> dict[str, Format]:
    """Every format by name."""
    found = {}
    for info in pkgutil.iter_modules(__path__):
        each: Format = import_module(f"{__name__}.{info.name}").FORMAT
        found[each.name] = each
    return found


def chosen(name: str | None, file: str | None) -> Format:
    """The format of that name, or else the one of the file's suffix, or else a table. Raises UsageError."""
    known = formats()
    if name is None:
        return next((each for each in known.values() if file and file.endswith(each.suffixes)), known["table"])
    if name not in known:
        raise UsageError(f"there is no format `{name}`", near(name, known) or f"there are {', '.join(known)}")
    return known[name]
