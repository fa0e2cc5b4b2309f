"""Document → Module: bodies, blocks and `let` read into steps; names, keys and literal kinds of all of them checked.

Every problem is collected. A block of another file is read here too, once it is imported or called: it keeps the other
blocks, the `let` and the operator defaults of its own file, and takes parameters by name from the file that imports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from archcalc.errors import Problem, RuleError, SpecError, Where, near
from archcalc.ops._base import MISSING, Op, catalogue
from archcalc.spec.document import LOOP_NAMES, MAX_PROBLEMS, NAME, SHAPE_NAMES, SHOWN, Document, listed
from archcalc.spec.expr import FUNCTIONS, KEYWORDS, MAX_LENGTH, ExpressionError, bounded_list, count_of, normal, parse
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, scalar_value, short
from archcalc.spec.steps import (
    INPUT,
    LEVEL,
    LEVEL_FORM,
    SIZE,
    Action,
    Block,
    Body,
    Branch,
    Call,
    Do,
    Given,
    Heads,
    LetFunction,
    Merge,
    Operator,
    Pass,
    Repeat,
    Step,
    Survival,
    Text,
    Word,
    asks_shape,
    table_key,
)
from archcalc.values import is_value

MODIFIERS = ("name", "from", "like", "when", "else", "repeat", "weights", "copies", "survival")
_SIZES = re.compile(r"(?:0|[1-9][0-9]*)(?:x(?:0|[1-9][0-9]*))+")
_SIGNATURE = re.compile(r"([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*")
_SIGNATURE_BEGINS = re.compile(r"([A-Za-z_]\w*)\s*\(")
_BLOCK_NAME = re.compile(r"[A-Z]\w*")

Names = frozenset[str]


COMMA = "inside {…} and […] a comma ends a text: quote one that has a comma"
_HINTS = {
    "True": "write `true`",
    "False": "write `false`",
    "None": "leave the value empty",
    **dict.fromkeys(("yes", "on", "Yes", "On", "TRUE"), "truth values are `true` and `false`"),
    **dict.fromkeys(("no", "off", "No", "Off", "FALSE"), "truth values are `true` and `false`"),
    **dict.fromkeys(LOOP_NAMES, "it is known inside a `repeat` of this body; a block is told by an argument"),
}


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
        for text, key, value in _whole(tree or (), lambda entry: entry[0], lambda entry: entry[1]):
            if opens(key) and (match := _SIGNATURE_BEGINS.match(text)):
                self.problem(key.where, f"`{text}` is not a definition: the bracket is open", COMMA)
                self._broken.add(match[1] if section == "blocks" else f"{match[1]}()")
            else:
                yield text, key, value

    def _signature_name(self, section: str, text: str, key: Scalar) -> str:
        if section == "defaults":
            return text
        match = _SIGNATURE.fullmatch(text)
        if match is None or (section == "blocks" and not _BLOCK_NAME.fullmatch(match[1])):
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
                yield name.strip(), default.strip() if sign else None, _inside(key.where, key.text, begins, quote)
            else:
                at = _inside(key.where, key.text, offset + len(part) - len(part.lstrip()), quote)
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


def _inside(where: Where, text: str, offset: int, quote: int = 0) -> Where:
    """The place of a character of a scalar; that of the scalar where YAML folds lines or has escapes before it."""
    start = where.column - 1 + quote
    found = where.source.line(where.line).startswith(text[: offset + 1], start)
    return where._replace(column=start + offset + 1) if found else where


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


class Reader:
    """Reads values, steps and bodies of one scope."""

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
        items = _whole(tree.items, lambda item: item.text if isinstance(item, Scalar) else "", lambda item: item)
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
            self.problem(_inside(where, text, error.offset, quote), error.message, error.hint)
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
        at = _inside(where, text, found.start(), quote) if found else where
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
                at = next((at for quote in (0, 1) if (at := _inside(where, text, offset, quote)) != where), where)
                parts.append(self.expression(part, at))
            elif part:
                parts.append(part)
            offset += len(part) + 1
        literal = "".join(part if isinstance(part, str) else "0" for part in parts)
        levels = literal.split("/") if path else [literal]
        if text.count("{") != text.count("}") or not all(LEVEL.fullmatch(level) for level in levels):
            self.problem(where, f"`{short(text)}` is not a name: {LEVEL_FORM}, and expressions in braces")
        return Text(where, parts)

    # Bodies and steps ------------------------------------------------------------------------------------------------

    def body(self, tree: Tree, *, branch: bool = False) -> Body:
        """A step, or a list of steps with the lists inside it spliced in.

        As the one step of a `branch` it may be `none`, and with `when` it must say what else.
        """
        items = list(self._spliced(tree))
        steps = [self.step(item, branch=branch and len(items) == 1) for item in items]
        return Body(tree.where, [step for step in steps if step is not None])

    def _spliced(self, tree: Tree) -> Iterator[Tree]:
        if not isinstance(tree, Sequence):
            yield tree
            return
        if not tree.items:
            self.problem(tree.where, "a step is wanted, this list is empty", "`identity` passes on what arrives")
        for item in tree.items:
            yield from self._spliced(item)

    def step(self, tree: Tree, *, branch: bool = False) -> Step | None:
        if isinstance(tree, Scalar):
            action = self._word(tree, branch)
            return Step(tree.where, tree.text, action, asks_shape=_asks(action)) if action else None
        assert isinstance(tree, Mapping)
        return self._mapping(tree, branch)

    def _word(self, tree: Scalar, branch: bool) -> Action | None:
        if tree.empty:
            self.problem(tree.where, "a step is wanted, this is empty")
            return None
        if tree.text == "identity" or (tree.text == "none" and branch):
            return Pass(nothing=tree.text == "none")
        return self._act(tree.text, tree, Scalar(tree.where, "", True))

    def _mapping(self, tree: Mapping, branch: bool) -> Step | None:
        keys = [(text, key, value) for text, key, value in tree if text not in MODIFIERS]
        known = [entry for entry in keys if self._known(entry[0])]
        if len(known) > 1:
            names = " and ".join(f"`{text}`" for text, _, _ in known)
            self.problem(tree.where, f"a step does one thing, this has {names}", "put a dash before the second")
            return None
        if known and len(keys) > 1:
            for text, key, _ in keys:
                if not self._known(text):
                    hint = near(text, MODIFIERS) or (COMMA if ")" in text else "")
                    hint = hint or f"beside `{known[0][0]}` it can have {', '.join(MODIFIERS)}"
                    self.problem(key.where, f"a step has no `{text}`", hint)
            return None
        inner = self._rounds(tree.get("repeat"))
        if not keys:
            if "from" not in tree.entries and "name" not in tree.entries:
                self.problem(tree.where, "this step does nothing: it has modifiers only")
                return None
            action: Action | None = Pass()
            where, label = tree.where, "identity"
        else:
            label, key, value = keys[0]
            where = key.where
            action = inner._act(label, key, value)
        if action is None:
            return None
        return inner._modified(tree, Step(where, label, action), self, branch)

    def _known(self, key: str) -> bool:
        return key in ("do", "head") or key in catalogue() or _BLOCK_NAME.fullmatch(key) is not None

    def _rounds(self, repeat: Tree | None) -> Reader:
        """The scope inside a repeat."""
        if repeat is None:
            return self
        columns = repeat.entries if isinstance(repeat, Mapping) else ()
        return Reader(self.module, self.names | set(LOOP_NAMES) | set(columns))

    def _modified(self, tree: Mapping, step: Step, outer: Reader, branch: bool) -> Step:
        entries = {text: value for text, _, value in tree}
        if "name" in entries:
            step.name = self.text(entries["name"])
            if "/" in "".join(part for part in step.name.parts if isinstance(part, str)):
                self.problem(entries["name"].where, "a name has no `/`: levels come from blocks and branches")
            self._not_input(step.name)
        if "from" in entries:
            step.origin = self.text(entries["from"])
        if "like" in entries:
            self._like(entries["like"], step.action)
        if "weights" in entries:
            step.weights = self.text(entries["weights"])
        if "when" in entries:
            step.when = self.value(entries["when"])
        if "else" in entries:
            step.otherwise = self.body(entries["else"], branch=branch)
            if step.when is None:
                self.problem(tree.entries["else"][0].where, "`else` without `when`")
            for inner in step.otherwise.steps:
                if inner.copies is not None:
                    self.problem(inner.copies.where, "`copies` stands on a branch of a merge, not in its `else`")
            if branch and "repeat" in entries and step.otherwise.ends_in_none:
                self.problem(step.otherwise.where, "a branch that is repeated cannot be left out by `none`")
        elif branch and step.when is not None:
            self.problem(step.when.where, "the branch has `when` but no `else`",
                         "`else: identity` passes on what arrives, `else: none` leaves the branch out")  # fmt: skip
        if "repeat" in entries:
            step.repeat = outer._repeat(entries["repeat"])
            if step.origin is not None and not step.origin.constant and step.repeat.asks_shape:
                self.problem(step.repeat.where, "`repeat` asks for what arrives, and `from` depends on the round")
        if "copies" in entries:
            step.copies = outer.value(entries["copies"])
            if not branch:
                self.problem(tree.entries["copies"][0].where, "`copies` stands on a branch of a merge")
        if "survival" in entries:
            step.survival = self._survival(entries["survival"])
        in_names = _in_names(step.name, step.origin, step.weights)
        often = step.survival.value if step.survival else None
        step.asks_shape = _asks(step.action) or asks_shape(step.when, often, *in_names)
        return step

    def _survival(self, tree: Tree) -> Survival | None:
        if not isinstance(tree, Mapping):
            return Survival(tree.where, self.value(tree), linear=False)
        last = tree.get("last")
        if last is None or len(tree.entries) > 1:
            self.problem(tree.where, "`survival` is a number, or {last: …} for the linear decay rule")
            return None
        return Survival(tree.where, self.value(last), linear=True)

    def _like(self, tree: Tree, action: Action) -> None:
        if not isinstance(action, Operator) or not _takes_like(action.kind):
            able = ", ".join(name for name, kind in catalogue().items() if _takes_like(kind))
            self.problem(tree.where, f"`like` gives a `{SIZE}`: it stands beside {able}")
            return
        if SIZE in action.given:
            self.problem(tree.where, f"`like` gives the `{SIZE}`, and `{action.kind.name}` has one already")
        action.like, action.constants = self.text(tree), None

    def _not_input(self, name: Text) -> None:
        if name.constant and name.get({}) == INPUT:
            self.problem(name.where, f"a layer cannot be named `{INPUT}`: `from: {INPUT}` is what came into the block")

    def _repeat(self, tree: Tree) -> Repeat:
        if not isinstance(tree, Mapping):
            return Repeat(tree.where, self.value(tree), {})
        columns = {}
        lengths = {}
        for text, key, value in tree:
            if not NAME.fullmatch(text) or text in KEYWORDS or text in SHAPE_NAMES or text in LOOP_NAMES:
                self.problem(key.where, f"`{text}` cannot name a column")
            columns[text] = self.value(value)
            if isinstance(value, Sequence):
                lengths[text] = len(value.items)
            elif isinstance(value, Scalar) and columns[text].code is None and not isinstance(columns[text].value, list):
                self.problem(value.where, f"the column `{text}` is a list, or a parameter that holds one")
        if not columns:
            self.problem(tree.where, "`repeat` is a count or columns, this is empty")
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            self.problem(tree.where, f"the columns of `repeat` differ in length: {listed}")
        return Repeat(tree.where, None, columns)

    # Actions ---------------------------------------------------------------------------------------------------------

    def _act(self, name: str, key: Scalar, value: Tree) -> Action | None:
        if name == "do":
            return Do(self.body(value))
        if name == "head":
            return Heads(self._branches(value, "head", merging=False))
        if name in ("identity", "none"):
            stands = "alone" if name == "identity" else "alone in a branch, or as its `else`"
            self.problem(key.where, f"`{name}` stands {stands}")
            return None
        kind = catalogue().get(name)
        if name == "input":
            self.problem(key.where, "`input` stands at the top of a spec, not in a body",
                         "`from: input` begins at what came into this block")  # fmt: skip
            return None
        if kind is not None:
            return self._merge(kind, key, value) if kind.merge else self._operator(kind, key, value)
        if _BLOCK_NAME.fullmatch(name):
            return self._call(name, key, value)
        everything = [*catalogue(), *self.module.block_names, *MODIFIERS, "do", "head", "identity"]
        self.problem(key.where, f"there is no operator `{short(name)}`", near(name[:MAX_LENGTH], everything))
        return None

    def _operator(self, kind: type[Op], key: Scalar, value: Tree) -> Action:
        given = {**self.module.defaults_of(kind.name), **self.parameters(kind, value)}
        slips = [text for text, _, _ in value if text not in kind.parameters] if isinstance(value, Mapping) else []
        wrong = isinstance(value, Sequence) or (isinstance(value, Scalar) and not value.empty and not kind.bare)
        if not wrong:
            self._needs(kind, key, given, slips)
        constants = None
        if all(item.code is None for item in given.values()):
            constants = {name: item.value for name, item in given.items()}
        return Operator(kind, given, constants)

    def parameters(self, kind: type[Op], tree: Tree, *, shape: bool = True) -> dict[str, Given]:
        """The parameters that a step, or the file's defaults, give an operator."""
        reader = self if shape else Reader(self.module, self.names, shape=False)
        if isinstance(tree, Scalar) and tree.empty:
            return {}
        if not isinstance(tree, Mapping):
            if not kind.bare:
                self.problem(tree.where, by_name(kind))
                return {}
            return {kind.bare: reader.value(tree, kind.parameters[kind.bare].words)}
        given = {}
        for name, key, value in _whole(tree, lambda entry: entry[0], lambda entry: entry[2]):
            if name not in kind.parameters:
                hint = near(name, kind.parameters) or (f"`{name}` stands beside it" if name in MODIFIERS else "")
                hint = hint or (f"it has {', '.join(kind.parameters)}" if kind.parameters else "it has none")
                self.problem(key.where, f"`{kind.name}` has no parameter `{name}`", hint)
                continue
            given[name] = reader.value(value, kind.parameters[name].words, pun=name)
        return given

    def _call(self, name: str, key: Scalar, value: Tree) -> Action | None:
        held = name in self.scope
        block = None if held else self.module.block(name)
        if not held and name not in self.module.block_names:
            if self._missing_parameter(name):
                return None
            lower = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
            hint = near(name, [*self.module.block_names, *self.names]) or near(lower, catalogue())
            known = listed(self.module.block_names)
            self.problem(key.where, f"there is no block `{name}`", hint or (f"there is {known}" if known else ""))
            return None
        if held:
            self.module.name_of_let(name)
        positional: list[Given] = []
        named: dict[str, Given] = {}
        if isinstance(value, Sequence):
            positional = self.values(value)
        elif isinstance(value, Mapping):
            for argument, at, item in _whole(value, lambda entry: entry[0], lambda entry: entry[2]):
                if block is not None and argument not in block.arguments:
                    hint = near(argument, block.arguments)
                    self.problem(at.where, f"{signature(block)} has no argument `{argument}`", hint)
                    slips = [name for name in block.arguments if near(name, [argument])]
                    named |= dict.fromkeys(slips, Given(at.where, ""))
                    continue
                named[argument] = self.value(item, pun=argument)
        elif isinstance(value, Scalar) and not value.empty:
            positional = [self.value(value)]
        if block is not None and (message := wrong_arguments(block, len(positional), named)):
            self.problem(key.where, message)
        return Call(name, block, positional, named)

    def _merge(self, kind: type[Op], key: Scalar, value: Tree) -> Action | None:
        """A merge of branches, or of layers by name. Among branches a parameter of the operator gives it."""
        given = dict(self.module.defaults_of(kind.name))
        if isinstance(value, Sequence):
            names = [self.text(item) for item in value.items]
            if not names:
                self.problem(value.where, f"`{kind.name}` of no layers")
            self._needs(kind, key, given)
            return Merge(kind, [], names, given)
        if isinstance(value, Mapping):
            of_op = {text: pair for text, pair in value.entries.items() if text in kind.parameters}
            given |= self.parameters(kind, replace(value, entries=of_op))
            value = replace(value, entries={text: pair for text, pair in value.entries.items() if text not in of_op})
        self._needs(kind, key, given)
        return Merge(kind, self._branches(value, kind.name), [], given)

    def _needs(self, kind: type[Op], key: Scalar, given: Iterable[str], slips: Iterable[str] = ()) -> None:
        """Name the parameters that are not given; not those that a slip of the pen may stand for."""
        for name, parameter in kind.parameters.items():
            if parameter.default is MISSING and name not in given and not near(name, slips):
                self.problem(key.where, f"`{kind.name}` needs `{name}`: {parameter.doc}")

    def _branches(self, value: Tree, name: str, *, merging: bool = True) -> list[Branch]:
        if not isinstance(value, Mapping) or not value.entries:
            form = "a mapping of names to bodies" + (", or a list of layers above" if merging else "")
            self.problem(value.where, f"`{name}` wants branches: {form}")
            return []
        branches = []
        for text, key, tree in value:
            branch = Branch(self.name(text, key.where, path=False), self.body(tree, branch=merging))
            if len(branch.body.steps) == 1:
                branch.copies = branch.body.steps[0].copies
            self._not_input(branch.name)
            branches.append(branch)
        return branches


