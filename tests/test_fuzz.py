"""Whatever is in a spec, it ends in a graph or in an ArchcalcError, soon, and with a message that can be printed."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archcalc
from archcalc.ops._base import catalogue
from archcalc.spec import limits, zoo
from archcalc.spec.document import Document
from archcalc.spec.expr import FUNCTIONS
from archcalc.spec.parser import KEYWORDS, MAX_LENGTH, ExpressionError, parse

EXAMPLES = int(os.environ.get("ARCHCALC_FUZZ", "0"))
"""How many examples a test runs with seeds of its own; by default few, and the same ones every time."""
fuzz = settings(
    max_examples=EXAMPLES or 250,
    derandomize=not EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
LIMIT = 3.0  # seconds of the processor; all but a few take milliseconds


@pytest.fixture(autouse=True, scope="module")
def _small_limits() -> object:
    """Bombs go off at a tenth of their real size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MAX_NODES", 20_000)
        patch.setattr(limits, "MAX_IDLE", 20_000)
        patch.setattr(limits, "MAX_ROUNDS", 10_000)
        patch.setattr(limits, "MAX_LET_CALLS", 10_000)
        yield


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "spec.yaml"


def check(file: Path, text: str) -> None:
    """Load, expand and report. A failure shows the text."""
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    begun = time.process_time()
    message = "fine"
    try:
        network = archcalc.load(str(file))
        for variant in list(network.variants)[:3]:
            network.at(variant).report()
    except archcalc.ArchcalcError as error:
        message = str(error)
    assert 0 < len(message) < 40_000
    assert not CONTROL.search(message), message
    assert time.process_time() - begun < LIMIT, text


# Mutations of packaged specs -----------------------------------------------------------------------------------------

TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)
SPECS = [TOKEN.findall(path.read_text(encoding="utf-8")) for path in zoo.packaged().values()]
SIGNS_AND_NUMBERS = """
    { } [ ] ( ) : , - ? & * ! | > ' " % @ ` # = < + / // ** == != <= >= . ~ << --- ...
    0 1 2 3 -1 0.5 1/3 1e9 1e999 99999999999999999999 0x10 1x1 null é 😀
"""
OF_THE_LANGUAGE = """
    name from when else repeat weights copies do head identity none in in_height in_width i first last input main
    out kernel stride padding dilation groups bias rounding same half valid default min max above choices help
    A B Unit Conv x y n
"""
BREAKS = ["\n", "\n  ", "\n- ", "\n  - ", " ", ": ", ", ", "- ", "\t", "\u2028", "\x00", "\ufeff"]
TOKENS = [*catalogue(), *Document.model_fields, *FUNCTIONS, *KEYWORDS, *BREAKS]
TOKENS += re.findall(r"\S+", SIGNS_AND_NUMBERS + OF_THE_LANGUAGE)
CHANGES = ["replace", "insert", "drop", "double", "swap", "steal", "cut"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A packaged spec of which a few tokens are replaced, dropped, doubled, swapped or moved."""
    tokens = list(draw(st.sampled_from(SPECS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        other = draw(st.integers(0, len(tokens) - 1))
        match draw(st.sampled_from(CHANGES)):
            case "replace":
                tokens[at] = draw(st.sampled_from(TOKENS))
            case "insert":
                tokens.insert(at, draw(st.sampled_from(TOKENS)))
            case "drop":
                tokens[at] = ""
            case "double":
                tokens[at:at] = tokens[min(at, other) : min(at, other) + 12]
            case "swap":
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case "steal":
                tokens[at] = tokens[other]
            case "cut":
                del tokens[at : at + draw(st.integers(1, 20))]
                tokens = tokens or [""]
    return "".join(tokens)


@fuzz
@given(mutated())
def test_mutations_of_packaged_specs(file: Path, text: str) -> None:
    check(file, text)


# Specs of the language's own words -----------------------------------------------------------------------------------
# JSON is YAML, and a quoted text an expression: what is built here fails by what it says, not by its brackets.

Json = Any
RIGHT = [1, 2, 3, "a", "n", "in", "in + 1", "n - 1", "twice(a)", "table(n)"]
NUMBERS = [*RIGHT, *RIGHT, *RIGHT, 0, -1, 0.5, "a/3", "i", "x", True, None]
TRUTHS = ["true", "in == 3", "in != 3", "n > 1", "in > n", "in_height > 4", "first", "last", "i == 2", "n"]
LABELS = [
    "p",
    "q",
    "r",
    "t",
    "s{n}",
    "s{in}",
    "t{a + n}",
    "conv",
    "p",
    "q",
    "r",
    "t",
    "s{i}",
    "{x}",
    "input",
    "main",
    "a b",
]
PLACES = ["p", "q", "input", "input", "input", "conv", "conv1", "A1", "p/q", "p/conv", "s2", "r", "image", "nowhere"]
VALUES: st.SearchStrategy[Json] = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from([*NUMBERS, "same", "half", "1x1", "'B'", "A", "relu", "add", "first or a", "2 if n > 1 else 3"]),
    st.lists(st.sampled_from(NUMBERS), max_size=3),
)
PARAMETERS = ["out", "kernel", "stride", "padding", "groups", "channels", "size", "rate", "start", "bias", "x", "y"]
WORDS_OF_STEPS = [
    *["relu", "identity", "Act", "A", "B", "C", "D", "Unit", "global_avg_pool", "batch_norm"] * 3,
    "none",
    "n",
]


def some(keys: list[str], values: st.SearchStrategy[Json], least: int = 0, most: int = 3) -> st.SearchStrategy[Json]:
    return st.dictionaries(st.sampled_from(keys), values, min_size=least, max_size=most)


def single(entry: tuple[str, Json]) -> dict[str, Json]:
    return dict([entry])


def branches(bodies: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    copied = st.tuples(bodies, st.sampled_from(NUMBERS)).map(lambda pair: {"do": pair[0], "copies": pair[1]})
    either = st.tuples(st.sampled_from(TRUTHS), bodies, st.one_of(bodies, st.sampled_from(["none", "identity"])))
    return st.one_of(
        bodies, bodies, copied, either.map(lambda each: dict(zip(("when", "do", "else"), each, strict=True)))
    )


def actions(bodies: st.SearchStrategy[Json]) -> st.SearchStrategy[dict[str, Json]]:
    conv = st.fixed_dictionaries({"out": st.sampled_from(NUMBERS), "kernel": st.sampled_from([1, 1, 1, 3, "1x3", "n"])})
    return st.one_of(
        conv.map(lambda given: {"conv": {**given, "padding": "same"}}),
        st.tuples(st.sampled_from(["add", "concat", "multiply", "head"]), some(LABELS, branches(bodies), 1)).map(
            single
        ),
        st.tuples(st.sampled_from(["concat", "add"]), st.lists(st.sampled_from(PLACES), min_size=1)).map(single),
        st.tuples(st.sampled_from(["A", "B", "C", "D", "Unit"]), VALUES).map(single),
        bodies.map(lambda body: {"do": body}),
        st.sampled_from([{"max_pool": 2}, {"relu": None}, {"pad": 1}, {"linear": 3}, {"slice": {"step": 2}}]),
        st.tuples(st.sampled_from([*catalogue(), "identity"]), st.one_of(VALUES, some(PARAMETERS, VALUES))).map(single),
    )


def modifiers(bodies: st.SearchStrategy[Json]) -> st.SearchStrategy[dict[str, Json]]:
    columns = some(["c", "x", "n"], st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=2), 1)
    each: dict[str, st.SearchStrategy[Json]] = {
        "name": st.sampled_from(LABELS),
        "from": st.sampled_from(PLACES),
        "when": st.sampled_from(TRUTHS),
        "else": st.one_of(st.sampled_from(["identity", "none", "relu"]), bodies),
        "repeat": st.one_of(st.sampled_from(NUMBERS), columns),
        "weights": st.sampled_from(["w", "v", "w{i}"]),
        "copies": st.sampled_from(NUMBERS),
    }
    keys = st.sampled_from(
        [
            (),
            (),
            (),
            (),
            (),
            (),
            ("when", "else"),
            ("when", "else", "from"),
            ("name",),
            ("name", "from"),
            ("repeat",),
            ("repeat", "weights"),
            ("repeat", "from"),
            *((key,) for key in each),
        ]
    )
    return keys.flatmap(lambda chosen: st.fixed_dictionaries({key: each[key] for key in chosen}))


def steps(bodies: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.tuples(actions(bodies), modifiers(bodies)).map(lambda pair: {**pair[1], **pair[0]})


BODIES: st.SearchStrategy[Json] = st.recursive(
    st.sampled_from(WORDS_OF_STEPS),
    lambda bodies: st.one_of(steps(bodies), st.lists(steps(bodies), min_size=1, max_size=3)),
    max_leaves=5,
)
SECTIONS: dict[str, st.SearchStrategy[Json]] = {
    "parameters": some(["a", "n", "A", "Unit", "q"], st.one_of(VALUES, some(["default", "min", "choices"], VALUES))),
    "variants": some(["v", "w"], some(["a", "n", "Unit"], VALUES)),
    "let": some(["a", "b", "k", "f(x)", "x", "f"], st.one_of(VALUES, some(["1", "2", "B"], VALUES))),
    "defaults": some(["conv", "max_pool", "A"], some(PARAMETERS, VALUES)),
    "blocks": some(["A", "B(x=1)", "A(x)", "Unit(x, y=in)"], BODIES),
    "input": st.sampled_from([[3], {"image": [3, 8, 8], "mask": [3, 8, 8]}, [3, 4, 4, 4], ["n", 8], []]),
    "import": st.sampled_from([{"resnet": ["ConvBN"]}, {"spec": ["A"]}, {"nothing": ["B"]}]),
}


@st.composite
def written(draw: st.DrawFn) -> str:
    """A spec that is right in most of its parts."""
    spec: dict[str, Json] = {
        "network": "fuzz",
        "parameters": {"a": 2, "n": {"default": 2, "min": 0}, "Unit": "D", "Act": "sigmoid"},
        "let": {"twice(x)": "2*x", "table(x)": {"1": 4, "2": 5}},
        "input": [3, 8, 8],
        "blocks": {
            "A": draw(BODIES),
            "B(x=2)": [{"conv": {"out": "x", "kernel": 1}}, {"name": "q", "relu": None}],
            "C(x=in)": {"when": "x > 0", "do": ["relu", {"C": "x - 1"}]},
            "D(x=3)": {"add": {"left": "identity", "right": {"conv": {"out": "x", "kernel": 1}}}},
        },
        "body": draw(st.lists(BODIES, min_size=1, max_size=4)),
    }
    for section in draw(st.sampled_from([(), (), (), *((key,) for key in SECTIONS)])):
        drawn = draw(SECTIONS[section])
        spec[section] = {**spec[section], **drawn} if isinstance(spec.get(section), dict) and drawn else drawn
    return json.dumps(spec)


@fuzz
@given(written())
def test_specs_of_the_languages_words(file: Path, text: str) -> None:
    check(file, text)


# Expressions ---------------------------------------------------------------------------------------------------------

SIGNS = [*"+-*/%()<>,=^[]'.", "//", "**", "==", "!=", "<=", ">=", " and ", " or ", " not ", " if ", " else ", " "]
ATOMS = [
    "a",
    "b",
    "x",
    "l",
    "0",
    "1",
    "2",
    "3",
    "07",
    "1.5",
    ".5",
    "1e3",
    "9e999",
    "true",
    "false",
    "'w'",
    "f(",
    "max(",
]
TEXTS = st.lists(st.sampled_from([*SIGNS, *ATOMS]), max_size=30)
ENV = {"a": 3, "b": -2, "x": True, "l": [1, 2], "f()": abs, **{f"{name}()": rule for name, rule in FUNCTIONS.items()}}


@fuzz
@given(st.one_of(TEXTS.map("".join), st.text(max_size=60), st.text(alphabet="(-*n1+) ", max_size=MAX_LENGTH + 5)))
def test_expressions(text: str) -> None:
    offset = 0
    try:
        parsed = parse(text)
        if parsed.names <= ENV.keys():
            parsed.code(ENV)
    except ExpressionError as error:
        offset = error.offset
    except archcalc.ArchcalcError:
        pass
    assert 0 <= offset <= len(text)
