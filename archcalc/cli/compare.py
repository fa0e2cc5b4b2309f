"""`archcalc compare A B [C …]`: networks side by side, and which layers make the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from archcalc.cli._options import TABLES, Format, Output
from archcalc.cli._sides import named, network_of, sided
from archcalc.errors import UsageError


def command(
    context: typer.Context,
    sides: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC[:SETTINGS]…",
            help="Files, or names of packaged specs or variants, each with settings of its own if it needs any: "
            "NAME=VALUE,… or VARIANT,NAME=VALUE,…",
            show_default=False,
        ),
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Set a parameter of all that have it; --NAME VALUE is the same."
        ),
    ] = None,
    input_: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="SIZE",
            help="Input of all: 224, 299x299, 3x224x224; of several image=3x64x64,mask=1x64x64.",
        ),
    ] = None,
    git: Annotated[
        str | None, typer.Option(metavar="REV", help="Compare one spec with itself as it was at a revision of git.")
    ] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="How many differences to list.")] = 10,
    all_: Annotated[
        bool, typer.Option("--all", help="List all: each repeat, and layers that differ in input or field alone.")
    ] = False,
    only: Annotated[str | None, typer.Option(metavar="totals|stages|layers", help="One of the tables alone.")] = None,
    format_: Format = None,
    output: Output = None,
) -> int:
    """Networks side by side: totals, stages, and which layers make the difference, the largest first.

    The first is A, and the others are told against it. Layers are aligned by their paths. The differences of all layers
    add up to the difference of the totals.

    \b
    Examples:
      archcalc compare resnet50 resnet101
      archcalc compare mobilenet_v1 mobilenet_v1:alpha=0.75 mobilenet_v1:alpha=0.5
      archcalc compare resnet50 resnet:units=[3,4,6,3],strided=1
      archcalc compare net.yaml net.yaml:wide --input 320
      archcalc compare net.yaml --git HEAD~1 --all
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.render.formats import chosen
    from archcalc.study.compare import Comparison, Side

    written = chosen(format_, output, among=TABLES, use="of a comparison")
    _counted(sides, git, set_ or ())
    asked = [sided(sides[0], git), sided(sides[0])] if git is not None else [sided(side) for side in sides]
    networks = [network_of(each) for each in asked]
    everywhere = given(context, set_, *networks)
    compared = []
    for each, network in zip(asked, networks, strict=True):
        own = {name: value for name, value in everywhere.items() if name in network.parameters} | each.own
        with named(each):
            compared.append(Side(each.label, network.report(input=input_, **own), each.revision or ""))
    comparison = Comparison(compared)
    if written.document:
        if only:
            raise UsageError("a document holds every figure: --only is for tables")
        emit(written.document(comparison.to_dict()), output)
        return 0

    from archcalc.render.compare import Listing, tables

    seen = screen(output)
    if written.table:
        emit("\n".join(written.table(table, seen) for table in tables(comparison, Listing(top, all_), only)), output)
    return 0


def _counted(sides: Sequence[str], git: str | None, given: Sequence[str]) -> None:
    """One spec with --git, else two or more. Raises UsageError."""
    if git is not None and len(sides) > 1:
        raise UsageError(f"--git compares one spec with itself, {len(sides)} are given")
    if git is None and len(sides) < 2:
        hint = f"`{given[-1]}` was read as a setting; write --NAME=true for what has no value" if given else ""
        raise UsageError(f"only {sides[0]} is given, a comparison wants two networks or more", hint or "or --git REV")
