"""Python source that evaluates a formula."""

from archcalc.render.formats import Format

FORMAT = Format((".py",), source=str)
