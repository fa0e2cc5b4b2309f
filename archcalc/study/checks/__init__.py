"""Checks: what `archcalc check` holds a spec to. A file a kind (claims, budgets, …); nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from archcalc.errors import Where
from archcalc.network import Network
from archcalc.study.measure import Bench

VERDICTS = ("agrees", "erratum", "unexplained", "outside", "differs")
"""agrees; the paper is wrong and the right figure is known; ours is another and nobody knows why; no architecture
determines it; ours is another. The last fails the check."""


class Result(NamedTuple):
    """One thing that was checked.

    id        stable: made of what is claimed, not of where it stands
    kind      of check: claim, budget, …
    document, table   where the figure is printed
    network   the spec's name
    setting   variant, parameters and input as claimed, and how the figure is counted
    printed   the figure as printed
    computed  ours, exact: an integer, a fraction, a shape; None where there is none
    """

    id: str
    kind: str
    document: str
    table: str
    network: str
    setting: dict[str, Any]
    metric: str
    printed: str
    computed: Any
    verdict: str
    note: str
    where: Where


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of check; `run` yields one result of a spec after the other."""

    name: str
    run: Callable[[Network, Bench], Iterator[Result]]


@cache
def checks() -> dict[str, Check]:
    """Every kind of check by name."""
    found = (import_module(f"{__name__}.{info.name}").CHECK for info in pkgutil.iter_modules(__path__))
    return {check.name: check for check in found}
