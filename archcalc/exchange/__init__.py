"""Other tools' languages: JSON Schema."""
