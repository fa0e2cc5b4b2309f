"""Workflow commands of GitHub Actions: an annotation in the diff for each figure that differs."""

from __future__ import annotations

from typing import Any

from archcalc.render.check import sentence
from archcalc.render.formats import Format

LEVELS = {"differs": "error", "unexplained": "warning"}


def write(results: list[dict[str, Any]]) -> str:
    lines = []
    for result in results:
        if level := LEVELS.get(result["verdict"]):
            where = result["where"]
            place = f"file={_property(where['file'])},line={where['line']},col={where['column']}"
            title = _property(f"archcalc: {result['id']}")
            lines.append(f"::{level} {place},title={title}::{_data(sentence(result))}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(results=write)
