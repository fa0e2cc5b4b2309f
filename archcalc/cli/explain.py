"""`archcalc explain SPEC LAYER`: every rule of a layer with the numbers put in."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import Input, Set, Spec, Variant


def command(
    context: typer.Context,
    spec: Spec,
    layer: Annotated[
        str,
        typer.Argument(
            metavar="LAYER",
            help="A path, or some of its levels from the outside in, with * and ?: fire*/e3x3.",
            show_default=False,
        ),
    ],
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
) -> int:
    """Every rule of a layer with the numbers put in, and where they come from.

    A level of the path stands for all layers inside it.

    \b
    Examples:
      archcalc explain resnet50 conv1/conv
      archcalc explain mobilenet_v1 Layer1/Depthwise/conv --alpha 0.75
      archcalc explain resnet50 'conv5/Unit1/*/ConvBN3/conv'
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render.sections import text
    from archcalc.study.explain import explain

    network = load(spec, variant=variant)
    report = network.report(input=input_, **given(context, set_, network))
    emit(text(explain(network, report, layer), screen(None).width), None)
    return 0
