"""`archcalc report SPEC`: every figure of a network, as a table or as JSON."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from archcalc.cli._options import TABLES, Format, Input, Output, Set, Spec, Variant
from archcalc.errors import UsageError


def command(
    context: typer.Context,
    spec: Spec,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
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
    convention: Annotated[
        str | None,
        typer.Option(metavar="all|pycls", help="What else is counted: every operation; flops as pycls has them."),
    ] = None,
    memory: Annotated[
        bool, typer.Option("--memory", help="Bytes of weights and tensors, the peak, and what is moved.")
    ] = False,
    dtype: Annotated[
        str | None, typer.Option(metavar="fp32|fp16|bf16|int8", help="Of every number, for --memory; fp32 by default.")
    ] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Activations, norms and sums over what nothing reads later (--memory).")
    ] = False,
    concat_in_place: Annotated[
        bool, typer.Option("--concat-in-place", help="Concatenated maps are computed where they end up (--memory).")
    ] = False,
    peak: Annotated[
        str | None, typer.Option(metavar="OPS/s", help="Of a machine, 10T, for a lower bound on time (--memory).")
    ] = None,
    bandwidth: Annotated[
        str | None, typer.Option(metavar="B/s", help="Of a machine, 900GB, for a lower bound on time (--memory).")
    ] = None,
    size: Annotated[
        bool, typer.Option("--size", help="Parameters kept and bytes stored under a compression of the spec.")
    ] = False,
    compression: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which compression, for --size; the spec's first by default.")
    ] = None,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="Batch norms folded into the weights of the layers before them.")
    ] = False,
    format_: Format = None,
    output: Output = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again at each save of the file, with what changed marked.")
    ] = False,
) -> int:
    """Every figure of a network: shapes, Mult-Adds, parameters, activations, receptive fields.

    A spec's parameters are options too; `archcalc report SPEC --help` lists them.

    \b
    Examples:
      archcalc report mobilenet_v1 --alpha 0.75 --rho 0.714
      archcalc report resnet50 --by stage
      archcalc report net.yaml --input 320x320 --all
      archcalc report net.yaml --watch
      archcalc report vgg16 --columns output,params,weight,bias
      archcalc report resnet --variants --format markdown
      archcalc report mobilenet_v1 --style paper
      archcalc report resnet50 --convention all --by stage
      archcalc report resnet50 --memory --dtype fp16 --peak 10T --bandwidth 900GB
      archcalc report squeezenet --size
      archcalc report resnet50 --format json -o resnet50.json
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.cli._reporting import Wanted
    from archcalc.network import load
    from archcalc.render.formats import chosen

    grouping = {"--by": by, "--level": level, "--all": all_}
    if by is not None and level is not None:
        raise UsageError("--by and --level are two ways to group rows", "give one of them")
    if style is not None and style != "paper":
        raise UsageError(f"there is no style `{style}`", "there is paper")
    assumed = {"dtype": dtype, "in_place": in_place, "concat_in_place": concat_in_place, "peak": peak,
               "bandwidth": bandwidth}  # fmt: skip
    further = {"--memory": memory, "--size": size, "--deploy": deploy}
    if style:
        others = {"--columns": columns, "--variants": variants, "--convention": convention}
        _without("--style paper", {**grouping, **others, **further})
    if variants:
        _without("--variants", {**grouping, "--variant": variant, **further})
    if not memory and (wrong := [f"--{name.replace('_', '-')}" for name, value in assumed.items() if value]):
        raise UsageError(f"{' and '.join(wrong)} without --memory", "--memory shows what it changes")
    if size:
        _without("--size", {"--memory": memory, "--convention": convention})
    elif compression:
        raise UsageError("--compression without --size", "--size shows what it changes")
    written = chosen(format_, output, among=TABLES, use="for reports")
    if watch:
        _without("--watch", {"--output": output, f"--format {format_}": not written.fitted})
    wanted = Wanted(
        by=by,
        level=level,
        names=tuple(name.strip() for name in (columns or "").split(",") if name.strip()),
        every=all_,
        given={"input": input_, "convention": convention or ("all" if memory else None)},
        variants=variants,
        style=style,
        memory={name: value for name, value in assumed.items() if value is not None} if memory else None,
        size=size,
        compression=compression,
        deploy=deploy,
    )
    if watch:
        from archcalc.cli import _watch

        return _watch.watch(spec, variant, lambda network: wanted.of(network, given(context, set_, network)).table)
    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    if written.document is not None and (wanted.names or style):
        raise UsageError(f"a document holds every figure: {'--columns' if wanted.names else '--style'} is for tables")
    seen = screen(output)
    made = wanted.of(network, settings)
    if written.document is not None:
        emit(written.document(made.document()), output)
    elif written.table is not None:
        emit(written.table(made.table(seen.height if written.fitted else None), seen), output)
    return 0


def _without(option: str, others: dict[str, Any]) -> None:
    """Raise UsageError for options that mean nothing beside `option`."""
    if wrong := [name for name, value in others.items() if value]:
        raise UsageError(f"{option} does not go with {' and '.join(wrong)}")


def more_help(spec: str) -> str:
    """The parameters and variants of a spec, and the columns, behind the command's own help."""
    from archcalc.cli._options import further
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
    return further(parts)
