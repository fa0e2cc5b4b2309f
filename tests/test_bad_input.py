"""What no small file of tests/errors can hold: huge, deep, endless and unreadable input. Each ends soon, in a message.

Every case goes through `archcalc.load` and through the command line, which says the same on stderr, prints nothing
on stdout and exits with 2. Time is that of the processor.
"""

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import archcalc
from archcalc.cli.app import main
from archcalc.spec import limits

HEAD = "network: x\ninput: [3, 8, 8]\n"
SECONDS = 4.0  # most take a hundredth of it
MEGABYTES = 300

Wrong = Callable[[str | bytes], str]


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Wrong:
    """The message that a text, saved as x.yaml, gets from both faces."""
    monkeypatch.chdir(tmp_path)

    def message_of(text: str | bytes = b"", name: str = "x.yaml") -> str:
        if text:
            Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        with pytest.raises(archcalc.ArchcalcError) as caught:
            archcalc.load(name).report()
        assert time.process_time() - begun < SECONDS
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024
        message = str(caught.value)
        assert main(["report", name]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == f"{message}\n"
        return message

    return message_of


def first(message: str) -> str:
    """The sentence, without snippet and hint."""
    return message.split("\n")[0]


# Files ---------------------------------------------------------------------------------------------------------------


def test_missing_file(wrong: Wrong) -> None:
    assert wrong(name="missing_entirely.yaml").split("\n")[0] == (
        "there is no file `missing_entirely.yaml` and no packaged spec or variant `missing_entirely`"
    )


def test_near_names_of_packaged_specs_variants_and_files(wrong: Wrong) -> None:
    assert "did you mean" in wrong(name="mobilnet_v1")
    assert "`mobilenet_v1`" in wrong(name="mobilnet_v1")
    assert "`resnet50`" in wrong(name="resent50")
    Path("my_network.yaml").write_text(f"{HEAD}body: relu\n")
    assert "`my_network.yaml`" in wrong(name="my_netwrok.yaml")


def test_directory(wrong: Wrong) -> None:
    Path("folder.yaml").mkdir()
    assert wrong(name="folder.yaml") == "folder.yaml is a directory, a spec is a YAML file"
    assert wrong(name=".") == ". is a directory, a spec is a YAML file"


def test_file_of_a_gigabyte(wrong: Wrong) -> None:
    with open("x.yaml", "wb") as file:
        file.truncate(2**30)  # sparse
    assert wrong() == "x.yaml has 1,073,741,824 bytes, a spec has at most 16,777,216"


def test_endless_file(wrong: Wrong) -> None:
    assert wrong(name="/dev/zero") == "/dev/zero has more than 16,777,216 bytes, a spec has at most 16,777,216"


def test_names_that_no_file_can_have(wrong: Wrong) -> None:
    assert first(wrong(name="a" * 5000)).startswith("there is no file `aaaa")
    assert "hint" in wrong(name="a\0b")


def test_link_that_goes_in_a_circle(wrong: Wrong) -> None:
    os.symlink("x.yaml", "x.yaml")
    assert first(wrong()) == "there is no file `x.yaml` and no packaged spec or variant `x`"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"network: x\nsource: caf\xe9\n", "x.yaml:2:12: the byte 0xe9 is not UTF-8"),
        ("network: é\r\n".encode() + b"a: \xff", "x.yaml:2:4: the byte 0xff is not UTF-8"),
        ("network: x\n".encode("utf-16"), "x.yaml:1:1: the byte 0xff is not UTF-8"),
        (b"\xef\xbb\xbfnetwork: \xc3(", "x.yaml:1:10: the byte 0xc3 is not UTF-8"),
        (os.urandom(0) + bytes(range(128, 256)), "x.yaml:1:1: the byte 0x80 is not UTF-8"),
    ],
)
def test_not_utf8(wrong: Wrong, data: bytes, message: str) -> None:
    said = wrong(data)
    assert first(said) == message
    assert said.endswith("\n    hint: save the file as UTF-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("network: x\nbody: re\0lu\n", "x.yaml:2:9: this is not YAML: a character that it does not allow: U+0000"),
        ("network: é😀\n# é😀\x07\n", "x.yaml:2:5: this is not YAML: a character that it does not allow: U+0007"),
        ("\x00" * 1000, "x.yaml:1:1: this is not YAML: a character that it does not allow: U+0000"),
    ],
)
def test_control_characters(wrong: Wrong, text: str, message: str) -> None:
    assert first(wrong(text)) == message


# Depth and size of the text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column"), [("[", 101), ("{", 101), ("- ", 201), ("? ", 201), ("[{a: ", 248), ("{a: [", 251)]
)
def test_four_hundred_thousand_open_brackets(wrong: Wrong, text: str, column: int) -> None:
    assert first(wrong(text * 400_000)) == f"x.yaml:1:{column}: nested more than 100 deep"


