"""Findings of lint: in words, a section a rule, repeats folded; and as annotations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from archcalc.render.check import WIDTH, counted, styled
from archcalc.render.formats import Screen
from archcalc.render.formats.github import annotation
from archcalc.render.text import exact, percent
from archcalc.report.metrics import metrics
from archcalc.report.report import TOTALS
from archcalc.study.lint import Finding
from archcalc.study.lint._driver import Linted, share
from archcalc.values import Value

Fold = Sequence[Finding]
"""Findings of one rule at one step of the spec: a cause, and its repeats."""


def folds(linted: Linted, every: bool = False) -> list[Fold]:
    """The findings by rule and step, in order; one by one if `every` is wanted."""
    found: dict[object, list[Finding]] = {}
    for number, each in enumerate(linted.findings):
        found.setdefault(number if every else (each.rule.name, each.row.node.where), []).append(each)
    return list(found.values())


def listing(linted: Linted, screen: Screen, *, every: bool = False) -> str:
    """A section for each rule that finds something, and a last line that says how much and how to silence it."""
    width = max(screen.width or WIDTH, 40)
    parts = folds(linted, every)
    sections = []
    for rule in linted.rules:
        of_rule = [part for part in parts if part[0].rule is rule]
        if of_rule:
            head = styled(_filled(f"{rule.name}: {rule.finds}", width, ""), "bold", screen)
            body = [_paragraph(linted, part, width) for part in of_rule]
            sections.append("\n".join([head, *body, _filled(f"mend: {rule.mend}", width, "  "), ""]))
    return "\n".join([*sections, "\n".join(_filled(line, width, "") for line in _end(linted)) + "\n"])


def _end(linted: Linted) -> list[str]:
    rules = counted(len(linted.rules), "rule", "rules")
    silenced = f", {linted.silenced:,} silenced by the spec" if linted.silenced else ""
    if not linted.findings:
        return [f"nothing found by {rules}{silenced}"]
    name = linted.findings[0].rule.name
    paths = [each.row.node.path for each in linted.findings if each.rule.name == name]
    pattern = paths[0] if len(paths) == 1 else "'*'"
    return [
        f"{counted(len(linted.findings), 'finding', 'findings')} of {rules}{silenced}",
        f"to silence what is meant: `lint: {{ignore: {{{name}: {pattern}}}}}` in the spec, or --ignore {name}",
    ]


def _paragraph(linted: Linted, part: Fold, width: int) -> str:
    """Which layers and where, what is found at the first, and what all cost."""
    first = part[0]
    lines = [f"  {_layers(part)} ({first.row.node.where})", f"    {first.message}"]
    if price := prices(linted, part):
        lines.append(f"    {'price' if len(part) == 1 else f'price of all {len(part)}'}: {price}")
    return "\n".join(_filled(line.lstrip(), width, line[: len(line) - len(line.lstrip())]) for line in lines)


def _layers(part: Fold) -> str:
    more = len(part) - 1
    return f"{part[0].row.node.path} and {more} more" if more else part[0].row.node.path


def prices(linted: Linted, part: Fold) -> str:
    """`4,224 Params (<0.1%), 13 of 49 pixels (26.5%)`: the sums of a cause and its repeats; nothing that is 0."""
    texts = []
    for name in part[0].price:
        price = _sum(each.price[name] for each in part)
        whole = _sum(each.of[name] for each in part) if name in part[0].of else None
        if price:
            texts.append(_price(name, price, whole, share(linted, name, price, whole)))
    return ", ".join(texts)


def _price(name: str, price: Value, whole: Value | None, part: Value | None) -> str:
    what = metrics()[name].title if name in TOTALS else name.replace("_", " ")
    if whole is None and price == 1:
        what = what.removesuffix("s")
    of = "" if whole is None else f" of {exact(whole)}"
    return f"{exact(price)}{of} {what}{'' if part is None else f' ({percent(part)})'}"


def _sum(values: Iterable[Value]) -> Value:
    result: Value = 0
    for value in values:
        result = result + value
    return result


def _filled(text: str, width: int, indent: str) -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def warnings(linted: Linted) -> str:
    """A warning of GitHub Actions for each cause."""
    lines = []
    for part in folds(linted):
        first = part[0]
        where = first.row.node.where
        place = {"file": where.source.name, "line": where.line, "column": where.column}
        price = prices(linted, part)
        text = f"{_layers(part)}: {first.message}{price and f'; price: {price}'}; mend: {first.rule.mend}"
        lines.append(annotation("warning", place, first.rule.name, text))
    return "".join(lines)
