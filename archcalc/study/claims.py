"""Claims: published figures, read from a spec's `claims:` or from `NAME.claims.yaml` beside it (docs/check.md).

A table of a paper is one group: where it is printed, columns, rows. A column is a setting, a metric, a qualifier of
what is counted, or data that no architecture determines (accuracies).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from archcalc.errors import Problem, RuleError, SpecError, Where, near
from archcalc.spec.load import Spec
from archcalc.spec.source import Mapping, Scalar, Sequence, Tree, parse, plain, read
from archcalc.study import printed as figures
from archcalc.study.printed import Printed
from archcalc.study.words import (
    DATA,
    MARKS,
    MARKS_OF_TABLES,
    QUALIFIERS,
    ROLES,
    claim_id,
    is_metric,
    metric_names,
    names,
    setting,
    unit_of,
)


class Claim(NamedTuple):
    """One published figure.

    settings   variant, input and parameters as written
    qualifiers see QUALIFIERS
    mark       erratum, unexplained or outside; empty for a figure that must agree
    why        the reason of the mark
    true       of an erratum, the figure that is right
    """

    id: str
    document: str
    table: str
    settings: dict[str, Any]
    metric: str
    printed: Printed | None
    text: str
    qualifiers: dict[str, Any]
    where: Where
    mark: str = ""
    why: str = ""
    true: Printed | None = None


@dataclass(slots=True)
class Claims:
    """The claims of a spec, and the published data that stand beside them: settings → {name: text}."""

    claims: list[Claim] = field(default_factory=list)
    data: list[tuple[dict[str, Any], dict[str, str], str]] = field(default_factory=list)


def claims_of(spec: Spec) -> Claims:
    """Every claim of a spec. Raises SpecError with all problems."""
    reader = _Reader(spec)
    for tree in _trees(spec):
        reader.groups(tree)
    if reader.problems:
        raise SpecError(reader.problems)
    return reader.found


def _trees(spec: Spec) -> Iterator[Tree]:
    own = spec.root.get("claims")
    if own is not None:
        yield own
    beside = spec.path.with_name(f"{spec.name}.claims.yaml")
    if beside.is_file():
        shown = str(Path(spec.root.where.source.name).with_name(beside.name))
        root = parse(read(str(beside), shown))
        for text, key, value in root:
            if text != "claims":
                raise SpecError([Problem(f"a file of claims has no `{text}`", key.where, "it has `claims`")])
            yield value


class _Reader:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.problems: list[Problem] = []
        self.found = Claims()
        self.ids: dict[str, Where] = {}
        self.settings = {"variant", "input", *spec.parameters}

    def problem(self, where: Where, message: str, hint: str = "") -> None:
        self.problems.append(Problem(message, where, hint))

    def groups(self, tree: Tree) -> None:
        if not isinstance(tree, Sequence):
            self.problem(tree.where, "`claims` is a list of tables: source, columns, rows")
            return
        for group in tree.items:
            if isinstance(group, Mapping):
                self.group(group)
            else:
                self.problem(group.where, "a table of claims is a mapping: source, columns, rows")

    def group(self, tree: Mapping) -> None:
        entries = {text: value for text, _, value in tree}
        if "source" not in entries or "rows" not in entries:
            missing = " and ".join(f"`{name}`" for name in ("source", "rows") if name not in entries)
            self.problem(tree.where, f"a table of claims needs {missing}")
            return
        source: dict[str, str] = {}
        for name in ("source", "table"):
            if name in entries:
                source[name] = str(plain(entries.pop(name)))
        rows = entries.pop("rows")
        columns = self.columns(entries.pop("columns", None))
        shared: dict[str, Any] = {}
        for name, value in entries.items():
            at = tree.entries[name][0].where
            if name in QUALIFIERS:
                shared[name] = plain(value)
            elif name in self.settings:
                shared[name] = self.setting(name, value)
            elif name in MARKS_OF_TABLES:
                shared[name] = value
            elif name in MARKS:
                self.problem(at, f"`{name}` is of one figure", "write it at the figure: {printed: …, erratum: …}")
            else:
                self.unknown(name, at, "a table of claims")
        for row in rows.items if isinstance(rows, Sequence) else []:
            self.row(row, columns, shared, source)
        if not isinstance(rows, Sequence):
            self.problem(rows.where, "`rows` is a list")

    def columns(self, tree: Tree | None) -> list[str]:
        if tree is None:
            return []
        if not isinstance(tree, Sequence):
            self.problem(tree.where, "`columns` is a list of names")
            return []
        names = []
        for item in tree.items:
            name = item.text if isinstance(item, Scalar) else ""
            if not self.known(name):
                self.unknown(name, item.where, "a claim")
            names.append(name)
        return names

    def known(self, name: str) -> bool:
        return name in self.settings or name in QUALIFIERS or name in DATA or is_metric(name)

    def unknown(self, name: str, where: Where, owner: str) -> None:
        everything = ["source", "table", "columns", "rows", *self.settings, *metric_names(), *QUALIFIERS, *DATA, *MARKS]
        message = f"{owner} has no `{name}`: not a parameter of {self.spec.document.network}, not a metric"
        self.problem(where, message, near(name, everything))

    def row(self, row: Tree, columns: list[str], shared: dict[str, Any], source: dict[str, str]) -> None:
        if isinstance(row, Sequence):
            if len(row.items) != len(columns):
                self.problem(row.where, f"a row of {len(row.items)} under {len(columns)} columns")
                return
            cells = list(zip(columns, [item.where for item in row.items], row.items, strict=True))
        elif isinstance(row, Mapping):
            cells = [(text, key.where, value) for text, key, value in row]
        else:
            self.problem(row.where, "a row is a list under `columns`, or a mapping")
            return
        qualifiers = {name: value for name, value in shared.items() if name in QUALIFIERS}
        settings = {name: value for name, value in shared.items() if name in self.settings}
        shared_marks = {name: value for name, value in shared.items() if name in MARKS}
        data: dict[str, str] = {}
        marks: dict[str, Tree] = {}
        found: list[tuple[str, Tree]] = []
        for name, where, value in cells:
            if isinstance(value, Scalar) and value.empty:
                continue
            if name in self.settings:
                settings[name] = self.setting(name, value)
            elif name in QUALIFIERS:
                qualifiers[name] = plain(value)
            elif name in DATA and isinstance(value, Scalar):
                data[name] = value.text
            elif name in MARKS:
                marks[name] = value
            elif is_metric(name):
                found.append((name, value))
            elif isinstance(row, Mapping):
                self.unknown(name, where, "a claim")
        if marks and len(found) != 1:
            self.problem(row.where, f"`{next(iter(marks))}` of a row wants one figure in it, this has {len(found)}")
        for name, value in found:
            self.cell(name, value, settings, qualifiers, (marks, shared_marks), source)
        if data:
            self.found.data.append((settings, data, ", ".join(source.values())))

    def setting(self, name: str, tree: Tree) -> Any:
        try:
            return setting(self.spec, name, tree)
        except RuleError as error:
            self.problem(tree.where, error.message, error.hint)
            return None

    def cell(
        self,
        metric: str,
        tree: Tree,
        settings: dict[str, Any],
        qualifiers: dict[str, Any],
        given: tuple[dict[str, Tree], dict[str, Tree]],
        source: dict[str, str],
    ) -> None:
        """A figure; `given` are the marks of its row, and those of its table, which hold where there is no other."""
        where, qualifiers, marks = tree.where, dict(qualifiers), dict(given[0])
        text: Tree | None = tree
        if isinstance(tree, Mapping):
            text = None
            for name, key, value in tree:
                if name == "printed":
                    text = value
                elif name in QUALIFIERS:
                    qualifiers[name] = plain(value)
                elif name in MARKS:
                    marks[name] = value
                else:
                    known = ("printed", *MARKS, *QUALIFIERS)
                    self.problem(key.where, f"a figure has no `{name}`", near(name, known))
        if not isinstance(text, Scalar):
            self.problem(where, "a figure is written as it is printed, or {printed: …, erratum: …}")
            return
        marks = marks or given[1]
        if len(marks) > 1:
            self.problem(where, f"a figure has one mark, this has {' and '.join(f'`{mark}`' for mark in marks)}")
        self.qualified(qualifiers, where)
        mark = next(iter(marks), "")
        why, true = self.reason(metric, mark, marks.get(mark), qualifiers)
        self.found.claims.append(
            Claim(
                id=self.id(source, settings, qualifiers, metric, where=text.where),
                document=source["source"],
                table=source.get("table", ""),
                settings=settings,
                metric=metric,
                printed=None if mark == "outside" else self.printed(metric, text.text, qualifiers, text.where),
                text=text.text,
                qualifiers=qualifiers,
                where=text.where,
                mark=mark,
                why=why,
                true=true,
            )
        )

    def qualified(self, qualifiers: dict[str, Any], where: Where) -> None:
        for role in names(qualifiers.get("count")):
            if role not in ROLES:
                hint = near(role, ROLES) or f"they are {', '.join(ROLES)}"
                self.problem(where, f"`count` has no role `{role}`", hint)
        order = qualifiers.get("order", "chw")
        if order not in ("chw", "hwc"):
            self.problem(where, f"`order` is {order}; it can be chw, hwc")

    def printed(self, metric: str, text: str, qualifiers: dict[str, Any], where: Where) -> Printed | None:
        try:
            unit, rounding = str(qualifiers.get("unit", "")), str(qualifiers.get("rounding", "nearest"))
            found = figures.read(text, unit=unit, rounding=rounding)
            figures.require_unit(text, unit_of(metric, qualifiers), unit)
            return found
        except RuleError as error:
            self.problem(where, error.message, error.hint)
            return None

    def reason(
        self, metric: str, mark: str, tree: Tree | None, qualifiers: dict[str, Any]
    ) -> tuple[str, Printed | None]:
        """Why a figure is marked, and for an erratum the one that is right."""
        if tree is None:
            return "", None
        if mark != "erratum":
            if not isinstance(tree, Scalar) or tree.empty:
                self.problem(tree.where, f"`{mark}` says why, in a sentence")
            return str(plain(tree)), None
        right = tree.get("is") if isinstance(tree, Mapping) else None
        why = tree.get("why") if isinstance(tree, Mapping) else None
        if not isinstance(right, Scalar) or not isinstance(why, Scalar):
            self.problem(tree.where, "`erratum` is {is: the right figure, why: the arithmetic that shows it}")
            return "", None
        return why.text, self.printed(metric, right.text, qualifiers, right.where)

    def id(self, *told: Any, where: Where) -> str:
        """The claim's id, which no other claim has."""
        name = claim_id(self.spec, *told)
        if name in self.ids:
            message = f"`{told[-1]}` is claimed twice, here and in line {self.ids[name].line}"
            self.problem(where, message, "`row: a name` tells rows apart")
        self.ids.setdefault(name, where)
        return name
