"""The words of claims: what a column of a table can be, how settings are read, what an id is made of."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache
from typing import Any

from archcalc.errors import RuleError, near
from archcalc.report.metrics import Count, metrics
from archcalc.spec.expr import said
from archcalc.spec.load import Spec
from archcalc.spec.source import Tree, plain

QUALIFIERS = (
    "at", "op", "without", "count", "convention", "compression", "unit", "rounding", "order", "against", "row", "note",
)  # fmt: skip
"""What says how a figure is counted; on a group, a row or a cell, the inner one wins."""

TOLD_BY = ("at", "op", "without", "count", "convention", "compression", "against", "row")
"""Those that tell one claim from another: its id has them."""

DATA = ("top1", "top5", "top1_error", "top5_error", "accuracy", "error")
"""Columns that are kept to stand beside cost, and not checked."""

MARKS = ("erratum", "unexplained", "outside")
MARKS_OF_TABLES = ("unexplained", "outside")
"""Marks that can stand on a whole table: for each figure of it that has none of its own."""

OF_COMPRESSIONS = ("kept", "bits")
"""Metrics that only a compression has."""

ONLY_HERE = {"repeats": "levels", "input_size": "pixels", "kept": "", "bits": "bits"}
"""Metrics that reports have no column for, and what each is a number of."""

HIDDEN = ("input", "op", "share")
"""Metrics of reports that mean something else here: a setting, a qualifier, `share_of_…`."""

ROLES = ("weight", "bias", "norm", "statistics")
SHARE = "share_of_"


def is_metric(name: str) -> bool:
    """Whether a column is a figure to check: a metric, one that claims alone have, or the share of a count."""
    return name in metric_names()


@cache
def metric_names() -> dict[str, None]:
    """Every column that is a figure to check."""
    counts = [name for name, metric in metrics().items() if isinstance(metric, Count)]
    known = [*ONLY_HERE, *(name for name in metrics() if name not in HIDDEN), *(SHARE + name for name in counts)]
    return dict.fromkeys(known)


def unit_of(metric: str, qualifiers: Container[str] = ()) -> str:
    """What a figure of a metric is a number of; empty for shares, ratios and what is no number."""
    if "against" in qualifiers or metric.startswith(SHARE):
        return ""
    if metric in ONLY_HERE:
        return ONLY_HERE[metric]
    of = metrics()[metric]
    return "" if of.part_of else of.unit


def names(given: Any) -> list[str]:
    """One name, names in a text, or a list of them."""
    if given is None:
        return []
    return [str(item) for item in given] if isinstance(given, list) else str(given).split()


def setting(spec: Spec, name: str, tree: Tree) -> Any:
    """The value of a setting: `variant`, `input` or a parameter. Raises RuleError."""
    value = plain(tree)
    if name == "variant":
        if value not in spec.variants:
            raise RuleError(f"{spec.name} has no variant `{value}`", near(str(value), spec.variants))
        return value
    if name == "input":
        return tuple(value) if isinstance(value, list) else str(value)
    try:
        return spec.parameters[name].read(value)
    except RuleError as error:
        raise RuleError(f"`{name}` {error.message}", error.hint) from None


def claim_id(
    spec: Spec, source: dict[str, str], settings: dict[str, Any], qualifiers: dict[str, Any], metric: str
) -> str:
    """An id made of what a claim says, not of where it stands: it stays when rows are added or moved."""
    told = [str(settings["variant"])] if "variant" in settings else []
    told += [f"{name}={_shown(settings[name])}" for name in (*spec.parameters, "input") if name in settings]
    told += [f"{name}={_shown(qualifiers[name])}" for name in TOLD_BY if name in qualifiers]
    return "/".join(filter(None, [spec.name, _slug(" ".join(source.values())), ",".join(told), metric]))


@cache
def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ";".join(f"{name}:{_shown(item)}" for name, item in value.items())
    return said(value).replace(", ", ",").replace(" ", "-")
