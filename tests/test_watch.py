"""`report --watch`: which saves are seen, what is marked, and how the command lives and ends."""

from __future__ import annotations

import os
import re
import select
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Said

from archcalc.errors import ArchcalcError, UsageError
from archcalc.network import Network
from archcalc.render.layout import plain
from archcalc.render.marks import marked
from archcalc.render.table import Column, Line, Table
from archcalc.report.figures import Unavailable
from archcalc.study import watching
from archcalc.study.watching import results

Run = Callable[..., Said]

NET = """\
network: Small
parameters: {width: 4}
input: [3, 8, 8]
body:
  - [conv: {out: width, kernel: 3, padding: 1, bias: false}, relu]
  - [conv: {out: 8, kernel: 1, bias: false}, relu]
"""
# conv1: 3·4·9 = 108 weights on 64 positions; conv2: 4·8 = 32 on 64
MULT_ADDS = 64 * (108 + 32)
WIDER = NET.replace("width: 4", "width: 5")
# conv1: 3·5·9 = 135; conv2: 5·8 = 40
WIDER_MULT_ADDS = 64 * (135 + 40)


def mult_adds(network: Network) -> Any:
    return network.report().total("mult_adds")


def saved(path: Path, text: str) -> None:
    """Saved as careful editors do: a new file takes the name."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET, encoding="utf-8")
    return path


# What is seen --------------------------------------------------------------------------------------------------------


def test_each_save_is_seen_in_place_and_by_a_new_file(spec: Path) -> None:
    seen = results(str(spec), None, mult_adds)
    assert next(seen) == MULT_ADDS
    saved(spec, WIDER)
    assert next(seen) == WIDER_MULT_ADDS
    spec.write_text(NET, encoding="utf-8")
    assert next(seen) == MULT_ADDS


def test_an_error_is_a_result_and_the_next_good_save_another(spec: Path) -> None:
    seen = results(str(spec), None, mult_adds)
    next(seen)
    saved(spec, NET.replace("conv:", "cnv:", 1))
    error = next(seen)
    assert isinstance(error, ArchcalcError)
    assert "net.yaml:5:6: there is no operator `cnv`" in str(error)
    saved(spec, NET.replace("kernel: 3, padding: 1", "kernel: 30"))
    assert "window" in str(next(seen))
    saved(spec, WIDER)
    assert next(seen) == WIDER_MULT_ADDS


def test_a_save_without_a_change_is_passed_over(spec: Path) -> None:
    seen = results(str(spec), None, mult_adds)
    next(seen)

    def later() -> None:
        saved(spec, NET)
        time.sleep(0.1)
        saved(spec, WIDER)

    worker = threading.Thread(target=later)
    worker.start()
    assert next(seen) == WIDER_MULT_ADDS
    worker.join()


def test_half_of_a_file_is_no_save(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SETTLE", 5)  # the machine may be slow
    seen = results(str(spec), None, mult_adds)
    next(seen)

    def slowly() -> None:
        with spec.open("w", encoding="utf-8") as file:  # empties it
            for part in (WIDER[:40], WIDER[40:]):
                time.sleep(0.06)
                file.write(part)
                file.flush()

    worker = threading.Thread(target=slowly)
    worker.start()
    assert next(seen) == WIDER_MULT_ADDS
    worker.join()


def test_a_deleted_file_is_an_error_until_it_is_back(spec: Path) -> None:
    seen = results(str(spec), None, mult_adds)
    next(seen)
    spec.unlink()
    assert "net.yaml cannot be read: no such file" in str(next(seen))
    spec.write_text(NET, encoding="utf-8")
    assert next(seen) == MULT_ADDS


def test_a_deleted_file_is_not_taken_for_a_packaged_spec(
    spec: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec.rename("resnet50.yaml")
    seen = results("resnet50.yaml", None, mult_adds)
    assert next(seen) == MULT_ADDS
    Path("resnet50.yaml").unlink()
    assert "resnet50.yaml cannot be read" in str(next(seen))


def test_imported_files_are_watched_also_those_that_are_not_there_yet(spec: Path) -> None:
    text = "network: Small\nimport: {{mine: [Layer]}}\ninput: [3, 8, 8]\nbody: [Layer]\n".format()
    spec.write_text(text, encoding="utf-8")
    seen = results(str(spec), None, mult_adds)
    assert "there is no file" in str(next(seen))
    mine = spec.with_name("mine.yaml")
    block = "network: Mine\nblocks:\n  Layer: [conv: {out: OUT, kernel: 1, bias: false}]\n"
    saved(mine, block.replace("OUT", "2"))
    assert next(seen) == 64 * 3 * 2
    saved(mine, block.replace("OUT", "5"))
    assert next(seen) == 64 * 3 * 5
    saved(mine, block.replace("OUT", "["))
    assert "mine.yaml:3:" in str(next(seen))
    saved(mine, block.replace("OUT", "7"))
    assert next(seen) == 64 * 3 * 7


def test_the_variant_asked_for_stays(spec: Path) -> None:
    spec.write_text(NET + "variants: {wide: {width: 5}}\n", encoding="utf-8")
    seen = results(str(spec), "wide", mult_adds)
    assert next(seen) == WIDER_MULT_ADDS
    saved(spec, NET)
    assert "has no variant `wide`" in str(next(seen))


def test_there_must_be_a_spec_to_begin_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        next(results(str(tmp_path / "none.yaml"), None, mult_adds))


# What is marked ------------------------------------------------------------------------------------------------------


def table(*rows: tuple[Any, ...], times: int = 1, **more: Any) -> Table:
    columns = (Column("name", "Layer", left=True), Column("params", "Params"), Column("receptive_field", "Field"))
    return Table(("A net",), columns, tuple(Line(row, times) for row in rows), **more)


def marks(before: Table, after: Table) -> list[str]:
    return [f"{line.mark}{line.cells[0]}" for line in marked(before, after).rows]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a1 b2 c3", "a1 b2 c3", "a b c"),
        ("a1 b2 c3", "a1 b5 c3", "a ~b c"),
        ("a1 c3", "a1 b2 c3", "a +b c"),
        ("a1 b2 c3", "a1 c3", "a -b c"),
        ("a1 b2", "b2 a1", "-a b +a"),  # what moves is gone here and new there
        ("a1", "b2", "-a +b"),
        ("", "a1", "+a"),
        ("a1 a2 a3", "a1 a2 a4", "a a ~a"),  # names may repeat
    ],
)
def test_rows_by_name(before: str, after: str, expected: str) -> None:
    sides = [table(*((word[0], int(word[1]), 3) for word in text.split())) for text in (before, after)]
    assert marks(*sides) == expected.split()


def test_a_span_of_repeats_is_one_row_when_it_grows() -> None:
    before = table(("stem", 9, 3), ("unit2…5/conv", 4, 9))
    after = table(("stem", 9, 3), ("unit2…6/conv", 4, 9))
    assert marks(before, after) == ["stem", "~unit2…6/conv"]


def test_times_count_and_receptive_fields_do_not() -> None:
    assert marks(table(("a", 1, 3)), table(("a", 1, 5))) == ["a"]
    assert marks(table(("a", 1, 3)), table(("a", 1, 3), times=2)) == ["~a"]


def test_totals_say_how_they_moved() -> None:
    totals = {"Mult-Adds": (100, 150), "Params": (7, 7), "Activations": (0, 5), "Operations": (3, Unavailable("why")),
              "Receptive field": ("3x3", "5x5")}  # fmt: skip
    before, after = (table(totals=tuple((name, pair[side]) for name, pair in totals.items())) for side in (0, 1))
    assert marked(before, after).moved == ("+50, 1.5×", "", "+5", "(was 3)", "(was 3x3)")


def test_marks_stand_left_of_the_names_and_fit_the_screen() -> None:
    before = table(("first", 10, 3), ("second", 5, 7), totals=(("Params", 15),))
    after = table(("first", 12, 3), ("third", 5, 7), totals=(("Params", 17),))
    assert plain(marked(before, after), None) == (
        "A net\n\n"
        "  Layer   Params  Field\n"
        "───────────────────────\n"
        "~ first       12      3\n"
        "- second       5      7\n"
        "+ third        5      7\n"
        "───────────────────────\n"
        "Params  17  +2, 1.133×\n"
        "since the last save: + new, - gone, ~ changed\n"
    )
    assert max(map(len, plain(marked(before, after), 23).splitlines()[2:8])) == 23


# The command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def saves(spec: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are saved one after the other while the command watches; then it ends."""
    texts: list[str] = []

    def few(*given: Any) -> Iterator[Any]:
        seen = results(*given)
        yield next(seen)
        for text in texts:
            saved(spec, text)
            yield next(seen)

    monkeypatch.setattr(watching, "results", few)
    return texts


