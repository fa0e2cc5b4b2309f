"""Mult-Adds: the count of most papers since MobileNet, and the tool's own."""

from archcalc.report.conventions import ANY, Convention

MULT_ADDS = Convention(
    name="mult_adds",
    counts="multiply-accumulates of convolutions, linear layers and matrix products; 1 each",
    source="Howard et al. 2017, arXiv 1704.04861, section 3.1; without biases, norms and activations",
    rules={ANY: {"macs": 1}},
    metric="mult_adds",
    title="Mult-Adds",
)

CONVENTIONS = (MULT_ADDS,)
