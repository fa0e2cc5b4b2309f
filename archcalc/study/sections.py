"""What is said of one thing in words and numbers: sections of labelled lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A text under a label, and where it comes from."""

    label: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A heading of some lines, and sections; those without lines are left out."""

    heading: tuple[str, ...]
    sections: tuple[Section, ...]