OPTIONS = ["", "--by op", "--by stage --columns params,output", "--level 1", "--all", "--width 6", "--input 16",
           "--variants", "--style paper", "--convention all", "--memory --dtype fp16"]  # fmt: skip


@pytest.mark.parametrize("options", OPTIONS)
def test_every_report_is_that_of_the_command_without_it(run: Run, spec: Path, saves: list[str], options: str) -> None:
    words = ("report", str(spec), *options.split())
    saves.append(WIDER)
    plain_reports = [run(*words).out]
    watched = run(*words, "--watch")
    plain_reports.append(run(*words).out)
    assert (watched.code, watched.err) == (0, "")
    first, second = watched.out.split(f"\n{'─' * 80}\n\n")
    assert first == plain_reports[0]
    lines = plain_reports[1].splitlines()
    assert second.splitlines()[0] == lines[0]
    assert len(second.splitlines()) == len(lines) + 1  # the note on marks
    assert "since the last save: " in second


def test_a_change_is_marked_and_an_error_stands_in_its_place(run: Run, spec: Path, saves: list[str]) -> None:
    deeper = f"{WIDER}  - [conv: {{out: 2, kernel: 1, bias: false}}]\n"
    saves += [WIDER, "network: [", deeper]
    first, second, wrong, third = run("report", str(spec), "--watch").out.split(f"\n{'─' * 80}\n\n")
    assert not re.search(r"^[+~-] ", first, re.MULTILINE)
    assert re.findall(r"^..conv\d", second, re.MULTILINE) == ["~ conv1", "~ conv2"]
    moved = WIDER_MULT_ADDS - MULT_ADDS
    assert f"Mult-Adds        {WIDER_MULT_ADDS:,}  +{moved:,}, 1.25×" in second  # 175/140
    assert wrong.startswith(f"{spec}:2:1: this is not YAML")
    assert re.findall(r"^..conv\d", third, re.MULTILINE) == ["  conv1", "  conv2", "+ conv3"]
    assert "+1,024, " in third  # conv3: 8·2 weights on 64 positions, against the last good save