T = TypeVar("T")


def _whole(entries: Iterable[T], text: Callable[[T], str], value: Callable[[T], Tree]) -> Iterator[T]:
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


def _takes_like(kind: type[Op]) -> bool:
    """Whether it may be given a size, and need not be."""
    return SIZE in kind.parameters and kind.parameters[SIZE].default is None


def _asks(action: Action | None) -> bool:
    match action:
        case Operator():
            return asks_shape(*action.given.values(), *_in_names(action.like))
        case Call():
            return asks_shape(*action.positional, *action.named.values())
        case Merge():
            copies = (branch.copies for branch in action.branches)
            in_names = _in_names(*action.names, *(branch.name for branch in action.branches))
            return asks_shape(*in_names, *copies, *action.given.values())
        case Heads():
            return asks_shape(*_in_names(*(branch.name for branch in action.branches)))
    return False


def _in_names(*names: Text | None) -> Iterator[Given]:
    return (part for name in names if name is not None for part in name.parts if isinstance(part, Given))


def by_name(kind: type[Op]) -> str:
    """How an operator without an obvious parameter wants them."""
    listed = f"its parameters by name: {{{', '.join(kind.parameters)}}}" if kind.parameters else "no parameters"
    return f"`{kind.name}` takes {listed}"


def signature(block: Block) -> str:
    """`Name(a, b=1)`, as the spec defines it."""
    arguments = (name if default is None else f"{name}={default.text}" for name, default in block.arguments.items())
    return f"{block.name}({', '.join(arguments)})" if block.arguments else block.name


def wrong_arguments(block: Block, positional: int, named: Iterable[str]) -> str:
    """What is wrong with the arguments of a call, in a sentence; empty if nothing is."""
    if positional > len(block.arguments):
        takes = count_of(len(block.arguments), "argument") if block.arguments else "no arguments"
        return f"{signature(block)} takes {takes}, {positional} {'is' if positional == 1 else 'are'} given"
    given = {*list(block.arguments)[:positional], *named}
    missing = [name for name, default in block.arguments.items() if default is None and name not in given]
    return f"{signature(block)} needs {' and '.join(f'`{name}`' for name in missing)}" if missing else ""
