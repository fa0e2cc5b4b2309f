"""The document: what may stand at the top of a spec, checked by pydantic. Knows no operator.

Bodies, blocks, `let`, `input` and `defaults` stay trees here: `compile.py` reads them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from archcalc.errors import Problem, RuleError, SpecError, Undecided, Where, near
from archcalc.spec.expr import FUNCTIONS, bounded_list, normal, said
from archcalc.spec.parser import KEYWORDS, ExpressionError, parse
from archcalc.spec.source import Mapping, Sequence, Tree, number, plain
from archcalc.values import Value, at_least, equal, is_value, is_whole

RESERVED = frozenset(
    {"against", "all", "assert", "bandwidth", "by", "columns", "compression", "concat-in-place", "convention",
     "deploy", "derivative", "design", "diff", "dtype", "elasticity", "erf", "exact", "expanded", "format", "git",
     "help", "ignore", "in", "in-place", "input", "layer", "leading", "level", "memory", "metric", "object", "only",
     "output", "over", "peak", "picture", "pixel", "plot", "proof", "set", "size", "style", "tiles", "top", "unit",
     "variant", "variants", "version", "watch"}
)  # fmt: skip
"""The options of commands that take parameters as options: no parameter may bear one of these names.

A test holds the list to the commands.
"""

SHOWN = 8
"""How many names a message lists."""

MAX_NAMES = 2_000
"""Names in a section of a spec."""

MAX_PROBLEMS = 100
"""Beyond this many, the rest is not looked at."""

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
        wrong = RuleError(f"is {said_plain(given)}, {_KINDS[kind]} is wanted")
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
            items = [item.strip() if isinstance(item, str) else item for item in given]
            if "" in items:
                raise RuleError("has an empty entry")
            found = _item(items)
            if all(map(is_value, self.default)) and not all(map(is_value, found)):
                raise RuleError(f"is {said(found)}, a list of numbers is wanted, such as {said(self.default)}")
            return found
        value = _constant(given)
        if not is_value(value) or (kind == "whole" and not is_whole(value)):
            raise RuleError(f"is {said_plain(value)}, {_KINDS[kind]} is wanted")
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


def _normal_parameters(given: Any) -> Any:
    """`classes: 1000` is short for `classes: {default: 1000}`; `1/3` is a number."""
    if not isinstance(given, dict):
        return given
    result: dict[str, Any] = {}
    for name, entry in given.items():
        entry = dict(entry) if isinstance(entry, dict) else {"default": entry}
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
    claims: Tree | None = None
    budget: Tree | None = None
    laws: Tree | None = None
    lint: Tree | None = None
    compression: Tree | None = None


TREES = frozenset({"let", "input", "defaults", "blocks", "body", "claims", "budget", "laws", "lint", "compression"})

_WANTED = {
    "string_type": "a text",
    "dict_type": "a mapping of names",
    "list_type": "a list",
    "model_type": "a value, or a mapping with `default`",
}


def _built() -> type[Document]:
    """The model, built on the first call: without pydantic's plugins, which it would look for in every package."""
    if not Document.__pydantic_complete__:
        before = os.environ.get(PLUGINS)
        os.environ[PLUGINS] = "__all__"
        try:
            Document.model_rebuild()
        finally:
            if before is None:
                del os.environ[PLUGINS]
            else:
                os.environ[PLUGINS] = before
    return Document


PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def check(root: Mapping) -> tuple[Document | None, list[Problem]]:
    """The document of a tree, and every problem of its keys and plain values; None where it cannot stand."""
    for section, key, tree in root:
        count = len(tree.entries) if isinstance(tree, Mapping) else 0
        if count > MAX_NAMES:
            raise SpecError([Problem(f"`{section}` has {count:,} names, {MAX_NAMES:,} are the most", key.where)])
    data: dict[str, Any] = {
        key: (tree if key in TREES else {} if key == "variants" and _empty(tree) else plain(tree))
        for key, _, tree in root
    }
    if isinstance(data.get("variants"), dict):
        data["variants"] = {name: {} if given is None else given for name, given in data["variants"].items()}
    try:
        document = _built().model_validate(data)
    except ValidationError as error:
        return None, [*_problems(root, error), *_names(partly(root), root)]
    return document, _names(document, root)


