"""What tests share: hand-made graphs, the command line in this process, and goldens with one switch to rewrite them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archcalc.engine.graph import Applied, Graph, Node
from archcalc.errors import Source, Where
from archcalc.ops._base import catalogue

GOLDEN = Path(__file__).parent / "golden"
SPECS = Path(__file__).parent.parent / "specs"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the goldens anew instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file of tests/golden."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--rewrite"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{name} differs; pytest --rewrite takes the new text"

    return compare


class Said(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs a command line in this process, as if on a pipe of 80 columns and 24 lines."""
    from archcalc.cli.app import main

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")

    def said(*words: str) -> Said:
        capsys.readouterr()
        code = main(words)
        return Said(code, *capsys.readouterr())

    return said


class Wiring:
    """Builds a graph by hand: each `add` reads the node before it unless told otherwise, and answers its index."""

    source = Source("hand.yaml", "network: by hand\n")

    def __init__(self, *shape: int) -> None:
        self.nodes: list[Node] = []
        self.outputs: dict[str, int] = {}
        self.add("input", "input", sources=(), shape=list(shape))

    def add(self, op: str, path: str, sources: tuple[int, ...] | None = None, **given: Any) -> int:
        placed = {key: given.pop(key) for key in ("copies", "shared", "block") if key in given}
        sources = (len(self.nodes) - 1,) if sources is None else sources
        shapes = tuple(self.nodes[source].applied.output for source in sources)
        rank = len(shapes[0]) - 1 if shapes else 2
        applied = Applied(catalogue()[op](rank, **given), shapes)
        self.nodes.append(Node(applied, path, Where(self.source, 1, 1), sources, **placed))
        return len(self.nodes) - 1

    def graph(self) -> Graph:
        return Graph(self.nodes, {"input": 0}, self.outputs or {"main": len(self.nodes) - 1})


@pytest.fixture
def wiring() -> type[Wiring]:
    return Wiring
