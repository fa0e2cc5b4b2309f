"""Which laws are meant: of files, folders, specs, or by name among the packaged ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from archcalc.errors import UsageError, near
from archcalc.network import load
from archcalc.spec import zoo
from archcalc.spec.load import find
from archcalc.study import checking
from archcalc.study.law_text import Law, laws_of


def chosen(given: Sequence[str]) -> list[Law]:
    """The laws of files, folders and specs, or of these names (`*` and `?` stand for anything); without any, all
    packaged ones. Raises UsageError where there are none, SpecError for a wrong one."""
    if not given:
        return list(_packaged())
    found: dict[tuple[Path, str], Law] = {}
    for name in given:
        found.update({(law.spec.path, law.name): law for law in _of(name)})
    return list(found.values())


def _is_spec(name: str) -> bool:
    """Whether a name that is no file's is that of a packaged spec or variant."""
    try:
        find(name)
    except UsageError:
        return False
    return True


def _packaged() -> Iterator[Law]:
    for name in zoo.laws():
        yield from laws_of(load(name).spec)


def _of(name: str) -> list[Law]:
    if Path(name).is_dir():
        laws = [law for spec in checking.specs([name]) for law in laws_of(load(spec).spec)]
        if not laws:
            raise UsageError(f"no spec in {name} has `laws`")
        return laws
    files = {path.stem: at for at, path in zoo.laws().items()}
    if not Path(name).exists():
        if name in files or name in files.values():
            return laws_of(load(files.get(name, name)).spec)
        every = list(_packaged())
        if laws := [law for law in every if fnmatchcase(law.name, name)]:
            return laws
        hint = near(name, [*files, *(law.name for law in every)])
        if hint or not _is_spec(name):
            raise UsageError(f"there is no file and no law `{name}`", hint or f"laws are in {', '.join(files)}")
    laws = laws_of(load(name).spec)
    if not laws:
        raise UsageError(f"{name} has no `laws`", "" if Path(name).exists() else f"laws are in {', '.join(files)}")
    return laws
