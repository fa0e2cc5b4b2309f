"""The document: what may stand at the top of a spec, checked by pydantic. Knows no operator.

Bodies, blocks, `let`, `input` and `defaults` stay trees here: `compile.py` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from archcalc.errors import Problem, RuleError, Undecided, Where, near
from archcalc.spec.expr import FUNCTIONS, KEYWORDS, ExpressionError, normal, parse, said
from archcalc.spec.source import Mapping, Sequence, Tree, number, plain
from archcalc.values import Value, at_least, is_value, is_whole

RESERVED = frozenset(
    {"all", "by", "columns", "format", "help", "input", "level", "output", "set", "variant", "version"}
)  # fmt: skip
"""The options of the commands: no parameter may bear one of these names (a test holds the list to the commands)."""

SHAPE_NAMES = ("in", "in_height", "in_width")
"""Names that every step has: the channels that arrive at it, and the size of their map."""

LOOP_NAMES = ("i", "first", "last")
NAME = re.compile(r"[A-Za-z_]\w*")

Kind = Literal["whole", "number", "truth", "list", "word"]

_KINDS: dict[str, str] = {
    "whole": "a whole number",
    "number": "a number",
    "truth": "true or false",
    "list": "a list",
    "word": "a word",
}


def _number(given: Any) -> Any:
    if given is not None and not is_value(given):
        raise ValueError("a number")
    return given


Bound = Annotated[Any, BeforeValidator(_number)]


class Parameter(BaseModel):
    """An option of the network. Its default says of which kind it is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    default: Any
    min: Bound = None
    max: Bound = None
    above: Bound = None
    choices: list[Any] | None = None
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
        value = self._typed(given)
        if self.choices is not None and value not in self.choices:
            listed = ", ".join(map(said, self.choices))
            raise RuleError(f"is {said(value)}; it can be {listed}", near(str(given), map(str, self.choices)))
        for bound, allowed, wanted in (
            (self.min, lambda v: at_least(v, self.min), "at least"),
            (self.max, lambda v: at_least(self.max, v), "at most"),
            (self.above, lambda v: not at_least(self.above, v), "above"),
        ):
            if bound is not None and is_value(value) and not _allowed(allowed, value):
                raise RuleError(f"is {said(value)}, {wanted} {said(bound)} is wanted")
        return value

    def _typed(self, given: Any) -> Any:
        kind = self.kind
        wrong = RuleError(f"is {said(given)}, {_KINDS[kind]} is wanted")
        if kind == "word":
            if isinstance(given, (str, int, Fraction)) and not isinstance(given, bool):
                return given if isinstance(given, str) else said(given)
            raise wrong
        if kind == "truth":
            value = {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given
            if not isinstance(value, bool):
                raise wrong
            return value
        if kind == "list":
            if isinstance(given, str):
                given = given.strip().removeprefix("[").removesuffix("]").split(",")
            if not isinstance(given, (list, tuple)):
                raise wrong
            return [_constant(item.strip() if isinstance(item, str) else item) for item in given]
        value = _constant(given)
        if not is_value(value) or (kind == "whole" and not is_whole(value)):
            raise RuleError(f"is {said(value)}, {_KINDS[kind]} is wanted")
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
        return given if expression.names else expression.code({})
    return normal(given) if is_value(given) else given


def _normal_parameters(given: Any) -> Any:
    """`classes: 1000` is short for `classes: {default: 1000}`; `1/3` is a number."""
    if not isinstance(given, dict):
        return given
    result: dict[str, Any] = {}
    for name, entry in given.items():
        entry = dict(entry) if isinstance(entry, dict) else {"default": entry}
        if isinstance(entry.get("default"), str):
            entry["default"] = _constant(entry["default"])
        if isinstance(entry.get("choices"), list):
            entry["choices"] = [normal(item) if is_value(item) else item for item in entry["choices"]]
        result[name] = entry
    return result


class Document(BaseModel):
    """The checked form of a spec."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True, arbitrary_types_allowed=True)

    network: str
    source: str | list[str] = ""
    notes: str = ""
    imports: dict[str, list[str]] = Field(default={}, alias="import")
    parameters: Annotated[dict[str, Parameter], BeforeValidator(_normal_parameters)] = {}
    variants: dict[str, dict[str, Any]] = {}
    let: Tree | None = None
    input: Tree | None = None
    defaults: Tree | None = None
    blocks: Tree | None = None
    body: Tree | None = None


_TREES = frozenset({"let", "input", "defaults", "blocks", "body"})

_WANTED = {
    "string_type": "a text",
    "dict_type": "a mapping of names",
    "list_type": "a list",
    "model_type": "a value, or a mapping with `default`",
}


def check(root: Mapping) -> tuple[Document | None, list[Problem]]:
    """The document of a tree, and every problem of its keys and plain values; None where it cannot stand."""
    data: dict[str, Any] = {
        key: (tree if key in _TREES else {} if key == "variants" and _empty(tree) else plain(tree))
        for key, _, tree in root
    }
    if isinstance(data.get("variants"), dict):
        data["variants"] = {name: {} if given is None else given for name, given in data["variants"].items()}
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        return None, [_problem(root, detail) for detail in error.errors(include_url=False)]
    return document, _names(document, root)


def _empty(tree: Tree) -> bool:
    return plain(tree) is None


def place(root: Mapping, *path: str | int, key: bool = False) -> Where:
    """Where a value of the document stands, or its nearest ancestor; with `key`, where its key stands."""
    at: Tree | None = root
    where = root.where
    for step in path:
        if isinstance(at, Mapping) and str(step) in at.entries:
            name, value = at.entries[str(step)]
            at, where = value, name.where if key else value.where
        elif isinstance(at, Sequence) and isinstance(step, int) and step < len(at.items):
            item = at.items[step]
            at, where = item, item.where
        else:
            break
    return where


def _problem(root: Mapping, detail: Any) -> Problem:
    """pydantic's finding as a sentence of ours."""
    loc: tuple[str | int, ...] = detail["loc"]
    name = str(loc[-1])
    if detail["type"] == "missing":
        holder = f"the parameter `{loc[-2]}`" if len(loc) > 1 else "a spec"
        return Problem(f"{holder} needs `{name}`", place(root, *loc))
    if detail["type"] == "extra_forbidden":
        owner, of = (Parameter, "a parameter") if loc[0] == "parameters" else (Document, "a spec")
        known = [field.alias or key for key, field in owner.model_fields.items()]
        comma = "inside {…} a comma ends a value: put quotes round a text that has one" if " " in name else ""
        hint = comma or near(name, known) or f"it can have {', '.join(known)}"
        return Problem(f"{of} has no `{name}`", place(root, *loc, key=True), hint)
    if loc[0] == "source":
        return Problem("`source` is a text or a list of texts", place(root, "source"))
    wanted = _WANTED.get(detail["type"], "a number" if detail["type"] == "value_error" else "another value")
    said_name = name if isinstance(loc[-1], str) else f"entry {name} of {loc[-2]}"
    return Problem(f"`{said_name}` is {said_plain(detail['input'])}, {wanted} is wanted", place(root, *loc))


def said_plain(value: Any) -> str:
    """A piece of plain data in a few characters."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return said(value) if len(said(value)) < 40 else f"{said(value)[:40]}…"


def _names(document: Document, root: Mapping) -> list[Problem]:
    """Problems of the names, defaults and variants of parameters."""
    problems: list[Problem] = []
    for name, parameter in document.parameters.items():
        where = place(root, "parameters", name, key=True)
        if reason := _bad_name(name):
            problems.append(Problem(reason, where))
        if parameter.default is None:
            problems.append(Problem(f"the parameter `{name}` has an empty default", place(root, "parameters", name)))
            continue
        try:
            parameter.read(parameter.value)
        except RuleError as error:
            problems.append(Problem(f"the default of `{name}` {error.message}", place(root, "parameters", name)))
    for variant, settings in document.variants.items():
        for name, given in settings.items():
            where = place(root, "variants", variant, name, key=name not in document.parameters)
            if name not in document.parameters:
                hint = near(name, document.parameters) or f"they are {', '.join(document.parameters)}"
                problems.append(Problem(f"`{name}` is not a parameter", where, hint if document.parameters else ""))
                continue
            try:
                document.parameters[name].read(given)
            except RuleError as error:
                problems.append(Problem(f"`{name}` {error.message}", where, error.hint))
    return problems


def _bad_name(name: str) -> str:
    if not NAME.fullmatch(name) or number(name) is not None:
        return f"`{name}` is not a name: letters, digits and _, a letter first"
    if name in RESERVED or name.replace("_", "-") in RESERVED:
        return f"a parameter cannot be named `{name}`: it is an option of the command line"
    if name in KEYWORDS or name in SHAPE_NAMES or name in LOOP_NAMES or name in FUNCTIONS:
        return f"a parameter cannot be named `{name}`: the language has a meaning for it"
    return ""
