"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from archcalc.network import Network

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
    typer.Option("--input", metavar="SIZE", help="Input instead of the spec's: 224, 299x299, 3x224x224."),
]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="table|json|csv|markdown|latex", help="How to write it; else as FILE's suffix says."
    ),
]


def given(context: typer.Context, pairs: Sequence[str] | None, *networks: Network) -> dict[str, str]:
    """The parameters of any of the networks as `--set` and the options give them. Raises UsageError."""
    from archcalc.cli._settings import settings

    options = [name for each in context.command.params for name in each.opts if name.startswith("--")]
    parameters = dict.fromkeys(name for network in networks for name in network.parameters)
    return settings(pairs or (), parameters, options, " or ".join(dict.fromkeys(each.title for each in networks)))