def test_nested_as_deep_as_may_be(tmp_path: Path) -> None:
    deep = HEAD + "body: " + "{when: " + "(" * 48 + "in == 4" + ")" * 48 + ", relu, else: "
    deep += "{do: " * 45 + "{add: {a: " * 20 + "sigmoid" + ", b: softmax}}" * 20 + "}" * 46
    (tmp_path / "x.yaml").write_text(deep)
    graph = archcalc.load(str(tmp_path / "x.yaml")).graph()
    assert len(graph.nodes) == 1 + 1 + 2 * 20  # input, sigmoid, 20 of softmax and of add


def test_too_many_nodes(wrong: Wrong) -> None:
    message = wrong(f"{HEAD}body: [{'a,' * 600_000}]")
    assert first(message).endswith(": a spec has at most 500,000 keys and values")


def test_an_expression_of_a_million_characters(wrong: Wrong) -> None:
    message = wrong(f"{HEAD}body:\n  - conv: {{out: {'1 + ' * 250_000}1, kernel: 1}}\n")
    assert message == (
        "x.yaml:4:17: an expression of 1,000,001 characters, 400 are the most\n"
        f"      - conv: {{out: {'1 + ' * 21}\n"
        "                    ^\n"
        "    hint: use `let`"
    )


def test_long_texts_are_cut(wrong: Wrong) -> None:
    word = "w" * 1_000_000
    for text, where in [(f"body: {word}", "3:7"), (f"body:\n  - {{name: '{word}!', relu}}", "4:12")]:
        message = wrong(HEAD + text)
        assert f"x.yaml:{where}: " in message
        assert len(message) < 600
    message = wrong(f"{HEAD}body:\n  {'w' * 1020}: 3\n")
    assert first(message) == "x.yaml:4:3: a key of 1,020 characters, 1,000 are the most"


def test_a_place_far_out_on_a_line(wrong: Wrong) -> None:
    message = wrong(f"{HEAD}body: [{'relu, ' * 20_000}reul, relu]")
    assert message == (
        "x.yaml:3:120008: there is no operator `reul`\n"
        f"    {('relu, ' * 9)[-50:]}reul, relu]\n"
        f"    {' ' * 50}^\n"
        "    hint: " + message.rpartition("hint: ")[2]
    )


def test_many_problems_are_not_all_told(wrong: Wrong) -> None:
    message = wrong(HEAD + "body:\n" + "".join(f"  - reul{i}\n" for i in range(100_000)))
    assert message.count("x.yaml:") == 20
    assert message.endswith("\n(and 80 more)")


@pytest.mark.parametrize(
    "section", ["parameters:\n{}variants: {{v: {{q: 1}}}}", "let:\n{}", "variants:\n{}", "blocks:\n{}", "import:\n{}"]
)
def test_sections_of_many_names(wrong: Wrong, section: str) -> None:
    name = section.split(":")[0]
    text = section.format("".join(f"  N{i}: [1]\n" for i in range(20_000)))
    assert first(wrong(f"{HEAD}{text}\nbody: relu")) == f"x.yaml:3:1: `{name}` has 20,000 names, 2,000 are the most"


