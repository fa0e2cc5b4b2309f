"""Document → Module: bodies, blocks and `let` read into steps; names, keys and literal kinds of all of them checked.

Every problem is collected. A block of another file is read here too, once it is imported or called: it keeps the other
blocks, the `let` and the operator defaults of its own file, and takes parameters by name from the file that imports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from archcalc.errors import Problem, RuleError, SpecError, Where, near
from archcalc.ops._base import catalogue
from archcalc.spec.actions import BLOCK_NAME
from archcalc.spec.document import Document
from archcalc.spec.expr import FUNCTIONS, normal
from archcalc.spec.given import COMMA, Names, inside, opens, whole
from archcalc.spec.names import MAX_PROBLEMS, NAME, SHAPE_NAMES
from archcalc.spec.parser import KEYWORDS
from archcalc.spec.reader import Reader
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, scalar_value
from archcalc.spec.steps import (
    Block,
    Body,
    Given,
    LetFunction,
    table_key,
)
from archcalc.values import is_value

_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*")
_SIGNATURE_BEGINS = re.compile(r"([A-Za-z_]\w*)\s*\(")


class Enough(SpecError):
    """So much is wrong that the rest is not looked at."""


@dataclass(eq=False)
class Module:
    """What a file defines, read so far: an imported file gives only what is asked of it."""

    root: Mapping
    document: Document
    parameters: Names
    problems: list[Problem]
    fetch: Callable[[str, Where, Names, list[Problem]], Module | None]
    imported_at: Where | None = None
    defaults: dict[str, dict[str, Given]] = field(default_factory=dict)
    blocks: dict[str, Block | None] = field(default_factory=dict)
    let: dict[str, Given | LetFunction] = field(default_factory=dict)
    """Values under their name, functions under `name()`; in an order in which each comes after those it uses."""
    _unread_let: list[str] = field(default_factory=list)
    _reading_let: bool = False
    _unread_blocks: list[Block] = field(default_factory=list)
    _reading_blocks: bool = False
    _tables: dict[str, dict[str, tuple[Scalar, Tree]]] = field(default_factory=dict)
    _imports: dict[str, tuple[str, Where, Where]] = field(default_factory=dict)
    """The file that gives a block, where the block is named, and where the file."""
    _broken: set[str] = field(default_factory=set)
    """Names whose definition is a problem already."""

    def __post_init__(self) -> None:
        for section in ("let", "defaults", "blocks"):
            tree = getattr(self.document, section)
            if tree is not None and not isinstance(tree, Mapping):
                if not (isinstance(tree, Scalar) and tree.empty):
                    self.problem(tree.where, f"`{section}` is a mapping of names")
                tree = None
            entries: dict[str, tuple[Scalar, Tree]] = {}
            for text, key, value in self._unbroken(section, tree):
                name = self._signature_name(section, text, key)
                if name in entries:
                    self.problem(key.where, f"`{name}` is defined twice, first in line {entries[name][0].where.line}")
                entries.setdefault(name, (key, value))
            self._tables[section] = entries
        for file, names in self.document.imports.items():
            entry = self.root.get("import")
            file_key, listed = entry.entries[file] if isinstance(entry, Mapping) else (self.root, None)
            for index, name in enumerate(names):
                where = listed.items[index].where if isinstance(listed, Sequence) else self.root.where
                if name in self._tables["blocks"]:
                    self.problem(where, f"`{name}` is imported, and defined in this file")
                elif name in self._imports:
                    self.problem(where, f"`{name}` is imported twice")
                else:
                    self._imports[name] = file, where, file_key.where
        for name in self.block_names:
            if name in self.parameters or name in self._tables["let"]:
                where = self._imports[name][1] if name in self._imports else self._tables["blocks"][name][0].where
                what = "a parameter" if name in self.parameters else "defined in `let`"
                self.problem(where, f"`{name}` is a block, and {what} too")

    def _unbroken(self, section: str, tree: Mapping | None) -> Iterator[tuple[str, Scalar, Tree]]:
        """The definitions; a signature that a comma inside {…} breaks in pieces is a problem, and one only."""
        for text, key, value in whole(tree or (), lambda entry: entry[0], lambda entry: entry[1]):
            if opens(key) and (match := _SIGNATURE_BEGINS.match(text)):
                self.problem(key.where, f"`{text}` is not a definition: the bracket is open", COMMA)
                self._broken.add(match[1] if section == "blocks" else f"{match[1]}()")
            else:
                yield text, key, value

    def _signature_name(self, section: str, text: str, key: Scalar) -> str:
        if section == "defaults":
            return text
        match = _SIGNATURE.fullmatch(text)
        if match is None or (section == "blocks" and not BLOCK_NAME.fullmatch(match[1])):
            form = "Name(a, b=1), a capital first" if section == "blocks" else "name or name(a, b)"
            self.problem(key.where, f"`{text}` is not a definition: {form}")
            return text
        return match[1] if match[2] is None or section == "blocks" else f"{match[1]}()"

    def problem(self, where: Where, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, where, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise Enough(self.problems)

    # What the document defines, each read when first asked for -------------------------------------------------------

    @property
    def block_names(self) -> list[str]:
        return [*self._tables["blocks"], *self._imports, *self._broken]

    def read_all(self) -> tuple[dict[str, list[Given]], Body | None]:
        """Read everything, used or not; the inputs and the body of the network."""
        for key in self._tables["let"]:
            self.name_of_let(key)
        for op, (at, _) in self._tables["defaults"].items():
            if op not in catalogue():
                self.problem(at.where, f"there is no operator `{op}`", near(op, catalogue()))
            self.defaults_of(op)
        for name in self.block_names:
            self.block(name)
        inputs = self._inputs()
        body = None
        if self.document.body is not None:
            body = Reader(self, self.globals).body(self.document.body)
        return inputs, body

    @cached_property
    def globals(self) -> Names:
        """The names that every expression of this file may use; functions carry `()`."""
        let = (*self._tables["let"], *(name for name in self._broken if name.endswith("()")))
        return frozenset((*self.parameters, *let, *(f"{name}()" for name in FUNCTIONS)))

    def block(self, name: str) -> Block | None:
        """The block of this name, read; None if there is none or it is broken."""
        if name in self.blocks:
            return self.blocks[name]
        if name in self._imports:
            file, where, file_where = self._imports[name]
            self.blocks[name] = None
            other = self.fetch(file, file_where, self.parameters, self.problems)
            if other is not None:
                if name not in other.block_names:
                    self.problem(where, f"{file} has no block `{name}`", near(name, other.block_names))
                else:
                    self.blocks[name] = other.block(name)
            return self.blocks[name]
        if name not in self._tables["blocks"]:
            return None
        key, _ = self._tables["blocks"][name]
        block = self.blocks[name] = Block(name, key.where, {}, self)
        self._unread_blocks.append(block)
        scope = self.globals
        for argument, default, at in self._arguments(key):
            if argument in block.arguments or argument in KEYWORDS or argument in SHAPE_NAMES:
                reason = "stands here twice" if argument in block.arguments else "has a meaning already"
                self.problem(key.where, f"`{argument}` cannot be an argument of {key.text}: it {reason}")
                continue
            block.arguments[argument] = None if default is None else Reader(self, scope).expression(default, at)
            scope |= {argument}
        if not self._reading_blocks:
            self._reading_blocks = True
            while self._unread_blocks:  # the bodies call further blocks: a loop, for their chain may be long
                unread = self._unread_blocks.pop()
                names = self.globals | set(unread.arguments)
                unread.body = Reader(self, names).body(self._tables["blocks"][unread.name][1])
            self._reading_blocks = False
        return block

    def _arguments(self, key: Scalar) -> Iterator[tuple[str, str | None, Where]]:
        """The arguments of a signature, each with its default and the default's place."""
        match = _SIGNATURE.fullmatch(key.text)
        offset = match.start(2) if match else 0
        quote = 0 if key.plain else 1
        for part in _split(match[2]) if match and match[2] and match[2].strip() else ():
            name, sign, default = part.partition("=")
            begins = offset + len(name) + 1 + len(default) - len(default.lstrip())
            if NAME.fullmatch(name.strip()):
                yield name.strip(), default.strip() if sign else None, inside(key.where, key.text, begins, quote)
            else:
                at = inside(key.where, key.text, offset + len(part) - len(part.lstrip()), quote)
                self.problem(at, f"`{part.strip()}` is not an argument: name or name=default")
            offset += len(part) + 1

    def defaults_of(self, op: str) -> dict[str, Given]:
        """The parameters that this file gives an operator unless a step says otherwise."""
        if op not in self.defaults and op in self._tables["defaults"] and op in catalogue():
            _, tree = self._tables["defaults"][op]
            self.defaults[op] = Reader(self, self.globals).parameters(catalogue()[op], tree, shape=False)
        return self.defaults.get(op, {})

    def name_of_let(self, key: str) -> None:
        """Read an entry of `let` and all that it uses."""
        if key in self.let or key not in self._tables["let"]:
            return
        self._unread_let.append(key)
        if not self._reading_let:
            self._reading_let = True
            entries: dict[str, Given | LetFunction] = {}
            while self._unread_let:  # an entry uses further ones: a loop, for their chain may be long
                unread = self._unread_let.pop()
                if unread not in entries:
                    entries[unread] = self._let_entry(unread)
            self._reading_let = False
            self._order(entries)

    def _let_entry(self, key: str) -> Given | LetFunction:
        at, tree = self._tables["let"][key]
        name = key.removesuffix("()")
        if name in self.parameters or name in FUNCTIONS or name in KEYWORDS or name in SHAPE_NAMES:
            self.problem(at.where, f"`{name}` has a meaning already")
        if not key.endswith("()"):
            return Reader(self, self.globals, shape=False).value(tree)
        arguments = [argument for argument, _, _ in self._arguments(at)]
        function = LetFunction(name, at.where, arguments)
        reader = Reader(self, self.globals | set(arguments), shape=False)
        if not isinstance(tree, Mapping):
            function.rule = reader.value(tree)
            return function
        if len(arguments) != 1:
            self.problem(at.where, f"a table has one argument, `{at.text}` has {len(arguments)}")
        for text, entry_key, item in tree:
            asked = table_key(self._table_value(entry_key))
            if asked in function.table:
                self.problem(entry_key.where, f"the table `{name}` has {text} twice")
            function.table[asked] = reader.value(item)
        return function

    def _table_value(self, key: Scalar) -> Any:
        value = scalar_value(key)
        try:
            return normal(value) if is_value(value) else key.text if value is None else value
        except RuleError as error:
            self.problem(key.where, error.message)
            return key.text

    def _order(self, entries: dict[str, Given | LetFunction]) -> None:
        """Put into `let`, each after those that it uses. A function may call itself; no other circle is allowed."""
        for start in entries:
            path = {start: self._uses(entries, start)}
            while path and start not in self.let:
                key = next(reversed(path))
                used = next(path[key], None)
                if used is None:
                    self.let.setdefault(key, entries[key])
                    del path[key]
                elif used in path and (used != key or not key.endswith("()")):
                    circle = list(path)[list(path).index(used) :]
                    shown = " → ".join(each.removesuffix("()") for each in (*circle, used))
                    at = min((self._tables["let"][each][0].where for each in circle), key=lambda where: where[1:])
                    self.problem(at, f"`let` goes in a circle: {shown}")
                elif used not in path and used not in self.let:
                    path[used] = self._uses(entries, used)

    @staticmethod
    def _uses(entries: dict[str, Given | LetFunction], key: str) -> Iterator[str]:
        entry = entries[key]
        givens = [entry] if isinstance(entry, Given) else [entry.rule, *entry.table.values()]
        arguments = () if isinstance(entry, Given) else entry.arguments
        names = sorted({name for given in givens if given is not None for name in given.names})
        return (name for name in names if name in entries and name not in arguments)

    def _inputs(self) -> dict[str, list[Given]]:
        tree = self.document.input
        reader = Reader(self, self.globals, shape=False)
        if tree is None:
            if self.document.body is not None:
                self.problem(self.document.body.where, "a network needs `input: [channels, height, width]`")
            return {}
        shapes = {text: value for text, _, value in tree} if isinstance(tree, Mapping) else {"input": tree}
        inputs = {}
        for name, value in shapes.items():
            if not isinstance(value, Sequence) or not 1 <= len(value.items) <= 4:
                self.problem(value.where, "an input is [channels, height, width]: 1 to 4 sizes")
                continue
            inputs[name] = [reader.value(item) for item in value.items]
        return inputs


def _split(text: str) -> list[str]:
    """Split at commas that no bracket or quote encloses."""
    parts, depth, quote, start = [], 0, "", 0
    for index, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]
