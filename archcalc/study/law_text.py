"""Laws as a document has them: symbols, assumptions, small networks, and statements on their figures.

laws:
  a name:
    source: where it is stated
    symbols: [M, N, k]                       whole and at least 1; or {alpha: {whole: false, above: 0}}
    given: [g divides M, k odd, N >= 72]     what is assumed of them
    nets: {standard: {input: […], body: …}}  in the scope of the file, symbols as sizes
    holds: [standard.params == M*N*k**2]     what is to be proved
    refutes: [standard.params == N*k**2]     what is to be shown false
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archcalc.errors import Problem, RuleError, SpecError, Where, near
from archcalc.spec.expr import FUNCTIONS, Code
from archcalc.spec.load import Shelf, Spec
from archcalc.spec.module import Module
from archcalc.spec.names import NAME, SHAPE_NAMES
from archcalc.spec.parser import KEYWORDS, ExpressionError, Relation, parse, relation
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, plain
from archcalc.study.law_nets import Net, attribute_problem, read_net
from archcalc.values import is_value
from archcalc.values.exact import Exact

KEYS = ("source", "note", "symbols", "given", "nets", "holds", "refutes")
BOUNDS = {"min": "minimum", "max": "maximum", "above": "above"}
_DIVIDES = re.compile(r"(.+?)\s+divides\s+(.+)")
_PARITY = re.compile(r"(\w+)\s+(odd|even)")
_WHOLE = re.compile(r"(.+)\s+whole")
_REST = re.compile(r"(\w+)\s*%\s*(\d+)\s*==\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Range:
    """What a symbol stands for."""

    whole: bool = True
    minimum: Exact | None = None
    maximum: Exact | None = None
    above: Exact | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """An assumption. `kind`: divides, whole, or the sign of a comparison. `texts` and `sides`: what it compares."""

    where: Where
    text: str
    kind: str
    texts: tuple[str, ...]
    names: tuple[frozenset[str], ...]
    sides: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A comparison of figures, `refuted` if it is to be shown false; `source` where that differs from the law's."""

    where: Where
    relation: Relation
    refuted: bool = False
    source: str = ""
    note: str = ""

    @property
    def text(self) -> str:
        return self.relation.text


@dataclass(eq=False)
class Law:
    """A law of a document. `module` is the file as its nets and statements see it."""

    spec: Spec
    name: str
    where: Where
    module: Module
    source: str = ""
    note: str = ""
    symbols: dict[str, Range] = field(default_factory=dict)
    given: list[Given] = field(default_factory=list)
    nets: dict[str, Net] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)


def laws_of(spec: Spec, shelf: Shelf | None = None) -> list[Law]:
    """The laws of a spec; those that their nets name are put on the shelf. Raises SpecError with all problems of their
    texts."""
    tree = spec.root.get("laws")
    if tree is None or (isinstance(tree, Scalar) and tree.empty):
        return []
    if not isinstance(tree, Mapping):
        raise SpecError([Problem("`laws` is a mapping of names", tree.where)])
    problems: list[Problem] = []
    shelf = shelf or Shelf()
    shelf.put(spec)
    laws = [_Reader(spec, name, key.where, problems, shelf).law(value) for name, key, value in tree]
    if problems:
        raise SpecError(problems)
    return laws


