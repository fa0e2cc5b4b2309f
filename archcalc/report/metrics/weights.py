"""What a network keeps: parameters, and weights by role. Shared weights count once."""

from __future__ import annotations

from archcalc.engine.propagate import Row
from archcalc.report.metrics import Count
from archcalc.values import Value


class Params(Count):
    """Trained parameters: weights, biases, scales and shifts of norms; not their running statistics."""

    name = "params"
    title = "Params"
    unit = "numbers"

    def rule(self, row: Row) -> Value:
        return row.weights.params * row.node.copies


class Role(Count):
    """Weights of one role."""

    unit = "numbers"

    def rule(self, row: Row) -> Value:
        return getattr(row.weights, self.name) * row.node.copies


class Weight(Role):
    """Weights of convolutions, linear layers and embeddings."""

    name = "weight"
    title = "Weights"


class Bias(Role):
    """Biases."""

    name = "bias"
    title = "Biases"


class Norm(Role):
    """Scales and shifts of norms."""

    name = "norm"
    title = "Norm"


class Statistics(Role):
    """Running means and variances of norms, which are not trained."""

    name = "statistics"
    title = "Statistics"
