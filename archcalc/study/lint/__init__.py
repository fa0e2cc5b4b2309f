"""Lint: what a network pays for without gain. A file a family of rules; nothing else lists them."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from archcalc.engine.propagate import Row
from archcalc.values import Value

if TYPE_CHECKING:
    from archcalc.study.lint._net import Net

REGISTRY: dict[str, Rule] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """A layer at which a rule finds something.

    message  one sentence with the figures
    price    what it costs, exact counts by name: metrics, or what else the rule counts
    of       the wholes that such counts are parts of, unless they are the network's
    details  the figures of the message as data
    """

    rule: Rule
    row: Row
    message: str
    price: Mapping[str, Value]
    of: Mapping[str, Value] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


class Rule:
    """One thing to look for. A definition registers itself.

    name     as `--ignore` and `lint:` of a spec take it
    finds    what it finds, after the name and a colon
    why      why that matters
    mend     what to do
    example  a spec in which it finds something
    mended   the same without that
    """

    name: ClassVar[str]
    finds: ClassVar[str]
    why: ClassVar[str]
    mend: ClassVar[str]
    example: ClassVar[str]
    mended: ClassVar[str]

    def __init_subclass__(cls) -> None:
        """Register the rule. TypeError where it does not say all of this."""
        missing = [name for name in Rule.__annotations__ if not getattr(cls, name, "")]
        if missing:
            raise TypeError(f"rule {cls.__name__} does not state its {', '.join(missing)}")
        if cls.name in REGISTRY:
            raise TypeError(f"two rules are named {cls.name}")
        REGISTRY[cls.name] = cls()

    def find(self, net: Net) -> Iterator[Finding]:
        """What there is, in the order of the network."""
        raise NotImplementedError


@cache
def rules() -> dict[str, Rule]:
    """Every rule by name, in the order of their files."""
    for info in pkgutil.iter_modules(__path__):
        if not info.name.startswith("_"):
            import_module(f"{__name__}.{info.name}")
    return REGISTRY
