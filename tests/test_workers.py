"""Work shared among processes: the order of what is found, errors, and processes that are ended from outside."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import Said

from archcalc.study import workers
from archcalc.study.workers import each


def squares(n: int) -> Iterator[tuple[int, int]]:
    yield from ((n, os.getpid()) for _ in range(n))


def of(found: list[list[tuple[int, int]]]) -> list[list[int]]:
    return [[n for n, _ in each] for each in found]


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


pytestmark = pytest.mark.skipif(not workers._can_be_copied(), reason="processes are not copied here")


@pytest.mark.parametrize("processes", [1, 2, 3, 100])
def test_order_is_that_of_the_items(processes: int) -> None:
    items = [3, 0, 5, 1, 4, 1, 5, 9, 2, 6]
    with each(squares, items, processes) as answers:
        found = list(map(list, answers))
    assert of(found) == [[n] * n for n in items]
    ids = {process for each in found for _, process in each}
    assert (ids == {os.getpid()}) is (processes == 1)
    assert len(ids) <= min(processes, workers.MOST)
    assert all(gone(process) for process in ids - {os.getpid()})


def test_one_item_is_worked_on_here() -> None:
    with each(squares, [2], 8) as answers:
        assert list(map(list, answers)) == [[(2, os.getpid())] * 2]


def test_beside_other_threads_no_process_is_copied() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        with each(squares, [1, 1, 1], 2) as answers:
            assert {process for found in answers for _, process in found} == {os.getpid()}
    finally:
        end.set()
        thread.join()


def test_the_first_error_in_the_order_of_the_items_is_raised_here() -> None:
    def work(n: int) -> list[int]:
        if n in (2, 4):
            raise RuntimeError(f"of {n}")
        return [n]

    found = []
    with pytest.raises(RuntimeError, match="of 2"), each(work, range(6), 2) as answers:
        found += answers
    with each(work, range(6), 2) as answers:
        assert [next(answers), next(answers)] == [[0], [1]]


def test_what_cannot_be_sent_is_found_here() -> None:
    with each(lambda n: [lambda: n], range(4), 2) as answers:
        assert [found() for each in answers for found in each] == [0, 1, 2, 3]


def test_processes_may_be_ended_from_outside() -> None:
    parent = os.getpid()

    def work(n: int) -> list[int]:
        if os.getpid() != parent and n in (1, 3):
            os.kill(os.getpid(), signal.SIGKILL)
        return [n]

    with each(work, range(6), 2) as answers:
        assert list(answers) == [[n] for n in range(6)]


def test_an_interruption_ends_the_processes() -> None:
    ids = set()

    def interrupted() -> None:
        with each(squares, [1] * 6, 2) as answers:
            ids.update(process for _, process in next(answers))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert all(gone(process) for process in ids)


def test_check_finds_the_same_in_any_number_of_processes(
    run: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("check", "resnet", "squeezenet", "vgg", "laws/fire", "--format", "json", "--max", "params=20M")
    said = []
    for processes in (1, 2, 5):
        monkeypatch.setattr(workers, "processors", lambda processes=processes: processes)
        said.append(run(*words))
    assert said[0].code == 1
    assert said[0] == said[1] == said[2]


def sleeps(seconds: float) -> list[int]:
    time.sleep(seconds)
    return [os.getpid()]


def ended(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def test_items_that_are_better_together_are_begun_by_one_process() -> None:
    items = [0.3, 0.001, 0.3, 0.001, 0.002]
    with each(sleeps, items, 2, lambda seconds: seconds < 0.1) as answers:
        found = [process for answer in answers for process in answer]
    assert len({process for process, seconds in zip(found, items, strict=True) if seconds < 0.1}) == 1
    assert len(set(found)) == 2


def test_items_that_are_better_together_are_shared_where_there_is_nothing_else() -> None:
    with each(sleeps, [0.1] * 4, 2, lambda _: True) as answers:
        assert len({process for answer in answers for process in answer}) == 2


@pytest.mark.parametrize("items", [[0.0, 0.4], [0.4, 0.0]])
def test_a_process_without_more_to_do_ends_before_the_others(items: list[float]) -> None:
    with each(sleeps, items, 2) as answers:
        found = [process for answer in answers for process in answer]
        assert ended(found[items.index(0.0)])
    assert all(gone(process) for process in found)
