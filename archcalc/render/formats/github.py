"""Workflow commands of GitHub Actions: an annotation in the diff for each figure that differs."""

from __future__ import annotations

from typing import Any

from archcalc.render.check import sentence
from archcalc.render.formats import Format

LEVELS = {"differs": "error", "unexplained": "warning"}


def write(results: list[dict[str, Any]]) -> str:
    told = [result for result in results if result["verdict"] in LEVELS]
    return "".join(annotation(LEVELS[each["verdict"]], each["where"], each["id"], sentence(each)) for each in told)


def annotation(level: str, where: dict[str, Any], title: str, text: str) -> str:
    """An `error`, `warning` or `notice` at a place, as plain data has it."""
    place = f"file={_property(where['file'])},line={where['line']},col={where['column']}"
    return f"::{level} {place},title={_property(f'archcalc: {title}')}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(results=write)
