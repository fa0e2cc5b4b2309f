"""Compressions of a spec, `compression: {name: {…}}`: what is kept of the weights, and how it is stored.

A setting is one value for all layers, or `{pattern: value}`; of several patterns that match, the last. See
docs/compression.md for the formats and for what each of them stores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import Problem, RuleError, SpecError, UsageError, Where, near
from archcalc.spec.load import Spec
from archcalc.spec.parser import ExpressionError, parse
from archcalc.spec.source import Mapping as Tree
from archcalc.spec.source import Scalar, plain, scalar_value, short
from archcalc.spec.source import Tree as Node
from archcalc.study.patterns import select
from archcalc.study.stored import FLOAT, FORMATS, Stored, store
from archcalc.values import exactdiv, is_value, is_whole


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting is, its default, and its bounds; one with `words` is one of them, the others are numbers."""

    doc: str
    default: Any = None
    least: int = 0
    most: int | None = None
    words: tuple[str, ...] = ()
    share: bool = False

    def read(self, tree: Node) -> Any:
        """Raises RuleError with a sentence that goes on after the setting's name."""
        given = scalar_value(tree) if isinstance(tree, Scalar) else plain(tree)
        if self.words:
            if given not in self.words:
                hint = near(str(given), self.words) or f"there are {', '.join(self.words)}"
                raise RuleError(f"is `{given}`", hint)
            return given
        if isinstance(given, str):
            try:
                expression = parse(given)
                given = given if expression.names else expression.code({})
            except ExpressionError:
                pass
        if not is_value(given) or not (is_whole(given) or (self.share and given < 1)):
            wanted = "a share from 0 to 1 or a whole number" if self.share else "a whole number"
            raise RuleError(f"is {'empty' if given is None else f'`{given}`'}, {wanted} is wanted")
        if given < self.least or (self.most is not None and given > self.most):
            upper = "" if self.most is None else f" and at most {self.most}"
            raise RuleError(f"is {given}, at least {self.least}{upper} is wanted")
        return exactdiv(given, 1)


SETTINGS = {
    "keep": Setting("share of the weights that are kept, from 0 to 1; or how many, above 1", 1, share=True),
    "rank": Setting("rank of the two matrices that the weights are factorised into", None, 1),
    "bits": Setting("bits of a stored weight", FLOAT, 1, 64),
    "codebook": Setting("bits of each of the 2**bits entries of a layer's codebook; 0: there is none", 0, 0, 64),
    "format": Setting("how the kept weights are told from the others", "dense", words=tuple(FORMATS)),
    "index_bits": Setting("bits of an index: of csr, where a row's start has as many, and relative", None, 1, 64),
    "entries": Setting("of relative: how many weights are stored, fillers among them, where that is known"),
    "header_bits": Setting("bits that stand before each layer with weights", 0, 0, 4096),
    "rest_bits": Setting("bits of a bias, and of a norm's scale, shift and statistics", FLOAT, 1, 64),
}  # fmt: skip
TEXTS = {"source": "Where it is published.", "note": "Free text."}


@dataclass(eq=False)
class Compression:
    """A compression of a spec: for each setting its values with the patterns of the layers that have them."""

    name: str
    where: Where
    texts: dict[str, str] = field(default_factory=dict)
    given: dict[str, list[tuple[str, Any, Where]]] = field(default_factory=dict)

    def stored(self, rows: Sequence[Row]) -> dict[int, Stored]:
        """What is stored of each node that keeps numbers, by the identity of its row. Raises SpecError."""
        rows = [row for row in rows if any(row.weights)]
        how = {id(row): {name: each.default for name, each in SETTINGS.items()} for row in rows}
        problems: list[Problem] = []
        for name, values in self.given.items():
            for pattern, value, where in values:
                try:
                    for row in select(pattern, rows):
                        how[id(row)][name] = value
                except UsageError as error:
                    problems.append(Problem(f"`{name}` of `{self.name}`: {error.message}", where, error.hint))
        found: dict[int, Stored] = {}
        for row in rows:
            try:
                found[id(row)] = store(row, how[id(row)])
            except RuleError as error:
                message = f"`{self.name}` at `{row.node.path}`: {error.message}"
                problems.append(Problem(message, self._where(error.parameter), error.hint))
        if problems:
            raise SpecError(problems)
        return found

    def _where(self, name: str) -> Where:
        return self.given[name][-1][2] if name in self.given else self.where


def compressions(spec: Spec) -> dict[str, Compression]:
    """Every compression of a spec by name. Raises SpecError with all problems."""
    problems: list[Problem] = []
    found = {}
    for name, key, entry in _entries(spec.root.get("compression"), "`compression` is {name: {setting: …}}", problems):
        found[name] = Compression(name, key.where)
        for setting, at, tree in _entries(entry, "a compression is {setting: …}", problems):
            if setting in TEXTS:
                found[name].texts[setting] = str(plain(tree))
            elif setting in SETTINGS:
                found[name].given[setting] = list(_values(setting, tree, problems))
            else:
                known = (*SETTINGS, *TEXTS)
                hint = near(setting, known) or f"it can have {', '.join(known)}"
                problems.append(Problem(f"a compression has no `{short(setting)}`", at.where, hint))
    if problems:
        raise SpecError(problems)
    return found


def _entries(tree: Node | None, shape: str, problems: list[Problem]) -> Tree | tuple[()]:
    """The entries of a mapping; of nothing none."""
    if isinstance(tree, Tree):
        return tree
    if tree is not None and not (isinstance(tree, Scalar) and tree.empty):
        problems.append(Problem(shape, tree.where))
    return ()


def _values(name: str, tree: Node, problems: list[Problem]) -> Iterator[tuple[str, Any, Where]]:
    """A setting's values, each with the pattern of its layers and its place."""
    for pattern, each in [(text, value) for text, _, value in tree] if isinstance(tree, Tree) else [("*", tree)]:
        try:
            yield pattern, SETTINGS[name].read(each), each.where
        except RuleError as error:
            problems.append(Problem(f"`{name}` {error.message}", each.where, error.hint))


def chosen(spec: Spec, name: str | None = None) -> Compression:
    """The compression of that name, or the first. Raises UsageError or SpecError."""
    known = compressions(spec)
    if not known:
        raise UsageError(f"{spec.name} has no `compression`", "such as `compression: {eight: {bits: 8}}`")
    if name is not None and name not in known:
        raise UsageError(f"there is no compression `{name}`", near(name, known) or f"there are {', '.join(known)}")
    return known[next(iter(known)) if name is None else name]
