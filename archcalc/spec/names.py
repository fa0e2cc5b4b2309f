"""Names that a spec may give, and those that have a meaning already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from archcalc.spec.expr import FUNCTIONS
from archcalc.spec.parser import KEYWORDS
from archcalc.spec.source import number

RESERVED = frozenset(
    {"against", "all", "assert", "bandwidth", "by", "columns", "compression", "concat-in-place", "convention",
     "deploy", "derivative", "design", "diff", "dtype", "elasticity", "erf", "exact", "expanded", "format", "git",
     "help", "ignore", "in", "in-place", "input", "layer", "leading", "level", "memory", "metric", "object", "only",
     "output", "over", "peak", "picture", "pixel", "plot", "proof", "set", "size", "style", "tiles", "top", "unit",
     "variant", "variants", "version", "watch"}
)  # fmt: skip
"""The options of commands that take parameters as options: no parameter may bear one of these names.

A test holds the list to the commands.
"""

SHOWN = 8
"""How many names a message lists."""

MAX_NAMES = 2_000
"""Names in a section of a spec."""

MAX_PROBLEMS = 100
"""Beyond this many, the rest is not looked at."""

SHAPE_NAMES = ("in", "in_height", "in_width")
"""Names that every step has: the channels that arrive at it, and the size of their map."""

LOOP_NAMES = ("i", "first", "last")
NAME = re.compile(r"[A-Za-z_]\w*")


def bad_name(name: str) -> str:
    """Why no parameter can have this name; empty if one can."""
    if not NAME.fullmatch(name) or number(name) is not None:
        return f"`{name}` is not a name: letters, digits and _, a letter first"
    if name in RESERVED or name.replace("_", "-") in RESERVED:
        return f"a parameter cannot be named `{name}`: it is an option of the command line"
    if name in KEYWORDS or name in SHAPE_NAMES or name in LOOP_NAMES or name in FUNCTIONS:
        return f"a parameter cannot be named `{name}`: the language has a meaning for it"
    return ""


def listed(names: Iterable[str]) -> str:
    """The first few names."""
    few = list(islice(names, SHOWN + 1))
    return ", ".join([*few[:SHOWN], "…"] if len(few) > SHOWN else few)
