"""`--watch`: a table that is made again whenever the spec is saved."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from archcalc.errors import ArchcalcError, UsageError

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.table import Table

HOME, CLEAR_LINE, CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"

Tables = Callable[[int | None], "Table"]
"""A table whose repeats are folded where it has more rows than this; None for any number."""


def watch(spec: str, variant: str | None, make: Callable[[Network], Tables]) -> int:
    """Show the table of each save, marked against that of the last good one; an error in its place. Ends with Ctrl-C.

    On a terminal each takes the place of the one before; else they follow each other, with a line between.
    Raises UsageError for what saving the spec can hardly mend: it is wrong from the beginning.
    """
    from archcalc.cli._output import emit, screen
    from archcalc.render.formats import format_named
    from archcalc.render.marks import marked
    from archcalc.study.watching import results

    gc.enable()  # a command does without, but this one goes on
    write = format_named("table").table
    assert write is not None
    in_place = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    last: Tables | None = None
    for number, result in enumerate(results(spec, variant, make)):
        seen = screen(None)
        if isinstance(result, ArchcalcError):
            if not number and isinstance(result, UsageError):
                raise result
            text = f"{result}\n"
        else:
            table = result(seen.height)
            if last is not None:  # repeats are folded in both or in none, else their rows are others
                folded = any(line.times > 1 for line in table.rows)
                table = marked(last(0 if folded else None), table)
            last = result
            text = write(table, seen)
        if in_place:
            said = f"{text}\n{spec} as of {time.strftime('%H:%M:%S')}; Ctrl-C ends\n"
            text = HOME + said.replace("\n", f"{CLEAR_LINE}\n") + CLEAR_BELOW
        elif number:
            text = f"\n{'─' * (seen.width or 0)}\n\n{text}"
        emit(text, None)
    return 0
