"""The spec language: YAML → tree → document → graph."""
