"""The entries of a report's JSON document as columns: what dataframes are made of (docs/python.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from archcalc.errors import UsageError

WHOLE, TEXT, TRUTH, LIST = "l", "U", "b", "+L"
"""Kinds of columns, as Arrow writes them: whole numbers of 64 bits, texts, truth values, lists of another kind."""

SMALLEST, LARGEST = -(2**63), 2**63 - 1

KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "op", "path", "shared", "file", "status", "survival"), (TEXT,)),
    **dict.fromkeys(("from", "paths"), (LIST, TEXT)),
    "input": (LIST, LIST, WHOLE),
    "output": (LIST, WHOLE),
    **{f"receptive_field_{side}": (LIST, WHOLE) for side in ("size", "stride", "padding")},
    "receptive_field_whole": (TRUTH,),
}
"""The kind of each column, from the outermost list in; those not named hold whole numbers."""
NESTED = {"weights": "", "where": "", "receptive_field": "receptive_field_", "work": "work_"}
"""Objects whose keys become columns, and what is put before the keys."""
PANDAS = {WHOLE: "Int64", TEXT: "string", TRUTH: "boolean", LIST: "object"}


class Column(NamedTuple):
    """A name, a kind and values; None where there is none."""

    name: str
    kind: tuple[str, ...]
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns of one length. Every library that reads Arrow's streams reads it."""

    columns: list[Column]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The columns as a capsule of Arrow's C stream interface; the schema is always its own."""
        from archcalc.report.arrow import stream

        return stream(self.columns)

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`, with pandas' own types that know missing values. Raises UsageError without pandas."""
        pandas = _library("pandas")
        series = {
            name: pandas.Series(values, dtype=PANDAS[TEXT if kind == (TEXT,) else kind[0]])
            for name, kind, values in self.columns
        }
        return pandas.DataFrame(series)

    def to_polars(self) -> Any:
        """A `polars.DataFrame`. Raises UsageError without polars."""
        return _library("polars").DataFrame(self)


def frame(entries: Iterable[Mapping[str, Any]]) -> Frame:
    """The entries (`layers` or `groups` of a document) as rows.

    A column in which a number is no whole one of 64 bits is one of texts: `18446744073709551616`, `3/4`.
    """
    rows = [dict(_flat(entry)) for entry in entries]
    names = dict.fromkeys(name for row in rows for name in row)
    return Frame([_column(name, [row.get(name, _nothing(name)) for row in rows]) for name in names])


def _flat(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The cells of an entry, `status` last and always there."""
    status: list[str] = []
    for key, value in entry.items():
        if key == "status":
            status += _reasons(value)
        elif key in NESTED:
            status += _reasons(value.get("status", {}))
            yield from ((NESTED[key] + inner, each) for inner, each in value.items() if inner != "status")
        elif key == "input":
            yield key, _shapes(value)
        else:
            yield key, value
    yield "status", "; ".join(status) or None


def _reasons(status: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [f"{name}: {each['status'].replace('_', ' ')}, {each['reason']}" for name, each in status.items()]


def _shapes(given: Any) -> list[Any]:
    """One shape for each node that is read."""
    if not given:
        return []
    return given if isinstance(given[0], list) else [given]


def _nothing(name: str) -> int | None:
    """Work of a kind that a row does not state is none."""
    return 0 if name.startswith(NESTED["work"]) else None


def _column(name: str, values: list[Any]) -> Column:
    *outer, kind = KINDS.get(name, (WHOLE,))
    if kind == WHOLE and not all(map(_fits, _leaves(values))):
        return Column(name, (*outer, TEXT), [_texts(value) for value in values])
    return Column(name, (*outer, kind), [_texts(value) for value in values] if kind == TEXT else values)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _fits(value: Any) -> bool:
    return value is None or (type(value) is int and SMALLEST <= value <= LARGEST)


def _texts(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_texts, value))
    if isinstance(value, Mapping):
        return f"{value['num']}/{value['den']}" if "num" in value else f"{value['least']}..{value['most']}"
    return None if value is None else str(value)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UsageError(f"{name} is not installed", f"pip install {name}") from None
