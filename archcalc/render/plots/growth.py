"""How the field grows with the depth, beside the size of the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archcalc.fields import ends
from archcalc.render.plots import canvas
from archcalc.render.plots.subject import Subject, way
from archcalc.study.field.subject import changing

LABELS = 14
"""Names of layers that stand below the axis."""


@dataclass(frozen=True)
class Point:
    """A layer: what the output that sees least and the one that sees most see; by the narrowest and widest path."""

    path: str
    least: int
    most: int
    narrowest: int | None
    widest: int | None


@dataclass(frozen=True)
class Growth:
    """On an axis, or on all if they are alike, of an input of `size` pixels."""

    axis: str
    size: int
    points: list[Point]

    @property
    def covered(self) -> str:
        """The first layer that sees as much as the input; empty if none does."""
        return next((point.path for point in self.points if point.most >= self.size), "")


def growth(subject: Subject) -> list[Growth]:
    """Along the widest path to the layer."""
    fields = subject.fields
    found: list[Growth] = []
    for axis, name in enumerate(subject.axes):
        nodes = [node for node in way(fields, subject.layer, axis) if fields.layers[node].sights]
        points: list[Point] = []
        for node in nodes:
            if points and node != subject.layer and not changing(fields, node):
                continue
            sight = fields.layers[node].sights[axis]
            least, most = ends(sight.size)
            if points and (points[-1].least, points[-1].most) == (least, most):
                points.pop()  # a merge behind it has the narrow paths too
            points.append(Point(fields.rows[node].node.path, least, most, sight.narrowest, sight.widest))
        found.append(Growth(name, subject.grid[axis], points))
    alike = all((each.size, each.points) == (found[0].size, found[0].points) for each in found)
    return [Growth("", found[0].size, found[0].points)] if alike else found


def draw(subject: Subject) -> Any:
    """A line an axis; the band reaches from the narrowest to the widest path."""
    found = growth(subject)
    drawn = canvas.figure(9, 4.8)
    axes = drawn.subplots()
    alike = all(each.points == found[0].points for each in found)
    for each, colour in zip(found[:1] if alike else found, canvas.SERIES, strict=False):
        depth = range(len(each.points))
        most = [point.most for point in each.points]
        low = [point.most if point.narrowest is None else point.narrowest for point in each.points]
        high = [_highest(point) for point in each.points]
        label = "field" if alike else f"field, {each.axis}"
        if low != high:
            axes.fill_between(depth, low, high, color=colour, alpha=0.22, lw=0, label="narrowest to widest path")
        axes.plot(depth, most, color=colour, marker="o", ms=3.5, lw=1.8, label=label)
        last = each.points[-1]
        seen = f"{last.most}" if last.least == last.most else f"{last.least}..{last.most}"
        axes.annotate(f" {seen} px", (len(most) - 1, most[-1]), va="center", color=colour, weight="bold")
    for size in dict.fromkeys(each.size for each in found):
        of = [each.axis for each in found if each.size == size]
        text = f"input: {size} px" if len(of) == len(found) else f"input, {of[0]}: {size} px"
        axes.axhline(size, color=canvas.INK, ls="--", lw=1.2)
        axes.annotate(text, (0, size), (0, 4), textcoords="offset points")
    places, names = ticks([point.path for point in max((each.points for each in found), key=len)])
    axes.set_xticks(places, names, rotation=40, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_xlim(-0.5, max(len(each.points) for each in found) * 1.12)
    axes.set_ylim(0, 1.08 * max(max(each.size, *(_highest(point) for point in each.points)) for each in found))
    axes.set_ylabel("receptive field (pixels of the input)")
    axes.set_xlabel("layers that change the field, along the widest path")
    axes.grid(axis="y", color=canvas.PALE)
    axes.set_axisbelow(True)
    axes.set_title(f"{subject.name}: receptive field by depth, to {subject.path}")
    if len(axes.get_legend_handles_labels()[0]) > 1:
        drawn.legend(loc="outside lower center", ncols=4, fontsize=9)
    return drawn


def _highest(point: Point) -> int:
    return point.most if point.widest is None else max(point.widest, point.most)


def ticks(paths: list[str]) -> tuple[list[int], list[str]]:
    """Where to write which names: the outermost levels of paths, where they begin."""
    outer = [path.partition("/")[0] for path in paths]
    begin = [i for i, name in enumerate(outer) if i == 0 or name != outer[i - 1]]
    step = -(-len(begin) // LABELS)
    return begin[::step], [outer[i] for i in begin[::step]]
