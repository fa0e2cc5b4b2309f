"""The cases of operators, tests/ops/<op>.yaml, and what an operator answers to one."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from archcalc import quantities
from archcalc.engine.graph import Applied
from archcalc.ops._base import catalogue
from archcalc.quantities import Shape, Weights

FOLDER = Path(__file__).parent / "ops"

KEYS = {"id", "with", "in", "expect", "error", "hint", "source"}
EXPECT = {"output", "weights", "macs", "bias_adds", "work", "products", "reads"}


@dataclass(frozen=True)
class Case:
    """`op` with parameters `given` on shapes `inputs` ends as `expect`, or with the message `error`."""

    op: str
    id: str
    given: dict[str, Any]
    inputs: tuple[Shape, ...]
    expect: dict[str, Any] | None
    error: str | None
    hint: str
    source: str

    def __str__(self) -> str:
        return f"{self.op}::{self.id}"


@cache
def cases() -> tuple[Case, ...]:
    """All, in the order of files and in them."""
    return tuple(case for path in sorted(FOLDER.glob("*.yaml")) for case in _read(path))


def good() -> list[Case]:
    return [case for case in cases() if case.expect is not None]


def bad() -> list[Case]:
    return [case for case in cases() if case.error is not None]


def _read(path: Path) -> Iterator[Case]:
    for item in yaml.safe_load(path.read_text(encoding="utf-8")):
        wrong = (set(item) - KEYS) | (set(item.get("expect", {})) - EXPECT)
        assert not wrong, f"{path.name}, {item['id']}: {wrong}"
        inputs = tuple(tuple(shape) for shape in item["in"])
        expect, error, hint = item.get("expect"), item.get("error"), item.get("hint", "")
        assert (expect is None) != (error is None), f"{path.name}, {item['id']}: either `expect` or `error`"
        yield Case(path.stem, item["id"], _exact(item.get("with", {})), inputs, expect, error, hint, item["source"])


def _exact(given: Any) -> Any:
    """Decimals as the exact numbers that they are in a spec."""
    if isinstance(given, dict):
        return {key: _exact(value) for key, value in given.items()}
    if isinstance(given, list):
        return [_exact(value) for value in given]
    return Fraction(str(given)) if isinstance(given, float) else given


def number(text: Any) -> Any:
    """A figure of a case: a number, or arithmetic as text."""
    if not isinstance(text, str):
        return text
    value = Fraction(eval(text.replace("/", "* one /"), {"__builtins__": {}, "one": Fraction(1)}))
    assert value.denominator == 1, text
    return int(value)


Figures = dict[str, Any]
"""By name: `output 0`, `weights norm`, `macs`, `work adds`, `reads 0 1 Window stride`. Words are figures too."""


def apply(op: str, given: dict[str, Any], inputs: tuple[Shape, ...]) -> Applied:
    """The operator on these inputs. Raises RuleError."""
    rank = len(inputs[0]) - 1 if inputs else 0
    return Applied(catalogue()[op](rank, **given), inputs)


def answered(op: str, given: dict[str, Any], inputs: tuple[Shape, ...]) -> Figures:
    """All that the operator states of itself. Raises RuleError."""
    applied = apply(op, given, inputs)
    facts = applied.facts
    return {
        **{f"output {axis}": size for axis, size in enumerate(applied.output)},
        **_weights(applied.weights._asdict()),
        "macs": facts.macs,
        "bias_adds": facts.bias_adds,
        **{f"work {kind}": count for kind, count in facts.work.items()},
        **({} if facts.products is None else {"products": facts.products}),
        **_reads(applied.reads),
    }


def _weights(given: dict[str, Any]) -> Figures:
    return {f"weights {role}": number(count) for role, count in {**Weights()._asdict(), **given}.items()}


def _reads(reads: tuple[tuple[Any, ...], ...]) -> Figures:
    figures: Figures = {}
    for i, branch in enumerate(reads):
        figures[f"reads {i}"] = len(branch)
        for axis, read in enumerate(branch):
            kind = type(read).__name__
            figures[f"reads {i} {axis}"] = kind
            # the size of the map, which rounding changes, is compared as it is
            names = [field.name for field in fields(read) if field.name != "rounding"]
            figures |= {f"reads {i} {axis} {kind} {name}": getattr(read, name) for name in names}
    return figures


def expected(case: Case) -> Figures:
    """What a case expects; reads only where it says them."""
    expect, merge = case.expect or {}, catalogue()[case.op].merge
    figures = {
        **{f"output {axis}": number(size) for axis, size in enumerate(expect["output"])},
        **_weights(expect.get("weights", {})),
        "macs": number(expect.get("macs", 0)),
        "bias_adds": number(expect.get("bias_adds", 0)),
        **{f"work {kind}": number(count) for kind, count in expect.get("work", {}).items()},
    }
    if "products" in expect:
        figures["products"] = number(expect["products"])
    if "reads" in expect:
        reads = eval(expect["reads"], {"__builtins__": {}}, vars(quantities))
        figures |= _reads(reads if merge else (reads,))
    return figures


def not_in_torch(case: Case) -> str:
    """Why torch cannot express a case, or nothing. tests/test_reference.py lays out the windows of those it cannot."""
    given = case.given
    if given.get("rounding") == "caffe":
        return "Caffe's rounding"
    has_same = case.op == "conv_transpose" or (case.op == "conv" and given.get("stride", 1) == 1)
    if given.get("padding") == "same" and not has_same:
        return "torch has `same` for convolutions of stride 1 alone"  # of a transposed one the oracle cuts it out
    return ""
