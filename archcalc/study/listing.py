"""What is packaged: every spec, or every variant, with its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archcalc.network import Network, load
from archcalc.report.document import plain, with_status
from archcalc.report.figures import Figure
from archcalc.spec import zoo

FIGURES = ("mult_adds", "params")


@dataclass(frozen=True, slots=True)
class Entry:
    """A packaged spec at one of its variants; without figures if it holds nothing but blocks for others to import."""

    network: Network
    figures: dict[str, Figure]

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        network = self.network
        return {
            "name": network.variant,
            "spec": network.name,
            "network": network.title,
            "source": network.source,
            "settings": {name: plain(value) for name, value in network.variants[network.variant].items()},
            "variants": list(network.variants),
            **with_status(self.figures),
        }


def listing(*, variants: bool = False) -> Iterator[Entry]:
    """Every packaged spec at its defaults, or at every variant."""
    for name in zoo.packaged():
        network = load(name)
        for variant in network.variants if variants else (network.variant,):
            at = network.at(variant)
            yield Entry(at, _figures(at))


def _figures(network: Network) -> dict[str, Figure]:
    if network.spec.body is None:
        return {}
    report = network.report()
    return {name: report.total(name) for name in FIGURES}
