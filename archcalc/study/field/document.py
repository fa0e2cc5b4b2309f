"""The JSON documents of `archcalc rf` (docs/receptive_field.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from archcalc.fields import Range, Span
from archcalc.quantities import AXES
from archcalc.report.document import plain, shape
from archcalc.report.report import Report
from archcalc.study.field.checks import Design
from archcalc.study.field.diff import Pair
from archcalc.study.field.layers import Layer, Sight
from archcalc.study.field.meets import Meet
from archcalc.study.field.residues import HOLE, Anyhow, OfSize
from archcalc.study.field.tiles import Tiling
from archcalc.study.field.units import Box, Reached

SCHEMA_VERSION = 1


def document(report: Report, **parts: Any) -> dict[str, Any]:
    """The network, and what was asked of its fields."""
    return {
        "schema_version": SCHEMA_VERSION,
        "network": report.network,
        "variant": report.variant,
        "parameters": {name: plain(value) for name, value in report.parameters.items()},
        "input": {name: shape(report.rows[index].output) for name, index in report.graph.inputs.items()},
        **parts,
    }


Ways = tuple[dict[str, tuple[str, ...]], ...]


def layers(found: Sequence[Layer], ways: Sequence[Ways] | None = None) -> list[dict[str, Any]]:
    """Each with its field on every axis; `unaligned` names the first merge on the way whose branches are not.

    ways  the narrowest and the widest path to each on every axis, if they are wanted
    """
    more = ways or [({},) * len(layer.sights) for layer in found]
    return [
        {
            "path": layer.row.node.path,
            "op": layer.row.node.applied.op.name,
            "output": shape(layer.row.output),
            "whole": layer.whole,
            "unknown": layer.unknown or None,
            "unaligned": layer.meet and meet(layer.meet),
            "axes": [
                {"axis": axis, **sight(each), **{name: list(path) for name, path in way.items()}}
                for (axis, each), way in zip(named(layer.sights), of_axes, strict=True)
            ],
        }
        for layer, of_axes in zip(found, more, strict=True)
    ]


def named(axes: Sequence[Any]) -> list[tuple[str, Any]]:
    return list(zip(AXES[len(axes)], axes, strict=True))


def sight(of: Sight) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict_shallow(of).items()}


def asdict_shallow(of: Any) -> dict[str, Any]:
    """The attributes of a dataclass as they are."""
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


def meet(of: Meet) -> dict[str, Any]:
    return {"branches": list(of.branches), "axis": of.axis, "spread": _plain(of.spread)}


def box(path: str, of: Box) -> dict[str, Any]:
    axes = zip(AXES[len(of.unit)], of.unit, of.whole, of.inside, strict=True)
    return {
        "layer": path,
        "whole": of.everything,
        "axes": [
            {"axis": axis, "unit": unit, "box": _plain(whole), "inside": _plain(inside)}
            for axis, unit, whole, inside in axes
        ],
        "padding": _plain(of.padding),
    }


def reached(found: Iterable[Reached | None]) -> list[dict[str, Any]]:
    return [
        {
            "path": each.row.node.path,
            "whole": each.row.reach.whole,
            "axes": [
                {"axis": axis, "units": _plain(span), "count": count}
                for axis, span, count in zip(AXES[len(each.spans)], each.spans, each.counts, strict=True)
            ],
        }
        for each in found
        if each is not None
    ]


def tiles(path: str, found: Sequence[Tiling]) -> dict[str, Any]:
    axes = [{"axis": axis, **asdict(each)} for axis, each in named(found)]
    return {"layer": path, "axes": [{name: _plain(value) for name, value in axis.items()} for axis in axes]}


def any_size(found: Iterable[Anyhow]) -> list[dict[str, Any]]:
    return [
        {
            "path": each.path,
            "whole": each.whole,
            "unknown": each.unknown or None,
            "axes": [
                {"axis": axis, "stride": _plain(at.stride), **{name: _of_size(getattr(at, name)) for name in OF_SIZE}}
                for axis, at in named(each.axes)
            ],
        }
        for each in found
    ]


OF_SIZE = ("size", "before", "after")


def _of_size(value: OfSize | None) -> dict[str, Any] | None:
    return (
        None
        if value is None
        else {"text": str(value), "by_remainder": [None if each is HOLE else _plain(each) for each in value.values]}
    )


def diff(found: Iterable[Pair]) -> list[dict[str, Any]]:
    sides = ("first", "other")
    return [
        {
            "layer": pair.name,
            "differs": pair.differs,
            **{side: None if (layer := getattr(pair, side)) is None else layers([layer])[0]["axes"] for side in sides},
        }
        for pair in found
    ]


def design(of: Design) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict_shallow(of).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return {"first": value.lo, "last": value.hi}
    if isinstance(value, Range):
        return plain(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return plain(value)
