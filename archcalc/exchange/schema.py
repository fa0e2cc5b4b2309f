"""JSON Schema of the language, from the registries: for editors, which complete and check with it while one types.

It tells less than the loader: what an expression means, which names are known and that a step does one thing is not
said. It is made for yaml-language-server: draft 7, one object schema a step, no `oneOf`, no `maxProperties`. What it inserts
for a key follows its schema: `key: ` for `anyOf` and a first type `string`, the bare word for `allOf`.
"""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

from archcalc.exchange import _claims
from archcalc.exchange._kinds import (
    NAME,
    SCALAR,
    TEXT,
    VALUE,
    Schema,
    listing,
    mapping,
    object_of,
    ref,
)
from archcalc.ops._base import MISSING, Field, Op, catalogue
from archcalc.spec.compile import MODIFIERS
from archcalc.spec.document import Document, Parameter

DRAFT = "http://json-schema.org/draft-07/schema#"
BLOCK = r"^[A-Z]\w*$"
SIGNATURE = r"^[A-Z]\w*\s*(\(.*\))?\s*$"
DEFINITION = r"^[A-Za-z_]\w*\s*(\(.*\))?\s*$"
BODY = ref("body")
BRANCHES = "Branches: names and their bodies, in order."


def schema() -> dict[str, Any]:
    """The schema of a spec."""
    sections = _sections()
    known = {field.alias or name for name, field in Document.model_fields.items()}
    return {
        "$schema": DRAFT,
        "title": "archcalc",
        "description": "One family of neural networks: parameters, blocks, and a body that is the paper's table.",
        **object_of({name: each for name, each in sections.items() if name in known}, required=["network"]),
        "definitions": _definitions(),
    }


def _sections() -> dict[str, Schema]:
    """The keys of a document."""
    settings = {"type": ["object", "null"], "additionalProperties": ref("value")}
    defaults = {name: {**_documentation(op), **ref(f"op_{name}")} for name, op in _operators().items()}
    sections: dict[str, tuple[str, Schema]] = {
        "network": ("The title. The only key that must be there.", {"type": "string"}),
        "source": ("Where the definition stands: paper, table, figure; one text or a list.", listing(TEXT, "string")),
        "notes": ("Free text.", {"type": "string"}),
        "import": (
            "file: [Block, …]. The file stands beside this one, or is a packaged spec.",
            mapping({"type": "array", "items": {"type": "string", "pattern": BLOCK}}),
        ),
        "parameters": (
            "name: default, or name: {default, min, max, above, choices, help}. Each is an option of the command line.",
            mapping(_parameter(), names=NAME),
        ),
        "variants": ("name: {parameter: value, …}: named settings.", mapping(settings, empty=True)),
        "let": (
            "Values, functions and tables that all expressions see: c: scale*width(g), width(c): round(alpha*c), "
            "table(g): {1: 144, 2: 200}.",
            mapping(listing(ref("value"), *SCALAR, "object", additionalProperties=ref("value")), DEFINITION, True),
        ),
        "input": (
            "[channels, height, width], each an expression; or {name: […], …} for several inputs.",
            {"anyOf": [ref("input")]},
        ),
        "defaults": (
            "operator: {parameter: value}: what it has in this file unless a step says otherwise.",
            object_of(defaults, empty=True),
        ),
        "blocks": ("Name(arguments): body.", mapping(BODY, SIGNATURE, True)),
        "body": ("The network: a step or a list of steps.", BODY),
        "claims": ("Published figures, a group a table: source, columns, rows.", ref("claims")),
        "budget": ("Upper limits: {mult_adds: < 300M, params: 5M}, or a list of such with settings.", ref("budget")),
        "laws": ("Identities to prove: symbols, nets, and what holds.", ref("laws")),
    }  # fmt: skip
    return {name: {"description": text, **each} for name, (text, each) in sections.items()}


def _definitions() -> dict[str, Schema]:
    step = {
        **{name: _as_step(op) for name, op in _operators().items()},
        "do": {"description": "A body as one step, so that modifiers can hold it.", **BODY},
        "head": {"description": f"Outputs beside the main line. {BRANCHES}", **mapping(BODY)},
        **{name: {"description": text, **each} for name, (text, each) in _modifiers().items()},
    }
    call = {"description": "A block: its arguments in order, by name, or the first one.", **ref("arguments")}
    shape = listing(ref("value"), minItems=1, maxItems=4)
    words = [name for name, each in step.items() if "allOf" in each]
    others = "|".join(name for name in _operators() if name not in words)
    return {
        "body": {
            "anyOf": [
                {"enum": [*words, "identity", "none"]},
                {"type": "string", "pattern": rf"^({others}|[A-Z]\w*)$"},  # an operator whose parameters `defaults` gives
                ref("step"),
                ref("steps"),
            ]
        },
        "steps": {"description": "Steps, one after the other.", "type": "array", "items": BODY, "minItems": 1},
        "step": {
            "description": "One operator, block or merge, and modifiers.",
            **object_of(step),
            "patternProperties": {BLOCK: call},
        },
        "arguments": listing(ref("value"), *SCALAR, "null", "object", additionalProperties=ref("argument")),
        "argument": listing(ref("value"), *SCALAR, "null"),
        "value": VALUE,
        "shape": shape,
        "input": {**shape, "type": ["array", "object"], "additionalProperties": ref("shape")},
        **_claims.definitions(),
        **{f"op_{name}": _given(op) for name, op in _operators().items()},
    }


