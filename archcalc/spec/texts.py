"""Where the texts of specs come from: the disk, or a git repository as it was at a revision."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from archcalc.errors import Source, UsageError
from archcalc.spec import zoo
from archcalc.spec.source import check_size, decode, read

SYMLINK = "120000"
"""git's mode of a symbolic link, whose text is a path."""


class Disk:
    """Files as they are."""

    def has(self, path: Path) -> bool:
        return path.is_file()

    def read(self, path: Path, shown: str) -> Source:
        """The text, known to the user as `shown`. Raises UsageError or SpecError."""
        return read(str(path), shown)


class Revision(Disk):
    """Files as they were at a revision of the repository that holds `spec`.

    Packaged specs that the repository does not hold are those installed. git is asked for objects by their names, so
    that it runs no filter, pager or diff program of the repository.
    Raises UsageError where there is no git, no repository, no such revision, or no such spec in it.
    """

    def __init__(self, spec: Path, name: str) -> None:
        self.name = name
        self.folder = spec.resolve().parent
        self.top = Path(self._line("rev-parse", "--show-toplevel")).resolve()
        wanted = f"{name}^{{commit}}"
        if not name or name.startswith("-") or self._git("rev-parse", "--verify", "--quiet", wanted)[0]:
            raise UsageError(f"there is no revision `{name}` in {self.top}", "a commit, a branch, a tag, HEAD~1")
        self.commit = self._line("rev-parse", "--verify", wanted)
        self._entry = cache(self._find)
        if not self.has(spec):
            raise UsageError(f"{spec.name} is not in {name}", f"the repository is {self.top}")

    def has(self, path: Path) -> bool:
        return self._entry(path) is not None

    def read(self, path: Path, shown: str) -> Source:
        entry = self._entry(path)
        name = f"{self.name}:{shown}"
        if entry is None:
            if path in zoo.packaged().values():
                return super().read(path, shown)
            raise UsageError(f"{shown} is not in {self.name}")
        mode, blob, size = entry
        if mode == SYMLINK:
            raise UsageError(f"{name} is a symbolic link: give the file that it leads to")
        check_size(name, size)
        code, data, said = self._git("cat-file", "blob", blob)
        if code:
            raise UsageError(f"{name} cannot be read: {said}")
        return decode(name, data)

    def _find(self, path: Path) -> tuple[str, str, int] | None:
        """Mode, object name and size of a file of the commit."""
        path = path.resolve()
        if not path.is_relative_to(self.top):
            return None
        inside = path.relative_to(self.top).as_posix()
        line = self._line("ls-tree", "-z", "-l", "--full-tree", self.commit, "--", inside)
        mode, kind, blob, size, *_ = line.split(None, 4) if line else ("", "", "", "")
        return (mode, blob, int(size)) if kind == "blob" else None

    def _line(self, *arguments: str) -> str:
        code, data, said = self._git(*arguments)
        if code:
            raise UsageError(f"git cannot tell what {self.folder} was at {self.name}", said)
        return data.decode("utf-8", "surrogateescape").rstrip("\n")

    def _git(self, *arguments: str) -> tuple[int, bytes, str]:
        """Exit code, output, and the last line of git's complaint."""
        import subprocess  # slow to import

        command = ["git", "-C", str(self.folder), *arguments]
        try:
            run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except FileNotFoundError:
            raise UsageError("there is no `git` on this machine, which keeps revisions") from None
        except (OSError, ValueError) as error:
            raise UsageError(f"git cannot be run: {error}") from None
        complaint = run.stderr.decode("utf-8", "replace").strip().splitlines()
        return run.returncode, run.stdout, complaint[-1].removeprefix("fatal: ") if complaint else ""
