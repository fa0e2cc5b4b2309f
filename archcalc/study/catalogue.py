"""The catalogue of operators: what is said of each, for the terminal, JSON and the docs alike."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from archcalc.errors import UsageError, near
from archcalc.ops._base import MISSING, Op, axes, catalogue, show_given


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operator; `default` as a spec would write it, None if it must be given."""

    name: str
    default: str | None
    about: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """What is said of an operator.

    family   the file that it stands in
    summary  its first sentence
    rules    heading → text, some of several lines: Shape, Weights, Facts, Reads, Source
    takes    what it stands on: maps of how many axes, branches, nothing
    bare     the parameter that `name: value` gives; empty if there is none
    """

    name: str
    family: str
    summary: str
    rules: dict[str, str]
    takes: str
    parameters: tuple[Parameter, ...]
    bare: str

    def document(self) -> dict[str, object]:
        """As JSON has it."""
        parameters = [
            {"name": each.name, "default": each.default, "about": each.about, "words": list(each.words)}
            for each in self.parameters
        ]
        return {
            "name": self.name,
            "family": self.family,
            "summary": self.summary,
            "rules": self.rules,
            "takes": self.takes,
            "parameters": parameters,
            "bare": self.bare or None,
        }


def operators() -> list[Operator]:
    """Every operator, family by family."""
    return [_of(op) for op in catalogue().values()]


def operator(name: str) -> Operator:
    """The operator of that name, or UsageError."""
    known = catalogue()
    if name not in known:
        raise UsageError(f"there is no operator `{name}`", near(name, known) or "`archcalc ops` lists them")
    return _of(known[name])


def _of(op: type[Op]) -> Operator:
    documentation = inspect.cleandoc(op.__doc__ or "")
    return Operator(
        name=op.name,
        family=op.__module__.rpartition(".")[2],
        summary=op.summary(),
        rules=dict(_rules(documentation)),
        takes=_takes(op),
        parameters=() if op.begins and op.name == "input" else tuple(_parameters(op)),
        bare=op.bare,
    )
