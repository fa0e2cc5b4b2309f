"""The effective field under uniform weights as a heat map in the box of the theoretical one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from archcalc.engine import periodic
from archcalc.errors import UsageError
from archcalc.quantities import Unknown
from archcalc.render.plots import canvas
from archcalc.render.plots.subject import Subject
from archcalc.study.field.effective import LABEL, Prior, prior
from archcalc.study.field.mass import Mass, masses
from archcalc.study.field.plane import plane

CELLS = 512
"""Of the heat map on an axis: beyond, so many pixels are one."""
MARGIN = 0.08
HELD = "95.45"


def distributions(subject: Subject) -> list[Mass]:
    """Of the unit, on each axis. Raises UsageError where it sees nothing."""
    row = masses(subject.fields.report.graph)[subject.layer]
    local: Any = row.reach.local
    if isinstance(local, Unknown):
        raise UsageError(f"{subject.path} has no field of its own: {local.reason}")
    found = [periodic.cycle(at).at(o) for at, o in zip(local, subject.unit, strict=True)]
    if any(cell is None for cell in found):
        raise UsageError(f"{subject.place} sees nothing")
    return found


def draw(subject: Subject) -> Any:
    """On the last two axes, with the distribution on each beside it; one axis alone as a curve."""
    found = distributions(subject)
    if len(found) == 1:
        return _curve(subject, found[0])
    y, x = found[-2:]
    tall, wide = prior(y), prior(x)
    drawn = canvas.figure(8.2, 7.6)
    heat = drawn.subplots()
    above = heat.inset_axes((0, 1.03, 1, 0.24), sharex=heat)
    beside = heat.inset_axes((1.04, 0, 0.24, 1), sharey=heat)
    shown = _heat(heat, subject, y, x)
    drawn.colorbar(
        shown,
        ax=heat,
        location="bottom",
        shrink=0.5,
        aspect=30,
        label="relative to the largest part; colours by the root",
    )
    _boxes(heat, tall, wide, y, x)
    _profile(above, x, wide, upright=False)
    _profile(beside, y, tall, upright=True)
    heat.set_xlabel("width (pixels of the input)")
    heat.set_ylabel("height (pixels of the input)")
    drawn.suptitle(
        f"{subject.name}: effective field of {subject.place}\n{LABEL}",
        x=0.01, ha="left", fontsize=11,
    )  # fmt: skip
    drawn.legend(loc="outside lower center", ncols=3, fontsize=9)
    return drawn


def _heat(axes: Any, subject: Subject, y: Mass, x: Mass) -> Any:
    """Parts relative to the largest; pixels in squares of so many that the map stays small."""
    step = -(-max(y.size, x.size) // CELLS)
    top, left, rows = plane(subject.fields, subject.layer, subject.unit)
    squares = [
        [sum(sum(row[at : at + step]) for row in rows[down : down + step]) for at in range(0, x.size, step)]
        for down in range(0, y.size, step)
    ]
    largest = max(map(max, squares))
    cells = [[part / largest for part in line] for line in squares]
    extent = (left - 0.5, left - 0.5 + step * len(cells[0]), top - 0.5 + step * len(cells), top - 0.5)
    root = canvas.matplotlib("colors").PowerNorm(0.5, 0, 1)
    shown = axes.imshow(cells, cmap=canvas.HEAT, norm=root, extent=extent, interpolation="nearest", aspect="equal")
    height, width = subject.grid[-2:]
    rectangle = canvas.matplotlib("patches").Rectangle
    axes.add_patch(rectangle((-0.5, -0.5), width, height, fill=False, ec="white", lw=2.4, alpha=0.6))
    axes.add_patch(rectangle((-0.5, -0.5), width, height, fill=False, ec=canvas.INK, lw=1.4, ls=":", label="input"))
    axes.set_ylim(y.hi + MARGIN * y.size, y.lo - MARGIN * y.size)
    axes.set_xlim(x.lo - MARGIN * x.size, x.hi + MARGIN * x.size)
    return shown


def _boxes(axes: Any, tall: Prior, wide: Prior, y: Mass, x: Mass) -> None:
    rectangle = canvas.matplotlib("patches").Rectangle
    theoretical = f"theoretical: {y.size}x{x.size} px"
    axes.add_patch(
        rectangle((x.lo - 0.5, y.lo - 0.5), x.size, y.size, fill=False, ec=canvas.VERMILION, lw=2, label=theoretical)
    )
    high, across = tall.widths[HELD], wide.widths[HELD]
    corner = _start(wide, across), _start(tall, high)
    held = f"{HELD} % on each axis: {high}x{across} px"
    axes.add_patch(rectangle(corner, across, high, fill=False, ec=canvas.SKY, lw=2, ls="--", label=held))


def _start(of: Prior, width: int) -> float:
    return float((of.mean or Fraction(0)) - Fraction(width, 2))


def _profile(axes: Any, mass: Mass, of: Prior, upright: bool) -> None:
    parts, step = _binned(mass)
    places = [mass.lo + step * i + (step - 1) / 2 for i in range(len(parts))]
    shares = [part / step for part in parts]
    if upright:
        axes.fill_betweenx(places, shares, color=canvas.BLUE, alpha=0.75, lw=0, step="mid")
        axes.set_xlim(0)
        axes.set_title(f"σ {of.sigma:.1f} px", fontsize=9)
        axes.set_xlabel("part a pixel")
        axes.xaxis.set_major_locator(canvas.matplotlib("ticker").MaxNLocator(2, prune="lower"))
    else:
        axes.fill_between(places, shares, color=canvas.BLUE, alpha=0.75, lw=0, step="mid")
        axes.set_ylim(0)
        axes.set_title(f"σ {of.sigma:.1f} px", fontsize=9)
        axes.set_ylabel("part a pixel")
    axes.tick_params(labelleft=not upright, labelbottom=upright)


def _curve(subject: Subject, mass: Mass) -> Any:
    drawn = canvas.figure(8.6, 4)
    axes = drawn.subplots()
    of = prior(mass)
    _profile(axes, mass, of, upright=False)
    axes.tick_params(labelbottom=True)
    held = of.widths[HELD]
    for width, lo, colour, name in (
        (mass.size, mass.lo - 0.5, canvas.VERMILION, "theoretical"),
        (held, _start(of, held), canvas.INK, f"{HELD} %"),
    ):
        axes.axvline(lo, color=colour, ls="--", lw=1.4, label=f"{name}: {width} px")
        axes.axvline(lo + width, color=colour, ls="--", lw=1.4)
    axes.set_xlabel(f"{subject.axes[0]} (pixels of the input)")
    axes.set_title(f"{subject.name}: effective field of {subject.place}; σ {of.sigma:.1f} px\n{LABEL}")
    axes.legend()
    return drawn


def _binned(mass: Mass) -> tuple[list[float], int]:
    """Parts of so many pixels together, and how many those are."""
    step = -(-mass.size // CELLS)
    parts = mass.numerators
    return [sum(parts[at : at + step]) / mass.total for at in range(0, len(parts), step)], step
