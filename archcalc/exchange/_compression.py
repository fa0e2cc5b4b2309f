"""JSON Schema of compressions: names, each with settings of all layers or by pattern."""

from __future__ import annotations

from archcalc.exchange._kinds import NUMBER, TEXT, Schema, described, mapping, object_of
from archcalc.study.compression import SETTINGS, TEXTS


def compression() -> Schema:
    """Compressions by name."""
    texts = {name: (text, TEXT) for name, text in TEXTS.items()}
    settings = {}
    for name, setting in SETTINGS.items():
        value: Schema = {"type": "string", "enum": list(setting.words)} if setting.words else NUMBER
        text = f"{setting.doc[0].upper()}{setting.doc[1:]}. One for all layers, or {{pattern: …}}."
        settings[name] = (text, {"anyOf": [value, mapping(value)]})
    return mapping(object_of(described(texts | settings)), empty=True)
