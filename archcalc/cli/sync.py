"""`archcalc sync FILE…`: tables in Markdown and LaTeX that are kept true."""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import shlex
import sys
from pathlib import Path, PurePath
from typing import Annotated

import typer

from archcalc.errors import Problem, Source, SpecError, UsageError, Where

MARKDOWN = re.compile(
    r"^(?P<open>[ \t]*<!--\s*archcalc:\s*(?P<line>.*?)\s*-->[ \t]*)(?P<end>\r?\n)"
    r"(?P<text>.*?)(?P<close>^[ \t]*<!--\s*/archcalc\s*-->)",
    re.MULTILINE | re.DOTALL,
)
LATEX = re.compile(
    r"^(?P<open>[ \t]*%+\s*archcalc:\s*(?P<line>.*?)[ \t]*)(?P<end>\r?\n)"
    r"(?P<text>.*?)(?P<close>^[ \t]*%+\s*/archcalc\b)",
    re.MULTILINE | re.DOTALL,
)
OPENING = re.compile(r"^[ \t]*(?:<!--|%+)\s*archcalc:", re.MULTILINE)
FENCED = re.compile(r"^(?P<fence>[ \t]*(?:```+|~~~+)).*?^(?P=fence)[ \t]*\r?$", re.MULTILINE | re.DOTALL)
"""A code block of Markdown: comments in it are examples."""
LANGUAGES = {".tex": (LATEX, "latex")}
"""How comments are written, and the format of tables, by a file's suffix; Markdown for all others."""
WRITERS = ("new", "sync", "-o", "--output", "--plot", "--watch")
"""Commands and options that no comment has: a comment's command is there for what it prints."""
MARK = "\ufeff"
"""Of UTF-8, with which some editors begin a file."""


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Markdown or LaTeX files.", show_default=False)],
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 and a diff if one differs.")
    ] = False,
) -> int:
    """Rewrite the tables between archcalc's comments from the specs.

    \b
    Markdown:
      <!-- archcalc: report mobilenet_v1 --variants --columns mult_adds,params -->
      <!-- /archcalc -->
    \b
    LaTeX:
      % archcalc: compare resnet50 resnext50
      % /archcalc
    \b
    Examples:
      archcalc sync README.md paper.tex
      archcalc sync --check README.md
    """
    from archcalc.cli._output import write_whole

    changed = []
    for file in files:
        whole = _read(file)
        source = Source(file, whole.removeprefix(MARK))
        text = synced(source)
        if text != source.text:
            changed.append((file, whole, whole[: whole.startswith(MARK)] + text))
    for file, old, new in changed:
        if check:
            lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(*lines, file, f"{file}, as the specs have it"))
        else:
            write_whole(file, new, newline="")
    return int(check and bool(changed))


def _read(file: str) -> str:
    """A text with its own ends of lines. Raises UsageError, and SpecError where it is not UTF-8."""
    from archcalc.spec.source import decode

    if os.path.isdir(file):
        raise UsageError(f"{file} is a directory, sync wants a document", "files of Markdown or LaTeX: *.md, *.tex")
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{file} cannot be read: {reason.lower()}") from None
    decode(file, data)  # says where it is not UTF-8
    return data.decode()


def synced(source: Source) -> str:
    """The text with every table renewed. Raises SpecError with the place of each comment whose command fails."""
    pattern, format_ = LANGUAGES.get(PurePath(source.name).suffix.lower(), (MARKDOWN, "markdown"))
    problems: list[Problem] = []
    found = 0

    fences = [match.span() for match in FENCED.finditer(source.text)] if format_ == "markdown" else []

    def example(match: re.Match[str]) -> bool:
        return any(start <= match.start() < end for start, end in fences)

    def renew(match: re.Match[str]) -> str:
        nonlocal found
        if example(match):
            return match[0]
        found += 1
        try:
            made = output(match["line"], format_)
        except UsageError as error:
            problems.append(Problem(error.message, _where(source, match.start("line")), error.hint))
            return match[0]
        end = match["end"]
        return f"{match['open']}{end}{made.replace(chr(10), end)}{match['close']}"

    text = pattern.sub(renew, source.text)
    for opening in OPENING.finditer(source.text):
        closed = any(match.start() <= opening.start() < match.end() for match in pattern.finditer(source.text))
        if not closed and not example(opening):
            where = _where(source, opening.start())
            problems.append(Problem("this table has no end", where, "`/archcalc` in a comment"))
    if problems:
        raise SpecError(problems)
    if not found:
        raise UsageError(f"{source.name} has no table to sync", "archcalc sync --help shows the comments")
    return text


def _where(source: Source, offset: int) -> Where:
    before = source.text[:offset]
    return Where(source, before.count("\n") + 1, offset - before.rfind("\n"))


def output(line: str, format_: str) -> str:
    """What a command prints in a format, unless it names one itself. Raises UsageError with its complaint, and for
    what would write a file."""
    from archcalc.cli.app import command_first, main

    try:
        words = command_first(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"`archcalc {line}`: {str(error).lower()}") from None
    if writer := _writer(words):
        raise UsageError(f"`archcalc {line}`: {writer} does not belong in a document", "a command that prints a table")
    if not any(word == "--format" or word.startswith("--format=") for word in words):
        words += ["--format", format_]
    out, complaint = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaint):
        code = main(words)
    if code > 1:
        said, _, hint = complaint.getvalue().strip().partition("\n    hint: ")
        raise UsageError(f"`archcalc {line}`: {said}", hint)
    text = out.getvalue()
    return text if text.endswith("\n") else f"{text}\n"


def _writer(words: list[str]) -> str:
    """What of a command line writes a file or never ends, if anything does."""
    from archcalc.cli._line import declared
    from archcalc.cli._settings import rewrite
    from archcalc.cli.app import commands

    if not words or words[0] not in commands():
        return ""
    if words[0] in WRITERS:
        return words[0]
    options = {name: each.takes for each in declared(words[0])[0] for name in each.names}
    line = rewrite(words[1:], options)
    used = [name for name, value in line.given if value != "-"] + [word for word in line.arguments if word == "--watch"]
    return next((name for name in used if name in WRITERS), "")
