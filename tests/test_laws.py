"""Laws: those of the papers are proved, wrong ones are not, and what decides them can be wrong only loudly."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from conftest import Said
from hypothesis import given, settings
from hypothesis import strategies as st

from archcalc.errors import SpecError
from archcalc.network import load
from archcalc.ops.conv import Conv
from archcalc.ops.shuffle import Shuffle
from archcalc.quantities import Facts, Shape, Weights
from archcalc.render.law import Comparison
from archcalc.spec import zoo
from archcalc.spec.parser import relation
from archcalc.study.law import Outcome, outcomes
from archcalc.study.law_given import assumed
from archcalc.study.law_nets import Figures
from archcalc.study.law_text import Law, laws_of
from archcalc.values.roots import at_least_0
from archcalc.values.symbols import Space

Run = Callable[..., Said]
PACKAGED = list(zoo.laws())


def packaged() -> list[Law]:
    return [law for name in PACKAGED for law in laws_of(load(name).spec)]


def text_of(path: Path, law: str, head: str = "") -> str:
    path.write_text(
        f"network: T\ndefaults: {{conv: {{bias: false}}}}\n{head}laws:\n  the law:\n{law}", encoding="utf-8"
    )
    return str(path)


@pytest.fixture
def decided(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """What becomes of a law of these lines, with this at the head of its file."""

    def of(*lines: str, head: str = "") -> list[Outcome]:
        law = "".join(f"    {line}\n" for line in lines)
        return list(outcomes(laws_of(load(text_of(tmp_path / "t.yaml", law, head)).spec)))

    return of


LAYER = "nets: {layer: {input: [M, 8, 8], body: [conv: {out: N, kernel: 1}]}}"


# The papers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKAGED)
def test_the_packaged_laws_are_as_they_claim(name: str) -> None:
    laws = laws_of(load(name).spec)
    found = list(outcomes(laws))
    assert [each.statement.text for each in found if not each.expected] == []
    assert all(law.source for law in laws)
    assert all(each.counter is not None for each in found if each.statement.refuted)


@pytest.mark.parametrize("law", packaged(), ids=lambda law: f"{law.spec.name}: {law.name}")
def test_laws_hold_by_the_engine_over_integers_at_random_points(law: Law) -> None:
    under = assumed(law)
    near = list(islice(under.points(2_000), 200))
    points = random.Random(law.name).sample(near, min(4, len(near)))
    for point in points:
        figures = Figures(law.module, law.nets, under.at(point), law.spec)
        for statement in law.statements:
            if not statement.refuted:
                assert statement.relation.holds([side(figures) for side in statement.relation.sides]), statement.text


def wrong(text: str) -> str:
    """A statement that is false where this one is true."""
    if "==" in text:
        return f"{text} + 1"
    return re.sub(r"[<>]=?", lambda sign: ">" if sign[0].startswith("<") else "<", text)


@pytest.mark.parametrize("law", packaged(), ids=lambda law: f"{law.spec.name}: {law.name}")
def test_each_law_put_wrong_is_false_with_a_counter_example(law: Law) -> None:
    claimed = [each for each in law.statements if not each.refuted]
    put_wrong = [replace(each, relation=relation(wrong(each.text))) for each in claimed]
    for outcome in outcomes([replace(law, statements=put_wrong)]):
        assert outcome.verdict == "false", outcome.statement.text
        assert outcome.counter is not None


# A rule that is wrong ------------------------------------------------------------------------------------------------


def failing(names: list[str]) -> set[str]:
    return {
        each.law.name for each in outcomes([law for law in packaged() if law.spec.name in names]) if not each.expected
    }


def test_a_rule_that_forgets_the_groups_breaks_the_laws_of_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    def weights(self: Any, x: Shape) -> Weights:
        return Weights(weight=self.out * x[0] * self.kernel[0] * self.kernel[1])

    monkeypatch.setattr(Conv, "weights", weights)
    assert {"separable over standard", "a g-th of the cost", "the three forms cost the same"} <= failing(
        ["separable", "groups", "cardinality"]
    )


def test_a_rule_that_counts_the_input_map_breaks_the_cost_without_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    def facts(self: Any, y: Shape, x: Shape) -> Facts:
        return Facts(macs=self.out * x[0] * x[1] * x[2] * self.kernel[0] * self.kernel[1])

    monkeypatch.setattr(Conv, "facts", facts)
    assert "without padding" in failing(["convolution"])


def test_a_shuffle_that_deals_the_other_way_is_no_transpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shuffle, "origin", lambda self, x, channel: channel)
    assert failing(["shuffle"]) == {"a shuffle is a transpose"}


# Verdicts ------------------------------------------------------------------------------------------------------------


def test_a_wrong_law_is_false_with_its_smallest_counter_example(decided: Callable[..., list[Outcome]]) -> None:
    (found,) = decided("symbols: [M, N]", LAYER, "holds: [layer.params == M*N + M - 1]")
    assert (found.verdict, found.expected, str(found.difference)) == ("false", False, "-M + 1")
    assert found.counter is not None
    assert found.counter.point == {"M": 2, "N": 1}
    assert found.counter.sides == (2, 3)  # 2·1 weights, 2·1 + 2 - 1


def test_refuting_a_true_law_is_not_as_claimed(decided: Callable[..., list[Outcome]]) -> None:
    (found,) = decided("symbols: [M, N]", LAYER, "refutes: [layer.params == M*N]")
    assert (found.verdict, found.expected) == ("proved", False)


def test_what_the_law_does_not_assume_leaves_it_undecided(decided: Callable[..., list[Outcome]]) -> None:
    grouped = "nets: {layer: {input: [M, 8, 8], body: [conv: {out: N, kernel: 1, groups: g}]}}"
    (found,) = decided("symbols: [M, N, g]", grouped, "holds: [layer.params == M*N/g]")
    assert (found.verdict, found.how) == ("undecided", "it holds only where g divides M and g divides N")
    (found,) = decided(
        "symbols: [M, N, g]", "given: [g divides M, g divides N]", grouped, "holds: [layer.params == M*N/g]"
    )
    assert found.verdict == "proved"


def test_assumptions_that_nothing_fulfils_prove_nothing(decided: Callable[..., list[Outcome]]) -> None:
    with pytest.raises(SpecError, match="M stands for no number"):
        decided("symbols: [M, N]", "given: [M > 5, M < 5]", LAYER, "holds: [layer.params == 1]")
    (found,) = decided("symbols: [M, N]", "given: [3*M == 6*N + 1]", LAYER, "holds: [layer.params == 1]")
    assert (found.verdict, found.how) == ("undecided", "no numbers were found that fulfil the assumptions")


@pytest.mark.parametrize(
    ("given", "substituted"),
    [
        ("N divides M", {"M": "N*m"}),
        ("4 divides M", {"M": "4*m"}),
        ("M odd", {"M": "2*j + 1"}),
        ("M even", {"M": "2*j"}),
        ("M % 3 == 2", {"M": "3*j + 2"}),
        ("M >= 72", {"M": "t + 72"}),
        ("M > 72", {"M": "t + 73"}),
        ("M >= N", {"M": "N + t"}),
        ("M > N", {"M": "N + t + 1"}),
        ("M <= N", {"N": "M + t"}),
        ("72 < M", {"M": "t + 73"}),
        ("M == 2*N + 1", {"M": "2*N + 1"}),
        ("M == 7", {"M": "7"}),
        ("M <= 72", {}),
        ("M*N whole", {}),
        ("M*N >= 3", {}),
    ],
)
def test_assumptions_are_substituted(
    given: str, substituted: dict[str, str], decided: Callable[..., list[Outcome]]
) -> None:
    (found,) = decided("symbols: [M, N]", f"given: [{given}]", LAYER, "holds: [layer.params == M*N]")
    assert {name: str(value) for name, value in found.assumed.substituted.items()} == substituted
    assert found.verdict == "proved"


@pytest.mark.parametrize(
    ("given", "true"),
    [
        ("N divides M", lambda m, n: m % n == 0),
        ("M odd", lambda m, n: m % 2 == 1),
        ("M % 3 == 2", lambda m, n: m % 3 == 2),
        ("M > N", lambda m, n: m > n),
        ("N <= M", lambda m, n: m >= n),
        ("M <= 5", lambda m, n: m <= 5),
        ("M*N >= 3", lambda m, n: m * n >= 3),
        ("M == 2*N", lambda m, n: m == 2 * n),
        ("M > N, N % 2 == 0, M <= 7", lambda m, n: m > n and n % 2 == 0 and m <= 7),
        ("N divides M, M >= 4", lambda m, n: m % n == 0 and m >= 4),
        ("M >= 3, M <= 6, N < 3", lambda m, n: 3 <= m <= 6 and n < 3),
    ],
)
def test_the_points_of_a_law_are_those_that_fulfil_its_assumptions(
    given: str, true: Callable[[int, int], bool], tmp_path: Path
) -> None:
    law = f"    symbols: [M, N]\n    given: [{given}]\n    {LAYER}\n    holds: [layer.params == M*N]\n"
    (read,) = laws_of(load(text_of(tmp_path / "t.yaml", law)).spec)
    under = assumed(read)
    found = {(point["M"], point["N"]) for point in map(under.at, under.points(4_000))}
    assert {each for each in found if max(each) <= 8} == {
        (m, n) for m in range(1, 9) for n in range(1, 9) if true(m, n)
    }


def test_inequalities_by_signs_and_by_roots(decided: Callable[..., list[Outcome]]) -> None:
    square = "nets: {layer: {input: [n], body: [linear: {out: n, bias: false}]}}"  # n² weights
    by_signs, by_roots, open_ = decided(
        "symbols: [n, m]",
        square,
        "holds: [layer.params >= n, 2*layer.params + 17/4 > 6*n, layer.params + m**2 >= 2*m*n]",
    )
    assert (by_signs.verdict, by_signs.how) == ("proved", "signs of the coefficients")
    assert (by_roots.verdict, by_roots.how) == ("proved", "roots of the difference (Sturm)")
    assert open_.verdict == "undecided"  # (n - m)² is a square, and that nobody looks for
    (found,) = decided("symbols: [n]", square, "holds: [layer.params > 3*n - 2]")
    assert found.counter is not None
    assert found.counter.point == {"n": 1}


def test_a_net_may_be_a_spec_with_symbols_as_settings(decided: Callable[..., list[Outcome]]) -> None:
    found = decided(
        "symbols: [classes]",
        "nets: {net: {network: resnet18, set: {classes: }}, body: {network: resnet18, set: {classes: }, without: fc}}",
        "holds: [net.params - body.params == 513*classes, body.params == 11176512]",
    )
    # torchvision's ResNet-18 has 11,689,512 parameters, 513 of them for each of 1000 classes
    assert [each.verdict for each in found] == ["proved", "proved"]


# Roots ---------------------------------------------------------------------------------------------------------------

coefficients = st.lists(st.integers(-6, 6), min_size=2, max_size=5).filter(lambda each: any(each[1:]))
bounds = st.tuples(st.integers(-4, 4) | st.none(), st.integers(-4, 4) | st.none())


def bounded(low: int | None, high: int | None, whole: bool) -> Any:
    space = Space()
    return space.symbol("x", whole=whole, minimum=low, maximum=high)


@settings(max_examples=300, deadline=None)
@given(coefficients, bounds, st.booleans())
def test_signs_on_integers_are_those_at_all_integers(
    each: list[int], ends: tuple[int | None, int | None], strict: bool
) -> None:
    low, high = ends
    if low is not None and high is not None and low >= high:
        return
    x = bounded(low, high, True)
    poly, power = 0, 1
    for c in each:
        poly, power = poly + c * power, power * x
    if isinstance(poly, (int, Fraction)):
        return
    reach = range(-60 if low is None else low, (60 if high is None else high) + 1)  # all roots lie within 1 + 6
    values = [sum(c * n**k for k, c in enumerate(each)) for n in reach]
    assert at_least_0(poly, strict) == all(value > 0 or (value == 0 and not strict) for value in values)


@pytest.mark.parametrize(
    ("poly", "low", "high", "wanted", "strictly"),
    [
        (lambda x: x * x - x + Fraction(1, 4), 0, 1, True, False),  # (x - 1/2)²
        (lambda x: x - x * x, 0, 1, True, False),
        (lambda x: x * x * x * x - 4 * x * x + 4, None, None, True, False),  # (x² - 2)², its roots irrational
        (lambda x: x * x - 2, 0, None, False, False),
        (lambda x: x * x - 2, Fraction(3, 2), None, True, True),
        (lambda x: x * x + 1, None, None, True, True),
        (lambda x: x, 0, None, True, False),
    ],
)
def test_signs_on_reals(poly: Any, low: Any, high: Any, wanted: bool, strictly: bool) -> None:
    value = poly(bounded(low, high, False))
    assert (at_least_0(value, False), at_least_0(value, True)) == (wanted, strictly)


# Texts that are wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["symbol: [M]", "holds: [1 == 1]"], "the law `the law` has no `symbol`"),
        (["symbols: [in]", "holds: [1 == 1]"], "`in` cannot be a symbol"),
        (["symbols: {M: {min: a}}", "holds: [1 == 1]"], "a bound is a number"),
        (["symbols: [M]", "given: [M divided]", "holds: [M == M]"], "is not expected here"),
        (["symbols: [M]", "given: [g divides M]", "holds: [M == M]"], "`g` is not a symbol of this law"),
        (["symbols: [M]", "given: [1 < M < 3]", "holds: [M == M]"], "one assumption a comparison"),
        (["symbols: [M]"], "the law `the law` states nothing"),
        (["symbols: [M]", "holds: [M]"], "`M` compares nothing"),
        (["symbols: [M]", "holds: [M == N]"], "`N` is not known here"),
        (["symbols: [M]", "holds: [net.params == M]"], "there is no net `net` in this law"),
        (["symbols: [M, N]", LAYER, "holds: [layer.parms == M]"], "did you mean `params`?"),
        (["symbols: [M]", "nets: {a: {input: [M]}}", "holds: [a.params == M]"], "the net `a` needs `body`"),
        (["symbols: [M]", "nets: {a: {input: [M], body: relu, out: 1}}", "holds: [a.params == 0]"], "has no `out`"),
        (["symbols: [M]", "nets: {a: {input: [M], body: [linear: K]}}", "holds: [a.params == M]"], "`K` is not known"),
        (["nets: {a: {network: resnet18, set: {class: 3}}}", "holds: [a.params == 1]"], "`class` is not a parameter"),
        (["nets: {a: {network: resnet180}}", "holds: [a.params == 1]"], "no packaged spec or variant `resnet180`"),
        (["symbols: [M]", "nets: {M: {input: [M], body: relu}}", "holds: [M == 1]"], "`M` cannot name a net"),
        (["symbols: {M: {min: 5, max: 4}}", "holds: [M == M]"], "M stands for no number"),
        (["symbols: [M]", "given: [M == 0]", "holds: [M == M]"], "no `M` is in its range"),
        (["symbols: [M]", "given: [M == 3, M even]", "holds: [M == M]"], "contradicts what is assumed"),
        (
            ["symbols: [M]", "nets: {a: {input: [M, 2], body: [conv: {out: M, kernel: 3}]}}", "holds: [a.params == 1]"],
            "the window covers 3 and the padded input has 2 (where M = 1)",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_law_is_told(
    lines: list[str], message: str, decided: Callable[..., list[Outcome]]
) -> None:
    with pytest.raises(SpecError) as error:
        decided(*lines)
    assert message in str(error.value)


# The command, and check ----------------------------------------------------------------------------------------------

WRONG = """\
    source: A paper
    symbols: [M, N]
    nets: {layer: {input: [M, 8, 8], body: [conv: {out: N, kernel: 1}]}}
    holds: [layer.params == M*N, layer.params == M + N]
    refutes: [layer.params == N]
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    text_of(Path("t.yaml"), WRONG)
    return "t.yaml"


