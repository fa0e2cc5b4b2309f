"""`main`: finds the command, parses, runs it, and turns what goes wrong into a message and an exit code."""

import contextlib
import functools
import gc
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, NoReturn

from archcalc.errors import ArchcalcError, UsageError, near

FINE, FAILED, WRONG, BUG, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes: all is well; a claim, a budget or a strict bound fails; the spec or the usage is wrong; a bug; Ctrl-C."""

TRACEBACK = "ARCHCALC_TRACEBACK"

COMPLETE = "complete"
"""What the shells' scripts ask with. No command: nobody types it."""

HELP = """What a neural network costs: Mult-Adds, parameters, activations and receptive fields of an architecture,
exact, from a YAML spec, without running it.

archcalc COMMAND --help shows a command's options and examples."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line, by default the process's own; returns its exit code."""
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return code
    except ArchcalcError as error:
        print(error, file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        from archcalc.cli._output import silence

        silence()
        return FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        print(
            f"archcalc met a bug of its own: {type(error).__name__}: {error}\n"
            f"    hint: please report it with the command line and the spec; {TRACEBACK}=1 shows where it is",
            file=sys.stderr,
        )
        return BUG


def console() -> NoReturn:
    """The process's own command line, and the end of the process."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by who started the process
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until the process ends
    gc.disable()  # a process that ends soon needs no collections, which take a tenth of its time,
    code = main()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # nor the tidying of a thousand modules, which takes as long


@functools.cache
def commands() -> tuple[str, ...]:
    """The name of every command."""
    names = (info.name for info in pkgutil.iter_modules(import_module("archcalc.cli").__path__))
    return tuple(name for name in names if not name.startswith("_") and name != "app")


def _run(words: list[str]) -> int:
    if words[:1] == [COMPLETE]:
        from archcalc.cli._complete import respond

        return respond(words[1:])
    words = command_first(words) or ["--help"]
    name = words[0]
    if name.startswith("-"):
        return _parsed(_group(commands()), words)
    if name not in commands():
        raise UsageError(f"there is no command `{name}`", near(name, commands()) or f"there is {', '.join(commands())}")

    from archcalc.cli._settings import refuse, rewrite

    group = _group([name])
    line = rewrite(words[1:], declared(group.commands[name]))
    refuse(line)
    more_help = getattr(_module(name), "more_help", None)
    if line.help and line.positional and more_help:
        text = more_help(line.positional[0])
        _parsed(group, [name, "--help"])
        print(text)
        return FINE
    return _parsed(group, [name, *line.arguments], line.hint, line.bare)


def command_first(words: list[str]) -> list[str]:
    """A command may stand behind options of a network: `archcalc --alpha 0.5 report mobilenet_v1`."""
    if not words or not words[0].startswith("--") or words[0] in ("--help", "--version"):
        return words
    at = next((at for at, word in enumerate(words) if word in commands()), 0)
    return [words[at], *words[:at], *words[at + 1 :]]


def _module(name: str) -> Any:
    return import_module(f"archcalc.cli.{name}")


def _group(names: Sequence[str]) -> Any:
    """The parser of these commands: typer is asked to build no more than what is needed."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else pydantic asks every installed package for some
    import typer

    app = typer.Typer(
        name="archcalc", add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, help=HELP
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            from archcalc._version import __version__

            print(f"archcalc {__version__}")
            raise typer.Exit

    @app.callback()
    def top(
        version: Annotated[
            bool, typer.Option("--version", help="Show the version and exit.", callback=show_version, is_eager=True)
        ] = False,
    ) -> None:
        pass

    for name in names:
        app.command(name)(_bound(_module(name).command))
    return typer.main.get_command(app)


def _bound(command: Callable[..., int]) -> Callable[..., Callable[[], int]]:
    """The command with its arguments, to be run when the parser has ended: it has its own ways with errors."""

    @functools.wraps(command)
    def bind(*given: Any, **named: Any) -> Callable[[], int]:
        return functools.partial(command, *given, **named)

    return bind


def _parsed(group: Any, words: list[str], hint: str = "", bare: Sequence[str] = ()) -> int:
    """Parse, and run what was asked for. The parser's own complaints are usage errors.

    bare  the options that have no value, for the command's context
    """
    import typer

    try:
        bound = group.main(words, prog_name="archcalc", standalone_mode=False, obj=bare)
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as error:  # what click makes of a pipe that nobody reads
        raise BrokenPipeError from error
    except Exception as error:
        show = getattr(error, "show", None)  # click's ClickException, which has no public name in every typer
        if show is None:
            raise
        show()
        if hint:
            print(f"    hint: {hint}", file=sys.stderr)
        return WRONG
    if not callable(bound):
        return int(bound or FINE)
    from archcalc.spec.source import were_read

    were_read.clear()  # what a run before this one in the same process has read may be written to
    return int(bound())


def declared(command: Any) -> dict[str, bool]:
    """The options of a parsed command, long and short, and whether each takes a value."""
    options = {"--help": False}
    for each in command.params:
        if each.param_type_name == "option":
            options |= dict.fromkeys([*each.opts, *each.secondary_opts], not each.is_flag)
    return options
