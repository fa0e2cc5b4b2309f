"""Networks as `compare` and `rf --diff` name them: `SPEC`, `SPEC:VARIANT`, `SPEC:NAME=VALUE,…`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from archcalc.errors import UsageError

if TYPE_CHECKING:
    from archcalc.network import Network

NAME = r"\s*[^\W\d][\w-]*\s*"
SETTINGS = re.compile(rf"(.+?):(?={NAME}(?:=|,|$))(.*)", re.DOTALL)
NEXT = re.compile(rf",(?={NAME}=)")
"""The comma before a setting; any other is one of a list: `units=[3,4,6,3],strided=1`."""


class Sided(NamedTuple):
    """A network as the user asked for it: its name in the tables, the spec, and its own settings."""

    label: str
    spec: str
    variant: str | None
    own: dict[str, str]
    revision: str | None


def sided(text: str, revision: str | None = None) -> Sided:
    """Of `SPEC`, `SPEC:VARIANT`, `SPEC:NAME=VALUE,…` or `SPEC:VARIANT,NAME=VALUE,…`. Raises UsageError."""
    label = text if revision is None else f"{text} at {revision}"
    match = None if os.path.exists(text) else SETTINGS.fullmatch(text)
    if match is None:
        return Sided(label, text, None, {}, revision)
    first, *rest = NEXT.split(match[2])
    variant = None if "=" in first else first.strip()
    own: dict[str, str] = {}
    for setting in rest if variant else (first, *rest):
        name, _, value = setting.partition("=")
        name = name.strip().replace("-", "_")
        if own.setdefault(name, value) != value:
            raise UsageError(f"{text}: `{name}` is set twice: {own[name]} and {value}")
    return Sided(label, match[1], variant, own, revision)


def network_of(asked: Sided) -> Network:
    from archcalc.network import load

    network = load(asked.spec, revision=asked.revision)
    with named(asked):
        network = network if asked.variant is None else network.at(asked.variant)
        network.settings()
    return network


@contextmanager
def named(asked: Sided) -> Iterator[None]:
    """Say of which network it is that something is wrong."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{asked.label}: {error.message}", error.hint) from None
