"""Operators as pages of a terminal, as a Table, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archcalc.render.table import Column, Line, Table
from archcalc.study import sections
from archcalc.study.catalogue import Operator, Parameter
from archcalc.study.sections import Page, Section


def overview(operators: Sequence[Operator]) -> Page:
    """Names and summaries, a section a family."""
    families: dict[str, list[sections.Line]] = {}
    for each in operators:
        families.setdefault(each.family, []).append(sections.Line(each.name, each.summary))
    return Page(
        (f"{len(operators)} operators · archcalc ops OP: rules and parameters",),
        tuple(Section(family, tuple(lines)) for family, lines in families.items()),
    )


def table(operators: Sequence[Operator]) -> Table:
    """A row an operator."""
    names = (("operator", "Operator"), ("family", "Family"), ("summary", "What it is"))
    return Table(
        title=(f"{len(operators)} operators",),
        columns=tuple(Column(name, title, left=True) for name, title in names),
        rows=tuple(Line((each.name, each.family, each.summary)) for each in operators),
    )


def page(operator: Operator) -> Page:
    """Everything of one operator."""
    rules = [
        sections.Line("" if part else heading, text)
        for heading, rule in operator.rules.items()
        for part, text in enumerate(rule.split("\n"))
    ]
    parameters = [sections.Line(each.name, f"{each.about}  [{_facts(each)}]") for each in operator.parameters]
    use = [sections.Line("", sentence) for sentence in _sentences(operator)]
    notes = [sections.Line("", operator.notes)] if operator.notes else []
    return Page(
        (f"{operator.name} · {operator.family}", operator.summary),
        (
            Section("Notes", tuple(notes)),
            Section("Rules", tuple(rules)),
            Section("Parameters", tuple(parameters)),
            Section("Use", tuple(use)),
        ),
    )


def _facts(parameter: Parameter) -> str:
    """Whether it must be given, its default, its words."""
    default = f"default: {parameter.default}" if parameter.default is not None else "may be left out"
    words = f"; one of {', '.join(parameter.words)}" if parameter.words else ""
    return ("must be given" if parameter.needed else default) + words


def _sentences(operator: Operator) -> Iterator[str]:
    yield from operator.use
    if operator.bare:
        yield f"`{operator.name}: value` gives `{operator.bare}`."


def markdown(operator: Operator) -> str:
    """The page of an operator in the docs."""
    lines = [f"# `{operator.name}`", "", operator.summary, "", "```text", operator.documentation, "```", ""]
    lines += [*operator.use, ""] if operator.use else []
    if operator.parameters:
        lines += ["| parameter | default | what it is |", "|---|---|---|"]
        for each in operator.parameters:
            default = "must be given" if each.needed else f"`{each.default or 'empty'}`"
            words = f" ({', '.join(f'`{word}`' for word in each.words)})" if each.words else ""
            lines.append(f"| `{each.name}` | {default} | {each.about}{words} |")
        lines += ["", f"`{operator.name}: value` gives `{operator.bare}`."] if operator.bare else []
    elif operator.name != "input":
        lines += ["It has no parameters."]
    return "\n".join(lines).rstrip() + "\n"
