"""Rendering: any result becomes one Table, or one JSON document, and a format writes that."""
