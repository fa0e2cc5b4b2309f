"""What a spec means, where it would be easy to read it wrongly. Expectations are worked out by hand."""

import textwrap
from fractions import Fraction
from pathlib import Path

import pytest

import archcalc
from archcalc.engine.graph import Graph, Node


class Written:
    """A spec that is written down, and files for it to import."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str, **files: str) -> archcalc.Network:
        for name, content in {"spec": text, **files}.items():
            written = textwrap.dedent(content).lstrip("\n")
            if not written.startswith("network:"):
                written = f"network: {name}\n{written}"
            (self.folder / f"{name}.yaml").write_text(written, encoding="utf-8")
        return archcalc.load(str(self.folder / "spec.yaml"))


@pytest.fixture
def spec(tmp_path: Path) -> Written:
    return Written(tmp_path)


def paths(graph: Graph) -> list[str]:
    """All but the input."""
    return [node.path for node in graph.nodes if node.sources]


def node(graph: Graph, path: str) -> Node:
    (found,) = (each for each in graph.nodes if each.path == path)
    return found


def shape(graph: Graph, path: str) -> tuple[object, ...]:
    return node(graph, path).applied.output


def channels(graph: Graph) -> list[object]:
    """Of all layers but the input."""
    return [each.applied.output[0] for each in graph.nodes if each.sources]


def sources(graph: Graph, path: str) -> list[str]:
    return [graph.nodes[index].path for index in node(graph, path).sources]


# Scopes --------------------------------------------------------------------------------------------------------------


def test_a_column_hides_a_parameter_inside_its_repeat_only(spec: Written) -> None:
    graph = spec("""
        parameters: {c: 5}
        input: [1, 4, 4]
        body:
          - conv: {out: c, kernel: 1}
          - {repeat: {c: [7, 9]}, conv: {out: c, kernel: 1}}
          - conv: {out: c, kernel: 1}
    """).graph()
    assert channels(graph) == [5, 7, 9, 5]


def test_an_argument_hides_a_parameter_and_the_names_of_the_caller_are_not_seen(spec: Written) -> None:
    graph = spec("""
        parameters: {c: 5, d: 6}
        input: [1, 4, 4]
        blocks:
          A(c): [conv: {out: c, kernel: 1}, conv: {out: d, kernel: 1}]
        body:
          - {repeat: {d: [7]}, A: 3}
    """).graph()
    assert channels(graph) == [3, 6]


def test_a_lower_case_step_is_the_operator_whatever_an_argument_is_called(spec: Written) -> None:
    graph = spec("""
        input: [1, 4, 4]
        blocks:
          A(relu): [conv: {out: relu, kernel: 1}, relu]
        body: [A: 3]
    """).graph()
    assert [type(node.applied.op).__name__ for node in graph.nodes] == ["Input", "Conv", "Relu"]


def test_arguments_see_those_to_their_left_and_what_arrives_at_the_block(spec: Written) -> None:
    graph = spec("""
        input: [4, 4, 4]
        blocks:
          A(t, hidden=t*in, out=hidden + 1): [conv: {out: hidden, kernel: 1}, conv: {out, kernel: in}]
        body: [A: 2]
    """)
    with pytest.raises(archcalc.SpecError, match="the window covers 8"):  # 2*4 channels arrive at the second layer
        graph.graph()


def test_let_sees_the_names_of_its_file_and_not_those_of_the_step(spec: Written) -> None:
    graph = spec("""
        parameters: {c: 5}
        let: {'double(x)': 2*x + c, six: double(0) + 1}
        input: [1, 4, 4]
        blocks:
          A(c): [conv: {out: double(c), kernel: 1}, conv: {out: six, kernel: 1}]
        body: [A: 100]
    """).graph()
    assert channels(graph) == [205, 6]


def test_the_order_of_let_does_not_matter_and_a_function_may_call_itself(spec: Written) -> None:
    graph = spec("""
        let: {a: b + 1, b: half(64) + f(3), 'half(x)': x/two, two: 2, 'f(n)': n*f(n - 1) if n > 0 else 1}
        input: [1, 4, 4]
        body: [conv: {out: a, kernel: 1}]
    """).graph()
    assert channels(graph) == [32 + 6 + 1]


def test_defaults_of_an_operator_see_the_names_of_the_file(spec: Written) -> None:
    graph = spec("""
        parameters: {g: 1}
        input: [4, 4, 4]
        defaults: {conv: {groups: g}}
        blocks:
          A(g): [conv: {out: 4, kernel: 1}]
        body: [A: 4]
    """)
    assert graph.report().totals["params"] == 4 * 4 + 4
    assert graph.report(g=2).totals["params"] == 4 * 2 + 4


def test_first_last_and_i_are_those_of_the_innermost_loop(spec: Written) -> None:
    graph = spec("""
        input: [1, 4, 4]
        body:
          - repeat: {s: [1, 2], start: [true, false]}
            do:
              - {repeat: 3, conv: {out: 100*s + 10*i + (1 if first else 2 if last else 3), kernel: 1}}
              - {when: first, conv: {out: 7, kernel: 1}}
              - {when: last and not start, conv: {out: 8, kernel: 1}}
    """).graph()
    assert channels(graph) == [111, 123, 132, 7, 211, 223, 232, 8]


def test_what_arrives_is_the_same_for_every_branch(spec: Written) -> None:
    graph = spec("""
        input: [3, 4, 4]
        body:
          - conv: {out: 5, kernel: 1}
          - conv: {out: 6, kernel: 1}
          - concat:
              'a{in}': [conv: {out: 10*in, kernel: 1}, conv: {out: in + 1, kernel: 1}]
              b: {conv: {out: 10*in, kernel: 1}, copies: in}
              c: {when: in == 6, conv: {out: 1, kernel: 1}, else: none}
          - conv: {out: in, kernel: 1}
    """).graph()
    assert shape(graph, "a6/conv1") == (60, 4, 4)
    assert shape(graph, "a6/conv2") == (61, 4, 4)
    assert (shape(graph, "b"), node(graph, "b").copies) == ((60, 4, 4), 6)
    assert shape(graph, "concat") == (61 + 6 * 60 + 1, 4, 4)


def test_height_and_width_are_the_last_two_axes(spec: Written) -> None:
    graph = spec("""
        input: [1, 9, 5, 7]
        body: [conv: {out: 10*in_height + in_width, kernel: 1}]
    """).graph()
    assert channels(graph) == [57]


# Values --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'0.1 + 0.2 == 0.3'", True),
        ("'1/3 + 1/3 + 1/3 == 1'", True),
        ("'-7 // 2 == -4 and -7 % 2 == 1'", True),  # as in Python
        ("'-2**2 == -4 and 2**3**2 == 512 and 2**-1 == 0.5'", True),
        ("'1 < 2 < 3 > 2 != 3'", True),
        ("'not 1 == 2 and not (true and false)'", True),
        ("'round(0.5) == 1 and round(1.5) == 2 and round(-0.5) == 0'", True),  # halves up
        ("'floor(-0.5) == -1 and ceil(-0.5) == 0 and abs(-1/2) == 0.5'", True),
        ("'divisible(30, 8) == 32 and divisible(11, 8) == 16 and divisible(1, 8) == 8'", True),  # 8 is below 0.9*11
        ("'max(1, 2, 3/2) == 2 and min([4, 3]) == 3'", None),  # no lists in an expression
        ("'sum(l) + len(l) + max(l) == 10 + 4 + 4'", True),
        ("'w == ''B'' and w != ''C'''", True),
        ("2e1 == 20 and 1.50 == 3/2 and .5 == 0.5", True),
        ("(1 if false else 2 if false else 3) == 3", True),
        ("10**100 + 1 > 10**100", True),
    ],
)
def test_arithmetic(spec: Written, text: str, value: bool | None) -> None:
    source = f"""
        parameters: {{l: [1, 2, 3, 4], w: B}}
        input: [1, 4, 4]
        body:
          - {{when: {text}, conv: {{out: 2, kernel: 1}}, else: {{conv: {{out: 3, kernel: 1}}}}}}
    """
    if value is None or text.startswith(("2e1", "(1 if")):  # commas and colons apart, quotes are not needed
        source = source.replace(text, text if value is None else f"'{text}'")
    if value is None:
        with pytest.raises(archcalc.SpecError, match="not expected here"):
            spec(source)
    else:
        assert channels(spec(source).graph()) == [2 if value else 3]


def test_numbers_have_no_size_at_which_they_break(spec: Written) -> None:
    network = spec("""
        input: [10**20, 1, 1]
        body: [conv: {out: 10**30 + 1, kernel: 1, bias: false}]
    """)
    assert network.report().totals["params"] == 10**50 + 10**20


def test_parameters_are_exact_and_of_the_kind_of_their_default(spec: Written) -> None:
    network = spec("""
        parameters:
          third: 1/3
          number: 1.0
          units: [2.0, 1/2, B, true]
          kind: {default: 1/2, choices: [1/2, 0.25], min: 1/8}
        input: [3, 4, 4]
        body: [conv: {out: 9*third + number, kernel: 1}]
    """)
    assert channels(network.graph()) == [4]
    assert channels(network.graph(third="2/3")) == [7]
    assert channels(network.graph(number=2)) == [5]
    values = network.settings(kind="1/4", number=0.1)
    assert values["units"] == [2, Fraction(1, 2), "B", True]
    assert [type(value) for value in values["units"]] == [int, Fraction, str, bool]
    assert values["kind"] == Fraction(1, 4)
    assert values["number"] == Fraction(1, 10)  # a float is the decimal that it prints
    for name, value in {"third": "x", "number": True, "kind": "1/3", "units": 3}.items():
        with pytest.raises(archcalc.UsageError, match=f"`{name}` is "):
            network.settings(**{name: value})


def test_bounds_hold_for_every_entry_of_a_list(spec: Written) -> None:
    network = spec("""
        parameters: {units: {default: [1, 2], min: 1, max: 5}}
        input: [3, 4, 4]
        body: [{relu, repeat: {n: units}}]
    """)
    with pytest.raises(archcalc.UsageError, match="`units` holds 6, at most 5 is wanted"):
        network.settings(units=[1, 6])


def test_a_table_tells_true_from_one_and_takes_fractions(spec: Written) -> None:
    graph = spec("""
        parameters: {t: true}
        let: {table(x): {1: 10, 0.5: 20, B: 30, true: 40}}
        input: [1, 4, 4]
        body:
          - repeat: {v: [1, 1/2, "'B'", t]}
            conv: {out: table(v), kernel: 1}
    """).graph()
    assert channels(graph) == [10, 20, 30, 40]


def test_an_empty_value_is_the_value_of_its_name(spec: Written) -> None:
    graph = spec("""
        parameters: {kernel: 3}
        input: [1, 9, 9]
        blocks:
          A(out, kernel=1): [conv: {out, kernel}]
        body: [A: {out: 4, kernel}, A: 5, conv: {out: 6, kernel: 1x3}]
    """).graph()
    assert [each.applied.output for each in graph.nodes[1:]] == [(4, 7, 7), (5, 7, 7), (6, 7, 5)]


def test_variants_are_settings(spec: Written) -> None:
    network = spec(
        """
        parameters: {kind: {default: A, choices: [A, B]}, n: 2, deep: false}
        variants: {small: {n: 1}, other: {kind: B, deep: true, n: 3}, same: {}}
        input: [1, 4, 4]
        blocks: {A: relu, B: relu6}
        body: [{kind, repeat: n}]
    """.replace("kind", "Kind")
    )
    assert network.variant == "spec"
    assert list(network.variants) == ["spec", "small", "other", "same"]
    assert paths(network.graph()) == ["Kind1", "Kind2"]
    assert paths(network.at("small").graph()) == ["Kind1"]
    assert type(network.at("other").graph().nodes[1].applied.op).__name__ == "Relu6"
    assert paths(network.at("other").graph(n=1)) == ["Kind1"]


# Names and levels ----------------------------------------------------------------------------------------------------


def test_numbers_count_places_so_that_when_moves_no_name(spec: Written) -> None:
    network = spec("""
        parameters: {a: true}
        input: [4, 8, 8]
        body:
          - {when: a, conv: {out: 4, kernel: 1}}
          - {when: a, max_pool: 2, else: {conv: {out: 5, kernel: 1}}}
          - {when: not a, max_pool: 2, else: {conv: {out: 6, kernel: 1}}}
          - {when: i != 2 or not a, repeat: 3, relu}
          - {when: a, do: [relu, {add: {left: relu, right: relu6}}]}
          - conv: {out: 7, kernel: 1}
          - max_pool: 2
          - relu
          - add: {left: identity, right: relu}
    """)
    shared = ["conv4", "max_pool3", "relu5", "right2", "add2"]
    assert paths(network.graph()) == [
        "conv1", "max_pool1", "conv3", "relu1", "relu3", "relu4", "left1", "right1", "add1", *shared
    ]  # fmt: skip
    assert paths(network.graph(a=False)) == ["conv2", "max_pool2", "relu1", "relu2", "relu3", *shared]


def test_levels_of_names_with_braces(spec: Written) -> None:
    graph = spec(
        """
        input: [4, 8, 8]
        blocks: {A(n): [{name: 'act{n}', relu}, {name: 'act{n + 1}', relu}]}
        body:
          - {name: 'stage{s}{t}', repeat: {s: [1, 2], t: [a, b]}, do: [relu, A: s], }
    """.replace("[a, b]", """["'a'", "'b'"]""")
    ).graph()
    assert paths(graph) == [
        "stage1a/relu", "stage1a/A/act1", "stage1a/A/act2", "stage2b/relu", "stage2b/A/act2", "stage2b/A/act3"
    ]  # fmt: skip


def test_a_body_of_one_step_makes_no_level(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        blocks:
          One: relu
          Two: [One, One]
          Three: [Two]
        body: [One, Two, {name: x, do: [One]}, Three]
    """).graph()
    assert paths(graph) == ["One", "Two/One1", "Two/One2", "x", "Three/One1", "Three/One2"]


