"""The catalogue of operators: one file a family; a definition registers itself."""
