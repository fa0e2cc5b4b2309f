"""Checking specs: which, in which order, and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from archcalc.errors import Source, UsageError, Where, near
from archcalc.network import Network, load
from archcalc.report.document import plain
from archcalc.spec import zoo
from archcalc.study.checks import VERDICTS, Result, checks
from archcalc.study.checks.budget import limit, result
from archcalc.study.measure import Bench


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


def specs(given: Sequence[str]) -> Iterator[Network]:
    """The networks of files, folders and packaged names; without any, all packaged ones."""
    for name in given or zoo.packaged():
        folder = Path(name)
        if given and folder.is_dir():
            files = [path for path in sorted(folder.rglob("*.yaml")) if not path.name.endswith(".claims.yaml")]
            if not files:
                raise UsageError(f"there is no spec in {name}", "a spec is a file that ends in .yaml")
            for path in files:
                yield load(str(path))
        else:
            yield load(name)


def count(networks: Sequence[Network], only: Only) -> int:
    """How many results there will be before the verdict is known."""
    return sum(
        check.count(network) for network in networks for check in checks().values() if only.kind(check.name)
    )


def run(networks: Sequence[Network], only: Only, done: Callable[[], None] = lambda: None) -> list[Result]:
    """The results wanted, spec by spec. `done` is called after each."""
    bench = Bench()
    results = []
    for network in networks:
        for check in checks().values():
            if only.kind(check.name):
                for found in check.run(network, bench):
                    done()
                    if only(found):
                        results.append(found)
    return results


def limits(networks: Sequence[Network], given: Sequence[str]) -> list[Result]:
    """The results of `--max METRIC=LIMIT`, for each network. Raises UsageError."""
    from archcalc.report.metrics import Count, metrics

    results = []
    bench = Bench()
    for text in given:
        name, sign, bound = text.partition("=")
        known = [each.name for each in metrics().values() if isinstance(each, Count)]
        if not sign or name not in known:
            raise UsageError(f"`--max {text}` is not a limit", near(name, known) or "such as --max mult_adds=300M")
        where = Where(Source(f"--max {text}", ""), 1, 1)
        results += [result(network, bench, {}, name, bound, limit(bound), where) for network in networks]
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
