"""`archcalc report SPEC`: every figure of a network, as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.spec.document import Parameter


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
    format_: Annotated[
        str | None, typer.Option("--format", metavar="table|json", help="How to write it; else as FILE's suffix says.")
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
      archcalc report resnet50 --format json -o resnet50.json
    """
    from archcalc.cli._output import emit, screen
    from archcalc.cli._settings import settings
    from archcalc.network import load
    from archcalc.render.formats import chosen

    if by is not None and level is not None:
        raise UsageError("--by and --level are two ways to group rows", "give one of them")
    written = chosen(format_, output)
    network = load(spec, variant=variant)
    options = [name for each in context.command.params for name in each.opts if name.startswith("--")]
    given = settings(set_ or (), network.parameters, options, network.title)
    report = network.report(input=input_, **given)
    if written.document is not None:
        if columns:
            raise UsageError("a document holds every figure: --columns is for tables")
        emit(written.document(report.to_dict(by, level)), output)
        return 0

    if written.table is None:
        raise UsageError(f"{format_} is no format for reports", "table or json")
    from archcalc.render.report import View, table

    seen = screen(output)
    names = tuple(name.strip() for name in (columns or "").split(",") if name.strip())
    emit(written.table(table(report, View(by or "layer", level, names, all_, seen.height)), seen), output)
    return 0


def more_help(spec: str) -> str:
    """The parameters and variants of a spec, and the columns, behind the command's own help."""
    from archcalc.network import load
    from archcalc.report.metrics import metrics
    from archcalc.spec.expr import said

    network = load(spec)
    options = [(f"--{name} {each.kind.upper()}", _described(each)) for name, each in network.parameters.items()]
    variants = [
        (name, "  ".join(f"{setting}={said(value)}" for setting, value in settings.items()))
        for name, settings in network.variants.items()
    ]
    parts = {
        f"Parameters of {network.title}:": options or [("none", "")],
        "Variants:": variants,
        "Columns:": [(each.name, each.summary()) for each in metrics().values()],
    }
    return "\n".join(line for title, rows in parts.items() for line in ("", title, *_columns(rows)))


def _described(parameter: Parameter) -> str:
    from archcalc.spec.expr import said

    facts = [f"default: {said(parameter.value)}"]
    if parameter.choices:
        facts.append(f"one of {', '.join(map(said, parameter.choices))}")
    for bound, words in ((parameter.min, "at least"), (parameter.above, "above"), (parameter.max, "at most")):
        if bound is not None:
            facts.append(f"{words} {said(bound)}")
    return f"{parameter.help}  [{'; '.join(facts)}]".strip()


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in rows) + 2
    return [f"  {left.ljust(width)}{right}".rstrip() for left, right in rows]
