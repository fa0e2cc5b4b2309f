"""Pieces that schemas are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

NAME = r"^[A-Za-z_]\w*$"
SCALAR = ("string", "integer", "number", "boolean")
TEXT: Schema = {"type": ["string", "number"]}
"""A name or free text; one that YAML takes for a number, too."""


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def listing(items: Schema, *others: str, **more: Any) -> Schema:
    """A list, or one of `others`."""
    return {"type": [*others, "array"], "items": items, **more}


VALUE = listing(ref("value"), *SCALAR)
"""A number, a word, an expression, or a list of them."""


def mapping(each: Schema, names: str = "", empty: bool = False) -> Schema:
    """Any names, all with the like; `empty` says that nothing may stand there."""
    keys = {"propertyNames": {"pattern": names}} if names else {}
    return {"type": ["object", "null"] if empty else "object", "additionalProperties": each, **keys}


def object_of(properties: Mapping[str, Schema], *, required: Sequence[str] = (), empty: bool = False) -> Schema:
    """These names and no others."""
    return {
        "type": ["object", "null"] if empty else "object",
        "properties": dict(properties),
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }
