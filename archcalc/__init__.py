"""archcalc: exact cost, size and receptive field of a neural network architecture, without running it.

import archcalc
report = archcalc.load("resnet50").report(input=224)
report.totals["mult_adds"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from archcalc._version import __version__

if TYPE_CHECKING:
    from archcalc.errors import ArchcalcError, SpecError, UsageError
    from archcalc.network import Network, load
    from archcalc.report.report import Report

_PUBLIC = {
    "ArchcalcError": "errors",
    "Network": "network",
    "Report": "report.report",
    "SpecError": "errors",
    "UsageError": "errors",
    "load": "network",
}

__all__ = ["ArchcalcError", "Network", "Report", "SpecError", "UsageError", "__version__", "load"]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'archcalc' has no attribute {name!r}")
    return getattr(import_module(f"archcalc.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
