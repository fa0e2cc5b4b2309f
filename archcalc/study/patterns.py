"""Patterns: which layers are meant. Levels from the outside in, some may be left out: `conv2/Unit1`, `fire*/e3x3`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import cache

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near


@cache
def _level(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def match(pattern: str, path: str) -> bool:
    """Whether the last level of `path` is the last of `pattern`, and the others stand above it in order."""
    wanted, levels = pattern.split("/"), path.split("/")
    if not _level(wanted[-1]).match(levels[-1]):
        return False
    above = iter(levels[:-1])
    return all(any(_level(level).match(at) for at in above) for level in wanted[:-1])


def inside(pattern: str, path: str) -> str:
    """The outermost level on the way to `path` that the pattern matches; empty if none does."""
    levels = path.split("/")
    prefixes = ("/".join(levels[:length]) for length in range(1, len(levels) + 1))
    return next((prefix for prefix in prefixes if match(pattern, prefix)), "")


def select(pattern: str, rows: Sequence[Row]) -> list[Row]:
    """The nodes of every level that the pattern matches. Raises UsageError with near names where there is none."""
    found = [row for row in rows if inside(pattern, row.node.path)]
    if not found:
        last = pattern.rpartition("/")[2]
        names = {level for row in rows for level in row.node.path.split("/")}
        hint = near(pattern, [row.node.path for row in rows]) or near(last, sorted(names))
        raise UsageError(f"no layer matches `{pattern}`", hint or "`archcalc report SPEC --all` shows all paths")
    return found
