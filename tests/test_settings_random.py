"""Specs written at random, whose blocks depend on parameters in many ways at once, at settings in a random order."""

from __future__ import annotations

import os
import random
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_again import said, slowly

import archcalc

HELD = ["One", "Two", "Down"]
OPS = ["max_pool", "avg_pool", "relu"]
VALUES: dict[str, list[Any]] = {
    "a": [1, 2, 3],
    "b": [1, 2, 3],
    "t": [True, False],
    "r": ["0.5", "1/3", 1],
    "q": [[1], [1, 2], [2, 1, 2]],
    "Op": OPS,
    "Held": HELD,
}


class Writer:
    """Writes specs: `number`, `truth`, `body` and so on are random texts over the names that are known there."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names: list[str] = []
        self.blocks: list[tuple[str, list[str]]] = []
        self.count = 0

    def one(self, *of: Any) -> Any:
        return self.random.choice(of)

    def some(self, chance: float) -> bool:
        return self.random.random() < chance

    def number(self, deep: int = 0) -> str:
        if deep > 1 or self.some(0.4):
            return self.one("1", "2", "a", "b", "v", "sum(q)", *self.names)
        x, y = self.number(deep + 1), self.number(deep + 1)
        return self.one(
            f"{x} + {y}", f"max(1, {x} - {y})", f"({x} if {self.truth()} else {y})",
            f"f({x})", f"g({x})", f"table(min(3, {x}))", f"other(min(2, {x}))", f"down(min(4, {x}))",
        )  # fmt: skip

    def truth(self) -> str:
        return self.one(
            "t", "not t", f"{self.one('a', 'b', 'v', *self.names)} > {self.one(1, 2)}", "v == 2", "len(q) > 1"
        )

    def let(self) -> str:
        """`other` has a table's argument of a parameter's name, `f` and `g` may have one of their own."""
        entries = [
            f"v: {self.one('a', 'b', 'a + 1', 'f(2)')}",
            f"f({self.one('x', 'a')}): {self.one('b', 'b + 1', '2')}",
            f"g({self.one('b', 'y')}): {self.one('f(a)', 'f(2)', 'a')}",
            f"table(k): {{1: {self.one('a', 'b')}, 2: 2*b, 3: 1}}",
            f"other(a): {{1: {self.one('b', '2')}, 2: 3}}",
            "down(n): 'a if n < 1 else 1 + down(n - 1)'",
            *(["unused: 1/(a - 2)"] if self.some(0.05) else []),
        ]
        self.random.shuffle(entries)
        return "\n".join(f"  {entry}" for entry in entries)

    def defaults(self) -> str:
        def odd() -> str:
            return f"'2*{self.one('1', 'a', 'b', 'v', 'f(1)', 'min(2, g(b))')} - 1'"

        return f"""\
  conv: {{padding: half, kernel: {odd()}}}
  max_pool: {{kernel: {odd()}, stride: 1, padding: half}}
  avg_pool: {{kernel: {odd()}, stride: 1, padding: half}}"""

    def conv(self, out: str = "") -> str:
        kernel = self.one("", ", kernel: 1", ", kernel: 3")
        return f'conv: {{out: "{out or self.number()}"{kernel}}}'

    def call(self) -> str:
        name, arguments = self.one(*self.blocks)
        given = [self.one(*HELD, *OPS) if each == "Act" else f'"{self.number()}"' for each in arguments]
        if self.some(0.5):
            return f"{name}: [{', '.join(given)}]" if given else f"{name}: {{}}"
        return f"{name}: {{{', '.join(f'{n}: {value}' for n, value in zip(arguments, given, strict=True))}}}"

    def action(self, deep: int) -> str:
        if deep > 2:
            return self.conv()
        if self.some(0.5):
            return self.call()
        out = self.one("4", self.number())
        same = [f"[{self.body(deep + 1)}, {{{self.conv(out)}}}]" for _ in range(3)]
        return self.one(
            self.conv(),
            f"add: {{l: {same[0]}, r: {same[1]}, m: {{copies: \"{self.number()}\", do: {same[2]}}}}}",
            f"concat: {{l: {self.body(deep + 1)}, r: {self.body(deep + 1)}}}",
            f"do: {self.body(deep + 1)}",
            f"head: {{h: {self.body(deep + 1)}}}",
            "do: identity",
            "relu: {}",
            "max_pool: {}",
        )  # fmt: skip

    def step(self, deep: int) -> str:
        self.count += 1
        more = ""
        if self.some(0.2):
            more += f', when: "{self.truth()}", else: {self.one("identity", self.body(deep + 1))}'
        if self.some(0.1):
            more += f", survival: {self.one('0.5', 'r', '{last: r}')}"
        if self.some(0.04):
            more += ", weights: w"
        if self.some(0.1):
            more += f', repeat: "{self.number()}"'
        elif self.some(0.1):
            more += f", repeat: {{{self.one('z', 'b')}: {self.one('q', '[1, 2]')}}}"
        elif self.some(0.2):
            more += f', name: "n{self.count}{self.one("", "{" + self.number() + "}")}"'
        return f"{{{self.action(deep)}{more}}}"

    def body(self, deep: int = 0) -> str:
        return f"[{', '.join(self.step(deep) for _ in range(self.one(1, 2) if deep else 3))}]"

    def section(self, prefix: str) -> str:
        """Blocks; they run each other, and what parameters and arguments hold."""
        lines = []
        for number in range(3):
            arguments = self.random.sample(["a", "x", "y", "Act"], self.one(0, 1, 2))
            self.names = [name for name in arguments if name != "Act"]
            known, self.blocks = self.blocks, self.blocks + [("Act", [])] * 3 * ("Act" in arguments)
            signature = ", ".join([*arguments, *([f"z={self.number(1)}"] if self.some(0.3) else [])])
            lines.append(f'  "{prefix}{number}({signature})": {self.body()}')
            self.blocks, self.names = [*known, (f"{prefix}{number}", arguments)], []
        return "\n".join(lines)

    def file(self, name: str, parameters: str, rest: str = "") -> str:
        """A file whose blocks hold these; `rest` is what else a network has."""
        self.blocks += [("Op", []), ("One", [])]
        blocks = self.section(name)
        body = f"body: {self.body()}\n" if rest else ""
        return f"""\
