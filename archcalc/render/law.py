"""Laws and what became of them: for readers, and as a Table for documents."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archcalc.render.check import WIDTH, counted, styled
from archcalc.render.formats import Screen
from archcalc.render.math import GREEK, Math
from archcalc.render.table import Column, Line, Table
from archcalc.study.law import FALSE, PROVED, UNDECIDED, Outcome
from archcalc.values import show

STYLES = {PROVED: "green", FALSE: "bold red", UNDECIDED: "yellow"}
LABEL = len(UNDECIDED) + 2
EXPECTED = "as it should be"
_TOKEN = re.compile(r"\*\*|[<>=!]=|\d+(?:\.\d+)?|[A-Za-z_][\w.]*|\S")
_SIGNS = {"==": " = ", "!=": r" \neq ", "<=": r" \leq ", ">=": r" \geq "} | {sign: f" {sign} " for sign in "<>+-"}


def listing(outcomes: Sequence[Outcome], screen: Screen) -> str:
    """Each law with its symbols and assumptions; below it its statements, each with its verdict."""
    width = screen.width or WIDTH
    laws = ("".join(_law(list(group), screen, width)) for _, group in groupby(outcomes, lambda each: id(each.law)))
    return "\n".join([*laws, textwrap.fill(summary(outcomes), width) + "\n"])


def summary(outcomes: Sequence[Outcome]) -> str:
    """How many were proved, and how many were not as they should be."""
    laws = len({id(each.law) for each in outcomes})
    found = Counter((each.verdict, each.expected) for each in outcomes)
    parts = [f"{found[PROVED, True]} proved", f"{found[FALSE, True]} false as they should be"]
    wrong = {f"{found[verdict, False]} {verdict}": found[verdict, False] for verdict in (PROVED, FALSE, UNDECIDED)}
    parts += [f"{text} against what is claimed" for text, count in wrong.items() if count]
    return f"{counted(len(outcomes), 'statement', 'statements')} of {counted(laws, 'law', 'laws')}: {', '.join(parts)}"


def _law(outcomes: list[Outcome], screen: Screen, width: int) -> Iterator[str]:
    law = outcomes[0].law
    yield styled(law.name, "bold", screen) + "\n"
    for text in (f"{law.source} ({law.where.source.name}:{law.where.line})", law.note, *assumptions(outcomes[0])):
        yield from _wrapped(text, width, "  ", "    ")
    for outcome in outcomes:
        label = styled(f"{outcome.verdict:{LABEL}}", STYLES[PROVED if outcome.expected else outcome.verdict], screen)
        first, *others = _wrapped(outcome.statement.text, width - LABEL - 2, "", "  ")
        yield f"  {label}{first}"
        for text in others:
            yield f"{'':{LABEL + 2}}{text}"
        for text in reasons(outcome):
            yield from _wrapped(text, width, f"{'':{LABEL + 4}}", f"{'':{LABEL + 4}}")


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    lines = textwrap.wrap(
        text, max(width, 20), initial_indent=first, subsequent_indent=others, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return [f"{line}\n" for line in lines]


def assumptions(outcome: Outcome) -> Iterator[str]:
    """The symbols with what they stand for, and what is assumed of them, as it was substituted."""
    domains = outcome.assumed.space.domains.items()
    for text, group in groupby(sorted(domains, key=lambda each: str(each[1])), lambda each: str(each[1])):
        yield f"{', '.join(name for name, _ in group)}: {text}"
    if outcome.law.given:
        yield f"given {', '.join(each.text for each in outcome.law.given)}"
    if substituted := outcome.assumed.substituted:
        yield f"so {', '.join(f'{name} = {show(value)}' for name, value in substituted.items())}"


def reasons(outcome: Outcome) -> Iterator[str]:
    """Below a statement: the counter-example, or what keeps it from being decided; how an inequality was proved."""
    if outcome.counter is not None:
        yield f"{f'{EXPECTED}: ' if outcome.expected else ''}{outcome.counter}"
        if outcome.difference is not None:
            yield f"left - right = {show(outcome.difference)}"
    elif outcome.verdict == UNDECIDED:
        yield outcome.how
    elif not outcome.expected:
        yield "it holds everywhere, and stands under `refutes`"
    elif outcome.signs:
        yield f"{outcome.how}: {' and '.join(map(show, outcome.signs))}"
    if outcome.statement.note or outcome.statement.source:
        yield "; ".join(filter(None, (outcome.statement.source, outcome.statement.note)))


def table(outcomes: Sequence[Outcome]) -> Table:
    """One row a statement."""
    rows = []
    for outcome in outcomes:
        verdict = f"{outcome.verdict}{'' if outcome.expected else ', against what is claimed'}"
        note = str(outcome.counter or "") or (outcome.how if outcome.verdict == UNDECIDED else "")
        given = ", ".join(each.text for each in outcome.law.given)
        statement = Comparison(outcome.statement.text)
        rows.append(Line((outcome.law.name, outcome.document, given, statement, verdict, note)))
    return Table(
        title=(summary(outcomes),),
        columns=tuple(
            Column(name.lower(), name, left=True)
            for name in ("Law", "Document", "Given", "Statement", "Verdict", "Counter-example")
        ),
        rows=tuple(rows),
    )


@dataclass(frozen=True, slots=True)
class Comparison(Math):
    """A statement in the words of the language."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def latex(self) -> str:
        """For math mode."""
        tokens = _TOKEN.findall(self.text)
        written, at = "", 0
        while at < len(tokens):
            token, before = tokens[at], tokens[at - 1] if at else ""
            if token == "**":
                end = _operand(tokens, at + 1)
                written += f"^{{{Comparison(' '.join(tokens[at + 1 : end])).latex}}}"
                at = end
                continue
            if token == "*":
                numbers = before[0].isdigit() and tokens[at + 1][0].isdigit()
                written += r" \cdot " if numbers else r"\,"
            else:
                unary = token == "-" and (not before or before in _SIGNS or before in "(,")
                written += "-" if unary else _SIGNS.get(token) or _name(token)
            at += 1
        return written


def _operand(tokens: list[str], at: int) -> int:
    """Where the exponent that begins here ends: a bracket, or one token."""
    depth = 0
    for end in range(at, len(tokens)):
        depth += (tokens[end] == "(") - (tokens[end] == ")")
        if depth == 0 and tokens[end] != "-":
            return end + 1
    return len(tokens)


def _name(token: str) -> str:
    """A name as mathematicians write it; numbers and signs as they are."""
    if not (token[0].isalpha() or token[0] == "_"):
        return token
    if token in GREEK:
        return rf"\{token}"
    letter, digits = token.rstrip("0123456789"), token[len(token.rstrip("0123456789")) :]
    if len(letter) == 1:
        return f"{letter}_{{{digits}}}" if digits else letter
    escaped = token.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"
