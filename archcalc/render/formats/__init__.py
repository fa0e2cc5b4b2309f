"""Formats: how a result is written. A file a format; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from archcalc.errors import UsageError, near

if TYPE_CHECKING:
    from archcalc.render.pages import Page
    from archcalc.render.table import Table


@dataclass(frozen=True)
class Screen:
    """What is written to: its size in characters, None for a file, and whether it shows colours."""

    width: int | None = None
    height: int | None = None
    colours: bool = False


@dataclass(frozen=True)
class Format:
    """A way to write results, Tables or JSON documents; `--format` takes the name of its file.

    suffixes  of the files that are written so if no format is named
    table     Table -> text
    document  JSON document -> text
    results   results of checks -> text
    page      Page -> text
    source    Python source -> text
    fitted    whether tables are fitted to the screen, and repeats folded where it is low
    """

    suffixes: tuple[str, ...] = ()
    table: Callable[[Table, Screen], str] | None = None
    document: Callable[[dict[str, Any]], str] | None = None
    results: Callable[[list[dict[str, Any]]], str] | None = None
    page: Callable[[Page, Screen], str] | None = None
    source: Callable[[str], str] | None = None
    fitted: bool = False


@cache
def names() -> tuple[str, ...]:
    """The name of every format: that of its file."""
    return tuple(info.name for info in pkgutil.iter_modules(__path__))


def chosen(name: str | None, file: str | None = None, *, among: str = "", use: str = "") -> Format:
    """The format of that name, or else the one of the file's suffix, or else a table.

    among  the formats that a command has, as its help has them (`table|json`); without, all
    use    what it would be a format for, in words: `for reports`
    Raises UsageError, for a format that exists but is not among them too.
    """
    said = name
    if name is None and file is not None:
        suffix = PurePath(file).suffix.lower()
        name = next((each for each in names() if suffix in format_named(each).suffixes), None)
        said = file
    known = among.split("|") if among else list(names())
    if name is not None and name not in known:
        listed = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        if name in names():
            raise UsageError(f"{said} is no format {use}", listed)
        raise UsageError(f"there is no format `{name}`", near(name, known) or listed)
    return format_named(name or "table")


def format_named(name: str) -> Format:
    """The format of a known name; the others are not imported."""
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    return found
