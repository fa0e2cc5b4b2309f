"""What is printed, and what became of it: docs/errata.md from the packaged specs, docs/figures.md from the figures of
the four documents that the project began with (tests/seeds.csv)."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.study.checks import Result
    from archcalc.study.law import Outcome

DOCS = Path(__file__).resolve().parent
SEEDS = DOCS.parent / "tests" / "seeds.csv"

DOCUMENTS = {
    "000": ("Evolution of lightweight networks", "an essay from LeNet and Inception to ShuffleNet and DenseNet"),
    "002": ("Summary of common backbones", "a survey from LeNet-5 to SENet and MobileNet, in Chinese"),
    "003": ("CNN Arch 2", "slides on DenseNet, ResNeXt, SqueezeNet, MobileNet and ShuffleNet, in Chinese"),
    "004": ("Notes on Inception v1 to v4", "a summary of the Inception papers"),
}
"""The four by the number that sources in specs have in brackets: title, and what it is."""

WORK = re.compile(r"arXiv [0-9.]+|(?<=\()[0-9]{3}(?=\))")
"""What tells one work from another in a source: its arXiv id, or the number of one of the four."""


@dataclass(frozen=True)
class Wrong:
    """A printed figure or formula that is not ours.

    source, table document, and where in it
    what          network, setting and figure; of a formula, the law
    printed, true as printed, and ours
    """

    source: str
    table: str
    what: str
    printed: str
    true: str
    why: str


@cache
def results() -> "list[Result]":
    """Every figure and law of the packaged specs, checked."""
    from archcalc.study import checking

    return checking.run(list(checking.specs([])), checking.Only())


def figures(verdict: str) -> Iterator[Wrong]:
    """The claims of a verdict."""
    from archcalc.render.check import subject
    from archcalc.study.printed import show_value

    for result in results():
        if result.kind == "claim" and result.verdict == verdict:
            ours = show_value(result.computed, result.printed)
            what = f"{subject(result)}: {result.metric}"
            yield Wrong(result.document, result.table, what, result.printed, ours, result.note)


def formulas() -> Iterator[Wrong]:
    """The printed formulas that laws show to be false: of what is refuted, what has a document of its own."""
    from archcalc.network import load
    from archcalc.spec import zoo
    from archcalc.study.law import outcomes
    from archcalc.study.law_text import laws_of

    for name in zoo.laws():
        laws = [law for law in laws_of(load(name).spec) if any(each.refuted and each.source for each in law.statements)]
        for found in outcomes(laws):
            if found.statement.refuted and found.statement.source and found.counter:
                statement = found.statement
                why = "; ".join(filter(None, (str(found.counter), statement.note)))
                printed, true = (f"`{text}`" for text in (statement.text, right(found)))
                yield Wrong(statement.source, "", f"law: {found.law.name}", printed, true, why)


def right(outcome: "Outcome") -> str:
    """What the law proves of the left side, else the first that it proves."""
    left, equals, _ = outcome.statement.text.partition("==")
    proved = [each.text for each in outcome.law.statements if not each.refuted]
    return next((text for text in proved if equals and text.partition("==")[0] == left), proved[0])


ERRATA = """# Errata

Generated from the claims and laws of the packaged specs.

{wrong} figures and formulas that are printed wrong, each with the arithmetic that shows it. `archcalc check` holds
every line: what is printed is not what the architecture has, and the figure in its place is. A formula is refuted by a
law, at the numbers that the last column begins with.
"""


def errata_page() -> Iterator[tuple[Path, str]]:
    wrong, unknown = [*figures("erratum"), *formulas()], list(figures("unexplained"))
    lines = [ERRATA.format(wrong=len(wrong)), *by_work(wrong, "##", "true"), "## Unexplained", ""]
    lines += [f"Where ours is another figure and nobody knows why, with what was tried: {len(unknown) or 'none'}.", ""]
    lines += by_work(unknown, "###", "ours")
    yield DOCS / "errata.md", "\n".join(lines)


def by_work(found: Iterable[Wrong], level: str, ours: str) -> Iterator[str]:
    """A heading and a table for each work, in the order of their names."""
    works: dict[str, list[Wrong]] = {}
    for each in found:
        match = WORK.search(each.source)
        works.setdefault(match[0] if match else each.source, []).append(each)
    for title, entries in sorted((heading(key, entries), entries) for key, entries in works.items()):
        yield from (f"{level} {title}", "")
        rows = [(place(each), each.what, each.printed, each.true, each.why) for each in entries]
        yield from table(("table", "what", "printed", ours, "why"), rows)


def heading(key: str, entries: list[Wrong]) -> str:
    """What a work is called: its authors and year with the arXiv id, or the title of one of the four."""
    if key in DOCUMENTS:
        return f"{DOCUMENTS[key][0]} ({key})"
    name = entries[0].source.partition(", arXiv")[0]
    return f"{name}, {key}" if key.startswith("arXiv") else key


def place(wrong: Wrong) -> str:
    """Where in a work: what stands behind its name, and the table."""
    match = WORK.search(wrong.source)
    rest = wrong.source[match.end() :].lstrip(")") if match else ""
    return ", ".join(filter(None, (re.sub(r"^ \([^)]*\)", "", rest).strip(", "), wrong.table)))


FIGURES = """# Figures