class _Reader:
    """Reads one law."""

    def __init__(self, spec: Spec, name: str, where: Where, problems: list[Problem], shelf: Shelf) -> None:
        self.spec, self.name, self.where, self.problems, self.shelf = spec, name, where, problems, shelf

    def problem(self, where: Where, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, where, hint))

    def law(self, tree: Tree) -> Law:
        entries = self.entries(tree, f"the law `{self.name}`", KEYS)
        symbols = dict(self.symbols(entries["symbols"])) if "symbols" in entries else {}
        module = self.spec.scope(frozenset((*self.spec.parameters, *symbols)), self.problems)
        law = Law(self.spec, self.name, self.where, module, symbols=symbols)
        law.source, law.note = (str(plain(entries[key])) if key in entries else "" for key in ("source", "note"))
        for item in self.items(entries.get("given")):
            law.given += self.given(item, symbols)
        nets = entries.get("nets")
        for name, key, net in self.mapping(nets, "`nets`"):
            if not NAME.fullmatch(name) or name in symbols or name in KEYWORDS:
                self.problem(key.where, f"`{name}` cannot name a net: a name that is no symbol is wanted")
            law.nets[name] = read_net(name, net, module, self.problems, self.shelf)
        for key_, refuted in (("holds", False), ("refutes", True)):
            for item in self.items(entries.get(key_)):
                law.statements += self.statement(item, law, refuted)
        if not law.statements and isinstance(tree, Mapping):
            self.problem(self.where, f"the law `{self.name}` states nothing", "`holds: [net.params == 2*C]`")
        return law

    # Pieces ----------------------------------------------------------------------------------------------------------

    def mapping(self, tree: Tree | None, what: str) -> Iterator[tuple[str, Scalar, Tree]]:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.problem(tree.where, f"{what} is a mapping of names")
            return
        yield from tree

    def entries(self, tree: Tree, what: str, known: tuple[str, ...]) -> dict[str, Tree]:
        """A mapping with these keys."""
        found = {}
        for name, key, value in self.mapping(tree, what):
            if name in known:
                found[name] = value
            else:
                self.problem(key.where, f"{what} has no `{name}`", near(name, known) or f"it has {', '.join(known)}")
        return found

    @staticmethod
    def items(tree: Tree | None) -> list[Tree]:
        return [] if tree is None else tree.items if isinstance(tree, Sequence) else [tree]

    def symbols(self, tree: Tree) -> Iterator[tuple[str, Range]]:
        entries: list[tuple[Scalar, Tree | None]]
        if isinstance(tree, Sequence):
            entries = [(item, None) for item in tree.items if isinstance(item, Scalar)]
        else:
            entries = [(key, value) for _, key, value in self.mapping(tree, "`symbols`")]
        for key, value in entries:
            name = key.text
            if not NAME.fullmatch(name) or name in KEYWORDS or name in SHAPE_NAMES or name in FUNCTIONS:
                self.problem(key.where, f"`{name}` cannot be a symbol: it is no name, or has a meaning already")
            yield name, self.range(name, value)

    def range(self, name: str, tree: Tree | None) -> Range:
        """Whole and at least 1, or of any numbers above 0, unless bounds say otherwise."""
        entries = {}
        if tree is not None and not (isinstance(tree, Scalar) and tree.empty):
            entries = self.entries(tree, f"the symbol `{name}`", ("whole", *BOUNDS))
        given: dict[str, Any] = {key: self.number(value) for key, value in entries.items() if key != "whole"}
        whole = plain(entries["whole"]) if "whole" in entries else True
        if not isinstance(whole, bool):
            self.problem(entries["whole"].where, "`whole` is true or false")
        if "min" not in given and "above" not in given:
            given |= {"min": 1} if whole else {"above": 0}
        return Range(bool(whole), **{BOUNDS[key]: value for key, value in given.items()})

    def number(self, tree: Tree) -> Any:
        value = plain(tree)
        try:
            value = parse(value).code({}) if isinstance(value, str) else value
        except (ExpressionError, RuleError, KeyError):
            value = None
        if not is_value(value):
            self.problem(tree.where, "a bound is a number")
        return value

    def given(self, tree: Tree, symbols: dict[str, Range]) -> Iterator[Given]:
        if not isinstance(tree, Scalar):
            self.problem(tree.where, "an assumption is a text, such as `g divides M`")
            return
        text = tree.text.strip()
        texts: tuple[str, ...]
        try:
            if match := _DIVIDES.fullmatch(text):
                kind, texts = "divides", match.groups()
            elif match := _PARITY.fullmatch(text):
                kind, texts = "rest", (match[1], "2", str(int(match[2] == "odd")))
            elif match := _REST.fullmatch(text):
                kind, texts = "rest", match.groups()
            elif match := _WHOLE.fullmatch(text):
                kind, texts = "whole", match.groups()
            else:
                found = relation(text)
                if len(found.signs) > 1:
                    self.problem(tree.where, f"`{text}` compares more than twice", "one assumption a comparison")
                kind = found.signs[0]
                left, _, right = text.partition(kind)
                texts = left.strip(), right.strip()
            sides = [parse(each) for each in texts]
        except ExpressionError as error:
            self.problem(tree.where, error.message, error.hint or "`g divides M`, `k odd`, `a*M whole`, `N >= 72`")
            return
        for name in sorted(frozenset().union(*(side.names for side in sides)) - symbols.keys()):
            self.problem(tree.where, f"`{name}` is not a symbol of this law", near(name, symbols))
            return
        yield Given(
            tree.where, text, kind, texts, tuple(side.names for side in sides), tuple(side.code for side in sides)
        )

    def statement(self, tree: Tree, law: Law, refuted: bool) -> Iterator[Statement]:
        entries: dict[str, Tree] = {"statement": tree}
        if isinstance(tree, Mapping):
            entries = self.entries(tree, "a statement", ("statement", "source", "note"))
        text = entries.get("statement")
        if not isinstance(text, Scalar):
            self.problem(tree.where, "a statement is a comparison, such as `net.params == 2*C`")
            return
        try:
            found = relation(text.text.strip())
        except ExpressionError as error:
            self.problem(text.where, error.message, error.hint)
            return
        for name in sorted(found.names):
            if "." in name:
                message, hint = attribute_problem(name, law.nets)
            elif name in law.module.globals:
                law.module.name_of_let(name)
                continue
            else:
                known = [*law.module.globals, *law.nets]
                message, hint = f"`{name}` is not known here", near(name, known).replace("()", "")
            if message:
                self.problem(text.where, message, hint)
        source, note = (str(plain(entries[key])) if key in entries else "" for key in ("source", "note"))
        yield Statement(text.where, found, refuted, source, note)
