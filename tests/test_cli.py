"""The command line: how words are read, what is written where, exit codes, and what is not imported."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import stat
import subprocess
import sys
import typing
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Said

from archcalc.cli import _settings, app
from archcalc.cli._line import declared
from archcalc.cli._settings import rewrite
from archcalc.spec import zoo
from archcalc.spec.names import RESERVED

Run = Callable[..., Said]

DECLARED = {"--set": True, "--by": True, "--all": False, "--output": True, "-o": True, "--help": False}


def environment(**more: str) -> dict[str, str]:
    """Of a process that finds this package, and knows nothing of the terminal that the tests run in."""
    kept = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES", "NO_COLOR")}
    path = (str(Path(app.__file__).parents[2]), os.environ.get("PYTHONPATH"))
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, path)), **more}


def process(*words: str, **more: str) -> str:
    """What a command line prints in a process of its own."""
    command = [sys.executable, "-m", "archcalc", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment(**more), check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# Parameters as options -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rewritten"),
    [
        ("net --alpha 0.75", "net --set alpha=0.75"),
        ("--alpha 0.75 net", "--set alpha=0.75 net"),
        ("net --alpha=0.75 --by stage", "net --set alpha=0.75 --by stage"),
        ("net --bn", "net --set bn=true"),
        ("net --bn --all", "net --set bn=true --all"),
        ("net --bn -o file", "net --set bn=true -o file"),
        ("net --shift -1", "net --set shift=-1"),
        ("net --shift -.5", "net --set shift=-.5"),
        ("net --units [3,4]", "net --set units=[3,4]"),
        ("net --residual-units 3", "net --set residual-units=3"),
        ("net --by --alpha", "net --by --alpha"),  # what a declared option takes is not looked at
        ("net -ofile --all", "net -ofile --all"),
        ("net --by=stage", "net --by=stage"),
        ("net --set alpha=1", "net --set alpha=1"),
        ("net --alpha=", "net --set alpha="),
        ("net --alpha=a=b", "net --set alpha=a=b"),
        ("net --α 2", "net --set α=2"),
        ("net -- --alpha 2", "net -- --alpha 2"),
        ("--alpha - net", "--set alpha=- net"),
        ("net --1 2", "net --1 2"),  # no name: the parser complains
    ],
)
def test_undeclared_options_become_settings(words: str, rewritten: str) -> None:
    assert rewrite(words.split(), DECLARED).arguments == rewritten.split()


def test_a_command_without_settings_is_left_alone() -> None:
    assert rewrite(["--alpha", "2"], {"--help": False}).arguments == ["--alpha", "2"]


def test_what_is_no_option_is_known() -> None:
    line = rewrite(["--alpha", "2", "net", "--by", "stage", "--help", "--", "--odd"], DECLARED)
    assert line.positional == ["net", "--odd"]
    assert line.help
    assert not rewrite(["net", "--by", "--help"], DECLARED).help


def test_settings_may_be_written_with_either_dash() -> None:
    assert _settings.settings(["first-conv=3"], ["first_conv"], [], "Net") == {"first_conv": "3"}
    assert _settings.settings(["a=1", "a=1"], ["a"], [], "Net") == {"a": "1"}


@pytest.mark.parametrize(
    "words",
    [
        ("mobilenet_v1", "--alpha", "0.75", "--rho", "0.714"),
        ("--alpha", "0.75", "mobilenet_v1", "--rho=0.714"),
        ("mobilenet_v1", "--set", "alpha=0.75", "--set", "rho=0.714"),
        ("--rho", "0.714", "mobilenet_v1", "--set", "alpha=3/4"),
    ],
)
def test_all_ways_to_set_parameters_are_one(run: Run, words: tuple[str, ...]) -> None:
    said = run("report", *words, "--format", "json")
    assert (said.code, said.err) == (0, "")
    document = json.loads(said.out)
    assert document["parameters"]["alpha"] == {"num": 3, "den": 4}
    assert document["input"] == [3, 160, 160]
    # 11010048*alpha^2*h^2 + 576000*alpha*h^2 + 1024000*alpha, h = 160/32 = 5
    assert document["totals"]["mult_adds"] == 11010048 * 9 * 25 // 16 + 576000 * 3 * 25 // 4 + 1024000 * 3 // 4


def test_options_may_stand_before_the_command(run: Run) -> None:
    assert run("--alpha", "0.5", "report", "mobilenet_v1") == run("report", "mobilenet_v1", "--alpha", "0.5")


def test_a_truth_value_needs_no_word(run: Run) -> None:
    assert json.loads(run("report", "vgg16", "--bn", "--format", "json").out)["parameters"]["bn"] is True


def test_no_parameter_may_bear_the_name_of_an_option() -> None:
    options = {"help", "version"}
    for name in app.commands():
        declared = app.declared(app._group([name]).commands[name])
        if "--set" in declared:  # on the others, no option is a parameter's
            options |= {option[2:] for option in declared if option.startswith("--")}
    assert options == RESERVED


# Wrong usage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "report mobilenet_v1 --alfa 1",
            "there is no option `--alfa`: neither the command nor MobileNet v1 has it\n"
            "    hint: did you mean `--alpha`?\n",
        ),
        (
            "report mobilenet_v1 --colums params",
            "there is no option `--colums`: neither the command nor MobileNet v1 has it\n"
            "    hint: did you mean `--columns`?\n",
        ),
        (
            "report mobilenet_v1 --zzz 1",
            "there is no option `--zzz`: neither the command nor MobileNet v1 has it\n"
            "    hint: MobileNet v1 has --alpha, --rho, --classes, --Layer, --middle\n",
        ),
        ("report mobilenet_v1 --set alpha", "`--set alpha` has no `=`\n    hint: write --set NAME=VALUE\n"),
        ("report mobilenet_v1 --alpha 1 --alpha 2", "`alpha` is set twice: 1 and 2\n"),
        ("report vgg16 --by stages", "there is no grouping `stages`\n    hint: did you mean `stage`?\n"),
        ("report vgg16 --columns parms", "there is no column `parms`\n    hint: did you mean `params`?\n"),
        ("report vgg16 --format jsn", "there is no format `jsn`\n    hint: did you mean `json`?\n"),
        (
            "report vgg16 --format junit",
            "junit is no format for reports\n    hint: table, json, csv, markdown or latex\n",
        ),
        ("report vgg16 --format xml", "there is no format `xml`\n    hint: table, json, csv, markdown or latex\n"),
        ("lint vgg16 --format xml", "there is no format `xml`\n    hint: table, json or github\n"),
        ("check lenet5 --format xml", "there is no format `xml`\n    hint: table, json, junit or github\n"),
        ("report vgg16 -o x.xml", "x.xml is no format for reports\n    hint: table, json, csv, markdown or latex\n"),
        ("report vgg16 --by op --level 1", "--by and --level are two ways to group rows\n    hint: give one of them\n"),
        ("report vgg16 --format json --columns params", "a document holds every figure: --columns is for tables\n"),
        ("reprot vgg16", "there is no command `reprot`\n    hint: did you mean `report`?\n"),
        ("report vgg16 -o /no/such/folder/x", "/no/such/folder/x cannot be written: No such file or directory\n"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(run: Run, words: str, message: str) -> None:
    assert run(*words.split()) == Said(2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("report", "Missing argument 'SPEC'"),
        ("report --bn vgg16", "hint: `vgg16` was read as the value of --bn; write --bn=true, or put --bn behind it"),
        ("report vgg16 resnet50", "unexpected extra argument"),
        ("report vgg16 --by", "'--by' requires an argument"),
        ("report vgg16 --level 0", "Invalid value for '--level'"),
        ("report vgg16 -x", "-x"),
        ("--nothing", "--nothing"),
        ("report vgg16 -- --bn", "unexpected extra argument"),
    ],
)
def test_what_the_parser_refuses_exits_with_2_too(run: Run, words: str, message: str) -> None:
    said = run(*words.split())
    assert (said.code, said.out) == (2, "")
    assert message in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", ""], "an argument is empty: ``\n    hint: is a variable of the shell not set?\n"),
        (["new", ""], "an argument is empty: ``\n    hint: is a variable of the shell not set?\n"),
        (
            ["report", "vgg16", "-o", ""],
            "-o wants the name of a file, this one is empty\n    hint: - is standard output\n",
        ),
    ],
)
def test_empty_words_are_told(run: Run, words: list[str], message: str) -> None:
    assert run(*words) == Said(2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("resnet --units", "--units has no value, a list is wanted\n    hint: --units=[3,4,6,3]\n"),
        ("mobilenet_v1 --alpha", "--alpha has no value, a number is wanted\n    hint: --alpha=1\n"),
        ("mobilenet_v1 --alpha --by op", "--alpha has no value, a number is wanted\n    hint: --alpha=1\n"),
        ("mobilenet_v1 --Layer", "--Layer has no value, a word is wanted\n    hint: --Layer=Separable\n"),
        ("mobilenet_v1 --set alpha=true", "`alpha` is true, a number is wanted\n"),
    ],
)
def test_a_value_that_is_missing_is_told(run: Run, words: str, message: str) -> None:
    assert run("report", *words.split()) == Said(2, "", message)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "--input 64 --input=96",
            "--input is given twice: 64 and 96\n    hint: of several inputs: --input image=3x64x64,mask=1x64x64\n",
        ),
        (
            "--input image=3x64x64 --input mask=1x64x64",
            "--input is given twice: image=3x64x64 and mask=1x64x64\n"
            "    hint: of several inputs: --input image=3x64x64,mask=1x64x64\n",
        ),
    ],
)
@pytest.mark.parametrize("command", ["report", "rf", "show"])
def test_a_second_input_is_refused(run: Run, command: str, words: str, message: str) -> None:
    assert run(command, "vgg16", *words.split()) == Said(2, "", message)


def test_several_inputs_have_the_form_that_help_and_hint_tell(run: Run, tmp_path: Path) -> None:
    form = "image=3x64x64,mask=1x64x64"
    assert form in run("report", "--help").out.replace("\n", "").replace(" ", "")
    file = tmp_path / "two.yaml"
    file.write_text("network: two\ninput: {image: [3, 32, 32], mask: [1, 32, 32]}\nbody: [concat: [image, mask]]\n")
    said = run("report", str(file), "--all", "--input", form, "--input", form)
    assert (said.code, said.err) == (0, "")
    assert "4x64x64" in said.out


def test_a_law_that_is_not_there_names_the_laws(run: Run) -> None:
    said = run("law", "nope")
    names = ", ".join(name.removeprefix("laws/") for name in zoo.laws())
    assert said == Said(2, "", f"there is no file and no law `nope`\n    hint: laws are in {names}\n")


def test_all_unknown_options_are_told_at_once(run: Run) -> None:
    assert run("report", "vgg16", "--one", "1", "--two", "2").err.count("there is no option") == 2


def test_a_bug_is_short_and_asks_to_be_reported(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: str) -> int:
        raise RuntimeError("the sky is green")

    monkeypatch.delenv(app.TRACEBACK, raising=False)
    monkeypatch.setattr(app, "_run", broken)
    said = run("report", "vgg16")
    assert said.code == 3
    assert said.err.splitlines()[0] == "archcalc met a bug of its own: RuntimeError: the sky is green"
    assert "Traceback" not in said.err
    monkeypatch.setenv(app.TRACEBACK, "1")
    with pytest.raises(RuntimeError):
        run("report", "vgg16")


def test_an_interruption_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*words: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("archcalc.network.load", interrupted)
    assert run("report", "vgg16") == Said(130, "", "")


# Help ----------------------------------------------------------------------------------------------------------------


def test_help_of_the_command_has_examples_and_of_a_spec_its_parameters(run: Run) -> None:
    plain = run("report", "--help")
    assert plain.code == 0
    assert "archcalc report mobilenet_v1 --alpha 0.75 --rho 0.714" in plain.out
    assert "--alpha NUMBER" not in plain.out
    for words in (("report", "mobilenet_v1", "--help"), ("report", "--help", "mobilenet_v1")):
        said = run(*words)
        assert said.code == 0
        assert said.out.startswith(plain.out)
        assert "  --alpha NUMBER   width multiplier  [default: 1; above 0]\n" in said.out
        assert (
            "  --Layer WORD     what a layer of the body is  [default: Separable; one of\n"
            "                   Separable, Standard]\n" in said.out
        )
        assert max(map(len, said.out.splitlines())) <= 80
        assert "  mobilenet_v1_shallow  middle=0\n" in said.out
        assert "\n  receptive_field  " in said.out


def test_every_format_that_the_help_tells_is_written(run: Run) -> None:
    cases = {"report": ["lenet5"], "compare": ["lenet5", "lenet5"], "rf": ["lenet5"], "lint": ["lenet5"], "list": [],
             "check": ["lenet5"], "law": ["shuffle"], "ops": [], "formula": ["lenet5"]}  # fmt: skip
    for name in app.commands():
        format_ = next((each for each in declared(name)[0] if "--format" in each.names), None)
        assert (format_ is not None) == (name in cases)
        for known in format_.metavar.split("|") if format_ else ():
            assert run(name, *cases[name], "--format", known).code < 2, (name, known)


def test_the_page_of_commands_has_a_heading_for_each() -> None:
    page = Path(__file__).parent.parent / "docs" / "commands.md"
    headings = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert headings == ["# Commands", "## `archcalc`", *(f"## `archcalc {name}`" for name in app.commands())]


def test_no_words_are_a_call_for_help(run: Run) -> None:
    assert run() == run("--help")
    assert "report" in run().out


def test_the_version(run: Run) -> None:
    from archcalc import __version__

    assert run("--version") == Said(0, f"archcalc {__version__}\n", "")


def test_every_command_is_a_documented_function_with_documented_options() -> None:
    for name in app.commands():
        command = importlib.import_module(f"archcalc.cli.{name}").command
        assert inspect.getdoc(command)
        for parameter, hint in typing.get_type_hints(command, include_extras=True).items():
            if parameter not in ("return", "context"):
                assert hint.__metadata__[0].help, parameter


# Where it goes -------------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_and_in_the_format_of_its_name(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "net.json"
    assert run("report", "vgg11", "-o", str(file)) == Said(0, "", "")
    assert file.read_text() == run("report", "vgg11", "--format", "json").out
    assert list(tmp_path.iterdir()) == [file]


def test_a_table_in_a_file_has_all_digits_and_folds_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "net.txt"
    assert run("report", "resnet152", "-o", str(file)).code == 0
    text = file.read_text(encoding="utf-8")
    assert "118,013,952" in text
    assert "×" not in text


def test_a_dash_is_standard_output(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("report", "vgg11", "-o", "-") == run("report", "vgg11")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec with claims that imports another, and other paths to it."""
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(
        "network: net\nimport: {blocks.yaml: [Unit]}\ninput: [3, 8, 8]\nbody: [Unit: 4]\nbudget: {params: < 999}\n"
    )
    Path("blocks.yaml").write_text("network: blocks\nblocks: {Unit(out): [conv: {out, kernel: 3}]}\n")
    Path("net.claims.yaml").write_text("claims: []\n")
    Path("other.yaml").write_text("network: other\ninput: [3, 8, 8]\nbody: [relu]\nbudget: {params: < 999}\n")
    Path("soft.yaml").symlink_to("net.yaml")
    Path("hard.yaml").hardlink_to("net.yaml")
    Path("deep").mkdir()
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("file", ["net.yaml", "./deep/../net.yaml", "soft.yaml", "hard.yaml", "blocks.yaml"])
@pytest.mark.parametrize(
    "words",
    ["report net.yaml", "report net.yaml --format json", "show net.yaml --expanded", "check net.yaml",
     "check net.yaml other.yaml", "compare other.yaml net.yaml", "rf net.yaml"],
)  # fmt: skip
def test_a_spec_that_was_read_is_not_overwritten(run: Run, nets: Path, words: str, file: str) -> None:
    before = {path.name: path.read_bytes() for path in nets.iterdir() if path.is_file()}
    message = f"{file} is a file that was read for this: it is not overwritten\n    hint: write to another file\n"
    assert run(*words.split(), "-o", file) == Said(2, "", message)
    assert {path.name: path.read_bytes() for path in nets.iterdir() if path.is_file()} == before


