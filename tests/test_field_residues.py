"""Fields for every input size, of random networks that pad as TensorFlow does, against the network at that size."""

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import archcalc
from archcalc.engine import periodic
from archcalc.engine.propagate import propagate
from archcalc.errors import SpecError, UsageError
from archcalc.study.field.residues import of_any_size

SMALLEST = 40
KERNEL, STRIDE = st.sampled_from([1, 2, 3, 4, 5, 7]), st.sampled_from([1, 1, 2, 2, 3])


def conv(padding: str) -> Any:
    return st.builds("conv: {{out: 1, kernel: {}, stride: {}, padding: {}}}".format, KERNEL, STRIDE, st.just(padding))


def merge(one: int, other: int, stride: int, padding: str) -> str:
    """Branches that part, where one is padded by half and the other as TensorFlow does."""
    a = f"conv: {{out: 1, kernel: {one}, stride: {stride}, padding: same}}"
    return f"add: {{a: {{{a}}}, b: {{{a.replace(f'kernel: {one}', f'kernel: {other}').replace('same', padding)}}}}}"


STEP = st.one_of(
    conv("same"),
    conv("half"),
    st.builds("max_pool: {{kernel: {}, stride: {}, padding: same}}".format, KERNEL, STRIDE),
    st.just("max_pool: {kernel: 3, stride: 2, rounding: ceil}"),
    st.builds("upsample: {}".format, st.sampled_from([2, 3])),
    st.builds("conv_transpose: {{out: 1, kernel: {}, stride: {}, padding: same}}".format, KERNEL, STRIDE),
    *[st.builds(merge, KERNEL, KERNEL, st.just(2), st.just("half"))] * 3,
    st.builds(merge, KERNEL, KERNEL, STRIDE, st.just("same")),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=1, max_size=7), st.lists(st.integers(SMALLEST, 400), min_size=8, max_size=8))
def test_a_formula_holds_at_every_size(tmp_path_factory: Any, steps: list[str], sizes: list[int]) -> None:
    path = tmp_path_factory.getbasetemp() / "steps.yaml"
    path.write_text(f"network: steps\ninput: [1, {SMALLEST}]\nbody: [{', '.join(f'{{{step}}}' for step in steps)}]\n")
    try:
        network = archcalc.load(str(path))
        found = of_any_size(network, {})
    except (SpecError, UsageError):  # branches of unequal sizes, maps too small, strides beyond what is tried
        assume(False)
    for n in sizes:
        try:
            rows = propagate(network.graph(input=(1, n)))
        except SpecError:
            assert n % found.modulus not in found.taken
            continue
        for row, layer in zip(rows, found.layers, strict=True):
            at: Any = row.reach.local
            for on in layer.axes:
                last = periodic.cycle(at[0]).at(row.output[1] - 1)
                assert on.size.values[n % len(on.size.values)] == at[0].size
                assert on.stride in (None, at[0].stride)
                assert on.before is None or on.before.values[n % len(on.before.values)] == at[0].padding
                assert on.after is None or on.after.values[n % len(on.after.values)] == last.hi - (n - 1)
