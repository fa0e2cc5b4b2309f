"""Formulas as they are written: which sides, of which inputs, nothing cut, and Python whatever the names."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Said

from archcalc.network import load
from archcalc.render import python
from archcalc.render.formula import size_notes
from archcalc.study.formula import formula
from archcalc.study.formula_document import document

Run = Callable[..., Said]

WIDE = "network: Wide\ninput: [3, 32, 48]\nbody: [{conv: {out: 8, kernel: 3, stride: 4}}]\n"
SOLID = "network: Solid\ninput: [3, 16, 32, 32]\nbody: [{conv: {out: 8, kernel: 3, stride: 4}}]\n"
LINE = "network: Line\ninput: [3, 48]\nbody: [{conv: {out: 8, kernel: 3, stride: 4}}]\n"
PAIR = """\
network: Pair
input: {image: [3, 8, 8], mask: [1, 4, 4]}
body:
  - {name: down, from: image, conv: {out: 4, kernel: 3, stride: 2, padding: half}}
  - {head: {small: {from: mask, conv: {out: 2, kernel: 1}}}}
"""


@pytest.mark.parametrize(
    ("spec", "asked", "note"),
    [
        (WIDE, "h", "height = 4·h, width 48"),
        (WIDE, "w", "width = 4·w, height 32"),
        (WIDE, "w,h", "input = 4·h × 4·w"),
        (WIDE.replace("48", "32"), "h", "input = 4·h"),
        (WIDE.replace("48", "32"), "w", "width = 4·w, height 32"),
        (SOLID, "h", "depth = 4·h, height 32, width 32"),
        (SOLID, "w,h", "depth = 4·h, width = 4·w, height 32"),
        (LINE, "h", "input = 4·h"),
        (PAIR, "h", "image = 2·h"),
        (PAIR, "w", "image: width = 2·w, height 8"),
    ],
)
def test_a_note_says_which_sides_a_symbol_is_of(tmp_path: Path, spec: str, asked: str, note: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(spec)
    found = formula(load(str(path)), asked.split(","))
    assert "".join(map(str, next(size_notes(found)))) == note
    source = python.source(found)
    assert note.replace("·", "*") in source
    for entry in document(found)["axes"]:
        assert entry["inputs"] == (["image"] if spec is PAIR else ["input"])
        assert set(entry["sides"]) == {axis for axis, side in found.question.sides.items() if side == entry["symbol"]}
    kept = dict(each.split() for each in note.replace(":", ",").split(", ") if len(each.split()) == 2)
    assert document(found)["fixed"] == {axis: int(size) for axis, size in kept.items()}


def test_every_size_of_one_side_says_which(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wide.yaml"
    path.write_text(WIDE)
    lines = run("formula", str(path), "--exact").out.splitlines()
    assert "height = 4·h + r, width 48, r = 3…6" in lines
    assert "true for every height that the network accepts: from 3 on" in lines
    # 12 windows across: 8 maps of 12 times 27 products, for each of the (height - 3)//4 + 1 down
    source = run("formula", str(path), "--exact", "--format", "python").out
    assert "height = size, width 48" in source
    space: dict[str, Any] = {}
    exec(source, space)
    assert [space["mult_adds"](height) for height in (2, 3, 6, 7)] == [None, 2592, 2592, 2 * 2592]
    assert "height = $4 h + r$, width 48" in run("formula", str(path), "--exact", "--format", "latex").out
    found = json.loads(run("formula", str(path), "--exact", "--format", "json").out)
    assert (found["axis"]["sides"], found["fixed"]) == (["height"], {"width": 48})


def test_a_title_names_several_inputs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(PAIR)
    assert run("formula", str(path)).out.splitlines()[0] == "Pair · pair · input image 3x8x8, mask 1x4x4"


@pytest.mark.parametrize("words", ["--in alpha --exact", "--in alpha,h,classes --by stage"])
def test_no_formula_is_cut(run: Run, words: str) -> None:
    narrow = run("formula", "mobilenet_v1", *words.split()).out
    columns = narrow.partition("───\n")[2].partition("\n──")[0]
    assert not re.search("[·+−] ?…|…[·h]", columns)
    assert max(map(len, narrow.splitlines())) <= 80
    if "--exact" in words:
        assert (
            "\n1, 2    11010048·α²h² + 10158080·α²h + 576000·αh² + 3139584·α² + 221184·αh +\n        1069504·α\n"
            in narrow
        )


@pytest.mark.parametrize(
    "title",
    ['a """\nimport os\nx = """', "C:\\Users\\new", 'a "quote"', '\\"', '""""', "end \\", "é \u2028 \u00a0 Ω"],
)
def test_python_is_a_module_whatever_the_title(run: Run, tmp_path: Path, title: str) -> None:
    path = tmp_path / "named.yaml"
    choices = '{default: \'"""\', choices: [\'"""\', \'b"\']}'
    path.write_text(
        f"network: {json.dumps(title)}\nparameters: {{r: {{default: 2, min: 1}}, word: {choices}}}\n"
        "input: [r, 9, 9]\nbody: [{conv: {out: 4, kernel: 3, stride: 2}}]\n"
    )
    for words in ((), ("--exact",), ("--in", "r,h", "--exact"), ("--by", "layer"), ("--word", 'b"')):
        tree = ast.parse(run("formula", str(path), *words, "--format", "python").out)
        functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
        assert len(functions) == 2 if "--by" in words else 1
        assert all(isinstance(each, (ast.FunctionDef, ast.ImportFrom)) for each in tree.body)
        said = ast.get_docstring(functions[0], clean=False) or ""
        assert said.startswith(f"Mult-Adds of {title}, named.")


def test_a_parameter_is_not_lost_in_python(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "named.yaml"
    path.write_text(
        "network: Named\nparameters: {r: {default: 2, min: 1}, Fraction: {default: 4, min: 1}}\ninput: [r, 9, 9]\n"
        "body: [{conv: {out: Fraction, kernel: 3, stride: 2}}]\n"
    )
    space: dict[str, Any] = {}
    exec(run("formula", str(path), "--in", "h,r,Fraction", "--exact", "--format", "python").out, space)
    assert space["mult_adds"](10, 3, 5) == 4 * 4 * 9 * 3 * 5
