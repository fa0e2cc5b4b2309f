"""JSON Schema of claims and budgets.

A column of claims may be a parameter of any name, so a misspelt metric is the loader's to tell, and `archcalc check`'s.
"""

from __future__ import annotations

from archcalc.exchange._kinds import ANY, SCALAR, TEXT, Schema, Texts, described, listing, object_of, ref
from archcalc.report.metrics import Count, metrics
from archcalc.study.printed import ROUNDINGS
from archcalc.study.words import DATA, MARKS, MARKS_OF_TABLES, QUALIFIERS, ROLES, metric_names

FIGURE = "As it is printed; {printed: …, erratum: {is: …, why: …}} for one that is wrong."


def definitions() -> dict[str, Schema]:
    """What `claims` and `budget` are made of."""
    qualifiers, marks = _qualifiers(), _marks()
    figure = {"printed": {"description": "As it is printed.", **TEXT}, **marks, **qualifiers}
    return {
        "claims": listing(ref("group"), "null"),
        "group": _group(qualifiers, marks),
        "figure": object_of(figure, *SCALAR, "array", "null"),
        "budget": _budget(),
    }


def _group(qualifiers: dict[str, Schema], marks: dict[str, Schema]) -> Schema:
    """A table of a paper: its rows are lists under columns, or mappings."""
    settings = {
        "variant": {"description": "The variant of the spec.", **TEXT},
        "input": {"description": "The input instead of the spec's.", **listing(ANY, *SCALAR)},
    }
    known = metrics()
    summaries = {name: known[name].summary() if name in known else name for name in metric_names()}
    figures = {name: {"description": f"{text} {FIGURE}", **ref("figure")} for name, text in summaries.items()}
    data = {name: {"description": "Kept to stand beside cost; not checked.", **ANY} for name in DATA}
    row = {
        "type": ["array", "object"],
        "items": ANY,  # what it is stands in `columns`
        "properties": {**settings, **figures, **data, **marks, **qualifiers},
        "additionalProperties": ANY,
    }
    names = {"anyOf": [{"enum": [*settings, *figures, *data, *qualifiers, *MARKS]}, TEXT]}
    group = {
        "source": {"description": "Where the figures are printed.", **TEXT},
        "table": {"description": "Which table.", **TEXT},
        "columns": {"description": "What a row has: settings, metrics, qualifiers, data.", **listing(names)},
        "rows": {"description": "Lists under the columns, or mappings.", **listing(row)},
        **settings,
        **{name: marks[name] for name in MARKS_OF_TABLES},
        **qualifiers,
    }
    return {"type": "object", "properties": group, "required": ["source", "rows"]}


def _marks() -> dict[str, Schema]:
    texts: Texts = {
        "erratum": (
            "The figure as printed is wrong: what it is, and the arithmetic that shows it.",
            object_of({"is": TEXT, "why": TEXT}, required=["is", "why"]),
        ),
        "unexplained": ("Ours is another, nobody knows why: what is known.", TEXT),
        "outside": ("No architecture determines it: why.", TEXT),
    }
    return described({name: texts[name] for name in MARKS})


def _qualifiers() -> dict[str, Schema]:
    texts: Texts = {
        "at": ("The layer that the figure is of.", ANY),
        "op": ("The operator that it is of.", ANY),
        "without": ("Layers that it leaves out: patterns.", ANY),
        "count": ("The roles of weights that it counts.", {"anyOf": [{"enum": list(ROLES)}, ANY]}),
        "convention": ("What it counts as one.", ANY),
        "compression": ("The compression of the spec after which it counts.", ANY),
        "unit": ("The unit of the bare number: M, K.", ANY),
        "rounding": ("How it was rounded.", {"enum": list(ROUNDINGS)}),
        "order": ("The order of the axes of a shape.", {"enum": ["chw", "hwc"]}),
        "against": ("The network that it is a ratio to.", ANY),
        "row": ("A name that tells rows apart.", ANY),
        "note": ("Free text.", ANY),
    }
    return described({name: texts[name] for name in QUALIFIERS})


def _budget() -> Schema:
    """Limits, or a list of limits with settings."""
    counts = {name: each for name, each in metrics().items() if isinstance(each, Count)}
    limits = {name: {"description": f"{each.summary()} `< 300M`, `<= 5M`.", **TEXT} for name, each in counts.items()}
    row = {"type": "object", "properties": limits, "additionalProperties": ANY}
    return {**row, "type": ["object", "array", "null"], "items": row}
