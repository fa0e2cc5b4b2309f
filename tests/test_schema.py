"""The JSON Schema accepts what the loader accepts, refuses the slips that it can see, and is made of registries."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import SPECS, Said
from op_cases import good
from test_cli import Run, process

import archcalc
from archcalc.exchange import schema as schemas
from archcalc.ops._base import catalogue
from archcalc.ops._fields import MISSING
from archcalc.spec.actions import MODIFIERS
from archcalc.spec.document import Document
from archcalc.spec.parameter import Parameter
from archcalc.spec.source import parse, plain, read
from archcalc.study.law_text import KEYS
from archcalc.study.lint import rules
from archcalc.study.words import MARKS, QUALIFIERS, metric_names

ROOT = SPECS.parent
SCHEMA = schemas.schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
PACKAGED = sorted(path for path in SPECS.rglob("*.yaml") if not path.name.endswith(".claims.yaml"))
CLAIMS = sorted(SPECS.glob("*.claims.yaml"))


def data(value: Any) -> Any:
    """As an editor reads it: decimals are floats."""
    if isinstance(value, dict):
        return {key: data(each) for key, each in value.items()}
    if isinstance(value, list):
        return [data(each) for each in value]
    return float(value) if isinstance(value, Fraction) and abs(value) < 10**300 else value


def problems(text_or_path: str | Path) -> list[str]:
    """Where a spec is refused, `/` between the levels."""
    path = Path(text_or_path) if isinstance(text_or_path, Path) else None
    source = read(str(path)) if path else archcalc.errors.Source("spec.yaml", str(text_or_path))
    found = (jsonschema.exceptions.best_match([error]) for error in VALIDATOR.iter_errors(data(plain(parse(source)))))
    return ["/".join(map(str, error.absolute_path)) for error in found]


def texts() -> list[str]:
    """Every text of the tests and the docs that may be a spec."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        strings = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
        found += [textwrap.dedent(each).lstrip("\n") for each in strings if re.search(r"^\s*body:", each, re.MULTILINE)]
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        found += re.findall(r"^```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text if text.startswith(("network:", "#")) else f"network: x\n{text}" for text in found]


# It is a schema ------------------------------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_every_reference_has_its_definition_and_every_definition_is_used() -> None:
    used = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(SCHEMA)))
    assert used == set(SCHEMA["definitions"])


@pytest.mark.parametrize("word", ["oneOf", "maxProperties"])
def test_it_has_nothing_that_keeps_editors_from_completing(word: str) -> None:
    def keys(value: Any) -> set[str]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return set(value if isinstance(value, dict) else ()).union(*map(keys, inner))

    assert word not in keys(SCHEMA)


def test_the_bytes_are_the_same_in_every_run_and_those_of_the_docs() -> None:
    once, again = (process("schema", PYTHONHASHSEED=seed) for seed in "12")
    assert once == again
    assert once == (ROOT / "docs" / "schema.json").read_text(encoding="utf-8")


def test_the_command_writes_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    assert run("schema", "-o", str(file)) == Said(0, "", "")
    assert file.read_text(encoding="utf-8") == run("schema").out == schemas.text()
    assert run("schema", "-o", str(tmp_path / "no" / "file")).code == 2


# It is made of the registries ----------------------------------------------------------------------------------------


def test_it_has_every_key_of_a_document_and_of_a_parameter() -> None:
    assert list(SCHEMA["properties"]) == [field.alias or name for name, field in Document.model_fields.items()]
    assert SCHEMA["required"] == ["network"]
    parameter = SCHEMA["properties"]["parameters"]["additionalProperties"]
    assert list(parameter["properties"]) == list(Parameter.model_fields)


