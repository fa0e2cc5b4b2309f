"""JSON Schema of laws: symbols, nets, and what holds of their figures."""

from __future__ import annotations

from archcalc.exchange._kinds import ANY, NUMBER, TEXT, Schema, Texts, described, listing, mapping, object_of, ref
from archcalc.study.law_nets import SMALL, WHOLE
from archcalc.study.law_text import BOUNDS, KEYS


def laws() -> Schema:
    """Laws by name."""
    whole = {"description": "Whether it is a whole number; it is unless told.", "type": "boolean"}
    symbol = object_of({"whole": whole} | dict.fromkeys(BOUNDS, NUMBER), "null")
    stated = object_of({"statement": TEXT, "source": TEXT, "note": TEXT}, "string", required=["statement"])
    statements = {**stated, **listing(stated, "string", "object")}
    texts: Texts = {
        "source": ("Where it is stated.", TEXT),
        "note": ("Free text.", TEXT),
        "symbols": (
            "Sizes that stay open, whole and at least 1: [M, N]; or {alpha: {whole: false, above: 0}}.",
            listing({"type": "string"}, "object", additionalProperties=symbol),
        ),
        "given": ("What is assumed of the symbols: g divides M, k odd, N >= 72.", listing(TEXT, "string")),
        "nets": ("The networks that it is about, in the scope of the file.", mapping(_net())),
        "holds": ("What is to be proved: standard.params == M*N*k**2.", statements),
        "refutes": ("What is to be shown false.", statements),
    }
    return mapping(object_of(described({key: texts[key] for key in KEYS})), empty=True)


def _net() -> Schema:
    texts: Texts = {
        "input": ("Its input: [channels, height, width].", ref("input")),
        "body": ("Its body.", ref("body")),
        "without": ("Layers that do not count: patterns.", listing(TEXT, "string")),
        "network": ("A spec or variant, in place of a body.", TEXT),
        "set": ("Settings of that spec.", {"type": "object", "additionalProperties": ANY}),
    }
    return object_of(described({key: texts[key] for key in dict.fromkeys((*SMALL, *WHOLE))}))
