"""Figures as they are printed, and which exact values each stands for: what rounds to it. Never a tolerance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from archcalc.errors import RuleError, near
from archcalc.quantities import Shape, show_shape
from archcalc.values import exactdiv
from archcalc.values.exact import Exact, show

Rounding = Literal["nearest", "down", "up"]
ROUNDINGS: tuple[Rounding, ...] = ("nearest", "down", "up")

UNITS: dict[str, Exact] = {
    "k": 10**3, "thousand": 10**3,
    "M": 10**6, "million": 10**6,
    "G": 10**9, "B": 10**9, "Bn": 10**9, "billion": 10**9,
    "T": 10**12,
    "%": Fraction(1, 100),
    "bit": 1, "bits": 1,
}  # fmt: skip
BYTES: dict[str, Exact] = {
    "bytes": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip
"""What a unit multiplies by, whatever its case."""

_SCALES: dict[str, Exact] = {"": 1, **{name.lower(): scale for name, scale in (UNITS | BYTES).items()}}
_OF_BYTES = {name.lower() for name in BYTES}
_COUNTED = {"%": "per cent", "bit": "bits", "bits": "bits", **dict.fromkeys(_OF_BYTES, "bytes")}
"""What a figure with one of these units is a number of."""

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?(?:e[+]?[0-9]{1,3})?|\.[0-9]+"
_UNIT = "|".join(sorted(map(re.escape, UNITS | BYTES), key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<sign>~|≈|about |>=|<=|>|<|≥|≤|more than |less than )?\s*"
    rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*(?P<times>×|x|times)?",
    re.IGNORECASE,
)
_SHAPE = re.compile(r"[0-9]+(?:\s*[×x]\s*[0-9]+)+(?:\s*dw)?")
_FRACTION = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:-|–|to)\s*(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*(?P<times>×|x|times)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed figure: the exact values that it stands for, or a shape.

    low, high            the ends of the values, None for open
    has_low, has_high    whether an end is one of them
    reciprocal           the ends are those of 1/value (`1/50`)
    times                printed as a multiple (`12×`): of two values, the larger by the smaller
    shape                sizes as printed, for a shape
    """

    text: str
    low: Exact | None = None
    high: Exact | None = None
    has_low: bool = True
    has_high: bool = False
    reciprocal: bool = False
    times: bool = False
    shape: Shape | None = None

    def holds(self, value: Exact) -> bool:
        """Whether an exact value is printed like this."""
        if self.reciprocal:
            if value == 0:
                return False
            value = Fraction(1) / value
        if self.low is not None and (value < self.low or (value == self.low and not self.has_low)):
            return False
        return self.high is None or value < self.high or (value == self.high and self.has_high)


def read(text: str, *, unit: str = "", rounding: str = "nearest") -> Printed:
    """A printed figure. Raises RuleError for a text that is not one.

    unit  of the table's head, for cells that have none of their own; of bytes, also what MB of a cell stands for
    """
    text = text.strip()
    if unit.lower() not in _SCALES:
        raise RuleError(f"`{unit}` is not a unit", f"it can be {', '.join(UNITS | BYTES)}")
    if rounding not in ROUNDINGS:
        raise RuleError(f"`rounding` is {rounding}; it can be {', '.join(ROUNDINGS)}", near(rounding, ROUNDINGS))
    if match := _FIGURE.fullmatch(text):
        return _figure(text, match, unit, rounding)
    if _SHAPE.fullmatch(text):
        return Printed(text, shape=tuple(int(size) for size in re.findall("[0-9]+", text)))
    if match := _FRACTION.fullmatch(text):
        top, bottom = int(match[1]), int(match[2])
        if not top or not bottom:
            raise RuleError(f"`{text}` is not a figure")
        if top == 1:
            return Printed(text, bottom - Fraction(1, 2), bottom + Fraction(1, 2), reciprocal=True)
        return Printed(text, Fraction(top, bottom), Fraction(top, bottom), has_high=True)
    if match := _RANGE.fullmatch(text):
        scale = _scale(match["unit"], unit)
        low, high = _value(match["low"]) * scale, _value(match["high"]) * scale
        if low > high:
            raise RuleError(f"`{text}` is not a figure: {match['low']} is above {match['high']}")
        return Printed(text, low, high, has_high=True, times=bool(match["times"]))
    raise RuleError(
        f"`{text}` is not a figure",
        "such as 569M, 4.1e9, 11,689,512 (quoted), 94.86%, 112x112x64, ~4.1, >90%, <0.5MB, 8-9, 1/50, 12×",
    )


def require_unit(text: str, of: str, unit: str = "") -> None:
    """Raises RuleError for a printed figure in bytes, bits or per cent where it is a number `of` something else.

    unit  of the table's head; one of bytes may say there that K is 1024 of whatever is counted
    """
    match = _FIGURE.fullmatch(text.strip()) or _RANGE.fullmatch(text.strip())
    own = (match["unit"] if match else None) or ("" if unit.lower() in _OF_BYTES else unit)
    counted = _COUNTED.get(own.lower(), of)
    if of and counted != of:
        raise RuleError(f"`{text}` is in {counted}, and this counts {of}")


def _figure(text: str, match: re.Match[str], unit: str, rounding: str) -> Printed:
    scale = _scale(match["unit"], unit)
    number, sign = match["number"], (match["sign"] or "").strip()
    value, times = _value(number) * scale, bool(match["times"])
    if sign in (">", "more than", ">=", "≥"):
        return Printed(text, value, None, has_low=sign in (">=", "≥"), times=times)
    if sign in ("<", "less than", "<=", "≤"):
        return Printed(text, None, value, has_high=sign in ("<=", "≤"), times=times)
    step = _step(number) * scale
    if rounding == "down":
        return Printed(text, value, value + step, times=times)
    if rounding == "up":
        return Printed(text, value - step, value, has_low=False, has_high=True, times=times)
    half = exactdiv(step, 2)
    return Printed(text, value - half, value + half, times=times)


def _scale(own: str | None, unit: str) -> Exact:
    """By the cell's own unit, else the table's. MB of a cell under `unit: MiB` are MiB."""
    own, unit = (own or "").lower(), unit.lower()
    return _SCALES[unit if not own or {own, unit} <= _OF_BYTES else own]


def _value(number: str) -> Exact:
    digits = number.replace(",", "")
    return int(digits) if digits.isdigit() else Fraction(digits)


def _step(number: str) -> Exact:
    """What the last printed digit counts."""
    digits, _, exponent = number.lower().partition("e")
    power = int(exponent or 0) - len(digits.partition(".")[2])
    return 10**power if power >= 0 else Fraction(1, 10**-power)


def show_value(value: Any, like: str = "") -> str:
    """A computed value in the form of a printed one, `like`: digits in groups, a fraction with two places more."""
    if isinstance(value, tuple):
        return show_shape(value)
    if isinstance(value, int) and "%" not in like:
        return f"{value:,}"
    if not isinstance(value, (int, Fraction)):
        return str(value)
    before, after = "", ""
    if like.startswith("1/") and value:
        before, value = "1/", Fraction(1) / value
    elif "%" in like:
        after, value = "%", value * 100
    elif value and re.search("(×|x|times)$", like):
        after, value = "×", max(value, Fraction(1) / value)
    places = len((re.findall(r"[.]([0-9]+)", like) or [""])[-1]) + 2 if like else 6
    decimal = Fraction(math.floor(value * 10**places + Fraction(1, 2)), 10**places)
    return f"{'' if decimal == value else '≈ '}{before}{show(decimal)}{after}"
