"""JSON Schema of bodies: operators and their parameters, merges, blocks, modifiers."""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

from archcalc.exchange._kinds import ANY, NUMBER, SCALAR, TEXT, Schema, described, listing, mapping, object_of, ref
from archcalc.ops._base import Op, catalogue
from archcalc.ops._fields import MISSING, Field
from archcalc.spec.actions import MODIFIERS

BLOCK = r"^[A-Z]\w*$"
BODY = ref("body")
CONDITION: Schema = {"type": ["string", "boolean"]}
COUNT: Schema = {"type": ["string", "integer"]}
FLOW = {"identity": "What arrives goes on.", "none": "In a branch: it is left out."}


def definitions() -> dict[str, Schema]:
    """What `body` is made of."""
    words = {name: op.summary() for name, op in _operators().items() if _is_word(op)} | FLOW
    others = "|".join(name for name in _operators() if name not in words)
    word = rf"^({others}|[A-Z]\w*)$"  # a block, or an operator that has what it needs from `defaults`
    call = {"description": "A block: its arguments in order, by name, or the first one.", **ref("arguments")}
    return {
        "body": {
            "anyOf": [
                {"enum": list(words), "enumDescriptions": list(words.values())},
                {"type": "string", "pattern": word},
                ref("step"),
                ref("steps"),
            ]
        },
        "steps": {"description": "Steps, one after the other.", "type": "array", "items": BODY, "minItems": 1},
        "step": {
            "description": "One operator, block or merge, and modifiers.",
            **object_of({name: _as_step(op) for name, op in _operators().items()} | _modifiers()),
            "patternProperties": {BLOCK: call},
        },
        "arguments": listing(ref("value"), *SCALAR, "null", "object", additionalProperties=ref("argument")),
        "argument": listing(ref("value"), *SCALAR, "null"),
        **{f"op_{name}": _given(op) for name, op in _operators().items()},
    }


def defaults() -> dict[str, Schema]:
    """Operators as keys of `defaults`."""
    return {name: {**_documentation(op), **ref(f"op_{name}")} for name, op in _operators().items()}


def _modifiers() -> dict[str, Schema]:
    """`do`, `head`, and what may stand beside the one thing that a step does."""
    columns = listing(ref("value"), "string", "null")
    texts = {
        "name": ("The level that it makes in paths; braces hold an expression: conv{stage}.", TEXT),
        "from": ("A layer above, at which it starts; `input` is what came into this block.", TEXT),
        "like": ("A layer above, whose height and width are the `size` of this operator.", TEXT),
        "when": ("A condition; where it is false the step is skipped, or `else` runs.", CONDITION),
        "else": ("The body where `when` is false: `identity` passes on, `none` leaves a branch out.", BODY),
        "repeat": (
            "How often; or columns that are walked together: {c: [16, 24], n: [1, 2]}. In it `i` counts from 1, "
            "`first` and `last` are true in the first and last round.",
            {"type": ["string", "integer", "object"], "additionalProperties": columns},
        ),
        "weights": ("A name: layers at equal paths inside share their weights, which count once.", TEXT),
        "copies": ("Of a branch: how many it stands for, each with weights of its own.", COUNT),
        "survival": (
            "How often it runs in training; {last: p}: the linear decay rule.",
            object_of({"last": NUMBER}, *NUMBER["type"], required=["last"]),
        ),
    }
    actions = {
        "do": ("A body as one step, so that modifiers can hold it.", BODY),
        "head": ("Outputs beside the main line: names and their bodies.", mapping(BODY)),
    }
    return described(actions | {name: texts[name] for name in MODIFIERS})


def _operators() -> dict[str, type[Op]]:
    """What may be a step."""
    return {name: op for name, op in sorted(catalogue().items()) if name != "input"}


def _is_word(op: type[Op]) -> bool:
    """Whether it needs no parameters."""
    return not op.merge and all(field.default is not MISSING for field in op.parameters.values())


def _as_step(op: type[Op]) -> Schema:
    """An operator or a merge as the key of a step; one that may stand as a word is completed as one."""
    own = _branches(op) if op.merge else ref(f"op_{op.name}")
    return {**_documentation(op), **({} if _is_word(op) else ANY), "allOf": [own]}


def _given(op: type[Op]) -> Schema:
    """An operator's parameters by name, the bare one, or none."""
    by_name = object_of({name: _field(field) for name, field in op.parameters.items()}, "null")
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
    """Its summary; its rules too, where an editor shows Markdown."""
    summary, _, rules = inspect.cleandoc(op.__doc__ or "").partition("\n")
    rules = f"```text\n{rules.strip()}\n```"
    return {"title": op.name, "description": summary, "markdownDescription": f"{summary}\n\n{rules}"}


def _field(field: Field) -> Schema:
    """What may be given for a parameter: its own kinds, an expression, or nothing, which is the value of its name."""
    given = field.schema()
    words: list[Schema] = []
    kinds: Schema = {"type": ["string"]}
    for arm in given.get("anyOf", [given]):
        if "enum" in arm:
            words.append(arm)
        else:
            types = arm["type"] if isinstance(arm["type"], list) else [arm["type"]]
            kinds = {**kinds, **arm, "type": [*kinds["type"], *types]}
    kinds["type"] = list(dict.fromkeys([*kinds["type"], "null"]))
    default = {} if field.default is MISSING or field.default is None else {"default": _plain(field.default)}
    return {"description": field.doc, **default, "anyOf": [*words, kinds]}


def _plain(value: Any) -> Any:
    """A default as JSON has it: an editor wants decimals."""
    return float(value) if isinstance(value, Fraction) else value
