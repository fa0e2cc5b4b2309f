"""Patterns: which layers are meant. Levels from the outside in, some may be left out: `conv2/Unit1`, `fire*/e3x3`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near

_TOKEN = re.compile(r"\*|\?|\[!?[^]]+\]|.", re.DOTALL)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Matches from the beginning of a path to the end of the outermost level that is meant."""
    levels = ["".join(map(_token, _TOKEN.findall(level))) for level in pattern.split("/")]
    return re.compile(rf"((?:[^/]+/)*?{'/(?:[^/]+/)*?'.join(levels)})(?:/|\Z)")


def _token(token: str) -> str:
    """One sign of a level's pattern as a regular expression: `*`, `?`, `[abc]`, `[!abc]`, or itself."""
    if token in "*?":
        return "[^/]*" if token == "*" else "[^/]"
    if len(token) == 1:
        return re.escape(token)
    signs = token[1:-1].replace("\\", r"\\").replace("[", r"\[")
    return f"[{'^/' + signs[1:] if signs[0] == '!' else signs}]"


def inside(pattern: str, path: str) -> str:
    """The outermost level on the way to `path` that the pattern matches; empty if none does."""
    found = _compiled(pattern).match(path)
    return found[1] if found else ""


def select(pattern: str, rows: Sequence[Row]) -> list[Row]:
    """The nodes of every level that the pattern matches; of one level alone if the pattern is its whole path.

    Raises UsageError with near names where there is none.
    """
    below = f"{pattern}/"
    found = [row for row in rows if row.node.path == pattern or row.node.path.startswith(below)]
    found = found or [row for row in rows if _compiled(pattern).match(row.node.path)]
    if not found:
        last = pattern.rpartition("/")[2]
        names = {level for row in rows for level in row.node.path.split("/")}
        hint = near(pattern, [row.node.path for row in rows]) or near(last, sorted(names))
        raise UsageError(f"no layer matches `{pattern}`", hint or "`archcalc report SPEC --all` shows all paths")
    return found