def test_the_command_shows_laws_with_their_verdicts(run: Run, spec: str) -> None:
    said = run("law", spec)
    assert (said.code, said.err) == (1, "")
    assert said.out == (
        "the law\n"
        "  A paper (t.yaml:4)\n"
        "  M, N: whole, at least 1\n"
        "  proved     layer.params == M*N\n"
        "  false      layer.params == M + N\n"
        "               M = 1, N = 1: 1 against 2\n"
        "               left - right = M*N - M - N\n"
        "  false      layer.params == N\n"
        "               as it should be: M = 2, N = 1: 2 against 1\n"
        "               left - right = M*N - N\n"
        "\n"
        "3 statements of 1 law: 1 proved, 1 false as they should be, 1 false against what\n"
        "is claimed\n"
    )


def test_the_command_writes_json(run: Run, spec: str) -> None:
    found = json.loads(run("law", spec, "--format", "json").out)
    assert [(each["name"], each["document"], each["verdict"], each["expected"]) for each in found] == [
        ("the law", "A paper", "proved", "proved"),
        ("the law", "A paper", "false", "proved"),
        ("the law", "A paper", "false", "false"),
    ]
    assert found[1]["statement"] == "layer.params == M + N"
    assert found[1]["counterexample"] == {"point": {"M": 1, "N": 1}, "sides": [1, 2]}
    assert found[1]["difference"] == "M*N - M - N"
    assert found[1]["where"] == {"file": "t.yaml", "line": 8, "column": 34}


