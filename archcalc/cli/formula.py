"""`archcalc formula SPEC`: a figure of a network with its sizes as symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from archcalc.cli._options import Input, Output, Set, Spec, Variant
from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.pages import Page

FORMATS = "text|latex|markdown|json|python"


def command(
    context: typer.Context,
    spec: Spec,
    in_: Annotated[
        str | None,
        typer.Option("--in", metavar="NAME,…", help="What is a symbol: parameters, and the input map: h; or h and w."),
    ] = None,
    metric: Annotated[
        str,
        typer.Option(
            metavar="mult_adds|params|activations|receptive_field|field_stride|field_padding", help="The figure."
        ),
    ] = "mult_adds",
    by: Annotated[str | None, typer.Option(metavar="layer|block|stage", help="The figure of each as well.")] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="A formula for every size of the input, by its remainder.")
    ] = False,
    leading: Annotated[
        bool, typer.Option("--leading", help="The terms by size, with their shares at the given settings.")
    ] = False,
    derivative: Annotated[str | None, typer.Option(metavar="NAME", help="The derivative by a symbol.")] = None,
    elasticity: Annotated[
        bool, typer.Option("--elasticity", help="By how many per cent each layer's figure grows with each symbol.")
    ] = False,
    against: Annotated[str | None, typer.Option(metavar="LAW", help="How far a law is off: 'alpha**2*rho**2'.")] = None,
    set_: Set = None,
    variant: Variant = None,
    input_: Input = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar=FORMATS, help="How to write it; else as FILE's suffix says."),
    ] = None,
    output: Output = None,
) -> int:
    """A figure of a network as a formula: exact, with the conditions under which it holds.

    It always holds at the settings of SPEC, which --alpha 0.5, --input 192 and so on change; before it is printed it is
    checked there and at random points.

    \b
    Examples:
      archcalc formula mobilenet_v1 --in alpha,h
      archcalc formula densenet121 --in k --metric params
      archcalc formula resnet50 --exact
      archcalc formula mobilenet_v1 --in alpha,h --by layer --format latex
      archcalc formula mobilenet_v1 --in alpha,h --leading --alpha 0.5
      archcalc formula mobilenet_v1 --in alpha,h --derivative alpha
      archcalc formula mobilenet_v1 --in alpha,h --elasticity
      archcalc formula mobilenet_v1 --against 'alpha**2*rho**2' --rho 1,6/7,5/7
    """
    from archcalc.cli._options import given
    from archcalc.cli._output import emit, screen
    from archcalc.network import load
    from archcalc.render.formats import chosen

    views = {
        "--exact": exact,
        "--leading": leading,
        "--derivative": derivative,
        "--elasticity": elasticity,
        "--against": against,
    }
    wanted = [name for name, value in views.items() if value]
    if len(wanted) > 1:
        raise UsageError(f"{' and '.join(wanted)} are different views of a formula", "give one of them")
    view = wanted[0] if wanted else ""
    if by is not None and view in ("--exact", "--against"):
        raise UsageError(f"{view} is of the whole network: it does not go with --by")
    written = chosen(format_, output, among=f"{FORMATS}|table", use="for formulas")
    network = load(spec, variant=variant)
    settings = given(context, set_, network)
    names = [name.strip() for name in (in_ or "").split(",") if name.strip()]
    asked = {"metric": metric, "input": input_}
    if against:
        answer = _against(network, names, against, asked, settings)
    elif exact:
        answer = _every_size(network, names if {"h", "w"} & {*names} else [*names, "h"], asked, settings)
    else:
        names = [*(names or ["h"]), *([derivative] if derivative else [])]
        asked["by"] = by or ("layer" if elasticity else None)
        answer = _formula(network, names, view, derivative, asked, settings)
    if written.document is not None:
        text = written.document(answer.document())
    elif written.page is not None:
        text = written.page(answer.page(), screen(output))
    elif written.source is not None and answer.source is not None:
        text = written.source(answer.source())
    else:
        raise UsageError(f"{view} has no Python source", "text, latex, markdown or json")
    emit(text, output)
    return 0


class Answer(NamedTuple):
    """What was asked for, in each of the forms that formats write."""

    page: Callable[[], Page]
    document: Callable[[], dict[str, Any]]
    source: Callable[[], str] | None = None


def _formula(
    network: Network,
    names: Sequence[str],
    view: str,
    derivative: str | None,
    asked: Mapping[str, Any],
    settings: Mapping[str, str],
) -> Answer:
    from archcalc.study import formula_document as documents
    from archcalc.study.formula import formula

    by = asked["by"]
    found = formula(network, names, given=settings, **asked)
    if view == "--leading":
        from archcalc.render import views

        return Answer(lambda: views.leading(found, by), lambda: documents.leading(found, by))
    if view == "--elasticity":
        from archcalc.render import views

        return Answer(lambda: views.elasticity(found, by), lambda: documents.elasticity(found))
    from archcalc.render import formula as pages
    from archcalc.render import python
    from archcalc.study.views import derivative as derived

    shown = found if derivative is None else derived(found, derivative)
    return Answer(
        lambda: pages.page(shown, by, pages.name_of_derivative(found, derivative)),
        lambda: documents.document(shown, by, derivative),
        lambda: python.source(shown, by, derivative),
    )


def _every_size(
    network: Network, names: Sequence[str], asked: Mapping[str, Any], settings: Mapping[str, str]
) -> Answer:
    from archcalc.render import python
    from archcalc.render import quasi as pages
    from archcalc.study import formula_document as documents
    from archcalc.study.quasi import quasi

    found = quasi(network, names, given=settings, **asked)
    return Answer(lambda: pages.page(found), lambda: documents.every_size(found), lambda: python.every_size(found))


def _against(
    network: Network, names: Sequence[str], law: str, asked: Mapping[str, Any], settings: Mapping[str, str]
) -> Answer:
    """Symbols are the law's and those of --in; `--alpha 1,0.5` gives the values of one of the law's."""
    from archcalc.render import views
    from archcalc.study import formula_document as documents
    from archcalc.study.formula import formula
    from archcalc.study.views import against, names_of

    of_law = names_of(law)
    lists = {name: settings[name].split(",") for name in of_law if "," in settings.get(name, "")}
    firsts = {name: values[0] for name, values in lists.items()}
    found = formula(network, [*dict.fromkeys([*of_law, *names])], given={**settings, **firsts}, **asked)
    held = against(found, law, lists)
    return Answer(lambda: views.against(found, held), lambda: documents.against(found, held))
