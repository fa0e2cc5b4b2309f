"""`archcalc lint SPEC`: what a network pays for without gain."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import Input, Output, Set, Spec, Variant

FORMATS = "table|json|github"


def command(
    context: typer.Context,
    spec: Spec,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Look for this alone; may stand more than once. SPEC --help lists all."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Do not look for this; may stand more than once.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every finding, repeats of a step one by one.")] = False,
    format_: Annotated[str | None, typer.Option("--format", metavar=FORMATS, help="How to write it.")] = None,
    output: Output = None,
) -> int:
    """What a network pays for without gain. Exits with 1 when something is found.

    Each finding has its layer, its place in the spec, and its price in exact figures.

    \b
    A spec silences what is meant, by rule and layer:
      lint: {ignore: {unread_padding: '*', uneven_width: [stem, conv*/reduce]}}
    \b
    Examples:
      archcalc lint my_net.yaml
      archcalc lint alexnet --input 224
      archcalc lint mobilenet_v1 --alpha 0.35 --only uneven_width --all
      archcalc lint vgg16_bn --ignore lost_pixels --format github
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render.formats import chosen, format_named
    from archcalc.study.lint._driver import document, lint

    written = chosen(format_, output, among=FORMATS, use="of lint")
    github = written is format_named("github")
    network = load(spec, variant=variant)
    linted = lint(network, network.report(input=input_, **given(context, set_, network)), only or (), ignore or ())
    if written.document is not None:
        emit(written.document(document(linted)), output)
    else:
        from archcalc.render.lint import listing, warnings

        emit(warnings(linted) if github else listing(linted, screen(output), every=all_), output)
    return int(bool(linted.findings))


def more_help(spec: str) -> str:
    """The rules, behind the command's own help."""
    from archcalc.cli._options import further
    from archcalc.study.lint import rules

    return further({"Rules:": [(name, rule.finds) for name, rule in rules().items()]})
