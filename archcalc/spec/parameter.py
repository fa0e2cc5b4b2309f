"""Parameters of a spec, checked by pydantic: of which kind they are, and what they may be set to."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from archcalc.errors import RuleError, Undecided, near
from archcalc.spec.expr import bounded_list, normal, said
from archcalc.spec.parser import ExpressionError, parse
from archcalc.values import Value, at_least, equal, is_value, is_whole

Kind = Literal["whole", "number", "truth", "list", "word"]

KINDS: dict[str, str] = {
    "whole": "a whole number",
    "number": "a number",
    "truth": "true or false",
    "list": "a list",
    "word": "a word",
}


def _exact(given: Any) -> Any:
    """A value of the document. pydantic wants ValueError, and adds the place."""
    try:
        if isinstance(given, dict):
            raise RuleError("is a mapping, a value is wanted")
        return _item(given)
    except RuleError as error:
        raise ValueError(error.message) from None


def _default(given: Any) -> Any:
    """As `_exact`, but what is written with a point or as an expression (`1.0`, `224/224`) stays a Fraction."""
    value = _exact(given)
    return Fraction(value) if isinstance(given, (Fraction, str)) and isinstance(value, (int, Fraction)) else value


def _number(given: Any) -> Any:
    given = _exact(given)
    if given is not None and not is_value(given):
        raise ValueError(f"is {said_plain(given)}, a number is wanted")
    return given


Bound = Annotated[Any, BeforeValidator(_number)]


class Parameter(BaseModel):
    """An option of the network. Its default says of which kind it is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    default: Annotated[Any, BeforeValidator(_default)]
    min: Bound = None
    max: Bound = None
    above: Bound = None
    choices: list[Annotated[Any, BeforeValidator(_exact)]] | None = None
    help: str = ""

    @property
    def kind(self) -> Kind:
        """What its default is: `1` whole, `1.0` a number, `true` a truth value, `[3, 4]` a list, `B` a word."""
        match self.default:
            case bool():
                return "truth"
            case int():
                return "whole"
            case list():
                return "list"
            case str():
                return "word"
        return "number"

    @property
    def value(self) -> Any:
        """The default as a Value, a truth value, a word or a list of them."""
        return normal(self.default) if isinstance(self.default, Fraction) else self.default

    def read(self, given: Any) -> Any:
        """The value of a setting as the user gave it: a text of the command line, YAML's plain data, or a Value.

        Raises RuleError with a sentence that goes on after the parameter's name.
        """
        value = self.typed(given)
        if self.choices is not None and not any(_same(value, self.typed(choice)) for choice in self.choices):
            listed = ", ".join(map(said, self.choices))
            hint = near(given, map(said, self.choices)) if isinstance(given, str) else ""
            raise RuleError(f"is {said_plain(value)}; it can be {listed}", hint)
        for bound, allowed, wanted in (
            (self.min, lambda v: at_least(v, self.min), "at least"),
            (self.max, lambda v: at_least(self.max, v), "at most"),
            (self.above, lambda v: not at_least(self.above, v), "above"),
        ):
            for item in value if isinstance(value, list) else [value]:
                if bound is not None and is_value(item) and not _allowed(allowed, item):
                    holder = "holds" if isinstance(value, list) else "is"
                    raise RuleError(f"{holder} {said_plain(item)}, {wanted} {said(bound)} is wanted")
        return value

    def typed(self, given: Any) -> Any:
        kind = self.kind

        def wrong() -> RuleError:
            return RuleError(f"is {said_plain(given)}, {KINDS[kind]} is wanted")

        if kind == "word":
            if isinstance(given, (str, int, Fraction)) and not isinstance(given, bool):
                return given if isinstance(given, str) else said(given)
            raise wrong()
        if kind == "truth":
            value = {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given
            if not isinstance(value, bool):
                raise wrong()
            return value
        if kind == "list":
            if isinstance(given, str):
                given = given.strip().removeprefix("[").removesuffix("]").split(",")
            if not isinstance(given, (list, tuple)):
                raise wrong()
            items = [item.strip() if isinstance(item, str) else item for item in given]
            if "" in items:
                raise RuleError("has an empty entry")
            found = _item(items)
            if all(map(is_value, self.default)) and not all(map(is_value, found)):
                raise RuleError(f"is {said(found)}, a list of numbers is wanted, such as {said(self.default)}")
            return found
        value = _constant(given)
        if not is_value(value) or (kind == "whole" and not is_whole(value)):
            raise RuleError(f"is {said_plain(value)}, {KINDS[kind]} is wanted")
        return value


def _allowed(allowed: Callable[[Value], bool], value: Value) -> bool:
    try:
        return allowed(value)
    except Undecided:  # a symbol with a wider domain than the parameter's: its own domain rules
        return True


def _constant(given: Any) -> Any:
    """A number that is written as one or as an expression without names (`192/224`); anything else as it is.

    A float, which only Python can give, is the decimal that it prints.
    """
    if isinstance(given, float) and given == given and abs(given) != float("inf"):
        given = Fraction(repr(given))
    if isinstance(given, str):
        try:
            expression = parse(given)
        except ExpressionError:
            return given
        return given if expression.names else _settled(expression.code, given)
    return _settled(lambda _: normal(given), given) if is_value(given) else given


def _settled(code: Callable[[dict[str, Any]], Any], given: Any) -> Any:
    try:
        return code({})
    except RuleError as error:
        raise RuleError(f"is {said_plain(given)}: {error.message}", error.hint) from None


def _item(given: Any) -> Any:
    """`_constant`, of lists too."""
    if not isinstance(given, (list, tuple)):
        return _constant(given)
    for item in given:
        if item is None or isinstance(item, dict):
            raise RuleError(f"holds {'a mapping' if item else 'an empty entry'}, a list has numbers or words")
    return bounded_list([_item(item) for item in given])


def _same(a: Any, b: Any) -> bool:
    if is_value(a) and is_value(b):
        return equal(a, b)
    return type(a) is type(b) and bool(a == b)


def said_plain(value: Any) -> str:
    """A piece of plain data in a few characters."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return said(value) if len(said(value)) < 40 else f"{said(value)[:40]}…"
