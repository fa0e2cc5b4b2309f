"""Completion: the answers, the protocol and its haste, and the scripts in the shells that are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SPECS
from test_cli import Run, environment
from tried import NAMES

import archcalc
from archcalc.cli import app
from archcalc.cli._complete import answers
from archcalc.cli._line import declared
from archcalc.cli._sources import FILES
from archcalc.cli.completion import SCRIPTS
from archcalc.ops._base import catalogue
from archcalc.report.metrics import metrics
from archcalc.spec import zoo


def words(line: str) -> list[str]:
    """The answers to a line whose last word is the one at the cursor."""
    return [answer.word for answer in answers(line.split(" "))]


# What is answered ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("re", ["report"]),
        ("--ve", ["--version"]),
        ("nonsense ", []),
        ("report mobilenet_v1 --al", ["--alpha", "--all"]),
        ("report --al", ["--all"]),  # no spec, no parameters
        ("report mobilenet_v1 --alpha 0.5 --al", ["--all"]),
        ("report mobilenet_v1 --alpha=0.5 --al", ["--all"]),
        ("--alpha 0.5 report mobilenet_v1 --rh", ["--rho"]),
        ("report mobilenet_v1 --rho 0.714 --Layer ", ["Separable", "Standard"]),
        ("report mobilenet_v1 --Layer Sep", ["Separable"]),
        ("report mobilenet_v1 --Layer=Sep", ["--Layer=Separable"]),
        ("report mobilenet_v1 --alpha ", []),
        ("report vgg16 --bn ", ["true", "false"]),
        ("report resnet50 --set short", ["shortcut="]),
        ("report resnet50 --set shortcut=", ["shortcut=A", "shortcut=B", "shortcut=C"]),
        ("report resnet50 --by ", ["layer", "block", "stage", "op"]),
        ("report resnet50 --by=s", ["--by=stage"]),
        ("report resnet50 --style ", ["paper"]),
        ("report resnet50 --format m", ["markdown"]),
        ("report resnet50 -o ", [FILES]),
        ("report resnet50 --output ", [FILES]),
        ("report resnet50 --columns receptive", ["receptive_field"]),
        ("report resnet50 --columns output,receptive", ["output,receptive_field"]),
        ("report resnet50 --columns output,outp", []),
        ("report resnet --variant resnet3", ["resnet34"]),
        ("report resnet50 more", []),
        ("report resnet50 --level ", []),
        ("explain resnet50 conv2/Unit1/re", ["conv2/Unit1/residual/", "conv2/Unit1/relu"]),
        ("explain resnet50 conv2/Unit1/short", ["conv2/Unit1/shortcut/"]),
        ("explain mobilenet_v1 --middle 0 Layer9", []),
        ("explain mobilenet_v1 --middle 1 Layer9", ["Layer9/"]),
        ("explain resnet18 --Unit Bottleneck conv2/Unit1/residual/ConvBN3/", ["conv2/Unit1/residual/ConvBN3/conv",
                                                                             "conv2/Unit1/residual/ConvBN3/batch_norm"]),
        ("compare resnet:resnet3", ["resnet:resnet34"]),
        ("compare resnet18 resnet50:shortc", ["resnet50:shortcut="]),
        ("compare resnet18 resnet50:strided=1,shortc", ["resnet50:strided=1,shortcut="]),
        ("compare resnet18 resnet50 --shortc", ["--shortcut"]),
        ("formula mobilenet_v1 --in alp", ["alpha"]),
        ("formula mobilenet_v1 --in alpha,r", ["alpha,rho"]),
        ("check --max mult", ["mult_adds="]),
        ("lint vgg16 --only odd", ["odd_map"]),
        ("sync ", [FILES]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("ops conv", ["conv", "conv_transpose"]),
        ("new ", []),
    ],
)  # fmt: skip
def test_answers(line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_commands_specs_columns_and_operators_are_those_that_there_are() -> None:
    assert words("") == [*app.commands(), "--help", "--version"]
    assert words("report ") == [*zoo.packaged(), FILES]
    assert words("report resnet50 --columns ") == list(metrics())
    assert words("ops ") == list(catalogue())
    assert words("law ")[:-1] == list(zoo.laws())


@pytest.mark.parametrize("name", NAMES)
def test_variants_are_found_by_the_beginning_of_their_name(name: str) -> None:
    network = archcalc.load(name)
    assert set(network.variants) <= set(words(f"report {name}"))
    for variant in network.variants:
        assert variant in words(f"report {variant}")
        assert {f"--{each}" for each in network.parameters} <= set(words(f"report {variant} --"))


def test_a_file_is_a_spec_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.yaml").write_text("network: n\nparameters: {depth: 3, wide: {default: true, help: 'how\n  so'}}\n")
    assert words(f"report {tmp_path}/net.yaml --")[:2] == ["--depth", "--wide"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert words("report ~/net.yaml --wi") == ["--wide"]
    assert answers(["report", "~/net.yaml", "--wi"])[0].about == "how so; default true"
    (tmp_path / "net.yaml").write_text("network: [")
    with pytest.raises(archcalc.SpecError):  # which `complete` keeps to itself
        words("report ~/net.yaml --wi")


@pytest.mark.parametrize("name", app.commands())
def test_the_options_of_a_command_are_those_of_its_parser(name: str) -> None:
    options, arguments = declared(name)
    parser = app._group([name]).commands[name]
    assert {each: option.takes for option in options for each in option.names} == app.declared(parser)
    mine = [(each.metavar, each.many) for each in arguments]
    assert mine == [(each.metavar, each.nargs == -1) for each in parser.params if each.param_type_name == "argument"]


# The protocol --------------------------------------------------------------------------------------------------------


def test_answers_are_lines_with_what_they_are(run: Run) -> None:
    assert run("complete", "report", "mobilenet_v1", "--alp").out == "--alpha\twidth multiplier; default 1\n"
    assert run("complete", "report", "nothing.yaml", "--zzz") == (0, "", "")
    assert run("complete", "report", "alexn").out.endswith("\n:files\t.yaml\n")
    assert run("complete").out.startswith("check\tCheck published figures")


def test_what_goes_wrong_is_not_told(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "net.yaml"
    broken.write_text("network: [")
    assert run("complete", "explain", str(broken), "") == (0, "", "")
    assert run("complete", "report", str(broken), "--") == (0, "", "")
    assert run("complete", "explain", "nothing", "con") == (0, "", "")
    assert run("complete", "explain", "resnet50", "--shortcut", "Z", "con") == (0, "", "")


def test_it_is_no_command_that_one_sees(run: Run) -> None:
    assert "complete" not in app.commands()
    assert not any(line.strip().startswith("complete ") for line in run("--help").out.splitlines())


def test_it_loads_nothing_slow() -> None:
    code = (
        "import sys; from archcalc.cli.app import main; main(['complete', 'report', 'resnet50', '--']);"
        "print([name for name in ('numpy', 'sympy', 'rich', 'pydantic') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment(), check=True)
    assert b"--shortcut\t" in done.stdout
    assert done.stderr == b"[]\n"


# The scripts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_command_prints_a_script(run: Run, shell: str) -> None:
    assert run("completion", shell) == (0, SCRIPTS[shell], "")


def test_another_shell_is_told(run: Run) -> None:
    said = run("completion", "tcsh")
    assert (said.code, said.err) == (2, "there is no completion for tcsh\n    hint: for bash, zsh and fish\n")


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """An environment in which `archcalc` is this one."""
    command = tmp_path / "bin" / "archcalc"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archcalc "$@"\n')
    command.chmod(0o755)
    return environment(PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}", HOME=str(tmp_path))


def asked(shell: str, script: str, path: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [shell, "-c", script], capture_output=True, encoding="utf-8", env=path, cwd=SPECS.parent, check=False
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


BASH = r"""source <(archcalc completion bash)
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
COMP_LINE=$1; COMP_POINT=${#1}
_archcalc archcalc
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("archcalc rep", ["report"]),
        ("archcalc report mobilenet_v1 --al", ["--alpha", "--all"]),
        ("X=1 archcalc report mobilenet_v1 --alp", ["--alpha"]),
        ("archcalc report resnet50 --by ", ["layer", "block", "stage", "op"]),
        ("archcalc report resnet50 --by=s", ["stage"]),  # what bash has broken at `=` and `:` it puts together
        ("archcalc compare resnet50 resnet:resnet3", ["resnet34"]),
        ("archcalc compare resnet50 resnet50:strided=1,shortc", ["1,shortcut="]),
        ("archcalc report specs/vgg.y", ["specs/vgg.yaml"]),
        ("archcalc report spec", ["specs"]),
        ("archcalc report vgg16 -o pyproj", ["pyproject.toml"]),
        ("archcalc report nothing --zz", [""]),
    ],
)
def test_bash(line: str, expected: list[str], path: dict[str, str]) -> None:
    script = f"set -- '{line}'\n{BASH}"
    assert asked("bash", script, path) == expected


ZSH = r"""compdef() { : }
eval "$(archcalc completion zsh)"
_describe() { print -l -- ${(P)2} }
words=(archcalc report mobilenet_v1 --alp) CURRENT=4 PREFIX=--alp
_archcalc"""

if shutil.which("fish"):  # not everybody has it; bash everybody has

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("archcalc rep", ["report\tEvery figure of a network"]),
            ("archcalc report mobilenet_v1 --alp", ["--alpha\twidth multiplier; default 1"]),
            ("archcalc report resnet50 --by ", ["layer", "block", "stage", "op"]),
            ("archcalc report specs/vgg.y", ["specs/vgg.yaml"]),
        ],
    )
    def test_fish(line: str, expected: list[str], path: dict[str, str]) -> None:
        found = asked("fish", f"archcalc completion fish | source; complete -C '{line}'", path)
        assert [each.startswith(wanted) for each, wanted in zip(found, expected, strict=True)] == [True] * len(expected)


if shutil.which("zsh"):

    def test_zsh(path: dict[str, str]) -> None:
        """That it parses and asks; zsh completes in an interactive shell alone, so `_describe` is one that prints."""
        assert asked("zsh", ZSH, path) == ["--alpha:width multiplier; default 1"]
