"""Pieces that schemas are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
Texts = Mapping[str, tuple[str, Schema]]
"""Names, each with its description and its schema."""

SCALAR = ("string", "integer", "number", "boolean")
ANY: Schema = {"type": [*SCALAR, "null", "array", "object"]}
TEXT: Schema = {"type": ["string", "number"]}
"""A name or free text; one that YAML takes for a number, too."""
NUMBER: Schema = {"type": ["string", "number"]}
"""A number or an expression."""


def ref(name: str) -> Schema:
    """Validators of draft 7 pass over what stands beside it; editors show a description there."""
    return {"$ref": f"#/definitions/{name}"}


def described(texts: Texts) -> dict[str, Schema]:
    return {name: {"description": text, **each} for name, (text, each) in texts.items()}


def listing(items: Schema, *others: str, **more: Any) -> Schema:
    """A list, or one of the kinds `others`; `more` says of them what they may be."""
    return {"type": [*others, "array"], "items": items, **more}


def mapping(each: Schema, names: str = "", *, empty: bool = False) -> Schema:
    """Names of a pattern, all with the like; `empty` says that nothing may stand there."""
    keys = {"propertyNames": {"pattern": names}} if names else {}
    return {"type": ["object", "null"] if empty else "object", "additionalProperties": each, **keys}


def object_of(properties: Mapping[str, Schema], *others: str, required: Sequence[str] = ()) -> Schema:
    """These names and no others; or one of the kinds `others`."""
    return {
        "type": [*others, "object"] if others else "object",
        "properties": dict(properties),
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }
