"""Work shared among processes: copies of this one, made where that is safe; without them, it is done here."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Item = TypeVar("Item")
Found = TypeVar("Found")

MOST = 8
"""Each process imports what it needs for itself: more of them would import more than they work."""


def processors() -> int:
    """How many processes can work at a time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def each(
    work: Callable[[Item], Iterable[Found]],
    items: Sequence[Item],
    processes: int,
    together: Callable[[Item], bool] = lambda item: False,
) -> Iterator[Iterator[Iterable[Found]]]:
    """What the work on each item finds, in the order of the items. The processes end with the context. Items that are
    better worked on `together`, for what they import, are begun by one process, others by the others.

    What a process cannot answer, for an error or because it was ended from outside, is found out here, and raised where
    the findings of its item are read.
    """
    most = min(processes, len(items), MOST)
    crew: dict[Connection, int] = {}
    try:
        if most > 1 and _can_be_copied():
            crew.update(_copy(work, items, crew) for _ in range(most))
        yield _answers(work, items, list(crew), [index for index, item in enumerate(items) if crew and together(item)])
    finally:
        for connection, process in crew.items():
            connection.close()
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        for process in crew.values():
            os.waitpid(process, 0)


def _can_be_copied() -> bool:
    """Not on macOS, whose libraries do not stand it, and not beside other threads, whose locks would stay locked."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _copy(
    work: Callable[[Item], Iterable[Found]], items: Sequence[Item], others: Iterable[Connection]
) -> tuple[Connection, int]:
    """A process that answers indices of items, and the connection to it. It lets go of those to `others`, which would
    not end while it holds them."""
    from multiprocessing.connection import Pipe

    ours, theirs = Pipe()
    process = os.fork()
    if process == 0:
        for connection in (ours, *others):
            connection.close()
        _serve(work, items, theirs)
    theirs.close()
    return ours, process


def _serve(work: Callable[[Item], Iterable[Found]], items: Sequence[Item], asked: Connection) -> NoReturn:
    """Answer until nobody asks: a list, or None where there is an error. Nothing else of the process that was copied
    may run here: neither its handlers nor what it does at its end."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        while True:
            item = items[asked.recv()]
            try:
                asked.send(list(work(item)))
            except Exception:
                asked.send(None)
    finally:
        os._exit(0)


def _answers(
    work: Callable[[Item], Iterable[Found]], items: Sequence[Item], crew: list[Connection], together: list[int]
) -> Iterator[Iterable[Found]]:
    from multiprocessing import connection as connections

    wait: Any = connections.wait
    free = list(crew)
    busy: dict[Connection, int] = {}
    answers: dict[int, list[Found] | None] = {}
    first = deque(together)
    others = deque(sorted({*range(len(items))}.difference(together)))
    for index, item in enumerate(items):
        while index not in answers and (busy or free):
            while free and (first or others):
                connection = free.pop()
                asked = (first if first and (connection is crew[0] or not others) else others).popleft()
                with suppress(OSError):  # it has ended
                    connection.send(asked)
                busy[connection] = asked
            for connection in free:  # there is nothing more to do: it may end
                connection.close()
            free.clear()
            for answered in wait(list(busy)):
                at = busy.pop(answered)
                try:
                    answers[at] = answered.recv()
                    free.append(answered)
                except (EOFError, OSError):
                    answers[at] = None
        found = answers.pop(index, None)
        yield work(item) if found is None else found
