"""`survival`: how often steps run in training, and the Mult-Adds expected of that."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import archcalc
from archcalc.errors import SpecError
from archcalc.report.report import Report
from archcalc.values.symbols import Space
from archcalc.values.vector import Vector

Reported = Callable[..., Report]

ONE = "conv: {out: 1, kernel: 1, bias: false}"
"""A layer of one multiply-accumulate on an input of one number."""


@pytest.fixture
def report(tmp_path: Path) -> Reported:
    """The report of a body on an input of one number."""

    def reported(body: str, more: str = "", **settings: Any) -> Report:
        text = f"network: n\ninput: [1, 1, 1]\n{textwrap.dedent(more)}body:\n{textwrap.dedent(body)}"
        path = tmp_path / "n.yaml"
        path.write_text(text, encoding="utf-8")
        return archcalc.load(str(path)).report(**settings)

    return reported


def often(report: Report) -> dict[str, Any]:
    """How often each node runs, but for those that always do."""
    return {row.node.path: row.node.survival for row in report.rows if row.node.survival != 1}


def expected(report: Report) -> Any:
    return report.total("expected_mult_adds")


def test_a_step_with_survival_runs_so_often_and_what_stands_round_it_always(report: Reported) -> None:
    made = report(f"""
        - {{{ONE}}}
        - {{name: u, survival: 0.25, do: [{{{ONE}}}, relu, {{{ONE}}}]}}
        - {{{ONE}}}
    """)
    assert often(made) == dict.fromkeys(("u/conv1", "u/relu", "u/conv2"), Fraction(1, 4))
    assert expected(made) == 2 + 2 * Fraction(1, 4)
    assert made.totals["mult_adds"] == made.totals["params"] == 4


def test_a_branch_with_survival_does_not_take_its_merge_along(report: Reported) -> None:
    made = report(f"- add: {{skip: identity, residual: {{survival: 0.5, do: [{{{ONE}}}, relu]}}}}")
    assert often(made) == dict.fromkeys(("residual/conv", "residual/relu"), Fraction(1, 2))


def test_linear_decay_of_huang_et_al(report: Reported) -> None:
    """Huang et al. 2016, arXiv 1603.09382, section 3: L = 54 blocks, p_L = 0.5, (3L - 1)/4 = 40.25 of them run."""
    body = f"{{repeat: 54, add: {{skip: identity, residual: {{survival: {{last: 0.5}}, {ONE}}}}}}}"
    made = report(f"- {body}")
    assert expected(made) == Fraction(3 * 54 - 1, 4)
    chances = list(often(made).values())
    assert (chances[0], chances[1], chances[-1]) == (1 - Fraction(1, 108), 1 - Fraction(2, 108), Fraction(1, 2))
    assert made.totals["mult_adds"] == made.totals["params"] == 54


def test_linear_decay_counts_all_steps_of_the_network_in_order_of_placement(report: Reported) -> None:
    made = report(
        f"""
        - Unit
        - {{name: outer, do: [Unit, {{Unit: , repeat: 2}}]}}
        - {{when: in == 7, Unit: , else: {{{ONE}}}}}
        """,
        f"blocks:\n  Unit: {{survival: {{last: 0}}, {ONE}}}\n",
    )
    three_quarters, half, quarter = Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)
    assert [row.node.survival for row in made.rows] == [1, three_quarters, half, quarter, 0, 1]
    assert expected(made) == three_quarters + half + quarter + 1


def test_each_of_the_linear_ones_has_its_own_last(report: Reported) -> None:
    made = report(f"- [{{survival: {{last: 0}}, {ONE}}}, {{survival: 0.3, {ONE}}}, {{survival: {{last: 0.9}}, {ONE}}}]")
    assert [row.node.survival for row in made.rows] == [1, Fraction(1, 2), Fraction(3, 10), Fraction(9, 10)]


def test_nested_ones_multiply_as_in_fractal_net(report: Reported) -> None:
    """Larsson et al. 2017, arXiv 1605.07648, equation 1: E(1) = 1 and E(C) = p*2*E(C - 1) + p, so E(3) = 6p² + p."""
    blocks = f"""
    parameters: {{p: {{default: 0.5, min: 0, max: 1}}}}
    blocks:
      Fractal(columns):
        - when: columns == 1
          {ONE}
          else:
            add:
              deep: {{survival: p, do: [{{Fractal: columns - 1}}, {{Fractal: columns - 1}}]}}
              wide: {{survival: p, {ONE}}}
    """
    assert expected(report("- Fractal: 3", blocks)) == 2
    for p in (Fraction(1, 3), Fraction(7, 8), 0, 1):
        made = report("- Fractal: 3", blocks, p=p)
        assert expected(made) == 6 * p * p + p
        assert made.totals["mult_adds"] == 7


def test_the_only_branch_left_of_a_merge_always_runs_and_counts(report: Reported) -> None:
    """EfficientNet: the rate grows with the block, and blocks without a shortcut are not dropped."""
    made = report(f"""
        - repeat: {{shortcut: [1, 0, 1, 0]}}
          add:
            shortcut: {{when: shortcut == 1, do: identity, else: none}}
            residual: {{survival: {{last: 0.6}}, do: [{{{ONE}}}, {{survival: 0.5, {ONE}}}]}}
    """)
    convs = [row.node.survival for row in made.rows if row.node.applied.op.name == "conv"]
    first, third, half = Fraction(9, 10), Fraction(7, 10), Fraction(1, 2)
    assert convs == [first, first * half, 1, half, third, third * half, 1, half]


def test_copies_multiply(report: Reported) -> None:
    made = report(f"- add: {{skip: identity, paths: {{copies: 6, survival: 0.25, {ONE}}}}}")
    assert (made.totals["mult_adds"], expected(made)) == (6, Fraction(3, 2))


def test_what_stands_in_else_has_no_survival(report: Reported) -> None:
    made = report(f"- {{when: false, survival: 0.5, {ONE}, else: [{{{ONE}}}]}}")
    assert often(made) == {}


def test_survival_may_depend_on_the_round_and_on_what_arrives(report: Reported) -> None:
    made = report(f"- {{repeat: 3, survival: in/i, {ONE}}}")
    assert list(often(made).values()) == [Fraction(1, 2), Fraction(1, 3)]


def test_survival_over_a_vector_and_of_a_symbol(report: Reported) -> None:
    more = "parameters: {p: {default: 0.5, min: 0, max: 1}}\n"
    body = f"{{repeat: 4, survival: {{last: p}}, {ONE}}}"
    exact = [expected(report(f"- {body}", more, p=p)) for p in (0, 1)]
    assert exact == [Fraction(3, 2), 4]  # 4 - (1 - p)*(1 + 2 + 3 + 4)/4
    assert expected(report(f"- {body}", more, p=Vector.of((0, 1)))).tolist() == exact
    figure = expected(report(f"- {body}", more, p=Space().symbol("p", minimum=0, maximum=1)))
    assert [figure.at({"p": p}) for p in (0, 1)] == exact


def test_the_report_has_a_column_for_it(report: Reported) -> None:
    made = report(f"- [{{{ONE}}}, {{survival: 0.5, {ONE}}}, {{survival: 0.5, {ONE}}}]")
    assert [row.node.survival for row in made.rows] == [1, 1, Fraction(1, 2), Fraction(1, 2)]
    assert expected(made) == 2
    assert isinstance(expected(made), int)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1.5", "`survival` is 1.5, a number from 0 to 1 is wanted"),
        ("0 - 1/3", "`survival` is -1/3, a number from 0 to 1 is wanted"),
        ("in - 3", "`survival` is in - 3 = -2, a number from 0 to 1 is wanted"),
        ("true", "`survival` is true, a number from 0 to 1 is wanted"),
        ("{last: 2}", "`survival` is 2, a number from 0 to 1 is wanted"),
        ("{first: 1}", "`survival` is a number, or {last: …} for the linear decay rule"),
        ("{last: 0.5, first: 1}", "`survival` is a number, or {last: …} for the linear decay rule"),
        ("", "a value is wanted, this is empty"),
        ("half", "`half` is not known here"),
    ],
)
def test_what_survival_cannot_be(report: Reported, written: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        report(f"- {{{ONE}, survival: {written}}}")
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.where is not None
    assert problem.where.line == 4
