"""The report: every figure of a network, by layer, group and in total, each with a unit and a status."""