def _modifiers() -> dict[str, tuple[str, Schema]]:
    """What may stand beside the one thing that a step does."""
    columns = listing(ref("value"), "string", "null")
    texts = {
        "name": ("The level that it makes in paths; braces hold an expression: conv{stage}.", TEXT),
        "from": ("A layer above, at which it starts; `input` is what came into this block.", TEXT),
        "like": ("A layer above, whose height and width are the `size` of this operator.", TEXT),
        "when": ("A condition; where it is false the step is skipped, or `else` runs.", {"type": ["string", "boolean"]}),
        "else": ("The body where `when` is false: `identity` passes on, `none` leaves a branch out.", BODY),
        "repeat": (
            "How often; or columns that are walked together: {c: [16, 24], n: [1, 2]}. In it `i` counts from 1, "
            "`first` and `last` are true in the first and last round.",
            {"type": ["string", "integer", "object"], "additionalProperties": columns},
        ),
        "weights": ("A name: layers at equal paths inside share their weights, which count once.", TEXT),
        "copies": ("Of a branch: how many it stands for, each with weights of its own.", {"type": ["string", "integer"]}),
        "survival": (
            "How often it runs in training; {last: p}: the linear decay rule.",
            {"type": ["string", "number", "object"], **_only({"last": {"type": ["number", "string"]}}, ["last"])},
        ),
    }  # fmt: skip
    return {name: texts[name] for name in MODIFIERS}


def _only(properties: dict[str, Schema], required: list[str]) -> Schema:
    """`object_of` without its type, beside others."""
    return {name: each for name, each in object_of(properties, required=required).items() if name != "type"}


def _operators() -> dict[str, type[Op]]:
    """What may be a step."""
    return {name: op for name, op in sorted(catalogue().items()) if name != "input"}


def _as_step(op: type[Op]) -> Schema:
    """An operator or a merge as the key of a step."""
    known = op.parameters.values()
    if op.merge:
        return {**_documentation(op), "anyOf": [_branches(op)]}
    way = "anyOf" if any(field.default is MISSING for field in known) else "allOf"  # its word is completed, or `word: `
    return {**_documentation(op), way: [ref(f"op_{op.name}")]}


def _given(op: type[Op]) -> Schema:
    """An operator's parameters by name, the bare one, or none."""
    by_name = object_of({name: _field(field) for name, field in op.parameters.items()}, empty=True)
    return {"anyOf": [by_name, *_field(op.parameters[op.bare])["anyOf"]]} if op.bare else by_name


def _branches(op: type[Op]) -> Schema:
    """Branches, among them the merge's parameters; or layers above by name."""
    return {
        "type": ["object", "array"],
        "properties": {name: _field(field) for name, field in op.parameters.items()},
        "additionalProperties": BODY,
        "items": TEXT,
        "minItems": 1,
        "minProperties": 1,
    }


def _documentation(op: type[Op]) -> Schema:
    """Its summary; its rules too for editors that show Markdown."""
    summary, _, rules = inspect.cleandoc(op.__doc__ or "").partition("\n")
    return {"description": summary, "markdownDescription": f"{summary}\n\n```text\n{rules.strip()}\n```"}


def _field(field: Field) -> Schema:
    """What may be given for a parameter: its own kinds, an expression, or nothing, which is the value of its name."""
    arms = field.schema()
    words: list[Schema] = []
    kinds: Schema = {"type": ["string"]}
    for arm in arms.get("anyOf", [arms]):
        if "enum" in arm:
            words.append(arm)
        else:
            types = arm["type"] if isinstance(arm["type"], list) else [arm["type"]]
            kinds = {**kinds, **arm, "type": [*kinds["type"], *types]}
    kinds["type"] = list(dict.fromkeys([*kinds["type"], "null"]))
    default = {} if field.default in (MISSING, None) else {"default": _plain(field.default)}
    return {"description": field.doc, **default, "anyOf": [*words, kinds]}


def _plain(value: Any) -> Any:
    """A default as JSON has it. An editor wants decimals."""
    return float(value) if isinstance(value, Fraction) else value


def _parameter() -> Schema:
    """A default alone, or what there is to say of a parameter."""
    bound: Schema = {"type": ["number", "string", "null"]}
    texts: dict[str, tuple[str, Schema]] = {
        "default": ("Its kind is the parameter's: 1 whole, 1.0 a number, true, [3, 4] a list, B a word.", VALUE),
        "min": ("The least that it can be.", bound),
        "max": ("The most that it can be.", bound),
        "above": ("What it must be more than.", bound),
        "choices": ("What it can be.", {"type": ["array", "null"], "items": VALUE}),
        "help": ("What it is, for `--help`.", {"type": "string"}),
    }
    entries = {name: {"description": texts[name][0], **texts[name][1]} for name in Parameter.model_fields}
    required = [name for name, field in Parameter.model_fields.items() if field.is_required()]
    return listing(ref("value"), *SCALAR, "object", **_only(entries, required))
