"""Pictures as text: growth as bars, strips as characters, the effective field as a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from archcalc.errors import UsageError
from archcalc.render.plots.growth import growth
from archcalc.render.plots.subject import Subject, Units, short, strip

WIDTH = 80
NAME = 20
"""Columns for the names of layers."""
UNIT, SEEN, PADDING, SEEN_PADDING, NONE = "·", "█", "░", "▒", " "


def text(subject: Subject, kind: str) -> str:
    """In 80 columns. Raises UsageError for a picture that has no text."""
    if kind not in TEXTS:
        raise UsageError(f"`{kind}` needs a file", f"{' and '.join(TEXTS)} are drawn in the terminal")
    return "\n".join(line.rstrip() for line in TEXTS[kind](subject)) + "\n"


def bars(subject: Subject) -> Iterator[str]:
    """A bar a layer, as far as its widest output sees; `|` is the size of the input."""
    found = growth(subject)
    for each in found:
        yield f"{subject.name}: receptive field{f' ({each.axis})' if each.axis else ''} by depth, in pixels"
        sizes = [f"{p.most}" if p.least == p.most else f"{p.least}..{p.most}" for p in each.points]
        figures = max(map(len, [*sizes, str(each.size)]))
        room = WIDTH - NAME - figures - 4
        largest = max(each.size, *(point.most for point in each.points))
        at = each.size * room // largest
        for point, size in zip(each.points, sizes, strict=True):
            bar = ("█" * max(1, point.most * room // largest)).ljust(room + 1)
            marked = bar if bar[at] == "█" else f"{bar[:at]}|{bar[at + 1 :]}"
            yield f"{short(point.path, NAME):<{NAME}} {size:>{figures}}  {marked}"
        yield f"{'input':<{NAME}} {each.size:>{figures}}  {' ' * at}|"


def cells(subject: Subject) -> Iterator[str]:
    """A line a layer, the input last; a column is one pixel or, where there are many, so many."""
    axis = len(subject.unit) - 1
    rows, of = strip(subject, axis)
    yield f"{subject.name}: what unit {subject.unit[axis]} of {subject.path} sees ({subject.axes[axis]})"
    low = min(row.at(-row.before) for row in rows)
    high = max(row.at(row.count + row.after - 1) for row in rows)
    step = max(Fraction(1), (high - low + 1) / (WIDTH - NAME - 1))
    for row in reversed(rows):
        yield f"{short(row.path, NAME):<{NAME}} {_line(row, low, step)}"
    pixels = "a pixel" if step == 1 else f"{float(step):.3g} pixels"
    yield f"{SEEN} it sees  {UNIT} unit  {SEEN_PADDING} padding it sees  {PADDING} padding; a column is {pixels}"
    if of != len(rows):
        yield f"{len(rows)} of {of} layers that look around them"


def _line(row: Units, low: Fraction, step: Fraction) -> str:
    """Where several units share a column, what is seen is shown before what is not, and units before padding."""
    line = [NONE] * (WIDTH - NAME - 1)
    for unit in range(-row.before, row.count + row.after):
        place = min(int((row.at(unit) - low) / step), len(line) - 1)
        seen, inner = unit in row.seen, 0 <= unit < row.count
        sign = (SEEN if seen else UNIT) if inner else (SEEN_PADDING if seen else PADDING)
        line[place] = min(line[place], sign, key=(SEEN, SEEN_PADDING, UNIT, PADDING, NONE).index)
    return "".join(line)


TEXTS: Mapping[str, Callable[[Subject], Iterator[str]]] = {"growth": bars, "strip": cells}
