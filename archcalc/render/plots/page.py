"""All pictures of a layer's field and the table on one page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from archcalc.errors import UsageError
from archcalc.render import notebook
from archcalc.render.field import layers
from archcalc.render.plots.subject import Subject
from archcalc.study.field.effective import LABEL, assumed
from archcalc.study.field.subject import changing

STYLE = """\
body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
figure { margin: 2rem 0 } figure svg { max-width: 100%; height: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } td, th { padding: 0.15rem 0.7rem }
tbody tr:nth-child(odd) { background: #f3f4f6 }
"""


def write(about: Subject, pictures: Mapping[str, str], file: Path) -> None:
    """Raises UsageError where the file cannot be written."""
    fields = about.fields
    shown = [layer for at, layer in enumerate(fields.layers) if changing(fields, at)]
    table = notebook.table(layers(fields.report, shown))
    said = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in assumed(fields, about.layer))
    drawn = "".join(f"<figure>\n{inline(text, kind)}</figure>\n" for kind, text in pictures.items())
    title = escape(f"{about.name}: receptive fields")
    text = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>Of {escape(about.place)}. Coordinates are pixels of the input, the first of them 0.</p>\n{drawn}"
        f"<p>The effective field is an {escape(LABEL)}.</p>\n<ul>\n{said}</ul>\n"
        f'<div style="overflow: auto">\n{table}</div>\n</body>\n</html>\n'
    )
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from None


def inline(svg: str, kind: str) -> str:
    """A picture as a part of a page: without the head of a file, and with ids that no other picture has."""
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{kind}-', text)
    text = re.sub(r'href="#', f'href="#{kind}-', text)
    return text.replace("url(#", f"url(#{kind}-")
