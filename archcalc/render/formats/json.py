"""JSON: a document with a line for each entry of its lists, so that it reads, and differs, line by line."""

from __future__ import annotations

import json
from typing import Any

from archcalc.render.formats import Format


def write(document: dict[str, Any]) -> str:
    parts = []
    for name, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            entries = ",\n    ".join(json.dumps(entry) for entry in value)
            parts.append(f"{json.dumps(name)}: [\n    {entries}\n  ]")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n  " + ",\n  ".join(parts) + "\n}\n"


def write_list(entries: list[dict[str, Any]]) -> str:
    return "[" + ",".join(f"\n  {json.dumps(entry)}" for entry in entries) + "\n]\n"


FORMAT = Format((".json",), document=write, results=write_list)
