"""Patterns: which layers are meant. Levels from the outside in, some may be left out: `conv2/Unit1`, `fire*/e3x3`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from archcalc.engine.propagate import Row
from archcalc.errors import UsageError, near
from archcalc.report.rows import Rows

_SIGN = re.compile(r"[*?[]")
_TOKEN = re.compile(r"\*|\?|\[!?[^]]+\]|.", re.DOTALL)


@cache
def _matcher(pattern: str) -> Callable[[str], int]:
    """How much of a path leads to the end of the outermost level that is meant; 0 if there is none."""
    if not _SIGN.search(pattern):
        wanted = [f"/{level}/" for level in pattern.split("/")]

        def in_order(path: str) -> int:
            text, end = f"/{path}/", 0
            for level in wanted:
                begin = text.find(level, end)
                if begin < 0:
                    return 0
                end = begin + len(level) - 1
            return end - 1

        return in_order
    levels = ["".join(map(_token, _TOKEN.findall(level))) for level in pattern.split("/")]
    match = re.compile(rf"((?:[^/]+/)*?{'/(?:[^/]+/)*?'.join(levels)})(?:/|\Z)").match

    def matched(path: str) -> int:
        found = match(path)
        return found.end(1) if found else 0

    return matched


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
    return path[: _matcher(pattern)(path)]


def select(pattern: str, rows: Sequence[Row]) -> Rows:
    """The nodes of every level that the pattern matches; of one level alone if the pattern is its whole path.

    Raises UsageError with near names where there is none.
    """
    paths = rows.paths if isinstance(rows, Rows) else [row.node.path for row in rows]
    begin = len(pattern)
    starts = [index for index, path in enumerate(paths) if path.startswith(pattern)]
    found = [rows[index] for index in starts if paths[index][begin : begin + 1] in ("", "/")]
    if not found:
        matched = _matcher(pattern)
        found = [row for row, path in zip(rows, paths, strict=True) if matched(path)]
    if not found:
        last = pattern.rpartition("/")[2]
        names = {level for row in rows for level in row.node.path.split("/")}
        hint = near(pattern, [row.node.path for row in rows]) or near(last, sorted(names))
        raise UsageError(f"no layer matches `{pattern}`", hint or "`archcalc report SPEC --all` shows all paths")
    return Rows(found)
