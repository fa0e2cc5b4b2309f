"""Field types: what a parameter of an operator may be, and what is bound of what a spec gives."""

from typing import Any

from archcalc.errors import RuleError, near
from archcalc.values import Value, is_value, is_whole, require_at_least, show

MISSING: Any = object()


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


def axes(rank: int) -> str:
    return "1 axis" if rank == 1 else f"{rank} axes"
