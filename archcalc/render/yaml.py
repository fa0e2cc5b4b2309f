"""A spec as YAML: bodies as lists with a step a line, all else on one line each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from archcalc.engine.graph import Graph
from archcalc.network import Network
from archcalc.spec.expr import said
from archcalc.study.description import settings
from archcalc.study.expanded import Steps, expanded
from archcalc.values import is_value

_PLAIN = re.compile(r"[^\W\d_][\w.\-]*(?:[/ ][\w.\-]+)*")
WIDTH = 96
_WORDS = frozenset({"null", "true", "false"})


def yaml(document: Mapping[str, Any]) -> str:
    """The text of a document of plain data, numbers and Steps."""
    return "\n".join(_lines(document)) + "\n"


def expansion(network: Network, values: Mapping[str, Any], graph: Graph) -> str:
    """A network's graph as a spec; a comment says what of."""
    given = settings(values)
    origin = f"# {network.spec.path.name}, {network.variant}{given and f': {given}'}"
    source = {"source": network.source} if network.source else {}
    return f"{origin}\n{yaml({'network': network.title, **source, **expanded(graph)})}"


def _lines(value: Mapping[str, Any] | Steps) -> Iterator[str]:
    if isinstance(value, Steps):
        for step in value:
            if _tall(step):
                first, *rest = _lines(step)
                yield f"- {first}"
                yield from (f"  {line}" for line in rest)
            else:
                yield f"- {_entry(*step.items()) if len(step) == 1 else flow(step)}"
        return
    for key, inner in value.items():
        if _tall(inner):
            yield f"{flow(key)}:"
            yield from (f"  {line}" for line in _lines(inner))
        else:
            yield f"{flow(key)}: {flow(inner)}" if inner is not None else f"{flow(key)}:"


def _tall(value: Any) -> bool:
    """Whether it takes several lines: it holds a body, or is long."""
    if isinstance(value, dict):
        return any(map(_tall, value.values())) or len(flow(value)) > WIDTH
    return isinstance(value, Steps)


def _entry(entry: tuple[str, Any]) -> str:
    key, value = entry
    return flow(key) if value is None else f"{flow(key)}: {flow(value)}"


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        if len(value) == 1 and None in value.values():  # a word, which the language takes for a step
            return flow(next(iter(value)))
        return f"{{{', '.join(map(_entry, value.items()))}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, bool) or is_value(value):
        return said(value)
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else json.dumps(text, ensure_ascii=False)
