"""JUnit's XML: a test case for each result, as CI servers read it."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from archcalc.render.check import sentence
from archcalc.render.formats import Format


def write(results: list[dict[str, Any]]) -> str:
    failed = sum(result["verdict"] == "differs" for result in results)
    skipped = sum(result["verdict"] == "outside" for result in results)
    head = (
        f'<testsuite name="archcalc check" tests="{len(results)}" failures="{failed}" skipped="{skipped}" errors="0">'
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *map(_case, results), "</testsuite>", ""])


def _case(result: dict[str, Any]) -> str:
    where = result["where"]
    place = f"file={quoteattr(where['file'])} line={quoteattr(str(where['line']))}"
    opening = f"  <testcase classname={quoteattr(result['network'])} name={quoteattr(result['id'])} {place}"
    said = sentence(result)
    match result["verdict"]:
        case "differs":
            return f"{opening}>\n    <failure message={quoteattr(said)}>{escape(said)}</failure>\n  </testcase>"
        case "outside":
            return f"{opening}>\n    <skipped message={quoteattr(result['note'])}/>\n  </testcase>"
        case "agrees":
            return f"{opening}/>"
    return f"{opening}>\n    <system-out>{escape(result['verdict'])}: {escape(said)}</system-out>\n  </testcase>"


FORMAT = Format((".xml",), results=write)
