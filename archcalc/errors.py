"""Everything that archcalc raises on purpose.

ArchcalcError            something that the user can mend; the command line prints it and exits with 2
├── SpecError            a spec is wrong: every problem of one phase, each with its place
├── UsageError           a command or a call is wrong: no place in a file
└── RuleError            a rule does not hold; the driver that asked the rule adds the place
    └── Undecided        a question about sizes that symbols or a vector of designs leave open
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A text with the name under which the user knows it."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """Line `number`, from 1; empty beyond the end."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if number <= len(lines) else ""


class Where(NamedTuple):
    """A place in a source; line and column count from 1."""

    source: Source
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def snippet(self, width: int = 100) -> str:
        """The line with a caret under the column; a long line is cut round the column."""
        text = self.source.line(self.line).replace("\t", " ")
        if not text.strip():
            return ""
        start = max(0, self.column - 1 - width // 2) if len(text) > width else 0
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[start : start + width])
        indent = sum(map(_cells, text[start : self.column - 1]))
        return f"    {shown}\n    {' ' * indent}^"


def _cells(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if character.isascii():
        return 1
    import unicodedata

    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One cause: a sentence with its figures and their roles, its place, and a hint that says what to do."""

    message: str
    where: Where | None = None
    hint: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.message}" if self.where else self.message]
        if self.where and (snippet := self.where.snippet()):
            lines.append(snippet)
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class ArchcalcError(Exception):
    """Base of all that archcalc raises on purpose."""


class SpecError(ArchcalcError):
    """A spec is wrong. `problems` holds all that one phase found, in the order of the file."""

    shown = 20

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[: self.shown]]
        if len(self.problems) > self.shown:
            lines.append(f"(and {len(self.problems) - self.shown} more)")
        return "\n".join(lines)


class UsageError(ArchcalcError):
    """A command line or a call is wrong."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message}\n    hint: {self.hint}" if self.hint else self.message


Message = str | Callable[[], str]
"""A text, or what makes it: most rules hold, and nobody reads what they would say."""


class RuleError(ArchcalcError):
    """A rule does not hold. `parameter` names the operator's parameter to blame, if one is."""

    def __init__(self, message: Message, hint: str = "", parameter: str = "") -> None:
        text = message if isinstance(message, str) else message()
        super().__init__(text)
        self.message, self.hint, self.parameter = text, hint, parameter


class Undecided(RuleError):
    """Symbols or a vector of designs leave a question open: some values say yes and others no."""


def near(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the known words that look like `word`; empty if none does."""
    import difflib  # most runs end without an error

    some = islice(dict.fromkeys(known), 1000)  # the cost grows with their number
    matches = difflib.get_close_matches(word, list(some), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(f'`{match}`' for match in matches)}?" if matches else ""
