"""Text: a page for a terminal."""

from archcalc.render.formats import Format
from archcalc.render.formats.table import write_page

FORMAT = Format(page=write_page)
