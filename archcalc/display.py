"""How a Report and a Network show themselves, in a notebook and printed. `render` knows; it is asked for by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Displayed:
    """What `print` and a notebook show as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(_notebook().text(self))

    def _repr_html_(self) -> str:
        return str(_notebook().html(self))


def _notebook() -> Any:
    return import_module("archcalc.render.notebook")