@pytest.mark.parametrize("format_", ["markdown", "latex", "csv"])
def test_the_command_writes_documents(format_: str, run: Run, spec: str) -> None:
    said = run("law", spec, "--format", format_)
    assert said.code == 1
    assert "M = 1, N = 1: 1 against 2" in said.out.replace("$=$", "=")


def test_laws_are_asked_for_by_file_folder_and_name(run: Run, spec: str) -> None:
    assert run("law", ".").code == 1
    assert "2 laws" in run("law", "shuffle").out
    assert "1 law:" in run("law", "a shuffle*").out
    assert run("law", "laws/shuffle").out == run("law", "shuffle").out
    said = run("law", "shufle")
    assert (said.code, said.err) == (2, "there is no file and no law `shufle`\n    hint: did you mean `shuffle`?\n")
    assert run("law", "resnet50").err.startswith("resnet50 has no `laws`\n    hint: laws are in cardinality, ")
    assert run("law", "shuffle", "--format", "github").code == 2


def test_check_runs_laws_with_the_claims(run: Run, spec: str) -> None:
    said = run("check", spec, "--format", "json")
    found = json.loads(said.out)
    assert said.code == 1
    assert [(each["kind"], each["verdict"]) for each in found] == [
        ("law", "agrees"),
        ("law", "differs"),
        ("law", "agrees"),
    ]
    assert found[1]["id"] == "t/the law/layer.params == M + N"
    assert found[1]["note"] == "false: M = 1, N = 1: 1 against 2"
    assert "error" in run("check", spec, "--format", "github").out
    assert run("check", spec, "--only", "law", "--only", "agrees").code == 0


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a.mult_adds == k**2*M*N", r"\mathrm{a.mult\_adds} = k^{2}\,M\,N"),
        ("1/N + 1/k1**2 <= -alpha", r"1/N + 1/k_{1}^{2} \leq -\alpha"),
        ("2**(n - 1) != 3*3", r"2^{(n - 1)} \neq 3 \cdot 3"),
        ("f(C_out, -1) > 0.5", r"f(\mathrm{C\_out},-1) > 0.5"),
    ],
)
def test_statements_as_latex(text: str, latex: str) -> None:
    assert Comparison(text).latex == latex
