"""SPEC → a checked spec: finds the file, reads it and what it imports, collects every problem of names and keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from archcalc.engine.graph import Graph
from archcalc.errors import Problem, RuleError, SpecError, UsageError, Where, near
from archcalc.quantities import Shape
from archcalc.spec import document as documents
from archcalc.spec import limits, zoo
from archcalc.spec.document import Document
from archcalc.spec.expand import deep_recursion, expand, is_open
from archcalc.spec.module import Enough, Module
from archcalc.spec.parameter import Parameter
from archcalc.spec.place import Known
from archcalc.spec.source import Mapping as Tree
from archcalc.spec.source import parse, read, short
from archcalc.spec.steps import Body, Given
from archcalc.spec.texts import Disk, Revision

SUFFIX = ".yaml"
MAX_CHAIN = 20


@dataclass(eq=False)
class Spec:
    """A checked document and where it came from."""

    name: str
    path: Path
    root: Tree
    document: Document
    module: Module
    inputs: dict[str, list[Given]]
    body: Body | None
    scope: Callable[[frozenset[str], list[Problem]], Module]
    """The file read anew with these names as parameters, for what stands beside the body; problems are collected."""
    known: Known = field(default_factory=Known, repr=False)

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        """Every variant by name; the file's own name is the one of all defaults."""
        return {self.name: {}, **self.document.variants}

    @property
    def parameters(self) -> dict[str, Parameter]:
        return self.document.parameters

    def settings(self, variant: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every parameter. Raises UsageError for names and values that do not fit, all at once."""
        if variant not in self.variants:
            hint = near(variant, self.variants) or f"it has {', '.join(self.variants)}"
            raise UsageError(f"{self.name} has no variant `{variant}`", hint)
        values = {name: parameter.value for name, parameter in self.parameters.items()}
        for name, setting in self.variants[variant].items():
            values[name] = self.parameters[name].read(setting)
        wrong = []
        for name, setting in given.items():
            try:
                if name not in self.parameters:
                    raise RuleError("is not a parameter of this spec", self._near(name))
                values[name] = self.parameters[name].read(setting)
            except RuleError as error:
                hint = f"\n    hint: {error.hint}" if error.hint else ""
                wrong.append(f"`{name}` {error.message}{hint}")
        if wrong:
            raise UsageError("\n".join(wrong))
        return values

    def _near(self, name: str) -> str:
        if not self.parameters:
            return f"{self.name} has no parameters"
        return near(name, self.parameters) or f"{self.name} has {', '.join(self.parameters)}"

    def graph(
        self, settings: Mapping[str, Any], shapes: Mapping[str, Shape] | None = None, known: Known | None = None
    ) -> Graph:
        """The network at these settings; `shapes` replace the spec's inputs. Raises SpecError.

        known  what expansions over the same symbols have left; without, what those over numbers have, for numbers
        """
        if self.body is None:
            message = "this spec holds blocks for others to import and no `body` of its own"
            raise SpecError([Problem(message, self.root.where)])
        shapes = shapes or {}
        if known is None and not any(map(is_open, (*settings.values(), *shapes.values()))):
            if len(self.known.applied) > limits.MAX_KNOWN:
                self.known = Known()
            known = self.known
        return expand(self.module, self.inputs, self.body, settings, shapes, known)


class Found(NamedTuple):
    """What SPEC names: a file, its name to the user, a variant, and its tree if it was read already."""

    path: Path
    shown: str
    variant: str
    root: Tree | None = None


def find(spec: str) -> Found:
    """A file if it exists; else, `.yaml` dropped and without `/`, the name of a packaged spec or variant."""
    path = Path(spec)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return Found(path, spec, path.name.removesuffix(SUFFIX))
    name = spec.removesuffix(SUFFIX)
    if "/" in name and name in zoo.laws():
        return Found(zoo.laws()[name], f"{name}{SUFFIX}", PurePosixPath(name).name)
    if "/" not in name:
        packaged = zoo.packaged()
        if name in packaged:
            return Found(packaged[name], f"{name}{SUFFIX}", name)
        for stem, candidate in zoo.candidates(name):
            root = _packaged(candidate)
            if name in _variants(root):
                return Found(candidate, f"{stem}{SUFFIX}", name, root)
    raise UsageError(f"there is no file `{spec}` and no packaged spec or variant `{name}`", _near_names(name))


def _near_names(name: str) -> str:
    names = [*zoo.packaged()]
    for path in zoo.packaged().values():
        names += _variants(_packaged(path))
    files = [path.name for path in Path().glob(f"*{SUFFIX}")]
    return near(name, [*names, *files]) or "`archcalc list` shows the packaged specs"


def _packaged(path: Path) -> Tree:
    return parse(read(str(path), path.name))


def _variants(root: Tree) -> list[str]:
    entry = root.get("variants")
    return list(entry.entries) if isinstance(entry, Tree) else []


def load(spec: str, revision: str | None = None) -> tuple[Spec, str]:
    """A checked spec and the name of the variant that SPEC asks for. Raises UsageError or SpecError.

    revision  of git, to read the spec and what it imports as they were then
    """
    found = find(spec)
    if revision is not None:
        return load_found(found._replace(root=None), Revision(found.path, revision)), found.variant
    return load_found(found, Disk()), found.variant


Parsed = dict[tuple[Path, str], tuple[Tree, Document]]
"""Files that were read, and nothing was wrong with; by the name too that the user knows them by."""


def load_found(found: Found, texts: Disk, parsed: Parsed | None = None) -> Spec:
    """The checked spec of a file; it and what it imports are read from `texts`, unless they are `parsed` already.
    Raises UsageError or SpecError."""
    path, parsed = found.path, {} if parsed is None else parsed
    problems: list[Problem] = []
    if (key := (path.resolve(), found.shown)) in parsed:
        root, document = parsed[key]
    else:
        root = found.root or parse(texts.read(path, found.shown))
        checked, problems = documents.check(root)
        # where it is wrong, the rest can still be looked over for names and keys, so that all is told at once
        document = documents.partly(root) if checked is None else checked
        parsed[key] = root, document

    def scope(names: frozenset[str], problems: list[Problem], document: Document = document) -> Module:
        return Module(root, document, names, problems, _Files(path, found.shown, texts, parsed).fetch)

    inputs: dict[str, list[Given]] = {}
    body = None
    with deep_recursion(), suppress(Enough):
        module = scope(frozenset(document.parameters), problems)
        inputs, body = module.read_all()
    if problems:
        del parsed[key]
        raise SpecError(_sorted(problems))
    name = path.name.removesuffix(SUFFIX)
    return Spec(name, path, root, document, module, inputs, body, scope)


class Shelf:
    """Specs that are loaded, each file once: what expansions leave serves further ones."""

    def __init__(self) -> None:
        self.specs: dict[Path, Spec] = {}
        self.parsed: Parsed = {}

    def put(self, spec: Spec) -> None:
        """Keep a spec that is loaded already."""
        self.specs.setdefault(spec.path, spec)

    def load(self, name: str) -> tuple[Spec, str]:
        """The spec and the variant that SPEC asks for. Raises UsageError or SpecError."""
        found = find(name)
        if found.path not in self.specs:
            self.specs[found.path] = load_found(found, Disk(), self.parsed)
        return self.specs[found.path], found.variant


def _sorted(problems: list[Problem]) -> list[Problem]:
    unique = {(str(problem.where), problem.message): problem for problem in problems}
    return sorted(
        unique.values(), key=lambda p: (p.where.source.name, p.where.line, p.where.column) if p.where else ("", 0, 0)
    )


class _Files:
    """The files that a spec imports, each parsed once; every importing chain gets modules of its own."""

    def __init__(
        self,
        path: Path,
        shown: str,
        texts: Disk,
        parsed: Parsed,
        chain: tuple[Path, ...] = (),
    ) -> None:
        self.path, self.shown, self.texts, self.parsed = path, shown, texts, parsed
        self.chain = (*chain, path.resolve())
        self.modules: dict[Path, Module] = {}

    def fetch(self, file: str, where: Where, parameters: frozenset[str], problems: list[Problem]) -> Module | None:
        """The module of an imported file: one beside the importing file, else a packaged spec."""
        name = file.removesuffix(SUFFIX)
        path, shown = self.path.parent / f"{name}{SUFFIX}", str(Path(self.shown).parent / f"{name}{SUFFIX}")
        try:
            if not self.texts.has(path):
                path, shown = zoo.packaged()[name], f"{name}{SUFFIX}"
            key = path.resolve()
        except (KeyError, OSError, ValueError, RuntimeError):  # none, or a name that no file can have
            message = f"there is no file `{short(shown)}` and no packaged spec `{short(name)}`"
            problems.append(Problem(message, where, near(name[:100], zoo.packaged())))
            return None
        if key in self.chain:
            chain = " → ".join(p.name for p in (*self.chain[self.chain.index(key) :], key))
            problems.append(Problem(f"files import each other in a circle: {chain}", where))
            return None
        if len(self.chain) >= MAX_CHAIN:
            problems.append(Problem(f"files import each other more than {MAX_CHAIN} deep", where))
            return None
        if key in self.modules:
            return self.modules[key]
        try:
            if (key, shown) not in self.parsed:
                root = parse(self.texts.read(path, shown))
                document, found = documents.check(root)
                if document is None:
                    raise SpecError(found)
                self.parsed[key, shown] = root, document
        except UsageError as error:
            problems.append(Problem(error.message, where))
            return None
        except SpecError as error:
            problems.extend(error.problems)
            return None
        root, document = self.parsed[key, shown]
        inner = _Files(path, shown, self.texts, self.parsed, self.chain)
        known = parameters & document.parameters.keys()
        module = Module(root, document, known, problems, inner.fetch, imported_at=where)
        self.modules[key] = module
        return module


def read_input(text: str, inputs: Mapping[str, list[Given]]) -> dict[str, Shape]:
    """`--input`: `224` for every axis, `299x299`, `3x224x224`; of several inputs `name=…`, joined by commas."""
    shapes: dict[str, Shape] = {}
    for part in text.split(","):
        name, sign, sizes = part.rpartition("=")
        name = name.strip() if sign else next(iter(inputs))
        if name not in inputs:
            raise UsageError(f"there is no input `{name}`", near(name, inputs) or f"the inputs are {', '.join(inputs)}")
        numbers = sizes.strip().lower().split("x")
        if not all(size.isascii() and size.isdigit() and 0 < len(size) < 10 and int(size) > 0 for size in numbers):
            raise UsageError(
                f"`--input {text}`: a size is a whole number from 1 to 999,999,999", "224, 299x299 or 3x224x224"
            )
        shapes[name] = tuple(map(int, numbers))
    return shapes
