"""`archcalc show SPEC`: what a spec holds, or its graph as a spec of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from archcalc.cli._options import Input, Output, Set, Spec, Variant


def command(
    context: typer.Context,
    spec: Spec,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="The graph at these settings as a spec that gives the same report.")
    ] = False,
    output: Output = None,
) -> int:
    """What a spec holds: sources, inputs, parameters, variants, blocks.

    With --expanded its graph as a spec without blocks, repeats and expressions: the same layers at the same paths.

    \b
    Examples:
      archcalc show mobilenet_v1
      archcalc show resnet18 --input 32 --expanded
      archcalc show mobilenet_v1 --alpha 0.75 --expanded -o mobilenet_v1_075.yaml
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load

    network = load(spec, variant=variant)
    chosen = given(context, set_, network)
    values = network.settings(**chosen)
    bare = network.spec.body is None and not expanded
    graph = None if bare else network.graph(input=input_, **chosen)
    if graph is not None and expanded:
        from archcalc.render.yaml import expansion

        emit(expansion(network, values, graph), output)
    else:
        from archcalc.render.sections import text
        from archcalc.study.description import description

        emit(text([description(network, values, graph)], screen(output).width), output)
    return 0