# Chains and bombs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "let:\n"
        + "".join(f"  a{i}: a{i + 1}\n" for i in range(1900))
        + "  a1900: 3\nbody: {conv: {out: a0, kernel: 1}}",
        "let:\n" + "".join(f"  f{i}(x): f{i + 1}(x)\n" for i in range(900)) + "  f900(x): x\n"
        "body: {conv: {out: f0(3), kernel: 1}}",
        "blocks:\n"
        + "".join(f"  B{i}: B{i + 1}\n" for i in range(190))
        + "  B190: {conv: {out: 3, kernel: 1}}\nbody: B0",
        "blocks: {B(n): {when: n > 0, do: [B: n - 1], else: {conv: {out: 3, kernel: 1}}}}\nbody: {B: 190}",
    ],
)
def test_long_chains_hold(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.yaml").write_text(HEAD + text)
    graph = archcalc.load(str(tmp_path / "x.yaml")).graph()
    assert [node.applied.output for node in graph.nodes] == [(3, 8, 8), (3, 8, 8)]


BOMBS = {
    "doubling recursion": (
        "blocks: {B(n): {when: n > 0, do: [B: n - 1, B: n - 1]}}\nbody: {B: 100}",
        "x.yaml:3:35: `B` calls itself, and blocks did 20,000 times before",
    ),
    "doubling recursion of two": (
        "blocks: {A(n): {when: n > 0, do: [B: n, relu]}, B(n): [A: n - 1, A: n - 1]}\nbody: {A: 90}",
        "x.yaml:3:56: `A` calls itself, and blocks did 20,000 times before",
    ),
    "doubling blocks": (
        "blocks:\n" + "".join(f"  B{i}: [B{i + 1}, B{i + 1}]\n" for i in range(100)) + "  B100: identity\nbody: B0",
        "steps and calls have come to no more than 1 layer",
    ),
    "doubling function": (
        "let: {'f(n, k)': 'f(n - 1, 2*k) + f(n - 1, 2*k + 1) if n > 0 else 1'}\n"
        "body: {conv: {out: 'f(100, 0)', kernel: 1}}",
        "x.yaml:4:20: `f(100, 0)`: more than 50,000 calls of functions: does a condition end them?",
    ),
    "a function in every round": (
        "let: {'f(n, k)': 'f(n - 1, 2*k) + f(n - 1, 2*k + 1) if n > 0 else 1'}\n"
        "body: {repeat: 100000, when: 'f(12, i) > 1', relu}",
        "steps and calls have come to no more than 13 layers",
    ),
    "a function without end": (
        "let: {'f(n)': f(n + 1)}\nbody: {conv: {out: f(1), kernel: 1}}",
        "x.yaml:4:20: `f(1)` calls itself without end",
    ),
    "repeats of nothing": (
        "body: {repeat: 1000000, do: {repeat: 1000000, do: {repeat: 0, relu}}}",
        "steps and calls have come to no more than 1 layer",
    ),
    "doubling channels": (
        "body: {repeat: 1000000, concat: {a: identity, b: identity}}",
        "x.yaml:3:25: a size of the output is above 2**512",
    ),
    "copies of copies": (
        "body: {add: {a: {copies: 2**400, do: {add: {c: {copies: 2**400, relu}}}}, b: identity}}",
        "x.yaml:3:45: the number of copies is above 2**512, at a",
    ),
    "deep blocks of deep bodies": (
        f"blocks: {{B(n): {'{do: ' * 60}{{when: n > 0, B: n - 1, else: relu}}{'}' * 60}}}\nbody: {{B: 190}}",
        "x.yaml:4:7: blocks and branches are nested too deep",
    ),
    "lists of lists": (
        "let: {a: [b, b], b: [c, c], c: [d, d], d: [1, 2]}\nbody: {conv: {out: 3, kernel: a}}",
        "lists stand at most two deep in each other",
    ),
    "a long list of long lists": (
        f"let: {{a: [{', '.join('b' * 2000)}], b: [{', '.join('c' * 10)}], c: 1}}\nbody: {{max_pool: a}}",
        "a list of lists has at most 10,000 values",
    ),
    "numbers": ("body: {conv: {out: 9**9**9, kernel: 1}}", "x.yaml:3:20: `9**9**9`: the number is too large"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(wrong: Wrong, name: str) -> None:
    text, message = BOMBS[name]
    assert message in first(wrong(HEAD + text))


def test_too_many_layers(wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_NODES", 10_000)
    message = wrong(f"{HEAD}body: {{repeat: 1000, do: {{repeat: 1000, relu}}}}")
    assert first(message) == "x.yaml:3:41: more than 10,000 layers"


def test_a_chain_of_imports(wrong: Wrong) -> None:
    for i in range(40):
        Path(f"f{i}.yaml").write_text(f"network: f{i}\nimport: {{f{i + 1}: [A]}}\nblocks: {{B: A}}\n")
    message = wrong(f"import: {{f0: [A]}}\n{HEAD}body: A")
    assert first(message) == "f18.yaml:2:10: files import each other more than 20 deep"


def test_imports_that_double(wrong: Wrong) -> None:
    for i in range(15):
        for side in "ab":
            text = f"network: x\nimport: {{a{i + 1}: [A{i + 1}], b{i + 1}: [B{i + 1}]}}\n"
            Path(f"{side}{i}.yaml").write_text(text + f"blocks: {{{side.upper()}{i}: [A{i + 1}, B{i + 1}]}}\n")
    for side in "ab":
        Path(f"{side}15.yaml").write_text(f"network: x\nblocks: {{{side.upper()}15: reul}}\n")
    assert "there is no operator `reul`" in wrong(f"import: {{a0: [A0]}}\n{HEAD}body: A0")


# Lines and columns ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_and_columns_whatever_ends_a_line(wrong: Wrong, start: str, end: str) -> None:
    message = wrong(start + f"{HEAD}body:\n  - reul\n".replace("\n", end))
    assert message.split("\n")[:3] == ["x.yaml:4:5: there is no operator `reul`", "      - reul", "        ^"]


def test_tabs_and_wide_characters_before_a_place(wrong: Wrong) -> None:
    message = wrong(f"{HEAD}body: [relu,\t\treul]")
    assert message.split("\n")[:3] == [
        "x.yaml:3:15: there is no operator `reul`",
        "    body: [relu,  reul]",
        f"{' ' * 18}^",
    ]
    assert (
        first(wrong(f"{HEAD}notes: 😀\nbody: [{{name: '網路', reul}}]")) == "x.yaml:4:21: there is no operator `reul`"
    )


def test_the_place_within_an_expression(wrong: Wrong) -> None:
    for text, place in {
        "{conv: {out: 2*wide, kernel: 1}}": "3:22",
        "{conv: {out: '2*wide', kernel: 1}}": "3:23",
        '{conv: {out: "2*wide", kernel: 1}}': "3:23",
        '{conv: {out: "\\x32*wide", kernel: 1}}': "3:20",  # an escape: the text as a whole
        "{conv: {out: 2\n   *wide, kernel: 1}}": "3:20",  # so with a text over two lines
        "{name: 'a{2*wide}', relu}": "3:19",
        "{name: a, relu, when: in > 3 and in < wide}": "3:45",
    }.items():
        assert first(wrong(f"{HEAD}body: {text}")) == f"x.yaml:{place}: `wide` is not known here"
