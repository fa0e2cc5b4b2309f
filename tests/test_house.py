"""The house: rooms import only rooms above them, and light commands stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SPECS

from archcalc.spec.document import Document

PACKAGE = Path(__file__).parent.parent / "archcalc"

ROOMS = (
    "errors", "_version", "display", "values", "quantities", "fields", "ops", "engine", "spec", "report", "network",
    "study", "render", "exchange", "cli",
)  # fmt: skip
"""In the order in which data flows: docs/architecture.md."""


def imported(tree: ast.AST) -> set[str]:
    """The rooms that a module imports, wherever in it, but for what only the type checker sees."""
    rooms = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("archcalc.")}
    return rooms & set(ROOMS)


def trespasses(room: str, source: str) -> set[str]:
    """The rooms below its own that a module of `room` imports."""
    return {other for other in imported(ast.parse(source)) if ROOMS.index(other) > ROOMS.index(room)}


def modules() -> list[tuple[str, Path]]:
    files = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room not in ("__init__", "__main__"):
            files.append((room, path))
    return files


@pytest.mark.parametrize(("room", "path"), modules(), ids=lambda value: str(value).rpartition("archcalc/")[2])
def test_a_room_imports_only_rooms_above_it(room: str, path: Path) -> None:
    assert room in ROOMS, f"{path.name} stands in no room: docs/architecture.md"
    assert trespasses(room, path.read_text()) == set()


def test_the_check_of_rooms_can_fail() -> None:
    assert trespasses("ops", "from archcalc.spec import load") == {"spec"}
    assert trespasses("ops", "def f():\n    import archcalc.engine.graph") == {"engine"}
    assert trespasses("spec", "from archcalc.ops._base import Op") == set()


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "values"])
def test_only_values_imports_numpy_and_sympy(room: str) -> None:
    for owner, path in modules():
        if owner != room:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"numpy", "sympy"}, path


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh Python has loaded after running `code`."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stderr.split())


@pytest.mark.parametrize(
    "code",
    [
        "import archcalc",
        "import archcalc; archcalc.load('resnet50').report()",
        "from archcalc.cli.app import main; main(['report', 'resnet50', '--format', 'json'])",
        "from archcalc.cli.app import main; main(['--help'])",
    ],
)
def test_light_commands_load_neither_numpy_nor_sympy(code: str) -> None:
    assert loaded(code) & {"numpy", "sympy", "torch", "pandas"} == set()


def test_the_check_of_imports_can_fail() -> None:
    assert "numpy" in loaded("import numpy")


# Packaged specs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.yaml")), ids=lambda path: str(path.name))
def test_a_packaged_spec_is_set_like_the_others(path: Path) -> None:
    """Its keys stand in the order of docs/language.md, on lines of at most 120 columns."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../docs/schema.json"
    assert [line for line in lines if len(line) > 120 or line != line.rstrip()] == []
    order = [field.alias or name for name, field in Document.model_fields.items()]
    keys = [line.partition(":")[0] for line in lines[1:] if line[0:1].isalpha()]
    assert keys == sorted(keys, key=order.index)