def test_a_spec_of_any_suffix_is_not_overwritten(run: Run, nets: Path) -> None:
    text = Path("other.yaml").read_text()
    for file in ("net.txt", "net.svg"):
        Path(file).write_text(text)
    assert run("check", "other.yaml", "net.txt", "-o", "net.txt").code == 2
    assert run("rf", "net.svg", "--plot", "net.svg").code == 2
    assert run("rf", "other.yaml", "--plot", "new.svg", "--picture", "boxes", "--over", "net.svg").code == 2
    assert Path("net.txt").read_text() == Path("net.svg").read_text() == text


def test_claims_that_were_read_are_not_overwritten(run: Run, nets: Path) -> None:
    assert run("check", "net.yaml", "other.yaml", "-o", "net.claims.yaml").code == 2
    assert Path("net.claims.yaml").read_text() == "claims: []\n"


def test_any_other_file_is_overwritten(run: Run, nets: Path) -> None:
    for _ in range(2):
        assert run("show", "net.yaml", "--expanded", "-o", "flat.yaml").code == 0
        assert run("report", "flat.yaml").code == 0
    assert run("report", "net.yaml", "-o", "other.yaml").code == 0


def test_a_wrong_run_leaves_a_file_as_it_was(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "net.json"
    file.write_text("mine")
    assert run("report", "vgg11", "--classes", "0", "-o", str(file)).code == 2
    assert run("report", "vgg11", "--columns", "nothing", "--format", "table", "-o", str(file)).code == 2
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_nothing_behind(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*paths: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    said = run("report", "vgg11", "-o", str(tmp_path / "net.json"))
    assert said == Said(2, "", f"{tmp_path / 'net.json'} cannot be written: No space left on device\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes, links and devices of POSIX")
def test_a_file_keeps_its_mode_a_link_its_target_a_device_its_kind(run: Run, tmp_path: Path) -> None:
    file, link = tmp_path / "net.json", tmp_path / "link.json"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    assert run("report", "vgg11", "-o", str(link)).code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert json.loads(file.read_text())["variant"] == "vgg11"
    assert run("report", "vgg11", "-o", os.devnull).code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_piped_text_is_plain_and_as_wide_as_columns_says() -> None:
    out = process("report", "mobilenet_v1", COLUMNS="140", TERM="xterm-256color")
    assert "\x1b" not in out
    assert "10,838,016" in out
    assert max(map(len, process("report", "resnet50").splitlines())) <= 80


def test_two_runs_write_the_same_bytes() -> None:
    once, again = (process("report", "resnet50", "--format", "json", PYTHONHASHSEED=seed) for seed in "12")
    assert once == again


@pytest.mark.skipif(os.name != "posix", reason="a pipe of POSIX")
@pytest.mark.parametrize(
    "words", ["report resnet152 --all", "report resnet50 --help", "report vgg16 --format json", "--help"]
)
def test_a_reader_who_leaves_is_not_told_of(words: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "archcalc", *words.split()]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, env=environment(), check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("report vgg16 >&-", 0, "", ""),
        ("check lenet5 >&-", 0, "", ""),
        ("--version >&-", 0, "", ""),
        ("nope >&-", 2, "", "there is no command `nope`"),
        ("nope 2>&-", 2, "", ""),
        ("report nope 2>&-", 2, "", ""),
        ("report vgg16 --by 2>&-", 2, "", ""),
        ("report lenet5 2>&-", 0, "LeNet-5", ""),
        ("report nope >&- 2>&-", 2, "", ""),
        ("report nope <&- >&- 2>&-", 2, "", ""),
    ],
)
def test_what_is_closed_gets_nothing(line: str, code: int, out: str, err: str) -> None:
    shell = ["sh", "-c", f'"$0" -m archcalc {line}', sys.executable]
    done = subprocess.run(shell, capture_output=True, encoding="utf-8", env=environment(), check=False)
    assert done.returncode == code
    assert done.stdout.startswith(out) if out else not done.stdout
    assert done.stderr.startswith(err) if err else not done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full")
def test_a_full_disk_is_told_of() -> None:
    command = [sys.executable, "-m", "archcalc", "report", "vgg16"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (2, b"the output cannot be written: No space left on device\n")


def test_an_old_terminal_gets_what_it_can_show() -> None:
    out = process("report", "mobilenet_v1", PYTHONIOENCODING="ascii")
    assert "Layer7?11/Depthwise" in out


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        ("report vgg11 --format json", ("numpy", "sympy", "rich", "archcalc.render.layout", "archcalc.render.table")),
        ("report vgg11", ("numpy", "sympy", "rich")),
        ("--help", ("numpy", "sympy", "rich", "yaml", "archcalc.spec", "archcalc.engine")),
    ],
)
def test_light_commands_import_nothing_heavy(words: str, unwanted: tuple[str, ...]) -> None:
    code = (
        "import sys; from archcalc.cli.app import main; main(sys.argv[2:]);"
        "print([name for name in sys.argv[1].split(',') if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, ",".join(unwanted), *words.split()]
    done = subprocess.run(command, capture_output=True, env=environment(), check=True)
    assert done.stderr == b"[]\n"
