"""`archcalc formula SPEC`: a figure of a network with its sizes as symbols."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import Input, Set, Spec, Variant
from archcalc.errors import UsageError


def command(
    context: typer.Context,
    spec: Spec,
    in_: Annotated[
        str, typer.Option("--in", metavar="NAME,…", help="What stays a symbol: parameters; h and w, the input map.")
    ] = "h",
    metric: Annotated[
        str, typer.Option(metavar="mult_adds|params|activations|receptive_field", help="The figure.")
    ] = "mult_adds",
    by: Annotated[str | None, typer.Option(metavar="layer|block|stage", help="The figure of each, too.")] = None,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="text|latex|markdown|json|python", help="How to write it; else as FILE's suffix says."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
    ] = None,
) -> int:
    """A figure of a network as a formula.

    \b
    Examples:
      archcalc formula mobilenet_v1 --in alpha,h
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render import pages
    from archcalc.render.formula import page
    from archcalc.study.formula import formula

    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    names = [name.strip() for name in in_.split(",") if name.strip()]
    found = formula(network, names, metric=metric, by=by, input=input_, **settings)
    emit({"text":pages.text,"latex":pages.latex,"markdown":pages.markdown}[format_ or "text"](page(found, by), screen(output)), output)
    return 0