def test_a_number_does_not_take_the_name_of_another_layer(spec: Written) -> None:
    network = spec("""
        input: [4, 8, 8]
        body: [relu, {name: 'relu{in - 2}', relu6}, relu]
    """)
    with pytest.raises(archcalc.SpecError, match="two layers are named `relu2`"):
        network.graph()


@pytest.mark.parametrize("step", ["{name: mask, relu}", "{add: {mask: identity, image: relu}}"])
def test_a_layer_does_not_take_the_name_of_an_input(spec: Written, step: str) -> None:
    network = spec(f"""
        input: {{image: [4, 8, 8], mask: [4, 8, 8]}}
        body:
          - {step}
          - add: [image, mask]
    """)
    with pytest.raises(archcalc.SpecError, match="two layers are named `mask`"):
        network.graph()


# Wiring --------------------------------------------------------------------------------------------------------------


def test_from_finds_a_name_in_its_body_then_outwards_as_far_as_the_block(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        blocks:
          A:
            - {name: skip, conv: {out: 6, kernel: 1}}
            - add: {left: [relu, {name: mine, relu6}, {from: skip, relu}], right: identity}
        body:
          - {name: skip, conv: {out: 5, kernel: 1}}
          - {name: stage, do: [{name: a, A}, {from: a/left/mine, relu}, concat: [a, relu]]}
          - {from: stage/a/skip, sigmoid}
          - {from: skip, sigmoid}
          - concat: [stage, sigmoid1, sigmoid2]
    """).graph()
    assert sources(graph, "stage/a/left/relu2") == ["stage/a/skip"]
    assert sources(graph, "stage/relu") == ["stage/a/left/mine"]
    assert sources(graph, "sigmoid1") == ["stage/a/skip"]
    assert sources(graph, "sigmoid2") == ["skip"]


def test_a_level_that_is_not_ended_is_not_above(spec: Written) -> None:
    network = spec("""
        input: [4, 8, 8]
        body:
          - {name: stage, do: [{name: first_part, relu}, {from: stage/first_part, relu}, {from: stage, relu}]}
    """)
    with pytest.raises(archcalc.SpecError) as caught:
        network.graph()
    assert [problem.message for problem in caught.value.problems] == ["no layer `stage` above this one, at stage"]


def test_input_is_what_came_into_the_block(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        blocks:
          A: [conv: {out: 5, kernel: 1}, add: {left: {from: input, conv: {out: 5, kernel: 1}}, right: identity}]
        body:
          - {name: stem, conv: {out: 3, kernel: 1}}
          - A
          - {name: end, do: [{from: input, relu}, concat: [A, relu]]}
    """).graph()
    assert sources(graph, "A/left") == ["stem"]
    assert sources(graph, "end/relu") == ["input"]


