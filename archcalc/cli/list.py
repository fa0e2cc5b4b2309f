"""`archcalc list`: what is packaged."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import TABLES


def command(
    variants: Annotated[bool, typer.Option("--variants", help="A line for each variant, with its settings.")] = False,
    format_: Annotated[str | None, typer.Option("--format", metavar=TABLES, help="How to write it.")] = None,
) -> int:
    """The packaged specs, each with its figures at its defaults.

    \b
    Examples:
      archcalc list
      archcalc list --variants
      archcalc list --variants --format json
    """
    from archcalc.cli._output import emit, screen
    from archcalc.render.formats import chosen
    from archcalc.study.listing import listing

    written = chosen(format_, among=TABLES, use="for lists")
    entries = list(listing(variants=variants))
    if written.document is not None:
        emit(written.document({"schema_version": 1, "specs": [entry.document() for entry in entries]}), None)
    elif written.table is not None:
        from archcalc.render.listing import table

        emit(written.table(table(entries, variants=variants), screen(None)), None)
    return 0
