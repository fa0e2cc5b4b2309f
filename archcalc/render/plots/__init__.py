"""Pictures of receptive fields: to a file as its suffix says, to a page, or to the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from archcalc.errors import UsageError, near
from archcalc.quantities import Unknown, show_shape
from archcalc.render.plots import boxes, canvas, erf, growth, page, strip, terminal
from archcalc.render.plots.subject import Subject
from archcalc.study.field.layers import Fields
from archcalc.study.field.units import box

KINDS: Mapping[str, str] = {
    "growth": "the field of each layer against depth, with the input's size",
    "boxes": "the fields of some layers over the input, or over an image, and the centres of the last one's",
    "strip": "one axis: the units of each layer, padding among them, and those that one output sees",
    "erf": "the effective field under uniform weights, in the box of the theoretical one",
}
"""What can be drawn."""

SUFFIXES = (".png", ".svg", ".pdf", ".html")
TERMINAL = "-"


def plot(
    fields: Fields,
    file: str | Path,
    kind: str = "growth",
    layer: int = -1,
    unit: Sequence[int] | None = None,
    image: str | Path | None = None,
) -> str:
    """Draw a picture of a layer, and of one unit of it where one is shown: the middle one unless told.

    `.html` gives all kinds on one page, with the table. For the file `-` the picture is text, which is answered;
    else nothing is. Raises UsageError where the layer has no such picture, or matplotlib is wanted and missing.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no picture `{kind}`", near(kind, KINDS) or ", ".join(KINDS))
    if image is not None and kind != "boxes" and Path(file).suffix.lower() != ".html":
        raise UsageError(f"an image lies under boxes, not under `{kind}`")
    about = subject(fields, layer % len(fields.rows), unit)
    if str(file) == TERMINAL:
        return terminal.text(about, kind)
    path = Path(file)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path} is no picture", f"a name that ends in {', '.join(SUFFIXES)}; {TERMINAL} for text")
    under = None if image is None else Path(image)
    with canvas.styled():
        if suffix == ".html":
            pictures = {name: canvas.svg(drawn) for name in KINDS if (drawn := _tried(about, name, under)) is not None}
            page.write(about, pictures, path)
        else:
            canvas.save(DRAW[kind](about, under), path)
    return ""


def subject(fields: Fields, layer: int, unit: Sequence[int] | None) -> Subject:
    """The layer, and the middle unit if none is named. Raises UsageError where it has no positions."""
    row = fields.rows[layer]
    local = row.reach.local
    if isinstance(local, Unknown):
        raise UsageError(f"{row.node.path} has no field of its own: {local.reason}")
    if len(row.output) != len(local) + 1:
        raise UsageError(f"{row.node.path} puts out {show_shape(row.output)}, no map", "--layer names another")
    chosen = tuple(n // 2 for n in row.output[1:]) if unit is None else box(fields, layer, unit).unit
    return Subject(fields, layer, chosen)


DRAW: Mapping[str, Callable[[Subject, Path | None], Any]] = {
    "growth": lambda about, _: growth.draw(about),
    "boxes": boxes.draw,
    "strip": lambda about, _: strip.draw(about),
    "erf": lambda about, _: erf.draw(about),
}


def _tried(about: Subject, kind: str, image: Path | None) -> Any:
    """None where a layer of one axis has no such picture."""
    return None if kind == "boxes" and len(about.unit) < 2 else DRAW[kind](about, image)
