"""`archcalc schema`: the JSON Schema of the language."""

from __future__ import annotations

from archcalc.cli._options import Output


def command(
    output: Output = None,
) -> int:
    """The JSON Schema of specs: an editor with yaml-language-server completes and checks with it.

    A spec names it in its first line:

    \b
    # yaml-language-server: $schema=archcalc.schema.json
    \b
    Examples:
      archcalc schema
      archcalc schema -o archcalc.schema.json
    """
    from archcalc.cli._output import emit
    from archcalc.exchange.schema import text

    emit(text(), output)
    return 0