network: {name}
parameters: {{a: 1, b: 1, t: true, r: 0.5, q: [1, 2], {parameters}}}
let:
{self.let()}
defaults:
{self.defaults()}
blocks:
  One: [conv: {{out: "{self.one("a", "v", "2*b")}"}}]
  Two: [Op: {{}}, conv: {{out: b}}]
  Down(n=a): [{{conv: {{out: n + 1}}}}, {{when: n > 0, Down: n - 1}}]
{blocks}
{rest}{body}"""

    def network(self, folder: Path) -> archcalc.Network:
        """A network, and a file of which it imports all blocks that are not of the same name."""
        folder.joinpath("inner.yaml").write_text(self.file("I", "Op: max_pool"), encoding="utf-8")
        self.blocks = [each for each in self.blocks if each[0].startswith("I")] + [("Held", [])]
        imported = "input: [4, 4, 4]\nimport: {inner: [I0, I1, I2]}\n"
        text = self.file("B", f"Op: max_pool, Held: {{default: One, choices: [{', '.join(HELD)}]}}", imported)
        folder.joinpath("n.yaml").write_text(text, encoding="utf-8")
        return archcalc.load(str(folder / "n.yaml"))


@settings(max_examples=400 if os.environ.get("CI") else 40, deadline=None)
@given(st.integers(0, 2**32))
def test_a_network_of_many_settings_is_at_each_what_it_is_alone(seed: int) -> None:
    writer = Writer(seed)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        network = writer.network(Path(folder))
        given = {name: values[0] for name, values in VALUES.items()}
        for _ in range(5):
            changed = writer.random.sample([*VALUES], writer.one(1, 1, 2))
            given |= {name: writer.one(*VALUES[name]) for name in changed}
            found = said(partial(network.graph, **given))
            assert found == said(partial(slowly, network, patch, **given)), given