def test_from_reaches_branches_and_marks_places(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        body:
          - {name: m, concat: {left: [relu, sigmoid], right: relu6}}
          - {from: m/left, conv: {out: 4, kernel: 1}}
          - {name: here, from: m/left/relu}
          - max_pool: 2
          - {from: here, softmax}
          - add: [softmax, conv, m/right]
          - {from: m, max_pool: 2}
          - multiply: {all: identity, pooled: [{from: max_pool1}, global_avg_pool, conv: {out: 8, kernel: 1}]}
          - concat: {a: identity, b: {from: add, max_pool: 2}}
    """).graph()
    assert sources(graph, "conv") == ["m/left/sigmoid"]
    assert sources(graph, "max_pool1") == ["m/left/relu"]
    assert sources(graph, "softmax") == ["m/left/relu"]
    assert sources(graph, "pooled/global_avg_pool") == ["max_pool1"]
    assert sources(graph, "concat") == ["multiply", "b"]


def test_from_holds_for_the_first_round_and_repeat_sees_what_it_brings(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        body:
          - {name: three, conv: {out: 3, kernel: 1}}
          - {name: nine, conv: {out: 9, kernel: 1}}
          - {from: three, repeat: in, conv: {out: in + 1, kernel: 1}}
          - concat: [nine, conv3]
    """).graph()
    assert sources(graph, "conv1") == ["three"]
    assert sources(graph, "conv2") == ["conv1"]
    assert [shape(graph, f"conv{k}")[0] for k in (1, 2, 3)] == [4, 5, 6]


