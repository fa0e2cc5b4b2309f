"""`archcalc report SPEC`: every figure of a network, as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.table import Table


def command(
    context: typer.Context,
    spec: Annotated[
        str,
        typer.Argument(metavar="SPEC", help="A file, or the name of a packaged spec or variant.", show_default=False),
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter; --NAME VALUE does the same."),
    ] = None,
    variant: Annotated[
        str | None, typer.Option(metavar="NAME", help="Settings that the spec names; SPEC may be such a name itself.")
    ] = None,
    input_: Annotated[
        str | None,
        typer.Option("--input", metavar="SIZE", help="Input instead of the spec's: 224, 299x299, 3x224x224."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="layer|block|stage|op", help="What a row is.")] = None,
    level: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="A row for each path of N levels; takes the place of --by.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every row: nodes without weights too, and repeats one by one.")
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(metavar="A,B,…", help="The columns of the table: output,params,weight; SPEC --help lists all."),
    ] = None,
    variants: Annotated[
        bool, typer.Option("--variants", help="A row for each variant, published accuracy beside cost.")
    ] = False,
    style: Annotated[
        str | None, typer.Option(metavar="paper", help="The network as its paper prints it, repeats folded.")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="table|json|csv|markdown|latex", help="How to write it; else as FILE's suffix says."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
    ] = None,
) -> int:
    """Every figure of a network: shapes, Mult-Adds, parameters, activations, receptive fields.

    A spec's parameters are options too; `archcalc report SPEC --help` lists them.

    \b
    Examples:
      archcalc report mobilenet_v1 --alpha 0.75 --rho 0.714
      archcalc report resnet50 --by stage
      archcalc report net.yaml --input 320x320 --all
      archcalc report vgg16 --columns output,params,weight,bias
      archcalc report resnet --variants --format markdown
      archcalc report mobilenet_v1 --style paper
      archcalc report resnet50 --format json -o resnet50.json
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render.formats import chosen

    grouping = {"--by": by, "--level": level, "--all": all_}
    if by is not None and level is not None:
        raise UsageError("--by and --level are two ways to group rows", "give one of them")
    if style is not None and style != "paper":
        raise UsageError(f"there is no style `{style}`", "there is paper")
    if style:
        _without("--style paper", {**grouping, "--columns": columns, "--variants": variants})
    if variants:
        _without("--variants", {**grouping, "--variant": variant})
    written = chosen(format_, output)
    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    seen = screen(output)
    if written.document is not None:
        if columns or style:
            raise UsageError(f"a document holds every figure: {'--columns' if columns else '--style'} is for tables")
        if variants:
            emit(written.document(_all_of(network, input_, settings)), output)
        else:
            emit(written.document(network.report(input=input_, **settings).to_dict(by, level)), output)
        return 0

    if written.table is None:
        raise UsageError(f"{format_} is no format for reports", "table, json, csv, markdown or latex")
    names = tuple(name.strip() for name in (columns or "").split(",") if name.strip())
    if variants:
        table = _variants(network, input_, settings, names)
    elif style:
        from archcalc.render import paper

        table = paper.table(network.report(input=input_, **settings))
    else:
        from archcalc.render import report

        view = report.View(by or "layer", level, names, all_, seen.height if written.fitted else None)
        table = report.table(network.report(input=input_, **settings), view)
    emit(written.table(table, seen), output)
    return 0


def _without(option: str, others: dict[str, Any]) -> None:
    """Raise UsageError for options that mean nothing beside `option`."""
    if wrong := [name for name, value in others.items() if value]:
        raise UsageError(f"{option} does not go with {' and '.join(wrong)}")


def _all_of(network: Network, input_: str | None, settings: dict[str, str]) -> dict[str, Any]:
    from archcalc.study.variants import document, variants

    return document(network, variants(network, input=input_, **settings))


def _variants(network: Network, input_: str | None, settings: dict[str, str], columns: tuple[str, ...]) -> Table:
    from archcalc.render.variants import table
    from archcalc.study.variants import variants

    return table(variants(network, input=input_, **settings), settings, columns)


def more_help(spec: str) -> str:
    """The parameters and variants of a spec, and the columns, behind the command's own help."""
    from archcalc.network import load
    from archcalc.report.metrics import metrics
    from archcalc.study.description import facts, settings

    network = load(spec)
    options = [
        (f"--{name} {each.kind.upper()}", f"{each.help}  [{facts(each)}]".strip())
        for name, each in network.parameters.items()
    ]
    variants = [(name, settings(given)) for name, given in network.variants.items()]
    parts = {
        f"Parameters of {network.title}:": options or [("none", "")],
        "Variants:": variants,
        "Columns:": [(each.name, each.summary()) for each in metrics().values()],
    }
    return "\n".join(line for title, rows in parts.items() for line in ("", title, *_columns(rows)))


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in rows) + 2
    return [f"  {left.ljust(width)}{right}".rstrip() for left, right in rows]
