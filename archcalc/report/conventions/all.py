"""All operations: every kind of work that an operator states; a multiply-accumulate is two."""

from archcalc.report.conventions import ANY, Convention

ALL = Convention(
    name="all",
    counts="every operation; a multiply-accumulate is 2, any other 1",
    source="docs/conventions.md: the facts that each operator states, with the sources of its page",
    rules={ANY: {"macs": 2, ANY: 1}},
    metric="operations",
    title="Operations",
)

CONVENTIONS = (ALL,)
