"""What an operator is: a class that states its parameters, shape, weights, facts and reads, and registers itself.

To add one, write a class in a file of this folder: nothing else lists operators.
"""

import inspect
import pkgutil
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

from archcalc.errors import RuleError, near
from archcalc.ops._fields import MISSING, Field
from archcalc.quantities import Facts, Reads, Shape, Weights
from archcalc.values import Value, require_multiple

HEADINGS = ("Shape", "Weights", "Facts", "Reads", "Source")
RULES = ("output", "weights", "facts", "reads")

REGISTRY: dict[str, type["Op"]] = {}


def require_split(size: Value, parts: Value, role: str, name: str, hint: str = "") -> None:
    """Raise RuleError unless sizes of a role (channels, filters) split into as many parts as parameter `name` says."""
    require_multiple(size, parts, lambda: f"{size} {role} do not split into {parts} {name}", hint, name)


class Op:
    """A kind of layer with its parameters bound.

    Rules take the shapes of the inputs: one for most operators, any number for a merge. Each is pure.
    """

    name: ClassVar[str]
    fields: ClassVar[dict[str, Field]]
    parameters: ClassVar[dict[str, Field]]
    """The fields that a step may give."""
    bare: ClassVar[str] = ""
    """The parameter that `op: value` gives."""
    merge: ClassVar[bool] = False
    """Whether it takes branches."""
    pair: ClassVar[bool] = False
    """Whether a merge takes two branches, in their order, and no other number."""
    begins: ClassVar[bool] = False
    """Whether it reads no layer: it begins a line."""
    memory: ClassVar[str] = "new"
    """Where its output stands in memory: `new`; `over` an input of the same size that nothing reads later, if wanted;
    `parts`, which its inputs may be computed into; `view`, its input or weights as they lie, and nothing is moved."""
    ranks: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)
    """How many spatial axes its (first) input may have."""

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        """Register the operator under its class's name in snake case, unless it is a base of others."""
        fields = {k: v for base in reversed(cls.__mro__) for k, v in vars(base).items() if isinstance(v, Field)}
        cls.fields = fields
        cls.parameters = {name: field for name, field in fields.items() if not field.internal}
        if abstract:
            return
        cls.name = vars(cls).get("name") or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        missing = [rule for rule in RULES if not hasattr(cls, rule)]
        if sys.flags.optimize < 2:  # python -OO drops docstrings
            lines = [line.lstrip() for line in (cls.__doc__ or "").split("\n")]
            missing += [heading for heading in HEADINGS if not any(line.startswith(f"{heading} ") for line in lines)]
        if missing:
            raise TypeError(f"operator {cls.name} does not state its {', '.join(missing)}")
        if cls.name in REGISTRY:
            raise TypeError(f"two operators are named {cls.name}")
        REGISTRY[cls.name] = cls

    def __init__(self, rank: int = 2, /, **given: Any) -> None:
        """Bind parameters for maps of `rank` spatial axes. Raises RuleError that names the parameter."""
        for name in given:
            if name not in self.fields:
                known = self.parameters
                hint = near(name, known) or (f"it has {', '.join(known)}" if known else "it has none")
                raise RuleError(f"`{self.name}` has no parameter `{name}`", hint, name)
        for name, field in self.fields.items():
            value = given.get(name, field.default)
            if value is MISSING:
                raise RuleError(f"`{self.name}` needs `{name}`: {field.doc}")
            self.__dict__[name] = None if value is None and field.default is None else field.bind(value, rank)

    # Rules, stated by each operator ---------------------------------------------------------------------------------

    output: ClassVar[Callable[..., Shape]]
    """output(*inputs): the output's shape, or RuleError."""
    weights: ClassVar[Callable[..., Weights]]
    """weights(*inputs): what it keeps, by role."""
    facts: ClassVar[Callable[..., Facts]]
    """facts(y, *inputs): the work that makes an output of shape `y`."""
    reads: ClassVar[Callable[..., tuple[Reads, ...] | tuple[tuple[Reads, ...], ...]]]
    """reads(*inputs): what an output position reads, for each spatial axis of the input; a merge answers for each input
    in turn, with a tuple an input."""

    @classmethod
    def summary(cls) -> str:
        """The first sentence of its documentation."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n")[0]


@cache
def catalogue() -> dict[str, type[Op]]:
    """Every operator by name, in the order of their files. Imports them on the first call."""
    package = import_module("archcalc.ops")
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            import_module(f"archcalc.ops.{module.name}")
    return REGISTRY
