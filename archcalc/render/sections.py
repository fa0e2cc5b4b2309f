"""Pages of labelled lines as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from archcalc.study.sections import Page, Section

INDENT = 2
GAP = 2
LABEL = 26
"""Labels that are longer stand on a line of their own."""


def text(pages: Sequence[Page], width: int | None) -> str:
    """Pages one below the other, no line wider than `width` where breaking at spaces can help it."""
    between = f"\n{'─' * (width or 80)}\n\n"
    return between.join("\n".join(_page(page, width)) + "\n" for page in pages)


def _page(page: Page, width: int | None) -> Iterator[str]:
    for line in page.heading:
        yield from _wrap(line, width)
    for section in page.sections:
        if section.lines:
            yield from ("", section.title)
            yield from _section(section, width)


def _section(section: Section, width: int | None) -> Iterator[str]:
    """Places stand in a column of their own where it fits, else below their texts."""
    labels = max((len(line.label) for line in section.lines if len(line.label) <= LABEL), default=0)
    room = None if width is None else width - INDENT - (labels + GAP if labels else 0)
    texts = max(len(line.text) for line in section.lines)
    places = max(len(line.place) for line in section.lines)
    beside = room is None or texts + GAP + places <= room
    for line in section.lines:
        indent, label = f"{'':{INDENT}}", line.label
        if len(label) > labels:
            yield f"{indent}{label}"
            label = ""
        start = f"{indent}{label:{labels}}{'':{GAP}}" if labels else indent
        if line.place and beside:
            lines = [f"{line.text:{texts}}{'':{GAP}}{line.place}"]
        else:
            lines = [part for text in (line.text, line.place) if text for part in _wrap(text, room)] or [""]
        yield f"{start}{lines[0]}".rstrip()
        yield from (f"{'':{len(start)}}{each}" for each in lines[1:])


def _wrap(text: str, width: int | None) -> list[str]:
    if width is None or len(text) <= width:
        return [text]
    return textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False) or [""]
