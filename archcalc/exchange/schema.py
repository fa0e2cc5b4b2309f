"""JSON Schema of the language, from the registries: for editors, which complete and check with it while one types.

It tells less than the loader: what an expression means, which names are known, that a step does one thing.

It is made for yaml-language-server: draft 7, one object schema a step, no `oneOf`, no `maxProperties`. What the server
inserts for a key follows from its schema: `key: ` for `anyOf` or a first type `string`, the bare word for `allOf`.
"""

from __future__ import annotations

import json
from typing import Any

from archcalc.exchange import _claims, _compression, _laws, _steps
from archcalc.exchange._kinds import NUMBER, SCALAR, TEXT, Schema, described, listing, mapping, object_of, ref
from archcalc.spec.document import Document
from archcalc.spec.parameter import Parameter
from archcalc.study.lint import rules

FILE = "archcalc.schema.json"
"""What the schema's file is called beside a user's specs."""

MODELINE = "# yaml-language-server: $schema="
"""With the schema's path behind it, the comment that names the schema of a file."""

NAME = r"^[A-Za-z_]\w*$"
DEFINITION = r"^[A-Za-z_]\w*\s*(\(.*\))?\s*$"
SIGNATURE = r"^[A-Z]\w*\s*(\(.*\))?\s*$"
VALUE = listing(ref("value"), *SCALAR)
"""A number, a word, an expression, or a list of them."""


def schema() -> Schema:
    """The schema of a spec."""
    shape = listing(ref("value"), minItems=1, maxItems=4)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "archcalc",
        "description": "One family of neural networks: parameters, blocks, and a body that is the paper's table.",
        **object_of(_sections(), required=[name for name, field in _fields(Document).items() if field.is_required()]),
        "definitions": {
            "value": VALUE,
            "shape": shape,
            "input": {**shape, "type": ["array", "object"], "additionalProperties": ref("shape")},
            **_steps.definitions(),
            **_claims.definitions(),
            "laws": _laws.laws(),
        },
    }


def text() -> str:
    """The schema as a file has it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _fields(model: type[Document] | type[Parameter]) -> dict[str, Any]:
    """The fields of a model by the names that a spec has for them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _sections() -> dict[str, Schema]:
    """The keys of a document."""
    settings = {"type": ["object", "null"], "additionalProperties": ref("value")}
    let = listing(ref("value"), *SCALAR, "object", additionalProperties=ref("value"))
    texts = {
        "network": ("The title. The only key that must be there.", {"type": "string"}),
        "source": ("Where the definition stands: paper, table, figure; one text or a list.", listing(TEXT, "string")),
        "notes": ("Free text.", {"type": "string"}),
        "import": (
            "file: [Block, …]. The file stands beside this one, or is a packaged spec.",
            mapping({"type": "array", "items": {"type": "string", "pattern": _steps.BLOCK}}),
        ),
        "parameters": (
            "name: default, or name: {default, min, max, above, choices, help}. Each is an option of the command line.",
            mapping(_parameter(), NAME),
        ),
        "variants": ("name: {parameter: value, …}: named settings.", mapping(settings, empty=True)),
        "let": (
            "Values, functions and tables that all expressions see: c: scale*width(g), width(c): round(alpha*c), "
            "table(g): {1: 144, 2: 200}.",
            mapping(let, DEFINITION, empty=True),
        ),
        "input": (
            "[channels, height, width], each an expression; or {name: […], …} for several inputs.",
            {"anyOf": [ref("input")]},
        ),
        "defaults": (
            "operator: {parameter: value}: what it has in this file unless a step says otherwise.",
            object_of(_steps.defaults(), "null"),
        ),
        "blocks": ("Name(arguments): body.", mapping(ref("body"), SIGNATURE, empty=True)),
        "body": ("The network: a step or a list of steps.", ref("body")),
        "claims": ("Published figures, a group a table: source, columns, rows.", ref("claims")),
        "budget": ("Upper limits: {mult_adds: < 300M, params: 5M}, or a list of such with settings.", ref("budget")),
        "laws": ("Identities to prove: symbols, nets, and what holds.", ref("laws")),
        "lint": ("What `archcalc lint` passes over: {ignore: {rule: [layers]}}, `*` for all.", _lint()),
        "compression": (
            "name: {setting: value, or {pattern: value}}: what is kept of the weights, and how it is stored.",
            _compression.compression(),
        ),
    }
    return described({name: texts[name] for name in _fields(Document)})


def _lint() -> Schema:
    """Rules, each with the layers that are meant to be so."""
    texts = {name: (f"{rule.finds}.", listing(TEXT, *TEXT["type"])) for name, rule in rules().items()}
    return object_of({"ignore": object_of(described(texts), "null")}, "null")


def _parameter() -> Schema:
    """A default alone, or what there is to say of a parameter."""
    bound: Schema = {"type": [*NUMBER["type"], "null"]}
    texts = {
        "default": ("Its kind is the parameter's: 1 whole, 1.0 a number, true, [3, 4] a list, B a word.", VALUE),
        "min": ("The least that it can be.", bound),
        "max": ("The most that it can be.", bound),
        "above": ("What it must be more than.", bound),
        "choices": ("What it can be.", listing(VALUE, "null")),
        "help": ("What it is, for `--help`.", {"type": "string"}),
    }
    fields = _fields(Parameter)
    required = [name for name, field in fields.items() if field.is_required()]
    known = object_of(described({name: texts[name] for name in fields}), *SCALAR, "array", required=required)
    return {**known, "items": ref("value")}
