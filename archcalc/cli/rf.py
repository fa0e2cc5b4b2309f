"""`archcalc rf SPEC`: receptive fields, layer by layer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from archcalc.cli._options import Format, Input, Output, Set, Spec, Variant
from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.cli._field import Asked

FALSE = 1


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
        typer.Option("--object", metavar="PIXELS", help="With --design: which layer first sees so many. Repeatable."),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="The recurrence line by line, with the numbers in it.")
    ] = False,
    diff: Annotated[str | None, typer.Option(metavar="SPEC", help="Where the fields of another network part.")] = None,
    assert_: Annotated[
        list[str] | None,
        typer.Option("--assert", metavar="QUESTION", help="Exit 1 where it is false: 'rf == 427'. Repeatable."),
    ] = None,
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
      archcalc rf unet --tiles
      archcalc rf resnet50 --design --object 96
      archcalc rf vgg16 --layer stage3 --proof
      archcalc rf resnet50 --diff resnet50_strided1
      archcalc rf resnet50 --assert 'rf == 427'
    """
    from archcalc.cli._field import Asked, any_size
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render.formats import chosen
    from archcalc.study.field.layers import Fields

    modes = {"--unit": unit, "--pixel": pixel, "--tiles": tiles, "--erf": erf, "--design": design, "--proof": proof,
             "--diff": diff}  # fmt: skip
    wanted = [name for name, value in modes.items() if value]
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)} are different questions", "ask one at a time")
    if object_ and not design:
        raise UsageError("--object without --design", "it asks which layer first sees an object of that size")
    written = chosen(format_, output)
    if not (written.table or written.document):
        raise UsageError(f"{format_} is no format for fields", "table, json, csv, markdown or latex")
    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    if input_ is not None and input_.isidentifier():
        if also := [*wanted, *(["--assert"] if assert_ else [])]:
            raise UsageError(f"{also[0]} wants one input size, and --input is `{input_}`")
        answer = any_size(network, settings, layer, all_)
        asked = None
    else:
        asked = Asked(Fields(network.report(input=input_, **settings)), layer, all_)
        if proof:
            from archcalc.render.sections import text

            if written.document or not written.fitted:
                raise UsageError("--proof is a text", "leave --format out")
            emit(text([asked.proof()], screen(output).width), output)
            return _held(asked, assert_ or ())
        answer = (
            asked.unit(unit) if unit is not None
            else asked.pixel(pixel) if pixel is not None
            else asked.tiles() if tiles
            else asked.design(object_ or ()) if design
            else asked.diff(diff, spec, input_) if diff is not None
            else asked.layers()
        )  # fmt: skip
    if written.document is not None:
        emit(written.document(answer.document()), output)
    elif written.table is not None:
        seen = screen(output)
        emit("\n".join(written.table(table, seen) for table in answer.tables()), output)
    return 0 if asked is None else _held(asked, assert_ or ())


def _held(asked: Asked, questions: Sequence[str]) -> int:
    """Say which are false."""
    false = asked.held(questions)
    for each in false:
        print(each, file=sys.stderr)
    return FALSE if false else 0
