"""YAML text → a tree in which every key and value knows its place.

PyYAML's C parser gives the events; the tree is built here because its composer keeps the last of two equal keys and
falls over deep nesting. Plain scalars follow YAML's core schema, read exactly: `0.714` is 357/500, `12:30` and `on` are
texts, `010` is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import yaml

from archcalc.errors import Problem, Source, SpecError, UsageError, Where
from archcalc.values import Value

MAX_BYTES = 16 * 2**20
MAX_NODES = 500_000
MAX_DEPTH = 100
MAX_KEY = 1_000

were_read: dict[str, None] = {}
"""The paths of the files that a run has read, which its result must not be written over."""

_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
"""What ends a line for YAML 1.1, besides `\\n`."""
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What only escapes can write, and a message must not print."""
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*|(?=\.[0-9]))(?:(\.[0-9]*)?(?:[eE]([-+]?[0-9]{1,3}))?)")


_YAML_HINTS = (
    ("mapping values are not allowed", "`: ` makes a key: quote a text that has it, or is a colon missing before it?"),
    ("found unexpected ':'", "a colon that makes a key has a space behind it"),
    ("flow sequence", "a `[` wants its `]`, and commas between"),
    ("flow mapping", "a `{` wants its `}`, and commas between; quote a text that begins with `{` or has a comma"),
    ("quoted scalar", "a quote is not closed"),
    ("expected '-' indicator", "the indentation differs from that of the lines above"),
    ("expected key", "the indentation differs from that of the lines above, or is a colon missing?"),
    ("cannot start any token", "indent by spaces; quote a text that begins with a tab, `@`, `%` or a backtick"),
)
"""What libyaml's complaints mostly mean."""


@dataclass(slots=True, eq=False)
class Tree:
    """A node of the tree and its place."""

    where: Where


@dataclass(slots=True, eq=False)
class Scalar(Tree):
    text: str
    plain: bool

    @property
    def empty(self) -> bool:
        """Nothing was written: YAML's null."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(slots=True, eq=False)
class Sequence(Tree):
    items: list[Tree]


@dataclass(slots=True, eq=False)
class Mapping(Tree):
    entries: dict[str, tuple[Scalar, Tree]]

    def get(self, key: str) -> Tree | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def __iter__(self) -> Iterator[tuple[str, Scalar, Tree]]:
        return ((text, key, value) for text, (key, value) in self.entries.items())


def number(text: str) -> Value | None:
    """The exact number that `text` is, None if it is not one. What has a point or an exponent is a Fraction."""
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > 100:
        return None
    return int(text) if match[1] is None and match[2] is None else Fraction(text)


def scalar_value(scalar: Scalar) -> Any:
    """None, a bool, an int, a Fraction (written with a point) or a text."""
    if not scalar.plain:
        return scalar.text
    if scalar.empty:
        return None
    if scalar.text in ("true", "false"):
        return scalar.text == "true"
    value = number(scalar.text)
    return scalar.text if value is None else value


def short(text: str) -> str:
    """The beginning of a text that a message quotes."""
    return text if len(text) <= 60 else f"{text[:60]}…"


def plain(tree: Tree) -> Any:
    """The tree as dicts, lists and scalars, without places."""
    if isinstance(tree, Mapping):
        return {text: plain(value) for text, _, value in tree}
    if isinstance(tree, Sequence):
        return [plain(item) for item in tree.items]
    assert isinstance(tree, Scalar)
    return scalar_value(tree)


def read(path: str, name: str | None = None) -> Source:
    """The text of a file, known to the user as `name`. Raises UsageError or SpecError, never anything else."""
    name = name or path
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > MAX_BYTES else file.read(MAX_BYTES + 1)
        were_read[path] = None
    except IsADirectoryError:
        raise UsageError(f"{name} is a directory, a spec is a YAML file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{name} cannot be read: {reason.lower()}") from None
    check_size(name, size)
    check_size(name, len(data), cut=True)  # a pipe does not say its size
    return decode(name, data)


def check_size(name: str, size: int, cut: bool = False) -> None:
    """Raises UsageError for a file that is too large for a spec; `cut` says that it was not read to its end."""
    if size > MAX_BYTES:
        has = f"more than {MAX_BYTES:,}" if cut else f"{size:,}"
        raise UsageError(f"{name} has {has} bytes, a spec has at most {MAX_BYTES:,}")


def decode(name: str, data: bytes) -> Source:
    """The text of a file's bytes. Raises SpecError where it is not UTF-8."""
    data = data.removeprefix(b"\xef\xbb\xbf")  # the codec that drops a byte order mark counts from behind it
    try:
        return Source(name, _BREAK.sub("\n", data.decode()))
    except UnicodeDecodeError as error:
        good = _BREAK.sub("\n", data[: error.start].decode())
        source = Source(name, _BREAK.sub("\n", data.decode(errors="replace")))
        where = Where(source, good.count("\n") + 1, len(good) - good.rfind("\n"))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise SpecError([Problem(message, where, "save the file as UTF-8")]) from None


