"""Checking specs: which, in which order, and what comes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from archcalc.errors import Problem, RuleError, Source, SpecError, UsageError, Where, near
from archcalc.network import Network, load
from archcalc.report.document import plain
from archcalc.spec import zoo
from archcalc.spec.load import SUFFIX, find
from archcalc.study.checks import VERDICTS, Result, budget, checks
from archcalc.study.measure import Bench
from archcalc.study.workers import each


@dataclass(frozen=True, slots=True)
class Only:
    """Which results are wanted: of a kind, of a verdict, or whose id a pattern matches. Without any, all."""

    wanted: tuple[str, ...] = ()

    def kind(self, name: str) -> bool:
        """Whether results of this kind can be among them."""
        kinds = [each for each in self.wanted if each in checks()]
        return not kinds or name in kinds

    def __call__(self, result: Result) -> bool:
        others = [each for each in self.wanted if each not in checks()]
        return not others or any(
            result.verdict == each if each in VERDICTS else fnmatchcase(result.id, f"*{each}*") for each in others
        )


def specs(given: Sequence[str]) -> list[str]:
    """What is meant by files, folders and packaged names, a name a spec; without any, all packaged ones, and laws."""
    found: list[str] = []
    for name in given or (*zoo.packaged(), *zoo.laws()):
        folder = Path(name)
        if given and folder.is_dir():
            paths = [path for path in sorted(folder.rglob("*.yaml")) if not _passed_over(path.relative_to(folder))]
            files = list(filter(_may_be_a_spec, paths))
            if not files:
                raise UsageError(f"there is no spec in {name}", "a spec is a file that ends in .yaml")
            found += map(str, files)
        else:
            found.append(name)
    return found


def _passed_over(path: Path) -> bool:
    """Whether a folder's file is no spec: claims beside one, or hidden."""
    return path.name.endswith(".claims.yaml") or any(part.startswith(".") for part in path.parts)


_KEY = re.compile(rb"""^(?:\{\s*)?["']?(?:network|body|blocks|claims|budget|laws)["']?\s*:""", re.MULTILINE)


def _may_be_a_spec(path: Path) -> bool:
    """Whether a folder's file has a key that only specs have: other YAML is passed over, a slip of the pen is not."""
    try:
        return _KEY.search(path.read_bytes()) is not None
    except OSError:
        return True  # it is said why it cannot be read, when its turn comes


Answer = list[Result] | SpecError
"""What comes of a spec: results, or what is wrong with it."""


@contextmanager
def finding(names: Sequence[str], only: Only, processes: int = 1) -> Iterator[Iterator[Answer]]:
    """The results that are wanted of each spec, or what is wrong with it; of a spec with several names once."""
    bench = Bench()
    wanted = [check for check in checks().values() if only.kind(check.name)]

    def of(name: str) -> Iterator[Result]:
        network = bench.named(name)
        for check in wanted:
            yield from filter(only, check.run(network, bench))

    once = list({find(name).path: name for name in names}.values())
    with each(of, once, processes, _has_laws) as found:
        yield map(_answer, once, found)


def _answer(name: str, found: Iterable[Result]) -> Answer:
    try:
        return list(found)
    except SpecError as error:
        told = error.problems
    except UsageError as error:  # it cannot be read
        told = (Problem(error.message, None, error.hint),)
    start = Where(Source(name, ""), 1, 1)
    return SpecError(replace(problem, where=problem.where or start) for problem in told)


def _has_laws(name: str) -> bool:
    """Whether a spec seems to have laws. They want sympy, and one process that imports it will do."""
    try:
        return b"\nlaws:" in find(name).path.read_bytes()
    except OSError:
        return False


def run(names: Sequence[str], only: Only) -> list[Result]:
    """The results that are wanted of specs. Raises UsageError for names that are of none, SpecError."""
    results: list[Result] = []
    with finding(names, only) as found:
        for answer in found:
            if not isinstance(answer, list):
                raise answer
            results += answer
    return results


def sound(names: Sequence[str]) -> list[Network]:
    """The networks of those specs with which nothing is wrong."""
    networks = []
    for name in names:
        try:
            networks.append(load(name))
        except (SpecError, UsageError):
            continue
    return networks


def broken(told: Iterable[Problem]) -> list[Result]:
    """Problems as results that CI servers show; of kind `spec`."""
    results = []
    for problem in told:
        where = problem.where
        assert where is not None  # all have a place: `_answer`
        name = Path(where.source.name).name.removesuffix(SUFFIX)
        note = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
        at = f"{name}/{where.line}:{where.column}"
        results.append(Result(at, "spec", "", "", name, {}, "", "", None, "differs", note, where))
    return results


def limits(networks: Sequence[Network], given: Sequence[str]) -> list[Result]:
    """The results of `--max METRIC=LIMIT`, for each network; a variant is meant as it is named. Raises UsageError."""
    results = []
    bench = Bench()
    for text in given:
        name, _, high = text.partition("=")
        example = "such as --max mult_adds=300M"
        if not high.strip() or "<" in name:
            raise UsageError(f"`--max {text}` is not METRIC=LIMIT", example)
        if name not in budget.counts():
            raise UsageError(f"`--max {text}`: `{name}` is not a count", near(name, budget.counts()) or example)
        try:
            most = budget.bound(name, high)
        except RuleError as error:
            raise UsageError(f"`--max {text}`: {error.message}", error.hint) from None
        for network in networks:
            if network.spec.body is not None:
                settings = {"variant": network.variant} if network.variant != network.name else {}
                limit = budget.Limit("max", name, most, network.spec.root.where, settings)
                results.append(budget.result(network, bench, limit))
    return results


def summary(results: Sequence[Result]) -> dict[str, int]:
    """How many of each verdict, all verdicts named."""
    counted = Counter(result.verdict for result in results)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def documents(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Results as plain data (docs/check.md)."""
    return [
        {
            "id": result.id,
            "kind": result.kind,
            "document": result.document,
            "table": result.table,
            "network": result.network,
            "setting": {name: plain(value) for name, value in result.setting.items()},
            "metric": result.metric,
            "printed": result.printed,
            "computed": plain(result.computed),
            "verdict": result.verdict,
            "note": result.note,
            "where": {
                "file": result.where.source.name,
                "line": result.where.line,
                "column": result.where.column,
            },
        }
        for result in results
    ]