def test_folded_and_unfolded_are_marked_alike(run: Run, spec: Path, saves: list[str]) -> None:
    unit = "  - {name: unit, do: [conv: {out: 8, kernel: 1, bias: false}], repeat: REPEAT}\n"
    spec.write_text(NET + unit.replace("REPEAT", "3"), encoding="utf-8")
    saves.append(NET + unit.replace("REPEAT", "40"))  # more than the screen has lines
    _, second = run("report", str(spec), "--watch").out.split(f"\n{'─' * 80}\n\n")
    assert re.findall(r"^([+~-] ?)?(unit\S*) +×(\d+)", second, re.MULTILINE) == [("~ ", "unit1…40", "40")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--format json", "--watch does not go with --format json\n"),
        ("-o net.txt", "--watch does not go with --output\n"),
        ("--nothing 5", "there is no option `--nothing`"),
        ("--columns nothing", "there is no column `nothing`"),
        ("--width 0.5", "`width`"),
    ],
)
def test_what_no_save_can_mend_ends_it(run: Run, spec: Path, options: str, message: str) -> None:
    said = run("report", str(spec), "--watch", *options.split())
    assert (said.code, said.out) == (2, "")
    assert message in said.err


# The process ---------------------------------------------------------------------------------------------------------

BEGIN = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import sys; "
RUN = BEGIN + "from archcalc.cli.app import console; console()"


class Watching:
    """The command in a process of its own, which writes to a pipe or to a terminal."""

    def __init__(self, spec: Path, *words: str, out: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, "report", str(spec), "--watch", *words],
            stdout=subprocess.PIPE if out is None else out,
            stderr=subprocess.PIPE,
            env={
                **os.environ,
                "COLUMNS": "80",
                "LINES": "24",
                "TERM": "xterm",
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
        )

    def until(self, sign: str, file: int | None = None) -> str:
        """All that is written until it holds `sign`."""
        assert self.process.stdout is not None or file is not None
        source = file if file is not None else self.process.stdout.fileno()  # type: ignore[union-attr]
        text = b""
        end = time.monotonic() + 30
        while sign.encode() not in text:
            assert select.select([source], [], [], end - time.monotonic())[0], text.decode()
            text += os.read(source, 1 << 16)
        return text.decode()

    def interrupted(self) -> tuple[int, bytes]:
        self.process.send_signal(signal.SIGINT)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err

    def __enter__(self) -> Watching:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.communicate()


posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@posix
def test_a_save_is_on_the_screen_at_once_and_ctrl_c_ends_it_quietly(
    spec: Path, record_property: Callable[[str, object], None]
) -> None:
    taken = []
    with Watching(spec) as watched:
        watched.until("Receptive field")
        for text in (WIDER, NET) * 3:
            begun = time.monotonic()
            saved(spec, text)
            watched.until("since the last save")
            taken.append(time.monotonic() - begun)
        assert watched.interrupted() == (130, b"")
    record_property("save to screen, ms", [round(1e3 * each, 1) for each in taken])
    assert statistics.median(taken) < 2  # under 0.1 on a machine with nothing else to do: tests/bench/bench.py


@posix
def test_on_a_terminal_each_report_takes_the_place_of_the_last(spec: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    with Watching(spec, out=theirs) as watched:
        os.close(theirs)
        first = watched.until("Ctrl-C ends", ours)
        saved(spec, "network: [")
        wrong = watched.until("Ctrl-C ends", ours)
        saved(spec, WIDER)
        second = watched.until("Ctrl-C ends", ours)
        assert watched.interrupted() == (130, b"")
    os.close(ours)
    for text in (first, wrong, second):
        assert text.lstrip("\r\n").startswith("\x1b[H")  # from the top; what is left of the last is cleared
    assert "this is not YAML" in wrong
    assert "\x1b[33m~ " in second  # yellow


def test_a_process_that_waits_does_nearly_nothing(spec: Path) -> None:
    seen = results(str(spec), None, mult_adds)
    next(seen)
    threading.Timer(1, saved, (spec, WIDER)).start()
    begun, used = time.monotonic(), time.thread_time()
    next(seen)
    share = (time.thread_time() - used) / (time.monotonic() - begun)
    assert share < 0.2  # with the one report at the end; 0.005 while it waits: tests/bench/bench.py
