"""One axis as strips: the units of each layer in a row, and those that one output sees.

After Araujo, Norris and Sim 2019, Computing Receptive Fields of Convolutional Neural Networks, Distill.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from archcalc.render.plots import canvas
from archcalc.render.plots.subject import Subject, Units, short, strip

GAP = 0.86
"""The part of its place that a unit fills."""
FINE = 1 / 200
"""Units narrower than this part of the picture stand without gaps."""

UNIT, SEEN, PADDING, SEEN_PADDING = "#bfc7d1", canvas.BLUE, "white", canvas.ORANGE
NAMES = {UNIT: "unit", SEEN: "unit that it sees", PADDING: "padding", SEEN_PADDING: "padding that it sees"}


def draw(subject: Subject) -> Any:
    """On the last axis; the input is the lowest row."""
    axis = len(subject.unit) - 1
    rows, of = strip(subject, axis)
    drawn = canvas.figure(11, 1.6 + 0.34 * len(rows))
    axes = drawn.subplots()
    collection, patch = canvas.matplotlib("collections").PolyCollection, canvas.matplotlib("patches").Patch
    lowest, highest = _limits(rows)
    for height, (below, above) in enumerate(pairwise(rows)):
        if cone := _cone(below, above, height):
            axes.add_collection(collection([cone], facecolor=canvas.ORANGE, alpha=0.16, lw=0, zorder=0))
    for height, row in enumerate(rows):
        fine = float(row.stride) < FINE * (highest - lowest)
        for colour, units in _kinds(row).items():
            shapes = [_cell(row, first, last, height, fine) for first, last in _runs(units, fine)]
            edge = {"edgecolor": canvas.GREY, "linewidth": 0.5} if colour == PADDING else {"linewidth": 0}
            axes.add_collection(collection(shapes, facecolor=colour, zorder=2, **edge))
    n = subject.grid[axis]
    for end in (-0.5, n - 0.5):
        axes.axvline(end, color=canvas.INK, lw=0.8, ls=":", zorder=1)
    axes.set_xlim(lowest, highest)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_yticks(range(len(rows)), [short(row.path, 26) for row in rows], fontsize=9)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    some = "" if of == len(rows) else f"; {len(rows)} of {of} maps that are read with neighbours"
    axes.set_xlabel(f"{subject.axes[axis]} (pixels of the input; dotted: its ends){some}")
    axes.set_title(f"{subject.name}: what unit {subject.unit[axis]} of {subject.path} sees")
    handles = [patch(fc=colour, ec=canvas.GREY, lw=0.5, label=name) for colour, name in NAMES.items()]
    drawn.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=9)
    return drawn


def _kinds(row: Units) -> dict[str, list[int]]:
    """Its units by colour."""
    found: dict[str, list[int]] = {colour: [] for colour in NAMES}
    for unit in range(-row.before, row.count + row.after):
        inner = 0 <= unit < row.count
        seen = unit in row.seen
        found[(SEEN if seen else UNIT) if inner else (SEEN_PADDING if seen else PADDING)].append(unit)
    return found


def _runs(units: Iterable[int], joined: bool) -> list[tuple[int, int]]:
    """The first and the last of those that stand together; each by itself unless they are to be joined."""
    found: list[tuple[int, int]] = []
    for unit in units:
        if joined and found and found[-1][1] == unit - 1:
            found[-1] = found[-1][0], unit
        else:
            found.append((unit, unit))
    return found


def _cell(row: Units, first: int, last: int, height: int, fine: bool) -> list[tuple[float, float]]:
    """Wherever fields have their middles; as wide as the stride, but for gaps."""
    half = float(row.stride) * (1 if fine else GAP) / 2
    left, right, bottom, top = float(row.at(first)) - half, float(row.at(last)) + half, height - 0.3, height + 0.3
    return [(left, bottom), (right, bottom), (right, top), (left, top)]


def _cone(below: Units, above: Units, height: int) -> list[tuple[float, float]]:
    """From what is seen of a row to what is seen of the next."""
    if not below.seen or not above.seen:
        return []
    (a, b), (c, d) = _ends(below), _ends(above)
    return [(a, height + 0.3), (b, height + 0.3), (d, height + 0.7), (c, height + 0.7)]


def _ends(row: Units) -> tuple[float, float]:
    half = row.stride * 43 / 100
    return float(row.at(min(row.seen)) - half), float(row.at(max(row.seen)) + half)


def _limits(rows: Iterable[Units]) -> tuple[float, float]:
    shown = [(row.at(-row.before) - row.stride / 2, row.at(row.count + row.after - 1) + row.stride / 2) for row in rows]
    low, high = float(min(first for first, _ in shown)), float(max(last for _, last in shown))
    return low - 0.01 * (high - low), high + 0.01 * (high - low)
