"""Results of checks: what does not plainly agree in words, and a Table of the sums."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from archcalc.render.formats import Screen
from archcalc.render.table import Column, Line, Table
from archcalc.spec.expr import said
from archcalc.study.checking import summary
from archcalc.study.checks import VERDICTS, Result
from archcalc.study.printed import show_value

LISTED = ("erratum", "unexplained", "differs")
"""What is listed unless all is: the gravest last, next to the sums."""

HEADS = {
    "agrees": "agrees",
    "outside": "outside: no architecture determines it",
    "erratum": "erratum: the print is wrong, and the right figure is known",
    "unexplained": "unexplained: ours is another figure, and nobody knows why",
    "differs": "differs: ours is another figure, above a limit, or a law that is not proved",
}
STYLES = {"agrees": "green", "outside": "dim", "erratum": "cyan", "unexplained": "yellow", "differs": "bold red"}
NOTHING = "nothing to check: no claims, no budget and no laws\n"
WORDS = {"agrees": ("agrees", "agree"), "erratum": ("erratum", "errata"), "differs": ("differs", "differ")}
WIDTH = 100
"""Of lines in a file."""


def table(results: Sequence[Result]) -> Table:
    """One row a spec, one column a verdict; the sums over all specs in words."""
    by_spec: dict[str, list[Result]] = {}
    for result in results:
        by_spec.setdefault(result.network, []).append(result)
    sums = summary(results)
    seen = [verdict for verdict in VERDICTS if verdict == "differs" or sums[verdict]]
    told = [verdict for verdict in VERDICTS if verdict == "unexplained" or verdict in seen]  # none, too, is said
    lines = []
    for name, found in by_spec.items():
        of_spec = summary(found)
        lines.append(Line((name, len(found), *(of_spec[verdict] for verdict in seen))))
    return Table(
        title=(f"{counted(len(results), 'figure', 'figures')} of {counted(len(by_spec), 'spec', 'specs')}",),
        columns=(
            Column("spec", "Spec", left=True),
            Column("figures", "figures"),
            *(Column(verdict, verdict) for verdict in seen),
        ),
        rows=tuple(lines),
        totals=(("all", ", ".join(counted(sums[verdict], *WORDS.get(verdict, (verdict,) * 2)) for verdict in told)),),
    )


def counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def listing(results: Sequence[Result], screen: Screen, *, every: bool = False) -> str:
    """What is not plain agreement, all with `every`, a section a verdict; the gravest last."""
    sections = []
    for verdict in (*(("agrees", "outside") if every else ()), *LISTED):
        found = [paragraph(result, screen.width or WIDTH) for result in results if result.verdict == verdict]
        if found:
            head = textwrap.fill(HEADS[verdict], screen.width or WIDTH)
            sections.append(f"{styled(head, STYLES[verdict], screen)}\n{''.join(found)}\n")
    return "".join(sections)


def styled(text: str, style: str, screen: Screen) -> str:
    if not screen.colours:
        return text
    from rich.style import Style

    return Style.parse(style).render(text)


def paragraph(result: Result, width: int) -> str:
    """What is counted, what is printed and ours; below it why, and where it is printed."""
    ours = "" if result.computed is None else f", ours {show_value(result.computed, result.printed)}"
    texts = [f"{subject(result)}: {result.metric} {result.printed}{ours if result.verdict != 'agrees' else ''}"]
    if result.verdict != "agrees":
        place = f"{result.where.source.name}:{result.where.line}"
        printed_in = ", ".join(filter(None, (result.document, result.table))) if result.kind != "budget" else ""
        texts += [result.note] * (bool(result.note) and not result.note.startswith("ours is"))
        texts.append(f"{printed_in} ({place})" if printed_in else place)
    lines = []
    for indent, text in zip(("  ", *["    "] * len(texts)), texts, strict=False):
        lines += textwrap.wrap(
            text, max(width, 20), initial_indent=indent, subsequent_indent="      ", break_on_hyphens=False
        )
    return "\n".join(lines) + "\n"


def sentence(document: dict[str, Any]) -> str:
    """A result, as plain data, in one sentence."""
    if document["kind"] == "spec":
        return str(document["note"])
    if document["kind"] == "budget":
        return f"{document['metric']} has the limit {document['printed']}: {document['note']}"
    if document["kind"] == "law":
        return f"{document['metric']}, `{document['printed']}`: {document['note']}"
    place = ", ".join(filter(None, (document["document"], document["table"])))
    return f"{document['metric']} is printed as {document['printed']} in {place}: {document['note']}"


def subject(result: Result) -> str:
    """What is counted: the network, its setting, and the part of it."""
    setting = dict(result.setting)
    variant = str(setting.pop("variant", ""))
    words = [variant if variant.startswith(result.network) else f"{result.network} {variant}".strip()]
    if not result.metric.endswith("params"):
        setting.pop("count", None)
    for name, value in setting.items():
        if name in ("at", "row"):
            words.append(shown(value))
        elif name in ("without", "against"):
            words.append(f"{name} {shown(value)}")
        elif name not in ("note", "unit", "rounding", "order"):
            words.append(f"{name}={shown(value)}")
    return " ".join(words)


def shown(value: object) -> str:
    """A value of a setting or a qualifier as one reads it."""
    if isinstance(value, dict):
        return " ".join(shown(item) if name == "at" else f"{name}={shown(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(shown, value)) or "nothing"
    return said(value)
