"""`archcalc rf SPEC`: receptive fields, layer by layer."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from archcalc.cli._options import TABLES, Format, Input, Output, Set, Spec, Variant
from archcalc.errors import UsageError

FALSE = 1

SYMBOL = "n"
"""The --input that asks for every size."""


def command(
    context: typer.Context,
    spec: Spec,
    layer: Annotated[
        str | None,
        typer.Option(metavar="LAYER", help="These layers alone; a question about one is about the last of them."),
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="I,J", help="What one unit of the layer sees.")] = None,
    pixel: Annotated[
        str | None, typer.Option(metavar="Y,X", help="Which units one pixel of the input reaches.")
    ] = None,
    tiles: Annotated[
        bool, typer.Option("--tiles", help="How far tiles overlap for tiled inference, and where they may begin.")
    ] = False,
    erf: Annotated[
        bool, typer.Option("--erf", help="The effective field under uniform weights: variance, widths, density.")
    ] = False,
    design: Annotated[
        bool, typer.Option("--design", help="Where the whole input is seen, and which input sizes suit.")
    ] = False,
    object_: Annotated[
        list[int] | None,
        typer.Option(
            "--object", metavar="PIXELS", min=1, help="With --design: which layer first sees so many. Repeatable."
        ),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="The recurrence line by line, with the numbers in it.")
    ] = False,
    diff: Annotated[
        str | None,
        typer.Option(metavar="SPEC", help="Where the fields of another network part; SPEC:NAME=VALUE,… sets it."),
    ] = None,
    assert_: Annotated[
        list[str] | None,
        typer.Option("--assert", metavar="QUESTION", help="Exit 1 where it is false: 'rf == 427'. Repeatable."),
    ] = None,
    plot: Annotated[
        str | None, typer.Option(metavar="FILE", help="Draw: .png .svg .pdf, .html for a page, - for the terminal.")
    ] = None,
    picture: Annotated[
        str | None, typer.Option(metavar="growth|boxes|strip|erf", help="What --plot draws; else growth.")
    ] = None,
    over: Annotated[str | None, typer.Option(metavar="FILE", help="The image that boxes lie over (--plot).")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every layer; without, those that change the field.")] = False,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
    format_: Format = None,
    output: Output = None,
) -> int:
    """Receptive fields, layer by layer: exact through branches, dilation, upsampling and attention.

    `--input n` gives them as functions of the input size.

    \b
    Examples:
      archcalc rf resnet50
      archcalc rf mobilenet_v1 --input n
      archcalc rf resnet50 --layer conv5 --unit 0,3
      archcalc rf vgg16 --pixel 100,120
      archcalc rf vgg16 --layer stage3 --tiles
      archcalc rf resnet50 --design --object 96
      archcalc rf vgg16 --layer stage3 --proof
      archcalc rf resnet50 --diff resnet50:strided=1
      archcalc rf resnet50 --assert 'rf == 427'
    """
    from archcalc.cli._field import Asked, any_size
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen, spare
    from archcalc.network import load
    from archcalc.render.formats import chosen
    from archcalc.study.field.layers import Fields

    modes = {"--plot": plot, "--unit": None if plot else unit, "--pixel": pixel, "--tiles": tiles, "--erf": erf,
             "--design": design, "--proof": proof, "--diff": diff}  # fmt: skip
    wanted = [name for name, value in modes.items() if value]
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)} are different questions", "ask one at a time")
    if object_ and not design:
        raise UsageError("--object without --design", "it asks which layer first sees an object of that size")
    if (picture or over) and plot is None:
        raise UsageError(f"{'--picture' if picture else '--over'} without --plot", "--plot FILE draws")
    written = chosen(format_, None if plot else output, among=TABLES, use="for fields")
    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    if input_ == SYMBOL:
        if also := [*wanted, *(["--assert"] if assert_ else [])]:
            raise UsageError(f"{also[0]} wants one input size, and --input is `{input_}`", f"{also[0]} --input 224")
        answer = any_size(network, settings, layer, all_)
        false = []
    else:
        asked = Asked(Fields(network.report(input=input_, **settings)), layer, all_)
        false = asked.held(assert_ or ())
        if proof:
            from archcalc.render.sections import text

            if written.document or not written.fitted:
                raise UsageError(
                    "--proof is a text, neither a table nor a document", "leave --format out, or -o FILE.txt"
                )
            emit(text([asked.proof()], screen(output).width), output)
            return _said(false)
        if plot is not None:
            if format_ is not None or output is not None:
                raise UsageError("--plot names its file, whose suffix is its format", "leave --format and --output out")
            spare(plot, *filter(None, [over]))
            emit(asked.plot(plot, picture, unit, over), None)
            return _said(false)
        answer = (
            asked.unit(unit) if unit is not None
            else asked.pixel(pixel) if pixel is not None
            else asked.tiles(lambda shape: network.graph(input=shape, **settings)) if tiles
            else asked.erf() if erf
            else asked.design(object_ or ()) if design
            else asked.diff((" ".join([spec, *_settings(settings)]), diff), input_) if diff is not None
            else asked.layers(one=bool(assert_) and layer is None and not all_)
        )  # fmt: skip
    if written.document is not None:
        emit(written.document(answer.document()), output)
    elif written.table is not None:
        seen = screen(output)
        emit("\n".join(written.table(table, seen) for table in answer.tables()), output)
    return _said(false)


def _settings(settings: Mapping[str, Any]) -> list[str]:
    return [f"{name}={value}" for name, value in settings.items()]


def _said(false: Sequence[str]) -> int:
    """Say which questions are false, and answer what to exit with."""
    for each in false:
        print(each, file=sys.stderr)
    return FALSE if false else 0