def test_a_skipped_step_leaves_the_line_where_it_was(spec: Written) -> None:
    graph = spec("""
        input: [4, 8, 8]
        body:
          - {name: a, relu}
          - {name: b, relu6}
          - {from: a, when: in == 5}
          - {from: a, when: in == 5, sigmoid}
          - softmax
          - {from: a, when: in == 5, sigmoid, else: relu}
          - add: [relu, softmax]
    """).graph()
    assert sources(graph, "softmax") == ["b"]
    assert sources(graph, "relu") == ["a"]


@pytest.mark.parametrize(
    "shortcut",
    [
        "none",
        "{when: in == 5, do: identity, else: none}",
        "{when: in == 5, relu, else: {when: in == 6, relu, else: none}}",
        "{from: a, when: in == 5, do: identity, else: none}",
        "[{when: in == 5, do: identity, else: [none]}]",
        "{when: in == 5, relu, repeat: 1, do: identity, else: none}",
    ],
)
def test_none_leaves_a_branch_out(spec: Written, shortcut: str) -> None:
    text = f"""
        input: [4, 8, 8]
        body:
          - {{name: a, relu}}
          - add:
              shortcut: {shortcut}
              residual: sigmoid
          - softmax
    """
    if "repeat" in shortcut:
        with pytest.raises(archcalc.SpecError):
            spec(text)
    else:
        assert paths(spec(text).graph()) == ["a", "residual", "softmax"]


