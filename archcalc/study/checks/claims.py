"""Claims: every published figure of a spec against ours."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from archcalc.errors import RuleError, SpecError, UsageError
from archcalc.network import Network
from archcalc.report.figures import AtLeast, Unavailable
from archcalc.study.checks import Check, Result
from archcalc.study.claims import Claim, claims_of
from archcalc.study.measure import Bench
from archcalc.study.printed import Printed, show_value
from archcalc.values.exact import Exact


def run(network: Network, bench: Bench) -> Iterator[Result]:
    """A result for each claim, in the order in which they stand."""
    network = network.at(network.name)
    for claim in claims_of(network.spec).claims:
        yield _result(claim, network, *_verdict(claim, network, bench))


def _result(claim: Claim, network: Network, computed: Any, verdict: str, note: str) -> Result:
    return Result(
        id=claim.id,
        kind="claim",
        document=claim.document,
        table=claim.table,
        network=network.name,
        setting=claim.settings | claim.qualifiers,
        metric=claim.metric,
        printed=claim.text,
        computed=computed,
        verdict=verdict,
        note=note or claim.why or str(claim.qualifiers.get("note", "")),
        where=claim.where,
    )


def _verdict(claim: Claim, network: Network, bench: Bench) -> tuple[Any, str, str]:
    """Our figure, the verdict, and why if there is more to say than the claim itself does."""
    if claim.mark == "outside" or claim.printed is None:
        return None, "outside", ""
    try:
        computed = bench.measure(network, claim.settings, claim.metric, claim.qualifiers)
    except (RuleError, UsageError, SpecError) as error:
        return None, "differs", f"there is no figure of ours: {error}"
    if isinstance(computed, (AtLeast, Unavailable)):
        return None, "differs", f"our figure is not exact: {computed.reason}"
    agrees = holds(claim, claim.printed, computed)
    if not claim.mark:
        return (
            (computed, "agrees", "") if agrees else (computed, "differs", f"ours is {show_value(computed, claim.text)}")
        )
    if agrees:
        return computed, "differs", f"marked `{claim.mark}`, but the printed figure agrees with ours: drop the mark"
    if claim.true is not None and not holds(claim, claim.true, computed):
        neither = f"neither the printed figure nor {claim.true.text} is ours"
        return computed, "differs", f"{neither}, which is {show_value(computed, claim.text)}"
    return computed, claim.mark, ""


def holds(claim: Claim, printed: Printed, computed: Any) -> bool:
    """Whether our figure is printed like this."""
    if printed.shape is not None:
        return isinstance(computed, tuple) and _printed_shape(claim, computed, len(printed.shape)) == printed.shape
    if isinstance(computed, tuple):
        if len(set(computed)) != 1:
            return False
        computed = computed[0]
    value: Exact = computed
    if printed.times and 0 < value < 1:
        value = Fraction(1) / value
    return printed.holds(value)


def _printed_shape(claim: Claim, sizes: tuple[Any, ...], wanted: int) -> tuple[Any, ...]:
    """Our shape as the table writes those of layers: the map alone if it has one size less, channels last for `hwc`."""
    if claim.metric not in ("output", "input_size"):
        return sizes
    if len(sizes) == wanted + 1:
        return sizes[1:]
    if claim.qualifiers.get("order") == "hwc":
        return (*sizes[1:], *(1,) * (wanted - len(sizes)), sizes[0])
    return sizes


CHECK = Check("claim", run)
