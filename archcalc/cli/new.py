"""`archcalc new NAME`: a first spec to go on from."""

from __future__ import annotations

import os
import shlex
from pathlib import PurePath
from typing import Annotated

import typer

from archcalc.errors import UsageError

SUFFIX = ".yaml"
TEMPLATE = """\
{modeline}
network: {title}
parameters:                        # options of every command: --width 64
  width: {{default: 32, min: 1, help: channels of the first stage}}
  depth: {{default: 2, min: 1, help: units in a stage}}
  classes: 10
input: [3, 32, 32]                 # channels, height, width
defaults:
  conv: {{kernel: 3, padding: half, bias: false}}  # unless a step says otherwise
blocks:                            # a capital begins a block, the rest are operators: archcalc ops
  Unit(out, stride=1):
    - add:                         # two branches and their sum; an empty `out` is the argument
        shortcut: {{when: in != out or stride > 1, conv: {{out, kernel: 1, stride}}, else: identity}}
        residual: [conv: {{out, stride}}, batch_norm, relu, conv: {{out}}, batch_norm]
    - relu
body:
  - [conv: {{out: width}}, batch_norm, relu]
  - name: stage{{s}}                 # twice the channels a stage; the map halves from the second
    repeat: {{s: [1, 2, 3]}}
    do: [{{Unit: [width*2**(s - 1), 2 if first and s > 1 else 1], repeat: depth}}]
  - [global_avg_pool, linear: classes]
budget: {{mult_adds: < 150M}}        # archcalc check holds it
"""


def command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Of the file, .yaml or not; - prints the spec.", show_default=False)
    ],
) -> int:
    """A commented spec of a small residual network, to go on from. Overwrites nothing.

    The JSON Schema is written beside it, unless it is there: with it an editor completes and checks the spec.

    \b
    Examples:
      archcalc new my_net
      archcalc new - > my_net.yaml
    """
    from archcalc.exchange import schema
    from archcalc.render.yaml import flow

    stem = name.removesuffix(SUFFIX)
    file = f"{stem}{SUFFIX}"
    title = "my network" if name == "-" else PurePath(file).name.removesuffix(SUFFIX)
    if not title.strip("."):
        raise UsageError(f"`{name}` is no name for a spec", "such as my_net")
    if name.endswith(".yml"):
        raise UsageError(f"`{name}`: the file of a spec ends in {SUFFIX}", f"archcalc new {shlex.quote(stem[:-4])}")
    text = TEMPLATE.format(modeline=f"{schema.MODELINE}{schema.FILE}", title=flow(title))
    if name == "-":
        print(text, end="")
        return 0
    known = schema.text()
    if not _created(file, text):
        raise UsageError(f"{file} is there already, and nothing is overwritten", "choose another name")
    beside = os.path.join(os.path.dirname(file), schema.FILE)
    made = f", and {beside} for the editor" if _created(beside, known) else ""
    print(f"{file} is written{made}\narchcalc report {shlex.quote(file)} shows its figures")
    return 0


def _created(file: str, text: str) -> bool:
    """Write a new file; False if there is one. Raises UsageError."""
    try:
        with open(file, "x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        return False
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be written: {getattr(error, 'strerror', None) or error}") from None
    return True