def test_heads_of_blocks_are_outputs_by_their_path(spec: Written) -> None:
    graph = spec(
        """
        input: [4, 8, 8]
        blocks:
          A: [relu, head: {aux: [global_avg_pool, linear: 3]}]
        body: [A, A, linear: 2]
    """.replace("linear: 2", "global_avg_pool, linear: 2")
    ).graph()
    assert {name: graph.nodes[index].path for name, index in graph.outputs.items()} == {
        "main": "linear",
        "A1/aux": "A1/aux/linear",
        "A2/aux": "A2/aux/linear",
    }
    assert sources(graph, "A2/relu") == ["A1/relu"]


@pytest.mark.parametrize("branch", ["none", "{when: aux, sigmoid, else: none}", "[{when: aux, sigmoid, else: [none]}]"])
def test_none_leaves_a_head_out(spec: Written, branch: str) -> None:
    network = spec(f"""
        parameters: {{aux: false}}
        input: [4, 8, 8]
        body:
          - relu
          - head: {{side: {branch}, other: softmax}}
          - {{head: {{side: softmax}}, name: level}}
          - tanh
    """)
    graph = network.graph()
    assert paths(graph) == ["relu", "other", "level/side", "tanh"]
    assert list(graph.outputs) == ["main", "other", "level/side"]
    if branch != "none":
        graph = network.graph(aux=True)
        assert list(graph.outputs) == ["main", "side", "other", "level/side"]
        assert sources(graph, "tanh") == ["relu"]


