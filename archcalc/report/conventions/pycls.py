"""pycls: the flops of the RegNet code base; multiply-accumulates and the biases added to them."""

from archcalc.report.conventions import ANY, Convention

PYCLS = Convention(
    name="pycls",
    counts="multiply-accumulates and bias adds; 1 each",
    source="facebookresearch/pycls, pycls/models/blocks.py, `conv2d_cx` and the like; `flops` of its results",
    rules={ANY: {"macs": 1, "bias_adds": 1}},
    metric="pycls_flops",
    title="pycls flops",
)

CONVENTIONS = (PYCLS,)
