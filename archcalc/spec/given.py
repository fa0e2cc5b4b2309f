"""Values and names of a scope: what a step gives, with every name in it known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from archcalc.errors import RuleError, Where, near
from archcalc.ops._base import catalogue
from archcalc.spec.expr import bounded_list, normal
from archcalc.spec.names import LOOP_NAMES, SHAPE_NAMES, SHOWN
from archcalc.spec.parser import ExpressionError, parse
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, scalar_value, short
from archcalc.spec.steps import (
    LEVEL,
    LEVEL_FORM,
    Given,
    Text,
    Word,
)
from archcalc.values import is_value

if TYPE_CHECKING:
    from archcalc.spec.module import Module

Names = frozenset[str]

_SIZES = re.compile(r"(?:0|[1-9][0-9]*)(?:x(?:0|[1-9][0-9]*))+")

COMMA = "inside {…} and […] a comma ends a text: quote one that has a comma"
_HINTS = {
    "True": "write `true`",
    "False": "write `false`",
    "None": "leave the value empty",
    **dict.fromkeys(("yes", "on", "Yes", "On", "TRUE"), "truth values are `true` and `false`"),
    **dict.fromkeys(("no", "off", "No", "Off", "FALSE"), "truth values are `true` and `false`"),
    **dict.fromkeys(LOOP_NAMES, "it is known inside a `repeat` of this body; a block is told by an argument"),
}


class Values:
    """Reads the values and names of one scope."""

    def __init__(self, module: Module, names: Names, *, shape: bool = True) -> None:
        self.module = module
        self.names = names
        self.scope = names | frozenset(SHAPE_NAMES) if shape else names

    def problem(self, where: Where, message: str, hint: str = "") -> None:
        self.module.problem(where, message, hint)

    # Values ----------------------------------------------------------------------------------------------------------

    def value(self, tree: Tree, words: tuple[str, ...] = (), pun: str = "") -> Given:
        """A value: a number, a word of `words`, `1x7`, an expression, or a list of values. Empty is the name `pun`."""
        if isinstance(tree, Mapping):
            text = next(iter(tree.entries), "")
            braced = len(tree.entries) == 1 and isinstance(only := tree.get(text), Scalar) and only.empty
            hint = f"an expression stands without braces: {short(text)}" if braced else ""
            self.problem(tree.where, "a value is wanted, this is a mapping", hint)
            return Given(tree.where, "")
        if isinstance(tree, Sequence):
            return self._list(tree.where, self.values(tree, words))
        assert isinstance(tree, Scalar)
        if tree.empty:
            if pun and pun not in self.scope:
                self.problem(tree.where, f"`{pun}` is empty and no `{pun}` is known here", self._near(pun))
            elif not pun:
                self.problem(tree.where, "a value is wanted, this is empty")
            return self.expression(pun, tree.where) if pun in self.scope else Given(tree.where, pun)
        if tree.text in words:
            return Given(tree.where, tree.text, value=tree.text)
        if tree.plain:
            constant = scalar_value(tree)
            if not isinstance(constant, str):
                return Given(tree.where, tree.text, value=self._constant(constant, tree.where))
        if _SIZES.fullmatch(tree.text) and len(tree.text) < 40:
            return Given(tree.where, tree.text, value=[int(size) for size in tree.text.split("x")])
        return self.expression(tree.text, tree.where, 0 if tree.plain else 1, words)

    def values(self, tree: Sequence, words: tuple[str, ...] = ()) -> list[Given]:
        """The values of a list. What a comma inside […] breaks in pieces is one value, with one problem."""
        items = whole(tree.items, lambda item: item.text if isinstance(item, Scalar) else "", lambda item: item)
        return [self.value(item, words) for item in items]

    def _list(self, where: Where, items: list[Given]) -> Given:
        text = f"[{', '.join(item.text for item in items[:SHOWN])}{', …' if len(items) > SHOWN else ''}]"
        if all(item.code is None for item in items):
            return Given(where, text, value=self._constant([item.value for item in items], where))
        names = frozenset().union(*(item.names for item in items))
        return Given(where, text, names, code=lambda env: bounded_list([item.get(env) for item in items]))

    def _constant(self, value: Any, where: Where) -> Any:
        try:
            return bounded_list(value) if isinstance(value, list) else normal(value) if is_value(value) else value
        except RuleError as error:
            self.problem(where, error.message)
            return None

    def expression(self, text: str, where: Where, quote: int = 0, words: tuple[str, ...] = ()) -> Given:
        """An expression whose names are all known here."""
        try:
            parsed = parse(text)
        except ExpressionError as error:
            self.problem(inside(where, text, error.offset, quote), error.message, error.hint)
            return Given(where, text)
        if parsed.names == {text.strip()} and text.strip() not in self.scope and self._callable(text.strip()):
            return Given(where, text, value=Word.of(text.strip(), self.module))
        for name in sorted(parsed.names):
            self._use(name, text, where, quote, words)
        if parsed.names:
            return Given(where, text, parsed.names, code=parsed.code)
        try:
            return Given(where, text, value=parsed.code({}))
        except RuleError as error:  # a constant that has no value, such as 1/0
            self.problem(where, f"`{text}`: {error.message}", error.hint)
            return Given(where, text)

    def _callable(self, name: str) -> bool:
        return name in catalogue() or name in self.module.block_names

    def _use(self, name: str, text: str, where: Where, quote: int, words: tuple[str, ...]) -> None:
        if name in self.scope:
            self.module.name_of_let(name)
            return
        bare = name.removesuffix("()")
        found = re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", text)
        at = inside(where, text, found.start(), quote) if found else where
        what = f"the function `{bare}`" if name.endswith("()") else f"`{bare}`"
        if self._missing_parameter(bare):
            return
        self.problem(at, f"{what} is not known here", self._hint(name, words))

    def _missing_parameter(self, name: str) -> bool:
        if name not in self.module.document.parameters or self.module.imported_at is None:
            return False
        file = self.module.root.where.source.name
        message = f"what is imported from {file} needs the parameter `{name}`, which this file does not have"
        self.problem(self.module.imported_at, message, f"declare `{name}` under `parameters`")
        return True

    def _hint(self, name: str, words: tuple[str, ...]) -> str:
        bare = name.removesuffix("()")
        if bare in _HINTS:
            return _HINTS[bare]
        if bare != name and bare in self.scope:
            return f"`{bare}` is a value: write `*` between it and a bracket"
        if bare == name and f"{name}()" in self.scope:
            return f"`{name}` is a function: {name}(…)"
        if self._callable(name):
            return f"within an expression the name of a block or an operator is quoted: '{name}'"
        return near(name, words) or self._near(name)

    def _near(self, name: str) -> str:
        same_kind = [known for known in self.scope if known.endswith("()") == name.endswith("()")]
        return near(name, sorted(same_kind)).replace("()", "")

    def text(self, tree: Tree) -> Text:
        """A name that may hold expressions in braces."""
        if not isinstance(tree, Scalar) or tree.empty:
            self.problem(tree.where, "a name is wanted")
            return Text(tree.where, ["?"])
        return self.name(tree.text, tree.where)

    def name(self, text: str, where: Where, *, path: bool = True) -> Text:
        parts: list[str | Given] = []
        offset = 0
        for index, part in enumerate(re.split(r"[{}]", text)):
            if index % 2:
                at = next((at for quote in (0, 1) if (at := inside(where, text, offset, quote)) != where), where)
                parts.append(self.expression(part, at))
            elif part:
                parts.append(part)
            offset += len(part) + 1
        literal = "".join(part if isinstance(part, str) else "0" for part in parts)
        levels = literal.split("/") if path else [literal]
        if text.count("{") != text.count("}") or not all(LEVEL.fullmatch(level) for level in levels):
            self.problem(where, f"`{short(text)}` is not a name: {LEVEL_FORM}, and expressions in braces")
        return Text(where, parts)


def inside(where: Where, text: str, offset: int, quote: int = 0) -> Where:
    """The place of a character of a scalar; that of the scalar where YAML folds lines or has escapes before it."""
    start = where.column - 1 + quote
    found = where.source.line(where.line).startswith(text[: offset + 1], start)
    return where._replace(column=start + offset + 1) if found else where


T = TypeVar("T")


def whole(entries: Iterable[T], text: Callable[[T], str], value: Callable[[T], Tree]) -> Iterator[T]:
    """Entries without the further pieces of a text that a comma inside […] or {…} has cut: its first piece is told."""
    entries = list(entries)
    skipped = -1
    for index, entry in enumerate(entries):
        if index <= skipped:
            continue
        yield entry
        if opens(value(entry)):
            following = range(index + 1, min(len(entries), index + 20))
            skipped = next((at for at in following if text(entries[at]).count(")") > text(entries[at]).count("(")), -1)


def opens(tree: Tree) -> bool:
    """Whether a text has more brackets that open than that close."""
    return isinstance(tree, Scalar) and tree.plain and tree.text.count("(") > tree.text.count(")")
