"""The command line: `app.py`, and one module a command; nothing else lists them. A name with `_` is no command."""
