"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from archcalc.errors import RuleError, UsageError

if TYPE_CHECKING:
    from archcalc.network import Network


def _file(given: str | None) -> str | None:
    """The file of an option; None, standard output, for `-`. Raises UsageError."""
    if given == "":
        raise UsageError("-o wants the name of a file, this one is empty", "- is standard output")
    return None if given == "-" else given


Spec = Annotated[
    str,
    typer.Argument(metavar="SPEC", help="A file, or the name of a packaged spec or variant.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; --NAME VALUE does the same."),
]
Variant = Annotated[
    str | None, typer.Option(metavar="NAME", help="Settings that the spec names; SPEC may be such a name itself.")
]
Input = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="SIZE",
        help="Input instead of the spec's: 224, 299x299, 3x224x224; of several image=3x64x64,mask=1x64x64.",
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.", callback=_file),
]
TABLES = "table|json|csv|markdown|latex"
"""The formats of what is a table and a document."""
Format = Annotated[
    str | None,
    typer.Option("--format", metavar=TABLES, help="How to write it; else as FILE's suffix says."),
]


def given(context: typer.Context, pairs: Sequence[str] | None, *networks: Network) -> dict[str, str]:
    """The parameters of any of the networks as `--set` and the options give them. Raises UsageError.

    The names of options that have no value are the context's `obj`.
    """
    from archcalc.cli._settings import settings
    from archcalc.spec.expr import said
    from archcalc.spec.parameter import KINDS

    options = [name for each in context.command.params for name in each.opts if name.startswith("--")]
    parameters = dict.fromkeys(name for network in networks for name in network.parameters)
    result = settings(pairs or (), parameters, options, " or ".join(dict.fromkeys(each.title for each in networks)))
    for option in context.obj or ():
        name = option[2:].replace("-", "_")
        for parameter in (network.parameters[name] for network in networks if name in network.parameters):
            try:
                parameter.read("true")
            except RuleError:
                wanted = f"{option}={said(parameter.default).replace(', ', ',')}"
                raise UsageError(f"{option} has no value, {KINDS[parameter.kind]} is wanted", wanted) from None
    return result


def further(parts: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """What stands behind a command's own help: lists of names and what they are, by title, as wide as the terminal."""
    from archcalc.cli._output import screen
    from archcalc.render.sections import text
    from archcalc.study.sections import Line, Page, Section

    sections = [Section(title, tuple(Line(*row) for row in rows)) for title, rows in parts.items() if rows]
    return text([Page((), tuple(sections))], screen(None).width).rstrip("\n")
