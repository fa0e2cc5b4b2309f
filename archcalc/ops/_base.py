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
from archcalc.quantities import Facts, Reads, Shape, Weights
from archcalc.values import Value, is_value, is_whole, require_at_least, require_multiple, show

MISSING: Any = object()

# Field types: what a parameter may be --------------------------------------------------------------------------------


class Field:
    """One parameter of an operator.

    doc      what it is, for the operator's page and the editor
    default  its value where a step gives none; without one it must be given
    words    texts that stand for themselves before they are tried as an expression
    internal whether the language sets it: no step gives it and no page shows it
    """

    words: tuple[str, ...] = ()
    internal = False

    def __init__(self, doc: str, *, default: Any = MISSING) -> None:
        self.doc, self.default, self.name = doc, default, ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self if instance is None else instance.__dict__[self.name]

    def bind(self, given: Any, rank: int) -> Any:
        """The bound parameter of what the spec gives (Values, words, lists), on maps of `rank` axes, or RuleError."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """JSON Schema of what may be written."""
        raise NotImplementedError

    def wrong(self, given: Any, wanted: str, hint: str = "") -> RuleError:
        return RuleError(f"`{self.name}` is {show_given(given)}, {wanted} is wanted", hint, self.name)

    def require(self, given: Value, least: int, wanted: str, hint: str = "") -> None:
        """Raise RuleError unless the given number is not below `least`."""
        require_at_least(given, least, lambda: self.wrong(given, wanted).message, hint, self.name)


def show_given(given: Any) -> str:
    """A given parameter as the user would write it."""
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(show_given, given))}]"
    if given is None or isinstance(given, bool):
        return {None: "empty", True: "true", False: "false"}[given]
    return show(given) if is_value(given) else str(given)


class Size(Field):
    """A whole number: channels, groups, a kernel."""

    def __init__(self, doc: str, *, default: Any = MISSING, at_least: int = 1) -> None:
        super().__init__(doc, default=default)
        self.at_least = at_least

    def bind(self, given: Any, rank: int) -> Value:
        if type(given) is int and given >= self.at_least:
            return given
        if not is_value(given):
            raise self.wrong(given, "a whole number")
        if not is_whole(given):
            raise self.wrong(given, "a whole number", "write round(…), floor(…) or ceil(…)")
        self.require(given, self.at_least, f"at least {self.at_least}")
        return given

    def schema(self) -> dict[str, Any]:
        return {"type": ["integer", "string", "null"]}


class PerAxis(Size):
    """A whole number an axis: one for all, `1x7`, or a list."""

    def bind(self, given: Any, rank: int) -> tuple[Value, ...]:
        if not isinstance(given, (list, tuple)):
            return (super().bind(given, rank),) * rank
        if len(given) != rank:
            raise self.wrong(given, f"one number, or {rank} as the map has {axes(rank)},")
        return tuple(super(PerAxis, self).bind(size, rank) for size in given)

    def schema(self) -> dict[str, Any]:
        one = super().schema()
        return {"anyOf": [one, {"type": "array", "items": one}]}


class Pads(Field):
    """Numbers before and after each axis: one for all, a list an axis, or pairs [before, after] an axis.

    Bound to a pair an axis.
    """

    negative = "the operator `slice` crops"
    """What to do instead of a negative number."""

    def bind(self, given: Any, rank: int) -> Any:
        if not isinstance(given, (list, tuple)):
            return ((self._side(given),) * 2,) * rank
        if len(given) != rank:
            raise self.wrong(given, f"one number, or {rank} as the map has {axes(rank)},")
        return tuple(self._pair(given, sides) for sides in given)

    def _side(self, given: Any) -> Value:
        if isinstance(given, str):
            words = f" or one of {', '.join(self.words)}" if self.words else ""
            raise self.wrong(given, f"a number{words}", near(given, self.words))
        if not is_value(given) or not is_whole(given):
            raise self.wrong(given, "a whole number")
        self.require(given, 0, "at least 0", self.negative)
        return given

    def _pair(self, given: Any, sides: Any) -> tuple[Value, Value]:
        if not isinstance(sides, (list, tuple)):
            return self._side(sides), self._side(sides)
        if len(sides) != 2:
            raise self.wrong(given, "a pair [before, after] on each axis")
        return self._side(sides[0]), self._side(sides[1])

    def schema(self) -> dict[str, Any]:
        one = {"type": ["integer", "string", "null"]}
        pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        return {"anyOf": [one, {"type": "array", "items": {"anyOf": [one, pair]}}]}


class Padding(Pads):
    """What stands round the map of a window: a word, or numbers.

    Bound to a word, or to a pair an axis.
    """

    words = ("valid", "half", "same")

    def bind(self, given: Any, rank: int) -> Any:
        return given if isinstance(given, str) and given in self.words else super().bind(given, rank)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.words)}, *super().schema()["anyOf"]]}


class Choice(Field):
    """One of a few words."""

    def __init__(self, doc: str, words: tuple[str, ...], *, default: Any = MISSING) -> None:
        super().__init__(doc, default=default)
        self.words = words

    def bind(self, given: Any, rank: int) -> str:
        if given not in self.words:
            raise self.wrong(given, f"one of {', '.join(self.words)}", near(str(given), self.words))
        return str(given)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"enum": list(self.words)}, {"type": ["string", "null"]}]}


class Flag(Field):
    """true or false."""

    def bind(self, given: Any, rank: int) -> bool:
        if not isinstance(given, bool):
            raise self.wrong(given, "true or false")
        return given

    def schema(self) -> dict[str, Any]:
        return {"type": ["boolean", "string", "null"]}


class Number(Field):
    """An exact number that no size depends on: a drop rate, a slope. Bounds belong to it."""

    def __init__(
        self, doc: str, *, default: Any = MISSING, at_least: int | None = None, at_most: int | None = None
    ) -> None:
        super().__init__(doc, default=default)
        self.at_least, self.at_most = at_least, at_most

    def bind(self, given: Any, rank: int) -> Value:
        bounds = ((" from", self.at_least), (" to", self.at_most))
        wanted = "a number" + "".join([f"{word} {n}" for word, n in bounds if n is not None])
        if not is_value(given):
            raise self.wrong(given, wanted)
        if self.at_least is not None:
            self.require(given, self.at_least, wanted)
        if self.at_most is not None:
            require_at_least(self.at_most, given, lambda: self.wrong(given, wanted).message, "", self.name)
        return given

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string", "null"]}


def require_split(size: Value, parts: Value, role: str, name: str, hint: str = "") -> None:
    """Raise RuleError unless sizes of a role (channels, filters) split into as many parts as parameter `name` says."""
    require_multiple(size, parts, lambda: f"{size} {role} do not split into {parts} {name}", hint, name)


def axes(rank: int) -> str:
    return "1 axis" if rank == 1 else f"{rank} axes"


# Operators -----------------------------------------------------------------------------------------------------------

HEADINGS = ("Shape", "Weights", "Facts", "Reads", "Source")
RULES = ("output", "weights", "facts", "reads")

REGISTRY: dict[str, type["Op"]] = {}


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
