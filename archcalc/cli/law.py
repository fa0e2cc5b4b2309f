"""`archcalc law [LAW|DIR|SPEC …]`: laws, proved or refuted over symbols."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import TABLES, Output


def command(
    laws: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LAW|DIR|SPEC]…",
            help="Names of packaged laws or of their files, * and ?; files, folders; all packaged laws by default.",
        ),
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar=TABLES, help="How to write it.")] = None,
    output: Output = None,
) -> int:
    """Prove what is claimed of all networks of a kind. Exits with 1 when something is not as claimed.

    A law (`laws:` of a spec) names symbols, builds small networks with them, and states equalities and inequalities
    of their figures. They are decided by running the engine over the symbols, never by sampling: `proved`, `false`
    with the smallest counter-example found, or `undecided`.

    \b
    Examples:
      archcalc law
      archcalc law separable
      archcalc law 'a shuffle is a transpose'
      archcalc law my_laws.yaml specs/ --format json
    """
    from archcalc.cli._output import emit, screen
    from archcalc.render.formats import chosen, format_named
    from archcalc.study import law, law_choice

    written = chosen(format_, output, among=TABLES, use="of laws")
    found = list(law.outcomes(law_choice.chosen(laws or ())))
    if written.table is None:
        assert written.results is not None
        emit(written.results(law.documents(found)), output)
    else:
        from archcalc.render import law as render

        seen = screen(output)
        shown = written is format_named("table")
        emit(render.listing(found, seen) if shown else written.table(render.table(found), seen), output)
    return int(not all(each.expected for each in found))
