"""docs/zoo.md: every packaged family, its variants with their settings, figures and source."""

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcalc.network import Network
    from archcalc.render.table import Table
    from archcalc.study.variants import Variant

DOCS = Path(__file__).resolve().parent
ACCURACY = ("top1", "top1_error")
COLUMNS = ("mult_adds", "params", "activations", "receptive_field")

HEAD = """# The zoo

Generated from the packaged specs: {families} families, {variants} variants. Each can be reported, compared and set by
its name, as in `archcalc report resnet50`; a family's name is the variant with all defaults. Accuracies are those
published for just these settings. Mult-Adds: {counts}.

| family | network | variants | Mult-Adds | parameters |
| --- | --- | ---: | ---: | ---: |"""


def zoo_page() -> Iterator[tuple[Path, str]]:
    """An index, and a section a family."""
    from archcalc.network import load
    from archcalc.render.formats.markdown import escape
    from archcalc.report.conventions import convention
    from archcalc.spec import zoo
    from archcalc.study.variants import variants

    networks = [load(name) for name in zoo.packaged()]
    rows: list[str] = []
    sections: list[str] = []
    for network in networks:
        found = variants(network) if network.spec.body is not None else []
        totals = [f"{found[0].report.totals[name]:,}" for name in ("mult_adds", "params")] if found else ["", ""]
        counted = len(found) or "blocks"
        link = f"[{network.name}](#{network.name})"
        rows.append(f"| {link} | {escape(network.title, '')} | {counted} | {' | '.join(totals)} |")
        sections += section(network, found)
    head = HEAD.format(
        families=len(networks),
        variants=sum(len(network.variants) for network in networks if network.spec.body is not None),
        counts=convention("mult_adds").counts,
    )
    yield DOCS / "zoo.md", "\n".join([head, *rows, "", *sections]).rstrip() + "\n"


def section(network: "Network", found: "list[Variant]") -> Iterator[str]:
    """A family: what it is, where it is from, and its variants."""
    from archcalc.render.formats import Screen
    from archcalc.render.formats.markdown import escape, write

    yield from (f"## {network.name}", "")
    sources = network.source if isinstance(network.source, list) else [network.source]
    told = escape(f"{network.title}: {'; '.join(sources)}" if network.source else network.title, "")
    yield from (textwrap.fill(told, 120, break_on_hyphens=False, break_long_words=False), "")
    if found:
        yield write(with_settings(network, found), Screen())
    else:
        blocks = ", ".join(f"`{name}`" for name in network.spec.module.block_names)
        yield from (f"Blocks that other specs import: {blocks}", "")


def with_settings(network: "Network", found: "list[Variant]") -> "Table":
    """The variants' table, with the settings of each beside its name."""
    from archcalc.render.table import Column
    from archcalc.render.variants import table
    from archcalc.spec.expr import said

    accuracy = [name for name in ACCURACY if any(name in variant.published for variant in found)]
    plain = table(found, (), [*accuracy, *COLUMNS])
    names, *columns = plain.columns
    lines = []
    for line, variant in zip(plain.rows, found, strict=True):
        given = network.variants[variant.name]
        settings = " ".join(f"{name}={said(value)}" for name, value in given.items()) or "defaults"
        lines.append(replace(line, cells=(line.cells[0], settings, *line.cells[1:])))
    return replace(plain, columns=(names, Column("settings", "Settings", left=True), *columns), rows=tuple(lines))
