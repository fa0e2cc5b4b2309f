"""The document: what may stand at the top of a spec, checked by pydantic. Knows no operator.

Bodies, blocks, `let`, `input` and `defaults` stay trees here: `module.py` reads them.
"""

from __future__ import annotations

import os
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from archcalc.errors import Problem, RuleError, SpecError, Where, near
from archcalc.spec.names import MAX_NAMES, MAX_PROBLEMS, bad_name, listed
from archcalc.spec.parameter import KINDS, Parameter, said_plain
from archcalc.spec.source import Mapping, Sequence, Tree, plain


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


def _names(document: Document, root: Mapping) -> list[Problem]:
    """Problems of the names, defaults and variants of parameters."""
    problems: list[Problem] = []
    for name, parameter in document.parameters.items():
        where = place(root, "parameters", name, key=True)
        if reason := bad_name(name):
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
            message = f"`{bound}` bounds numbers, the default of `{name}` is {KINDS[kind]}"
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
