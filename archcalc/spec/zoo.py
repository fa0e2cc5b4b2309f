"""Where packaged specs are: inside the package in a wheel, beside it in a checkout. No other place knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """The folder of packaged specs."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


@cache
def packaged() -> dict[str, Path]:
    """Packaged specs by name, in alphabetical order."""
    return {path.stem: path for path in sorted(folder().glob("*.yaml")) if "." not in path.stem}


@cache
def laws() -> dict[str, Path]:
    """Packaged laws by name, `laws/NAME`, in alphabetical order."""
    return {f"laws/{path.stem}": path for path in sorted((folder() / "laws").glob("*.yaml"))}


def candidates(name: str) -> Iterator[tuple[str, Path]]:
    """Packaged specs that may hold a variant of this name, which begins with its file's; the longest name first."""
    for stem in sorted(packaged(), key=len, reverse=True):
        if name.startswith(stem):
            yield stem, packaged()[stem]
