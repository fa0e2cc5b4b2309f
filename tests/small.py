"""A small network whose figures are worked out by hand, with claims and budgets."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from archcalc.study import checking
from archcalc.study.checks import Result

NET = """\
network: Small
parameters: {width: 4, deep: 2}
variants: {small_wide: {width: 8}}
input: [3, 8, 8]
defaults: {conv: {padding: half, bias: false}}
blocks:
  Layer(stride): [conv: {out: width, kernel: 3, stride}, batch_norm, relu]
body:
  - {name: stem, Layer: 2}
  - {name: stage, do: [{Layer: 1, repeat: deep}]}
  - global_avg_pool
  - {name: fc, linear: 10}
"""
# width        4                         8
# stem         3·3·3·4 = 108 weights     216            on 4x4 positions
# a layer      3·3·4·4 = 144             576            on 4x4 positions
# norms        2·4 each                  2·8 each
# fc           4·10 = 40 and 10 biases   80 and 10
MULT_ADDS = 16 * 108 + 2 * 16 * 144 + 40
PARAMS = 108 + 2 * 144 + 3 * 8 + 40 + 10
WIDE = 16 * 216 + 2 * 16 * 576 + 80


def checked(folder: Path, sections: str) -> list[Result]:
    """The results of the network with these sections, in a file of this folder."""
    path = folder / "small.yaml"
    path.write_text(NET + sections, encoding="utf-8")
    return checking.run([str(path)], checking.Only())


def rows(*given: str, columns: str = "", shared: str = "") -> str:
    """A table of claims."""
    head = f"claims:\n  - source: A paper\n    table: Table 1\n{indent(shared, '    ')}\n"
    return (
        head
        + f"    columns: [{columns}]\n" * bool(columns)
        + "    rows:\n"
        + "".join(f"      - {row}\n" for row in given)
    )
