"""A spec looked at over and over: what is made of it, again each time that its file or one it imports is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from archcalc.errors import ArchcalcError, Source
from archcalc.network import Network, at_variant
from archcalc.spec.load import find, load_found
from archcalc.spec.texts import Disk

Made = TypeVar("Made")
Stamp = tuple[int, int, int] | None

POLL = 0.02
"""Seconds between two looks; asking for the stamps of a few files takes some millionths of that."""
SETTLE = 0.08
"""Seconds that an error waits for the rest of a file that is being written, or for a new file under its name."""


class Watched(Disk):
    """The disk, and how the files stood that were asked for, just before they were."""

    def __init__(self) -> None:
        self.stamps: dict[Path, Stamp] = {}
        self.texts: dict[Path, str] = {}

    def has(self, path: Path) -> bool:
        self.stamps.setdefault(path, stamp(path))
        return super().has(path)

    def read(self, path: Path, shown: str) -> Source:
        self.stamps.setdefault(path, stamp(path))
        source = super().read(path, shown)
        self.texts[path] = source.text
        return source

    @property
    def changed(self) -> bool:
        """Whether a file is another now, or there now, or gone."""
        return any(stamp(path) != before for path, before in self.stamps.items())

    def changes(self, seconds: float) -> bool:
        """Whether one changes within this time; returns as soon as it does."""
        end = time.monotonic() + seconds
        while not self.changed:
            if time.monotonic() >= end:
                return False
            time.sleep(POLL)
        return True


def stamp(path: Path) -> Stamp:
    """What is another as soon as a file is saved, in place or by a new file under its name; None without a file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def results(spec: str, variant: str | None, make: Callable[[Network], Made]) -> Iterator[Made | ArchcalcError]:
    """What `make` gives of the network, or the error that was met on the way to it; then waits for another text.

    A file that changes while it is read is read again. What is saved without a change of text is passed over.
    Raises UsageError where there is no such spec to begin with.
    """
    found = find(spec)._replace(root=None)
    last: tuple[dict[Path, str], str] | None = None
    while True:
        disk = Watched()
        result: Made | ArchcalcError
        try:
            result = make(at_variant(load_found(found, disk), found.variant, variant))
        except ArchcalcError as error:
            result = error
        if disk.changed or (isinstance(result, ArchcalcError) and disk.changes(SETTLE)):
            continue
        state = disk.texts, str(result) if isinstance(result, ArchcalcError) else ""
        if state != last:
            last = state
            yield result
        while not disk.changed:
            time.sleep(POLL)
