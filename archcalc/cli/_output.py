"""Where results go: the terminal, a pipe, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import stat
import sys

from archcalc.errors import UsageError
from archcalc.render.formats import Screen


def screen(file: str | None) -> Screen:
    """What a table is laid out for: any width in a file, else that of COLUMNS, the terminal, or 80."""
    if file is not None:
        return Screen()
    size = shutil.get_terminal_size()
    dull = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Screen(size.columns, size.lines, sys.stdout.isatty() and not dull)


def emit(text: str, file: str | None) -> None:
    """Write a result. Raises UsageError where that cannot be done, or where a spec that was read would be lost;
    BrokenPipeError where nobody reads on."""
    if file is not None:
        spare(file)
        write_whole(file, text)
        return
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        raise UsageError(f"the output cannot be written: {error.strerror}") from error


def silence() -> None:
    """Let nothing more be written to a broken standard output, not even when Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def spare(file: str, *others: str) -> None:
    """Raise UsageError for a file that was read as a spec, or is one of the others."""
    from archcalc.spec.source import were_read

    if any(_same(file, read) for read in (*were_read, *others)):
        raise UsageError(f"{file} is a file that was read for this: it is not overwritten", "write to another file")


def _same(file: str, other: str) -> bool:
    """Whether two paths lead to one file of a disk."""
    try:
        return os.path.isfile(file) and os.path.samefile(file, other)
    except (OSError, ValueError):
        return False


def write_whole(file: str, text: str, newline: str | None = None) -> None:
    """Through a file beside it that takes its name at the end; devices and pipes are written to as they are.

    newline  as `open` has it: `""` keeps the text's own ends of lines
    """
    import tempfile  # slow to import

    path = os.path.realpath(file)
    try:
        mode = os.stat(path).st_mode if os.path.exists(path) else None
        if mode is not None and not stat.S_ISREG(mode):
            with open(path, "w", encoding="utf-8") as device:
                device.write(text)
            return
        handle, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{os.path.basename(path)}.")
        try:
            with open(handle, "w", encoding="utf-8", newline=newline) as temporary:
                temporary.write(text)
            os.chmod(beside, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
            os.replace(beside, path)
        except BaseException:
            os.unlink(beside)
            raise
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be written: {getattr(error, 'strerror', None) or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
