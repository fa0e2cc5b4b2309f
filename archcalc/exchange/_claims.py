"""JSON Schema of claims, budgets and laws.

A column of claims may be a parameter of any name, so a misspelt metric is the loader's to tell, and `archcalc check`'s.
"""

from __future__ import annotations

from archcalc.exchange._kinds import SCALAR, TEXT, Schema, listing, mapping, object_of, ref
from archcalc.report.metrics import Count, metrics
from archcalc.study.words import DATA, MARKS, QUALIFIERS, ROLES, metric_names

ANY: Schema = {"type": [*SCALAR, "null", "array", "object"]}
FIGURE = "As it is printed; {printed: …, erratum: {is: …, why: …}} for one that is wrong."


def definitions() -> dict[str, Schema]:
    qualifiers = {name: _qualifier(name) for name in QUALIFIERS}
    marks = _marks()
    figure = {"printed": {"description": "As it is printed.", **TEXT}, **marks, **qualifiers}
    return {
        "claims": listing(ref("group"), "null"),
        "group": _group(qualifiers, marks),
        "figure": {**ANY, **_closed(figure)},
        "budget": _budget(),
        "laws": _laws(),
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
        "items": ref("figure"),
        "properties": {**settings, **figures, **data, **marks, **qualifiers},
        "additionalProperties": ANY,
    }
    names = {"anyOf": [{"enum": [*settings, *figures, *data, *qualifiers, *MARKS]}, TEXT]}
    group = {
        "source": {"description": "Where the figures are printed.", **TEXT},
        "table": {"description": "Which table.", **TEXT},
        "columns": {"description": "What the entries of a row are: settings, metrics, qualifiers, data.", **listing(names)},
        "rows": {"description": "Lists under the columns, or mappings.", **listing(row)},
        **settings,
        **qualifiers,
    }
    return {"type": "object", "properties": group, "required": ["source", "rows"]}


def _marks() -> dict[str, Schema]:
    marks = {
        "erratum": {
            "description": "The figure as printed is wrong: what it is, and the arithmetic that shows it.",
            **object_of({"is": TEXT, "why": TEXT}, required=["is", "why"]),
        },
        "unexplained": {"description": "Ours is another, nobody knows why: what is known.", **TEXT},
        "outside": {"description": "No architecture determines it: why.", **TEXT},
    }
    return {name: marks[name] for name in MARKS}


def _qualifier(name: str) -> Schema:
    texts: dict[str, tuple[str, Schema]] = {
        "at": ("The layer that the figure is of.", ANY),
        "op": ("The operator that it is of.", ANY),
        "without": ("Layers that it leaves out: patterns.", ANY),
        "count": ("The roles of weights that it counts.", {"anyOf": [{"enum": list(ROLES)}, ANY]}),
        "convention": ("What it counts as one.", ANY),
        "unit": ("The unit of the bare number: M, K.", ANY),
        "rounding": ("How it was rounded.", ANY),
        "order": ("The order of the axes of a shape.", {"anyOf": [{"enum": ["chw", "hwc"]}, ANY]}),
        "against": ("The network that it is a ratio to.", ANY),
        "row": ("A name that tells rows apart.", ANY),
        "note": ("Free text.", ANY),
    }
    text, each = texts[name]
    return {"description": text, **each}


def _closed(properties: dict[str, Schema]) -> Schema:
    return {"properties": properties, "additionalProperties": False}


def _budget() -> Schema:
    """Limits, or a list of limits with settings."""
    counts = {name: each for name, each in metrics().items() if isinstance(each, Count)}
    limits = {name: {"description": f"{each.summary()} `< 300M`, `<= 5M`.", **TEXT} for name, each in counts.items()}
    row = {"type": "object", "properties": limits, "additionalProperties": ANY}
    return {**row, "type": ["object", "array", "null"], "items": row}


def _laws() -> Schema:
    """Identities by name; a net is a document in small."""
    net = {"type": "object", "properties": {"input": ref("input"), "body": ref("body")}}
    law = {
        "source": {"description": "Where it is printed.", **listing(TEXT, "string")},
        "symbols": {"description": "Sizes that stay open: whole and positive.", **ANY},
        "given": {"description": "What is known of the symbols.", **listing(TEXT, "string")},
        "nets": {"description": "The networks that it is about.", **mapping(net)},
        "holds": {"description": "What is to be proved.", **listing(TEXT, "string")},
    }
    return mapping({"type": "object", "properties": law}, empty=True)
