"""Drawing with matplotlib, which the extra `plot` brings: loaded when something is drawn, never before."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from archcalc.errors import UsageError

INK, GREY, PALE = "#222222", "#8a8a8a", "#e3e6ea"
BLUE, ORANGE, GREEN, SKY, VERMILION, PURPLE = "#0072B2", "#E69F00", "#009E73", "#56B4E9", "#D55E00", "#CC79A7"
"""Told apart by colour-blind readers too: Okabe and Ito 2008, Color Universal Design."""
SERIES = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, INK)
HEAT = "cividis"

STYLE = {
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "legend.frameon": False,
    "svg.hashsalt": "archcalc",
    "savefig.facecolor": "white",
}
DPI = 150


def matplotlib(module: str) -> Any:
    """A module of matplotlib. Raises UsageError where it is not installed."""
    try:
        return import_module(f"matplotlib.{module}")
    except ImportError:
        raise UsageError(
            "pictures are drawn by matplotlib, which is not here", "pip install 'archcalc[plot]'"
        ) from None


def styled() -> Any:
    """A context in which figures look alike."""
    matplotlib("figure")
    return import_module("matplotlib").rc_context(STYLE)


def figure(width: float, height: float) -> Any:
    """An empty figure, in inches."""
    return matplotlib("figure").Figure(figsize=(width, height), layout="constrained")


def save(drawn: Any, file: Path) -> None:
    """As the suffix of the file says, with nothing in it that changes from run to run."""
    kind = file.suffix.lower()
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(kind)
    try:
        drawn.savefig(file, dpi=DPI, metadata=metadata)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from None


def svg(drawn: Any) -> str:
    """As a piece of a page."""
    text = StringIO()
    drawn.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