def test_it_has_every_operator_and_modifier() -> None:
    step = SCHEMA["definitions"]["step"]
    assert set(step["properties"]) == {*catalogue(), *MODIFIERS, "do", "head"} - {"input"}
    assert set(SCHEMA["properties"]["defaults"]["properties"]) == set(catalogue()) - {"input"}
    assert list(step["patternProperties"]) == [r"^[A-Z]\w*$"]
    assert step["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(set(catalogue()) - {"input"}))
def test_an_operator_is_told_with_its_parameters(name: str) -> None:
    op, step = catalogue()[name], SCHEMA["definitions"]["step"]["properties"][name]
    assert step["description"] == op.summary()
    assert all(f"\n{heading} " in step["markdownDescription"] for heading in ("Shape", "Weights", "Facts", "Reads"))
    given = SCHEMA["definitions"][f"op_{name}"]
    by_name = given["anyOf"][0] if op.bare else given
    assert list(by_name["properties"]) == list(op.parameters)
    for parameter, field in op.parameters.items():
        told = by_name["properties"][parameter]
        assert told["description"] == field.doc
        assert ("default" in told) == (field.default is not MISSING and field.default is not None)
        assert {"enum": list(field.words)} in told["anyOf"] or not field.words


def test_it_has_the_words_of_claims_laws_and_lint() -> None:
    group = SCHEMA["definitions"]["group"]["properties"]
    assert set(QUALIFIERS) < set(group)
    assert {*metric_names(), *QUALIFIERS, *MARKS} < set(group["rows"]["items"]["properties"])
    assert list(SCHEMA["definitions"]["laws"]["additionalProperties"]["properties"]) == list(KEYS)
    assert list(SCHEMA["properties"]["lint"]["properties"]["ignore"]["properties"]) == list(rules())


# What the loader accepts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: str(path.relative_to(SPECS)))
def test_a_packaged_spec_is_accepted_and_names_the_schema(path: Path) -> None:
    assert problems(path) == []
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first.startswith(schemas.MODELINE)
    assert (path.parent / first.removeprefix(schemas.MODELINE)).resolve() == ROOT / "docs" / "schema.json"


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_packaged_claims_are_accepted(path: Path) -> None:
    assert problems(f"network: x\n{path.read_text(encoding='utf-8')}") == []


def test_what_loads_is_accepted(tmp_path: Path) -> None:
    loaded = 0
    for text in texts():
        path = tmp_path / "spec.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            archcalc.load(str(path))
        except archcalc.ArchcalcError:
            continue
        loaded += 1
        assert problems(text) == [], text
    assert loaded > 50


@pytest.mark.parametrize("path", sorted((Path(__file__).parent / "errors").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_wrong_in_its_numbers_only_is_accepted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken specs of tests/errors that load, and fail when they are expanded; but for constants of a wrong kind."""
    monkeypatch.chdir(path.parent)
    try:
        archcalc.load(path.name)
    except archcalc.ArchcalcError:
        return
    kinds = {"not_whole": "body/0/add/c/conv/out", "when_wrong": "body/0/when"}
    kinds["wrong_type_of_parameters"] = "body/0/conv/out"
    assert problems(path) == ([kinds[path.stem]] if path.stem in kinds else [])


@pytest.mark.parametrize("case", [case for case in good() if case.op != "input"], ids=str)
def test_the_parameters_of_a_case_are_accepted(case: Any) -> None:
    kind = SCHEMA["definitions"][f"op_{case.op}"]
    validator = jsonschema.Draft7Validator({**kind, "definitions": SCHEMA["definitions"]})
    given = {name: each for name, each in case.given.items() if name in catalogue()[case.op].parameters}
    assert list(validator.iter_errors(data(given))) == []


# What it refuses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("body: relu", ""),  # no network
        ("network: 5", "network"),
        ("network: x\nbdy: relu", ""),
        ("network: x\nnotes: [a]", "notes"),
        ("network: x\nimport: {resnet: ConvBN}", "import/resnet"),
        ("network: x\nimport: {resnet: [convBN]}", "import/resnet/0"),
        ("network: x\nparameters: {a: {min: 1}}", "parameters/a"),
        ("network: x\nparameters: {a: {default: 1, maximum: 2}}", "parameters/a"),
        ("network: x\nparameters: {1a: 2}", "parameters"),
        ("network: x\nparameters: {a: {default: 1, min: [1]}}", "parameters/a/min"),
        ("network: x\nparameters: {a: }", "parameters/a"),
        ("network: x\nvariants: {v: 3}", "variants/v"),
        ("network: x\nlet: {'f(': 3}", "let"),
        ("network: x\ninput: 3", "input"),
        ("network: x\ninput: []", "input"),
        ("network: x\ninput: {a: [1, 2, 3, 4, 5]}", "input/a"),
        ("network: x\ndefaults: {conve: {bias: false}}", "defaults"),
        ("network: x\ndefaults: {conv: {bais: false}}", "defaults/conv"),
        ("network: x\nblocks: {unit: relu}", "blocks"),
        ("network: x\nblocks: {Unit(a: relu}", "blocks"),
        ("network: x\nbody: [rellu]", "body/0"),
        ("network: x\nbody: [[relu, rellu]]", "body/0/1"),
        ("network: x\nbody: []", "body"),
        ("network: x\nbody: [3]", "body/0"),
        ("network: x\nbody: [conve: {out: 3}]", "body/0"),
        ("network: x\nbody: [conv: {out: 3, kernal: 3}]", "body/0/conv"),
        ("network: x\nbody: [conv: {out: 3.5}]", "body/0/conv/out"),
        ("network: x\nbody: [conv: {out: [3]}]", "body/0/conv/out"),
        ("network: x\nbody: [conv: {out: true}]", "body/0/conv/out"),
        ("network: x\nbody: [conv: {out: {in: 3}}]", "body/0/conv/out"),
        ("network: x\nbody: [conv: 3]", "body/0/conv"),
        ("network: x\nbody: [conv: {bias: 1}]", "body/0/conv/bias"),
        ("network: x\nbody: [conv: {padding: [[1, 2, 3]]}]", "body/0/conv/padding/0"),
        ("network: x\nbody: [conv: {padding: 0.5}]", "body/0/conv/padding"),
        ("network: x\nbody: [relu: 3]", "body/0/relu"),
        ("network: x\nbody: [dropout: [0.5]]", "body/0/dropout"),
        ("network: x\nbody: [{relu: , nmae: a}]", "body/0"),
        ("network: x\nbody: [{relu: , name: [a]}]", "body/0/name"),
        ("network: x\nbody: [{relu: , when: 3}]", "body/0/when"),
        ("network: x\nbody: [{relu: , repeat: 2.5}]", "body/0/repeat"),
        ("network: x\nbody: [{relu: , repeat: {a: 3}}]", "body/0/repeat/a"),
        ("network: x\nbody: [{relu: , survival: [1]}]", "body/0/survival"),
        ("network: x\nbody: [{relu: , else: rellu}]", "body/0/else"),
        ("network: x\nbody: [add: {}]", "body/0/add"),
        ("network: x\nbody: [add: relu]", "body/0/add"),
        ("network: x\nbody: [add: {a: rellu}]", "body/0/add/a"),
        ("network: x\nbody: [head: [a]]", "body/0/head"),
        ("network: x\nbody: [Unit: {a: {b: 1}}]", "body/0/Unit/a"),
        ("network: x\nbody: [input]", "body/0"),
        ("network: x\nclaims: [{rows: []}]", "claims/0"),
        ("network: x\nclaims: [{source: a, rows: [{params: {printed: 3, eratum: {}}}]}]", "claims/0/rows/0/params"),
        ("network: x\nclaims: [{source: a, rows: [{params: 3, erratum: {is: 4}}]}]", "claims/0/rows/0/erratum"),
        ("network: x\nclaims: [{source: a, order: cwh, rows: []}]", "claims/0/order"),
        ("network: x\nbudget: 300M", "budget"),
        ("network: x\nbudget: {params: [1]}", "budget/params"),
        ("network: x\nlaws: {a: {nets: {n: {inptu: [1]}}}}", "laws/a/nets/n"),
        ("network: x\nlaws: {a: {hold: []}}", "laws/a"),
        ("network: x\nlint: {ignore: {odd_maps: '*'}}", "lint/ignore"),
    ],
)
def test_a_slip_is_refused_at_its_place(text: str, place: str) -> None:
    assert problems(text) == [place]


def test_what_is_refused_does_not_load(tmp_path: Path) -> None:
    """But for sections that are read when they are asked for."""
    text = "network: x\ninput: [3, 8, 8]\nbody: [conv: {out: 3, kernel: 1, kernal: 3}]"
    assert problems(text)
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(archcalc.SpecError):
        archcalc.load(str(tmp_path / "spec.yaml"))
