"""What is said of operators: for the terminal, JSON and the docs alike."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archcalc.errors import UsageError, near
from archcalc.ops._base import HEADINGS, Op, catalogue
from archcalc.ops._fields import MISSING, axes, show_given


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operator.

    default  as a spec would write it; None where there is none
    needed   whether it must be given
    """

    name: str
    default: str | None
    needed: bool
    about: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """What is said of an operator.

    family         the file that it stands in
    summary        the first sentence of its documentation
    documentation  the rest of it
    use            what it stands on, in sentences
    bare           the parameter that `name: value` gives; empty if there is none
    """

    name: str
    family: str
    summary: str
    documentation: str
    use: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    bare: str

    @property
    def notes(self) -> str:
        """What stands before the rules."""
        lines = self.documentation.splitlines()
        return " ".join(lines[: next(at for at, line in enumerate(lines) if line.split(" ")[0] in HEADINGS)]).strip()

    @property
    def rules(self) -> dict[str, str]:
        """Heading → rule, in lines where it has parts."""
        found: dict[str, str] = {}
        heading = ""
        for line in self.documentation.splitlines():
            first, _, rest = line.partition(" ")
            if first in HEADINGS:
                heading, found[first] = first, rest.strip()
            elif heading:
                between = "\n" if found[heading].endswith(";") else " "
                found[heading] = f"{found[heading]}{between}{line.strip()}".strip()
        return found

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        parameters = [
            {
                "name": each.name,
                "needed": each.needed,
                "default": each.default,
                "about": each.about,
                "words": list(each.words),
            }
            for each in self.parameters
        ]
        return {
            "name": self.name,
            "family": self.family,
            "summary": self.summary,
            "notes": self.notes,
            "rules": self.rules,
            "parameters": parameters,
            "bare": self.bare or None,
        }


def operators() -> list[Operator]:
    """Every operator, family by family."""
    return [_of(op) for op in catalogue().values()]


def operator(name: str) -> Operator:
    """The operator of that name. Raises UsageError."""
    known = catalogue()
    if name not in known:
        raise UsageError(f"there is no operator `{name}`", near(name, known) or "`archcalc ops` lists them")
    return _of(known[name])


def _of(op: type[Op]) -> Operator:
    summary, _, rest = inspect.cleandoc(op.__doc__ or "").partition("\n")
    stands = op.name != "input"
    return Operator(
        name=op.name,
        family=op.__module__.rpartition(".")[2],
        summary=summary,
        documentation=rest.strip(),
        use=tuple(_use(op)) if stands else ("Stands under `input` of a spec, never as a step.",),
        parameters=tuple(_parameters(op)) if stands else (),
        bare=op.bare if stands else "",
    )


def _use(op: type[Op]) -> Iterator[str]:
    name = op.name
    if op.merge:
        yield f"A merge: `{name}: {{left: …, right: …}}` of branches, or `{name}: [left, right]` of layers above."
        if op.parameters:
            yield "Its parameters stand among the branches, or under `defaults`."
    elif not op.begins:
        yield f"Takes maps of {' or '.join(axes(rank) if rank else 'no axes' for rank in op.ranks)}."


def _parameters(op: type[Op]) -> Iterator[Parameter]:
    for field in op.parameters.values():
        needed = field.default is MISSING
        default = None if needed or field.default is None else show_given(field.default)
        yield Parameter(field.name, default, needed, field.doc, field.words)