def partly(root: Mapping) -> Document:
    """What can be read of a document that cannot stand, so that all that is wrong with it is told at once."""
    data = {key: plain(value) for key, _, value in root if key in ("import", "parameters", "variants")}
    parameters = {}
    for name, entry in _mapping(_normal_parameters(data.get("parameters"))).items():
        try:
            parameters[name] = Parameter.model_validate(entry)
        except ValidationError:
            parameters[name] = Parameter.model_construct(default=None)
    imports = {file: names for file, names in _mapping(data.get("import")).items() if isinstance(names, list)}
    imports = {file: [name for name in names if isinstance(name, str)] for file, names in imports.items()}
    variants = {name: _mapping(settings) for name, settings in _mapping(data.get("variants")).items()}
    trees: dict[str, Any] = {key: root.get(key) for key in TREES}
    return Document.model_construct(network="", imports=imports, parameters=parameters, variants=variants, **trees)


def _mapping(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _problems(root: Mapping, error: ValidationError) -> list[Problem]:
    details: list[Any] = error.errors(include_url=False)[:MAX_PROBLEMS]
    extra = {detail["loc"] for detail in details if detail["type"] == "extra_forbidden"}
    # a misspelt key is one cause: it is unknown, and another is not there
    slips = {(*loc[:-1], meant) for loc in extra for meant in ("network", "default") if near(str(loc[-1]), [meant])}
    return [_problem(root, detail) for detail in details if detail["type"] != "missing" or detail["loc"] not in slips]


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
    said_name = f"`{name}`" if isinstance(loc[-1], str) else f"entry {loc[-1] + 1} of `{loc[-2]}`"
    if detail["type"] == "value_error":
        said_name = f"the default of `{loc[-2]}`" if name == "default" else said_name
        return Problem(f"{said_name} {detail['ctx']['error']}", place(root, *loc))
    wanted = _WANTED.get(detail["type"], "another value")
    return Problem(f"{said_name} is {said_plain(detail['input'])}, {wanted} is wanted", place(root, *loc))


def listed(names: Iterable[str]) -> str:
    """The first few names."""
    few = list(islice(names, SHOWN + 1))
    return ", ".join([*few[:SHOWN], "…"] if len(few) > SHOWN else few)


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
            entry = _mapping(plain(root.get("parameters") or root)).get(name)  # else it is told already
            if entry is None or (isinstance(entry, dict) and "default" in entry and entry["default"] is None):
                message = f"the parameter `{name}` has an empty default"
                problems.append(Problem(message, place(root, "parameters", name)))
            continue
        problems += _settings(name, parameter, root)
    for variant, settings in document.variants.items():
        for name, given in settings.items():
            where = place(root, "variants", variant, name, key=name not in document.parameters)
            if name not in document.parameters:
                hint = near(name, document.parameters) or f"they are {listed(document.parameters)}"
                problems.append(Problem(f"`{name}` is not a parameter", where, hint if document.parameters else ""))
                continue
            if document.parameters[name].default is None:
                continue
            try:
                document.parameters[name].read(given)
            except RuleError as error:
                problems.append(Problem(f"`{name}` {error.message}", where, error.hint))
    return problems


def _settings(name: str, parameter: Parameter, root: Mapping) -> list[Problem]:
    """What does not fit the default of a parameter: its bounds, its choices, the default itself."""
    problems: list[Problem] = []
    kind = parameter.kind
    for bound in ("min", "max", "above"):
        if getattr(parameter, bound) is not None and kind in ("truth", "word"):
            message = f"`{bound}` bounds numbers, the default of `{name}` is {_KINDS[kind]}"
            problems.append(Problem(message, place(root, "parameters", name, bound)))
    for index, choice in enumerate(parameter.choices or ()):
        try:
            parameter.typed(choice)
        except RuleError as error:
            where = place(root, "parameters", name, "choices", index)
            problems.append(Problem(f"a choice of `{name}` {error.message}", where))
    if not problems:
        try:
            parameter.read(parameter.value)
        except RuleError as error:
            where = place(root, "parameters", name, "default")
            problems.append(Problem(f"the default of `{name}` {error.message}", where, error.hint))
    return problems


def _bad_name(name: str) -> str:
    if not NAME.fullmatch(name) or number(name) is not None:
        return f"`{name}` is not a name: letters, digits and _, a letter first"
    if name in RESERVED or name.replace("_", "-") in RESERVED:
        return f"a parameter cannot be named `{name}`: it is an option of the command line"
    if name in KEYWORDS or name in SHAPE_NAMES or name in LOOP_NAMES or name in FUNCTIONS:
        return f"a parameter cannot be named `{name}`: the language has a meaning for it"
    return ""
