"""Every packaged network's formulas against the engine over integers at 200 points each."""

from __future__ import annotations

import pytest
from asked_once import asked_once

from archcalc.errors import UsageError
from archcalc.network import Network, load
from archcalc.spec import zoo
from archcalc.study.formula import formula

POINTS = 200


METRICS = ("mult_adds", "params", "activations")


@pytest.mark.parametrize("name", [*zoo.packaged()])
def test_formulas_at_many_points(name: str) -> None:
    network = load(name)
    for asked, parameter in [("h", None), *network.parameters.items()]:
        if parameter is not None and (parameter.kind not in ("whole", "number") or parameter.choices is not None):
            continue
        with asked_once(network):
            for metric in METRICS:
                agrees(network, asked, metric)


def agrees(network: Network, asked: str, metric: str) -> None:
    try:
        found = formula(network, list(dict.fromkeys([asked, "h"])), metric=metric, checked=POINTS)
    except UsageError as error:
        if "must be decided" not in str(error):  # the parameter says how many layers there are
            raise
        return
    fixed = [each for each in found.conditions if each.kind == "0" and each.value.symbols == (asked,)]
    assert fixed or len(found.points) > 1, (metric, found.conditions)
