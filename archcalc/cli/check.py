"""`archcalc check [SPEC|DIR …]`: published figures, budgets and laws against ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from archcalc.cli._options import Output
from archcalc.errors import SpecError, UsageError

if TYPE_CHECKING:
    from archcalc.study.checking import Answer

FORMATS = "table|json|junit|github"


def command(
    specs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SPEC|DIR]…", help="Files, folders, packaged specs; all packaged ones by default."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND|VERDICT|ID", help="claim, budget or law; agrees, differs, …; or a part of an id, * and ?."
        ),
    ] = None,
    max_: Annotated[
        list[str] | None, typer.Option("--max", metavar="METRIC=LIMIT", help="A budget for each spec: mult_adds=300M.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Show what agrees, too.")] = False,
    format_: Annotated[str | None, typer.Option("--format", metavar=FORMATS, help="How to write it.")] = None,
    output: Output = None,
) -> int:
    """Check published figures, budgets and laws. Exits with 1 when something differs.

    A figure agrees when the exact value rounds to it as printed. `erratum`: the paper is wrong, and the right figure
    is given; `unexplained`: ours is another, nobody knows why; `outside`: no architecture determines it.

    \b
    Examples:
      archcalc check
      archcalc check mobilenet_v1 my_net.yaml specs/
      archcalc check my_net.yaml --max mult_adds=300M --max params=5M
      archcalc check --only claim --only 'resnet*' --all
      archcalc check --format github
    """
    from archcalc.cli._output import emit, screen
    from archcalc.render.formats import chosen
    from archcalc.spec.source import were_read
    from archcalc.study import checking
    from archcalc.study.workers import processors

    written = chosen(format_, output, among=FORMATS, use="of checks")
    wanted = checking.Only(tuple(only or ()))
    names = checking.specs(specs or ())
    # a result must not take the place of a spec, and which files are read is only known in the process that reads them
    alone = output is not None and os.path.realpath(output).endswith((".yaml", ".yml"))
    were_read.update(dict.fromkeys(names))
    with checking.finding(names, wanted, 1 if alone else processors()) as found, _progress(len(names)) as progress:
        answers = list(map(progress, found))
    results = [result for answer in answers if isinstance(answer, list) for result in answer]
    wrong = [problem for answer in answers if not isinstance(answer, list) for problem in answer.problems]
    if max_:
        results += checking.limits(checking.sound(names), max_)
    if only and not results and not wrong:
        raise UsageError(f"nothing to check is {' or '.join(only)}", "a kind, a verdict, or a part of an id")
    if written.results is not None:
        emit(written.results(checking.documents([*results, *checking.broken(wrong)])), output)
    elif written.table is not None and (results or not wrong):
        from archcalc.render import check

        seen = screen(output)
        sums = written.table(check.table(results), seen) if results else check.NOTHING
        emit(check.listing(results, seen, every=all_) + sums, output)
    if wrong:
        raise SpecError(wrong)
    return int(any(result.verdict == "differs" for result in results))


@contextmanager
def _progress(count: int) -> Iterator[Callable[[Answer], Answer]]:
    """What comes of a spec passes through it, of so many: a bar on a terminal moves, nothing elsewhere. It has a
    thread, and so must begin after the processes that find results."""
    if not sys.stderr.isatty():
        yield lambda answer: answer
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("checking", total=count)

        def passes(answer: Answer) -> Answer:
            bar.advance(task)
            return answer

        yield passes
