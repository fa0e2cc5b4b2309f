"""`archcalc ops [OP]`: the catalogue of operators."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import TABLES


def command(
    op: Annotated[
        str | None, typer.Argument(metavar="OP", help="An operator, for its rules.", show_default=False)
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar=TABLES, help="How to write it.")] = None,
) -> int:
    """The operators; of one, its rules, parameters, defaults and words.

    \b
    Examples:
      archcalc ops
      archcalc ops conv
      archcalc ops conv --format markdown
      archcalc ops --format json
    """
    from archcalc.cli._output import emit, screen
    from archcalc.render import catalogue as render
    from archcalc.render.formats import chosen, format_named
    from archcalc.render.sections import text
    from archcalc.study.catalogue import operator, operators

    use, among = ("of the catalogue", TABLES) if op is None else ("of an operator", "table|json|markdown")
    written = chosen(format_, among=among, use=use)
    found = operators() if op is None else [operator(op)]
    seen = screen(None)
    if written.document is not None:
        documents = [each.document() for each in found]
        emit(written.document({"schema_version": 1, **(documents[0] if op else {"operators": documents})}), None)
    elif written is format_named("table"):
        emit(text([render.page(found[0]) if op else render.overview(found)], seen.width), None)
    elif op is not None and written is format_named("markdown"):
        emit(render.markdown(found[0]), None)
    elif written.table is not None:
        emit(written.table(render.table(found), seen), None)
    return 0
