"""Receptive fields, layer by layer: what `archcalc rf` shows (docs/receptive_field.md)."""
