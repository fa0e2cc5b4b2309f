"""`archcalc compare A B [C …]`: networks side by side, and which layers make the difference."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from archcalc.cli._options import Format, Output
from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.network import Network

NAME = r"\s*[^\W\d][\w-]*\s*"
SETTINGS = re.compile(rf"(.+?):(?={NAME}(?:=|,|$))(.*)", re.DOTALL)
NEXT = re.compile(rf",(?={NAME}=)")
"""The comma before a setting; any other is one of a list: `units=[3,4,6,3],strided=1`."""


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
        str | None, typer.Option("--input", metavar="SIZE", help="Input of all: 224, 299x299, 3x224x224.")
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

    written = chosen(format_, output)
    if not (written.table or written.document):
        raise UsageError(f"{format_} is no format of a comparison", "table, json, csv, markdown or latex")
    _counted(sides, git, set_ or ())
    asked = [_asked(sides[0], git), _asked(sides[0])] if git is not None else [_asked(side) for side in sides]
    networks = [_network(each) for each in asked]
    everywhere = given(context, set_, *networks)
    compared = []
    for each, network in zip(asked, networks, strict=True):
        own = {name: value for name, value in everywhere.items() if name in network.parameters} | each.own
        with _of(each):
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


class Asked(NamedTuple):
    """A network as the user asked for it: its name in the tables, the spec, and its own settings."""

    label: str
    spec: str
    variant: str | None
    own: dict[str, str]
    revision: str | None


def _asked(text: str, revision: str | None = None) -> Asked:
    """Of `SPEC`, `SPEC:VARIANT`, `SPEC:NAME=VALUE,…` or `SPEC:VARIANT,NAME=VALUE,…`. Raises UsageError."""
    label = text if revision is None else f"{text} at {revision}"
    match = None if os.path.exists(text) else SETTINGS.fullmatch(text)
    if match is None:
        return Asked(label, text, None, {}, revision)
    first, *rest = NEXT.split(match[2])
    variant = None if "=" in first else first.strip()
    own: dict[str, str] = {}
    for setting in rest if variant else (first, *rest):
        name, _, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if own.setdefault(name, value) != value:
            raise UsageError(f"{text}: `{name}` is set twice: {own[name]} and {value}")
    return Asked(label, match[1], variant, own, revision)


def _network(asked: Asked) -> Network:
    from archcalc.network import load

    network = load(asked.spec, revision=asked.revision)
    with _of(asked):
        network = network if asked.variant is None else network.at(asked.variant)
        network.settings()
    return network


@contextmanager
def _of(asked: Asked) -> Iterator[None]:
    """Say of which network it is that something is wrong."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{asked.label}: {error.message}", error.hint) from None


def _counted(sides: Sequence[str], git: str | None, given: Sequence[str]) -> None:
    """One spec with --git, else two or more. Raises UsageError."""
    if git is not None and len(sides) > 1:
        raise UsageError(f"--git compares one spec with itself, {len(sides)} are given")
    if git is None and len(sides) < 2:
        hint = f"`{given[-1]}` was read as a setting; write --NAME=true for what has no value" if given else ""
        raise UsageError(f"only {sides[0]} is given, a comparison wants two networks or more", hint or "or --git REV")
