"""Every operator against its cases, exactly and over vectors and symbols; and what holds for all operators."""

import ast
import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from op_cases import FOLDER, Case, answered, apply, bad, cases, expected, good

from archcalc.errors import RuleError, Undecided
from archcalc.ops import _base
from archcalc.ops._base import HEADINGS, RULES, Op, catalogue
from archcalc.quantities import Facts, Same, Shape, Unknown, Weights
from archcalc.values.symbols import Space, Symbolic
from archcalc.values.vector import Vector

OPS = Path(_base.__file__).parent
each = pytest.mark.parametrize

# Cases ---------------------------------------------------------------------------------------------------------------


@each("case", good(), ids=str)
def test_a_case_in_the_exact_system(case: Case) -> None:
    figures = answered(case.op, case.given, case.inputs)
    wanted = expected(case)
    if "reads" not in (case.expect or {}):
        figures = {name: figure for name, figure in figures.items() if not name.startswith("reads")}
    assert figures == wanted


@each("case", bad(), ids=str)
def test_a_case_that_is_an_error(case: Case) -> None:
    with pytest.raises(RuleError) as caught:
        answered(case.op, case.given, case.inputs)
    assert caught.value.message == case.error
    assert caught.value.hint == case.hint


# Sizes that vary -----------------------------------------------------------------------------------------------------

LCM = 5040
"""Divisible by all strides and cells of the cases, so that a symbol's floors are decided."""

SCALED = {
    **{op: {"out"} for op in ("conv", "conv_transpose", "linear")},
    **{op: {"copies"} for op in ("add", "average", "multiply", "concat")},
}
"""Parameters that grow with the channels."""

POINTS = (0, 1, 2)


def grown(case: Case, t: Any) -> tuple[dict[str, Any], tuple[Shape, ...]]:
    """The case at t = 0; beyond it (1 + t) times the channels and LCM * t more positions. Axes of 1 stay."""
    ones = case.op in ("multiply", "linear", "embedding")

    def scaled(count: Any) -> Any:
        return [scaled(item) for item in count] if isinstance(count, list) else count + count * t

    def shape(sizes: Any) -> Shape:
        channels, *n = sizes
        return (1 if ones and channels == 1 else scaled(channels)), *(
            size if size == 1 else size + LCM * t for size in n
        )

    names = set(SCALED.get(case.op, ()))
    if case.inputs and case.given.get("groups") == case.inputs[0][0]:
        names.add("groups")  # depthwise
    given = {name: scaled(value) if name in names else value for name, value in case.given.items()}
    if case.op in ("input", "weight"):
        given["shape"] = list(shape(given["shape"]))
    inputs = tuple(map(shape, case.inputs))
    if case.op == "matmul":  # as many rows on the right as there are columns on the left
        inputs = inputs[0], (inputs[0][1], *inputs[1][1:])
    return given, inputs


def at(figure: Any, point: int) -> Any:
    """A figure of a vector of POINTS, or of a symbol t, at a point."""
    if isinstance(figure, Vector):
        return figure.tolist()[point]
    return figure.at({"t": point}) if isinstance(figure, Symbolic) else figure


def grows(case: Case) -> bool:
    """Whether the operator takes other sizes: not where a shape is fixed."""
    return case.op != "reshape" or -1 in case.given["shape"]


def vector() -> Vector:
    return Vector.of(POINTS)


def symbol() -> Symbolic:
    return Space().symbol("t", minimum=0, whole=True)  # type: ignore[no-any-return]


def overlapping(case: Case, name: str, figure: Any) -> bool:
    """The one figure that may be unknown where it is known exactly: how far cells of adaptive pooling overlap."""
    return isinstance(figure, Unknown) and case.op.startswith("adaptive") and name in ("work adds", "work compares")


@each("system", [vector, symbol])
@each("case", [case for case in good() if grows(case)], ids=str)
def test_a_case_with_sizes_that_vary(case: Case, system: Callable[[], Any]) -> None:
    t = system()
    figures = answered(case.op, *grown(case, t))
    for point in POINTS:
        exact = answered(case.op, *grown(case, point))
        assert figures.keys() == exact.keys()
        for name, figure in figures.items():
            assert at(figure, point) == exact[name] or overlapping(case, name, figure), (name, point)
    if isinstance(t, Symbolic):
        assert all(t.space.admits({"t": point}) for point in POINTS)


def test_work_of_adaptive_pooling_is_known_over_vectors_and_symbols_where_cells_are_equal() -> None:
    for t in (vector(), symbol()):
        work = apply("adaptive_avg_pool", {"size": 7}, ((512, 14 + 7 * t, 14 + 7 * t),)).facts.work
        assert [at(work["adds"], point) for point in POINTS] == [512 * ((14 + 7 * t) ** 2 - 49) for t in POINTS]


# Parameters that vary ------------------------------------------------------------------------------------------------