Generated from the figures of the four documents that the project began with, and the packaged specs.

They print {rows} figures that concern an architecture. Each is held by a claim or a law, which `archcalc check`
computes or proves, or there is a reason why no architecture determines it.

{held}
In all `archcalc check` has {claims:,} claims and {laws:,} laws, most of them from the papers themselves. What it found
wrong in print is in [errata.md](errata.md).

{documents}
The numbers are those in the sources of claims and laws.
"""


def figures_page() -> Iterator[tuple[Path, str]]:
    rows = list(csv.DictReader(SEEDS.read_text(encoding="utf-8").splitlines()))
    known = {result.id: result for result in results()}
    every = Counter(result.kind for result in known.values())
    documents = []
    for number, (title, what) in DOCUMENTS.items():
        documents.append((number, title, what, sum(row["seed_file"].startswith(number) for row in rows)))
    head = FIGURES.format(
        rows=len(rows),
        held="\n".join(table(("held by", "figures"), held_by(rows, known))),
        claims=every["claim"],
        laws=every["law"],
        documents="\n".join(table(("number", "document", "what it is", "figures"), documents)),
    )
    lines = [head]
    for number, (title, _) in DOCUMENTS.items():
        of_it = [row for row in rows if row["seed_file"].startswith(number)]
        outside = [(at(row), named(row), shown(row), why) for row in of_it if (why := why_outside(row, known))]
        if outside:
            lines += [f"## {title}", "", *table(("where", "what", "printed", "why it is outside"), outside)]
    yield DOCS / "figures.md", "\n".join(lines)


def held_by(rows: list[dict[str, str]], known: "dict[str, Result]") -> Iterator[tuple[str, int]]:
    """What holds the figures, and how many."""
    held = Counter(row["held_by"] for row in rows)
    claims = Counter(known[row["holds"]].verdict for row in rows if row["held_by"] == "claim")
    false = sum(known[row["holds"]].note.startswith("false") for row in rows if row["held_by"] == "law")
    yield "claims: ours is the printed figure", claims["agrees"]
    yield "claims: the print is wrong (errata)", claims["erratum"]
    yield "claims: ours is another, and nobody knows why (unexplained)", claims["unexplained"]
    yield "laws: the formula is proved", held["law"] - false
    yield "laws: the formula is shown false (errata)", false
    yield "a reason: no architecture determines it; listed below", held["reason"] + claims["outside"]
    if held["open"]:
        yield "nothing yet", held["open"]


def why_outside(row: dict[str, str], known: "dict[str, Result]") -> str:
    """The reason of a figure that is outside an architecture; empty if it is not."""
    if row["held_by"] == "reason":
        return row["holds"]
    claim = known[row["holds"]] if row["held_by"] == "claim" else None
    return claim.note if claim and claim.verdict == "outside" else ""


def at(row: dict[str, str]) -> str:
    """The table or section, without lines of a file that readers do not have."""
    return re.split(r"(?:^|, )lines? [0-9]", row["where"])[0]


def named(row: dict[str, str]) -> str:
    """The network, its setting and the part of it, and the figure."""
    setting = re.sub(r" \(k is [^)]*\)", "", row["config"]).replace(";", ", ")  # what the document does not print
    of = ", ".join(filter(None, (row["model"], setting, row["item"])))
    return f"{of}: {row['metric']}"


def shown(row: dict[str, str]) -> str:
    """A figure as printed, with its unit where that is one."""
    return f"{row['printed']} {row['unit']}" if row["unit"] in ("M", "k", "G") else row["printed"]


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table of Markdown's, and an empty line."""
    from archcalc.render.formats.markdown import escape

    heads = list(heads)
    texts = ([str(cell) if str(cell).startswith("`") else escape(str(cell), cell) for cell in row] for row in rows)
    lines = [heads, ["---"] * len(heads), *texts]
    return [*(f"| {' | '.join(cells)} |" for cells in lines), ""]