# Weights and copies --------------------------------------------------------------------------------------------------


def test_layers_that_share_weights_count_once(spec: Written) -> None:
    network = spec("""
        input: [4, 8, 8]
        blocks:
          Unit: [conv: {out: 8, kernel: 1, bias: false}, batch_norm, conv: {out: 4, kernel: 3, padding: 1, bias: false}]
        body:
          - {Unit, repeat: 3, weights: tied}
          - Unit
          - add:
              near: {conv: {out: 4, kernel: 3, padding: 1, bias: false}, weights: both}
              far: {conv: {out: 4, kernel: 3, padding: 2, dilation: 2, bias: false}, weights: both}
              alone: {conv: {out: 4, kernel: 3, padding: 1, bias: false}}
    """)
    unit = 4 * 8 + 2 * 8 + 8 * 4 * 9
    report = network.report()
    assert report.totals["params"] == 2 * unit + 2 * 4 * 4 * 9
    assert report.totals["mult_adds"] == 64 * (4 * (4 * 8 + 8 * 4 * 9) + 3 * 4 * 4 * 9)


@pytest.mark.parametrize("other", ["conv: {out: 4, kernel: 9x1}", "conv: {out: 4, kernel: 3, groups: 2}", "linear: 3"])
def test_layers_of_different_weights_do_not_share_them(spec: Written, other: str) -> None:
    network = spec(f"""
        input: [4, 9, 9]
        body:
          - {{conv: {{out: 4, kernel: 3}}, weights: w}}
          - {{from: input, {other}, weights: w}}
    """)
    with pytest.raises(archcalc.SpecError):
        network.graph()


def test_copies_multiply(spec: Written) -> None:
    network = spec("""
        input: [4, 8, 8]
        body:
          - add:
              paths:
                copies: 3
                do:
                  - concat: {inner: [{copies: 5, conv: {out: 2, kernel: 1, bias: false}}], other: identity}
                  - conv: {out: 4, kernel: 1, bias: false}
              shortcut: identity
    """)
    graph = network.graph()
    assert node(graph, "paths/inner").copies == 15
    assert node(graph, "paths/concat").copies == 3
    assert shape(graph, "paths/concat") == (5 * 2 + 4, 8, 8)
    assert node(graph, "add").copies == 1
    weights = 15 * 4 * 2 + 3 * 14 * 4
    assert network.report().totals["params"] == weights
    assert network.report().totals["mult_adds"] == 64 * weights


# Blocks as values ----------------------------------------------------------------------------------------------------


def test_parameters_and_arguments_may_hold_blocks_and_operators(spec: Written) -> None:
    network = spec("""
        parameters: {Unit: {default: Wide, choices: [Wide, Slim]}, Act: relu}
        input: [4, 8, 8]
        blocks:
          Wide(out, Act=sigmoid): [conv: {out: 2*out, kernel: 1}, Act]
          Slim(out, Act=softmax): [conv: {out, kernel: 1}, {Act, when: Act != 'relu6'}]
        body:
          - Unit: 3
          - Unit: {out: 5, Act}
    """)
    kinds = {(): ["Conv", "Sigmoid", "Conv", "Relu"], ("Slim",): ["Conv", "Softmax", "Conv", "Relu"]}
    for unit, expected in kinds.items():
        graph = network.graph(**dict(zip(("Unit",), unit, strict=False)))
        assert [type(node.applied.op).__name__ for node in graph.nodes[1:]] == expected
        assert paths(graph)[0] == "Unit1/conv"
    assert paths(network.graph(Unit="Slim", Act="relu6")) == ["Unit1/conv", "Unit1/Act", "Unit2/conv"]