def leaves(given: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where whole numbers stand among parameters."""
    if isinstance(given, (dict, list)):
        items = given.items() if isinstance(given, dict) else enumerate(given)
        return list(chain.from_iterable(leaves(value, (*path, key)) for key, value in items))
    return [path] if type(given) is int else []


def raised(given: Any, path: tuple[Any, ...], by: Any) -> Any:
    """`given` with the number at `path` raised."""
    if not path:
        return given + by
    key, *rest = path
    changed = dict(given) if isinstance(given, dict) else list(given)
    changed[key] = raised(given[key], tuple(rest), by)
    return changed


def tried(case: Case, path: tuple[Any, ...], by: Any) -> dict[str, Any] | RuleError:
    try:
        return answered(case.op, raised(case.given, path, by), case.inputs)
    except RuleError as error:
        return error


NUMBERS = [(case, path) for case in good() for path in leaves(case.given)]


def differences(case: Case, figures: dict[str, Any], exact: Any, point: int) -> list[str]:
    if isinstance(exact, RuleError):
        return [f"no error at {point}: {exact}"]
    return [
        f"{name} at {point}: {at(figure, point)}, exactly {exact[name]}"
        for name, figure in figures.items()
        if at(figure, point) != exact[name] and not overlapping(case, name, figure)
    ]


@each(("case", "path"), NUMBERS, ids=lambda x: str(x) if isinstance(x, Case) else ".".join(map(str, x)))
def test_a_parameter_that_varies_over_a_vector(case: Case, path: tuple[Any, ...]) -> None:
    """What is open is an error, never a figure; and only what says yes here and no there is open."""
    by = (0, 1)
    exact = [tried(case, path, t) for t in by]
    figures = tried(case, path, Vector.of(by))
    if isinstance(figures, RuleError):
        assert isinstance(figures, Undecided) == (not any(isinstance(answer, RuleError) for answer in exact))
    else:
        assert not list(chain.from_iterable(differences(case, figures, exact[t], t) for t in by))


OPEN = {
    "conv": {"stride", "padding", "kernel", "dilation"},
    "max_pool": {"stride", "padding", "kernel", "dilation"},
    "avg_pool": {"stride", "padding", "kernel"},
    "lp_pool": {"stride", "padding", "kernel"},
    "conv_transpose": {"stride", "kernel", "dilation"},
    "crop": {"size"},
    "slice": {"start", "stop", "step"},
    "window_attention": {"window"},
}
"""Parameters of which a symbol may leave a floor open."""


@each(("case", "path"), NUMBERS, ids=lambda x: str(x) if isinstance(x, Case) else ".".join(map(str, x)))
def test_a_parameter_that_is_a_symbol(case: Case, path: tuple[Any, ...]) -> None:
    """A figure that a symbol gives holds wherever its conditions do; where there is an exact error, they do not."""
    t = symbol()
    figures = tried(case, path, t)
    if isinstance(figures, RuleError):
        assert path[0] in OPEN.get(case.op, ()) or any(isinstance(tried(case, path, p), RuleError) for p in POINTS)
        return
    for point in POINTS:
        if t.space.admits({"t": point}):
            assert not differences(case, figures, tried(case, path, point), point)


def test_symbols_of_a_convolution_give_its_textbook_formula() -> None:
    """M*N*k**2*F**2 and N*M*k**2: Howard et al. 2017, equation 2, at stride 1 with F outputs an axis."""
    space = Space()
    m, n, k, f = (space.symbol(name, minimum=1, whole=True) for name in ("M", "N", "k", "F"))
    side = f + k - 1
    figures = answered("conv", {"out": n, "kernel": k, "bias": False}, ((m, side, side),))
    assert figures["output 1"] is f
    assert figures["macs"] is m * n * k * k * f * f
    assert figures["weights weight"] is m * n * k * k


@each("system", [vector, symbol])
def test_what_is_cropped_is_the_larger_one_at_any_size(system: Callable[[], Any]) -> None:
    t = system()
    for more in (1, 2):
        with pytest.raises(RuleError, match="positions"):
            apply("crop", {"size": 8 + t + more}, ((3, 8 + t, 8 + t),))


def test_a_crop_of_a_symbol_is_of_maps_that_are_large_enough() -> None:
    t = symbol()
    assert apply("crop", {"size": 9}, ((3, 8 + t, 8 + t),)).output == (3, 9, 9)
    assert [t.space.admits({"t": point}) for point in POINTS] == [False, True, True]


POOLS: dict[str, tuple[dict[str, Any], bool]] = {
    "global_avg_pool": ({}, True),
    "global_max_pool": ({}, True),
    "adaptive_avg_pool": ({"size": 1}, True),
    "flatten": ({}, True),
    "mean": ({"over": "positions"}, True),
    "reshape": ({"shape": [-1]}, True),
    "attention": ({"heads": 2}, False),
    "window_attention": ({"heads": 2, "window": 7}, False),
    "group_norm": ({"groups": 2}, False),
    "instance_norm": ({}, False),
    "conv": ({"out": 8, "kernel": 1}, False),
    "relu": ({}, False),
}


@each("name", POOLS)
@each("n", [1, 2])
def test_whether_an_operator_pools_does_not_hang_on_the_size_of_the_map(name: str, n: int) -> None:
    """A gate of a map of one position is a gate; attention on one position is of that position."""
    given, pools = POOLS[name]
    assert apply(name, given, ((8, n, n),)).pools == (pools,)


# What holds for every operator ---------------------------------------------------------------------------------------


@each("name", catalogue())
def test_an_operator_is_documented(name: str) -> None:
    op = catalogue()[name]
    lines = (op.__doc__ or "").splitlines()
    found = [line.split()[0] for line in lines if line.split() and line.split()[0] in HEADINGS]
    assert found == list(HEADINGS)
    assert op.summary().endswith((".", "position."))
    for field in op.fields.values():
        assert field.doc
        assert not field.doc.endswith(".")
        json.dumps(field.schema())
    assert op.bare == "" or op.bare in op.fields


@each("name", catalogue())
def test_an_operator_has_cases(name: str) -> None:
    mine = [case for case in cases() if case.op == name]
    right = [case for case in mine if case.expect is not None]
    assert len(right) >= 3
    assert len({case.id for case in mine}) == len(mine)
    assert all(case.source for case in mine)
    assert any("reads" in (case.expect or {}) for case in right), "no case says what it reads"
    assert set(catalogue()[name].fields) <= set().union(*(case.given for case in right)), "a parameter without a case"
    ranks = {len(case.inputs[0]) - 1 for case in right if case.inputs}
    assert len(ranks) >= min(2, len(catalogue()[name].ranks)) or catalogue()[name].begins, "cases of one rank only"


def test_every_file_of_cases_is_of_an_operator() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(catalogue())


@each("name", catalogue())
def test_each_number_that_an_operator_states_is_a_figure_of_some_case(name: str) -> None:
    """A rule that answers nothing in all its cases would be untried."""
    stated = set()
    for case in good():
        if case.op == name:
            stated |= {key.split()[0] for key, value in expected(case).items() if value not in (0, ())}
    headings = {line.split()[0]: line.split()[1] for line in _doc(name) if line.split()[:1] and line[:1].strip()}
    assert ("weights" in stated) == (headings["Weights"] != "none")
    assert bool(stated & {"macs", "bias_adds", "work"}) == (headings["Facts"].strip(",") != "none")


def _doc(name: str) -> list[str]:
    return [line[4:] for line in (catalogue()[name].__doc__ or "").splitlines()]


# How rules are written -----------------------------------------------------------------------------------------------

CALLS = {"max", "min", "abs", "int", "float", "round", "divmod", "pow"}
OPERATORS = (ast.FloorDiv, ast.Mod, ast.Div, ast.Pow)
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def _of_structure(node: ast.expr) -> bool:
    """A word, None, or how many axes there are: what is no size."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) or node.value is None
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def forbidden(source: str) -> list[str]:
    """Arithmetic that means something else for a symbol."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, OPERATORS):
            found.append(f"{node.lineno}: {type(node.op).__name__}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.append(f"{node.lineno}: {node.func.id}")
        elif isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            ordered = any(isinstance(op, ORDER) for op in node.ops)
            if not any(map(_of_structure, sides)) or (ordered and not isinstance(node.left, ast.Call)):
                found.append(f"{node.lineno}: a comparison")
    return found


BINDING = ("_base.py", "_fields.py")
"""What binds what a spec gives, before rules see it."""


@each("path", sorted(path for path in OPS.glob("*.py") if path.name not in BINDING), ids=lambda path: path.name)
def test_rules_use_named_arithmetic(path: Path) -> None:
    assert forbidden(path.read_text()) == []


@each("line", ["n // 2", "n % 2", "n / 2", "n **= 2", "max(n, 2)", "n < 2", "n == 1", "0 <= n", "n != m", "1 in n"])
def test_the_check_of_arithmetic_can_fail(line: str) -> None:
    assert forbidden(line)


@each("line", ["n - 2", "len(n) == 1", "padding == 'same'", "stride is None", "len(x) not in (1, rank)"])
def test_the_check_of_arithmetic_lets_pass(line: str) -> None:
    assert not forbidden(line)


# Definition ----------------------------------------------------------------------------------------------------------


def test_an_operator_without_a_rule_or_a_heading_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="operator half_done does not state its weights, facts, reads, Facts, Source"):

        class HalfDone(Op):
            """Half of an operator.

            Shape     (C) -> (C)
            Weights   none
            Reads     none
            """

            def output(self, x: Shape) -> Shape:
                return x

    assert "half_done" not in catalogue()


def test_two_operators_cannot_share_a_name() -> None:
    rules = {
        "output": lambda self, x: x,
        "weights": lambda self, x: Weights(),
        "facts": lambda self, y, x: Facts(),
        "reads": lambda self, x: (Same(),),
    }
    assert tuple(rules) == RULES
    doc = "Twice.\n\n" + "\n".join(f"{heading}   none" for heading in HEADINGS)
    with pytest.raises(TypeError, match="two operators are named conv"):
        type("Conv", (Op,), {**rules, "__doc__": doc})