def parse(source: Source) -> Mapping:
    """The tree of a document. Raises SpecError with every problem that the text itself has."""
    tree = _Builder(source).build()
    if not isinstance(tree, Mapping):
        raise SpecError([Problem("a spec is a mapping that begins with `network: a title`", tree.where)])
    return tree


class _Builder:
    """Builds the tree from parser events, in a loop: no recursion, no composer."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def build(self) -> Tree:
        try:
            root = self._events(_Loader(self.source.text))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = Where(self.source, mark.line + 1, mark.column + 1) if mark else Where(self.source, 1, 1)
            begun = error.context_mark
            elsewhere = begun is not None and mark is not None and begun.line != mark.line
            since = f"{error.context}, which begins in line {begun.line + 1}" if begun and elsewhere else ""
            said = f"{error.problem} {error.context}"
            hint = "; ".join(filter(None, (next((h for part, h in _YAML_HINTS if part in said), ""), since)))
            self._problem(where, f"this is not YAML: {error.problem or error.context}", hint)
        except yaml.YAMLError:  # a control character, which PyYAML counts in bytes
            found = _FORBIDDEN.search(self.source.text)
            before = self.source.text[: found.start()] if found else ""
            where = Where(self.source, before.count("\n") + 1, len(before) - before.rfind("\n"))
            sign = f": U+{ord(found[0]):04X}" if found else ""
            self._problem(where, f"this is not YAML: a character that it does not allow{sign}")
        if self.problems:
            raise SpecError(self.problems)
        if root is None:
            raise SpecError([Problem("the file is empty, a spec begins with `network: a title`", self._at(None))])
        return root

    def _at(self, event: Any) -> Where:
        mark = event.start_mark if event else None
        return Where(self.source, mark.line + 1, mark.column + 1) if mark else Where(self.source, 1, 1)

    def _problem(self, where: Where, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, where, hint))

    def _stop(self, where: Where, message: str) -> None:
        self._problem(where, message)
        raise SpecError(self.problems)

    def _events(self, loader: Any) -> Tree | None:
        root: Tree | None = None
        stack: list[tuple[Tree, Scalar | None]] = []  # open containers; in a mapping, the key that waits for its value
        count = 0
        while loader.check_event():
            event = loader.get_event()
            kind = type(event)
            if kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                tree = stack.pop()[0]
            elif kind is yaml.DocumentStartEvent and root is not None:
                self._stop(self._at(event), "a spec is one document, a second begins here")
                continue
            elif not isinstance(event, yaml.NodeEvent):
                continue
            else:
                count += 1
                where = self._at(event)
                if count > MAX_NODES:
                    self._stop(where, f"a spec has at most {MAX_NODES:,} keys and values")
                if len(stack) >= MAX_DEPTH:
                    self._stop(where, f"nested more than {MAX_DEPTH} deep")
                if event.anchor or kind is yaml.AliasEvent or getattr(event, "tag", None):
                    self._plain_yaml(event, where)
                if kind is yaml.MappingStartEvent:
                    stack.append((Mapping(where, {}), None))
                    continue
                if kind is yaml.SequenceStartEvent:
                    stack.append((Sequence(where, []), None))
                    continue
                tree = Scalar(where, getattr(event, "value", ""), bool(getattr(event, "implicit", (False,))[0]))
                if _CONTROL.search(tree.text):
                    self._problem(where, "a text has no control characters")
            if not stack:
                root = tree
                continue
            parent, key = stack[-1]
            if type(parent) is Sequence:
                parent.items.append(tree)
            elif key is None:
                stack[-1] = parent, self._key(parent, tree)
            else:
                assert type(parent) is Mapping
                parent.entries.setdefault(key.text, (key, tree))
                stack[-1] = parent, None
        return root

    def _plain_yaml(self, event: Any, where: Where) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._problem(where, f"`{sign}{event.anchor}`: YAML anchors and aliases are not part of the language",
                          "a block can be called as often as you like")  # fmt: skip
        elif event.tag and event.tag != "!":
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(where, f"`{short(tag)}`: YAML tags are not part of the language")

    def _key(self, parent: Tree, tree: Tree) -> Scalar:
        if not isinstance(tree, Scalar):
            self._problem(tree.where, "a key is a text, this is a list or a mapping",
                          "inside {…} and […] a `{`, `[` or `,` in a value wants quotes")  # fmt: skip
            return Scalar(tree.where, f"key {len(self.problems)}", False)
        if len(tree.text) > MAX_KEY:
            self._problem(tree.where, f"a key of {len(tree.text):,} characters, {MAX_KEY:,} are the most")
            return Scalar(tree.where, f"key {len(self.problems)}", False)
        if "\n" in tree.text:
            self._problem(tree.where, "a key stands on one line")
            return Scalar(tree.where, f"key {len(self.problems)}", False)
        if tree.plain and tree.text == "<<":
            self._problem(tree.where, "`<<`: YAML merge keys are not part of the language")
        assert isinstance(parent, Mapping)
        if tree.text in parent.entries:
            first = parent.entries[tree.text][0].where
            self._problem(tree.where, f"the key `{tree.text}` stands here twice, first in line {first.line}")
            return Scalar(tree.where, f"key {len(self.problems)}", False)
        return tree