# Imports -------------------------------------------------------------------------------------------------------------


def test_an_imported_block_keeps_its_file_and_takes_its_parameters_from_the_importing_one(spec: Written) -> None:
    network = spec(
        """
        import: {other: [A]}
        parameters: {alpha: 2, beta: 100}
        let: {wide: 1000}
        input: [4, 8, 8]
        defaults: {conv: {bias: true}}
        blocks: {B: softmax}
        body: [A: 3, B, conv: {out: wide, kernel: 1}]
        """,
        other="""
        parameters: {alpha: 1}
        let: {wide: 10*alpha, beta: 7}
        defaults: {conv: {bias: false}}
        blocks:
          A(n): [conv: {out: wide + n + beta, kernel: 1}, B]
          B: sigmoid
        """,
    )
    graph = network.graph()
    assert channels(graph) == [20 + 3 + 7] * 3 + [1000]
    assert [type(node.applied.op).__name__ for node in graph.nodes[2:4]] == ["Sigmoid", "Softmax"]
    assert network.report().totals["params"] == 4 * 30 + (30 * 1000 + 1000)


def test_a_block_as_argument_means_what_it_means_where_it_is_written(spec: Written) -> None:
    graph = spec(
        """
        import: {other: [Apply]}
        input: [4, 8, 8]
        blocks: {Act: sigmoid}
        body: [Apply: Act, Apply]
        """,
        other="""
        blocks:
          Apply(F=Act): [F, softmax]
          Act: relu
        """,
    ).graph()
    assert [type(node.applied.op).__name__ for node in graph.nodes[1:]] == ["Sigmoid", "Softmax", "Relu", "Softmax"]


def test_a_parameter_of_the_importing_file_is_no_name_in_a_file_that_does_not_declare_it(spec: Written) -> None:
    graph = spec(
        """
        import: {other: [A]}
        parameters: {Unit: softmax}
        input: [4, 8, 8]
        body: [A, Unit]
        """,
        other="blocks: {A: [Unit, relu], Unit: sigmoid}",
    ).graph()
    assert [type(node.applied.op).__name__ for node in graph.nodes[1:]] == ["Sigmoid", "Relu", "Softmax"]
    with pytest.raises(archcalc.SpecError, match="`alpha` is not known here"):
        spec(
            "import: {other: [A]}\nparameters: {alpha: 1}\ninput: [4, 8, 8]\nbody: A",
            other="blocks:\n  A: [conv: {out: alpha, kernel: 1}]",
        )


def test_a_block_that_only_a_parameter_names_is_read_with_all_that_it_uses(spec: Written) -> None:
    text = """
        import: {other: [A]}
        parameters: {Unit: B}
        input: [4, 8, 8]
        body: [A, A]
        """
    other = """
        parameters: {Unit: B}
        let: {n: 5, m: n + 1, 'k(x)': m + x}
        blocks:
          A: [Unit, relu]
          B: [conv: {out: k(1), kernel: 1}]
        """
    assert channels(spec(text, other=other).graph()) == [7, 7, 7, 7]
    broken = spec(text, other=other.replace("out: k(1)", "out: missing"))
    for _ in range(2):
        with pytest.raises(archcalc.SpecError, match="`missing` is not known here"):
            broken.graph()


# Files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_any_line_break_and_a_byte_order_mark(tmp_path: Path, breaks: str, start: str) -> None:
    text = "network: x\ninput: [3, 8, 8]\nbody:\n  - relu\n"
    (tmp_path / "spec.yaml").write_bytes((start + text.replace("\n", breaks)).encode())
    assert paths(archcalc.load(str(tmp_path / "spec.yaml")).graph()) == ["relu"]
    (tmp_path / "spec.yaml").write_bytes((start + text.replace("\n", breaks).replace("relu", "rleu")).encode())
    with pytest.raises(archcalc.SpecError) as caught:
        archcalc.load(str(tmp_path / "spec.yaml"))
    (problem,) = caught.value.problems
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == (4, 5)
    assert "  - rleu\n" in problem.where.snippet()
