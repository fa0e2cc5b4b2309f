"""A network that branches: a row a stage, as in Table 1 of He et al. 2015 and of Xie et al. 2017."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archcalc.engine.propagate import Row
from archcalc.render.paper import layer
from archcalc.render.paper.layer import Texts
from archcalc.report.metrics.architecture import kernel_of
from archcalc.report.metrics.cost import has_macs
from archcalc.report.report import Report
from archcalc.study.branches import Fork, Part, forks_of, rows_of, series

HIDDEN = "shortcuts are not shown: they have one 1×1 convolution at most"


@dataclass(frozen=True, slots=True)
class Unit:
    """What stands in one block, or a layer outside of blocks.

    ending    whether it is a layer on a map of one position: those at the end share a row
    brackets  whether it is one of the blocks of a stage, even if there is only one
    plain     its text without the strides of convolutions: by it the blocks of a stage are alike
    """

    stage: str
    output: str
    ending: bool
    brackets: bool
    plain: str
    text: str
    parts: list[Part]


def texts(report: Report) -> Texts:
    """Stage, Output, Blocks. Raises UsageError for branches that share layers."""
    main, *heads = report.graph.outputs
    parts = series(report.rows, report.graph.outputs[main])
    rank = len(report.rows[0].output) - 1
    units = [_unit(path, list(of), rank) for path, of in groupby(filter(_is_shown, parts), _path)]
    lines: list[tuple[str, ...]] = []
    turns: list[Row] = []
    for ending, of in groupby(units, lambda unit: unit.ending):
        if ending:
            lines.append(_ending(list(of)))
            continue
        for (_, output, plain), alike in groupby(of, lambda unit: (_stem(unit.stage), unit.output, unit.plain)):
            run = list(alike)
            same = len({unit.text for unit in run}) == 1
            text = run[0].text if same else plain
            blocks = f"[{text}] × {len(run)}" if run[0].brackets or len(run) > 1 else text
            lines.append((_stages(run), output, blocks))
            if not same:
                turns += [row for unit in run for row in _printed(unit.parts) if has_macs(row)]
    notes = [*_strides(turns), *([HIDDEN] if any(_residual(fork) is not None for fork in forks_of(parts)) else [])]
    return ("Stage", "Output", "Blocks"), lines, notes + ([f"heads are not shown: {', '.join(heads)}"] if heads else [])


def _stem(stage: str) -> str:
    """A stage's name without its number."""
    return stage.rstrip("0123456789")


def _stages(run: Sequence[Unit]) -> str:
    """The stages of blocks that are alike: `Block35_1–10`."""
    first, last = run[0].stage, run[-1].stage
    return first if first == last else f"{first}–{last.removeprefix(_stem(last))}"


def _unit(path: str, parts: list[Part], rank: int) -> Unit:
    last = _row(parts[-1])
    size = layer.positions(last.output, rank)
    stage, _, block = path.partition("/")
    unnamed = path == last.node.path and path.rstrip("0123456789") == layer.name(last) and not has_macs(last)
    forked = any(forks_of(parts))
    return Unit(
        stage="" if unnamed else stage,
        output=layer.by(size),
        ending=all(side == 1 for side in size) and not forked,
        brackets=bool(block) and forked,
        plain=_text(parts, strides=False),
        text=_text(parts, strides=True),
        parts=parts,
    )


def _row(part: Part) -> Row:
    return part.row if isinstance(part, Fork) else part


def _is_shown(part: Part) -> bool:
    return layer.is_shown(_row(part))


def _path(part: Part) -> str:
    """The outermost block around it, or its own path."""
    node = _row(part).node
    return "/".join(node.path.split("/")[: node.block or None])


def _ending(units: list[Unit]) -> tuple[str, ...]:
    texts = [unit.text for unit in units]
    return "", units[0].output, ("; " if any("," in text for text in texts) else ", ").join(texts)


def _text(parts: Sequence[Part], strides: bool) -> str:
    texts = []
    for copies, of in groupby(filter(_is_shown, parts), lambda part: _row(part).node.copies):
        words = "; ".join(filter(None, (_words(part, strides) for part in of)))
        texts.append(layer.times(words, copies))
    return "; ".join(filter(None, texts))


def _words(part: Part, strides: bool) -> str:
    """A layer; a fork as its residual, or as `concat(1×1, 64 | 3×3, 64)`."""
    if not isinstance(part, Fork):
        return layer.words(part, strides)
    residual = _residual(part)
    if residual is not None:
        return _text(residual, strides)
    runs = [(text, len(list(run))) for text, run in groupby(_text(branch, strides) for branch in part.branches)]
    return f"{layer.name(part.row)}({' | '.join(layer.times(text or 'identity', many) for text, many in runs)})"


def _residual(fork: Fork) -> list[Part] | None:
    """The branch beside a shortcut: in a sum of two, one has no more than one convolution, a 1×1. Else None."""
    if layer.name(fork.row) != "add" or len(fork.branches) != 2:
        return None
    short, residual = sorted(fork.branches, key=lambda branch: sum(map(has_macs, rows_of(branch))))
    convs, others = list(filter(has_macs, rows_of(short))), sum(map(has_macs, rows_of(residual)))
    pointwise = all(set(kernel_of(row)) == {1} for row in convs)
    return residual if len(convs) <= 1 and len(convs) < others and pointwise else None


def _printed(parts: Sequence[Part]) -> Iterator[Row]:
    """The layers of a series but for shortcuts."""
    for part in parts:
        if isinstance(part, Fork):
            residual = _residual(part)
            for branch in part.branches if residual is None else [residual]:
                yield from _printed(branch)
        else:
            yield part


def _strides(rows: Sequence[Row]) -> Iterator[str]:
    """Where the strides are that no block shows, as it stands for others without."""
    for stride in dict.fromkeys(map(layer.stride, rows)):
        nodes = [row.node for row in rows if layer.stride(row) == stride != "1"]
        if nodes:
            paths = (node.path.removesuffix(f"/{node.applied.op.name}") for node in nodes)
            yield f"stride {stride}: {', '.join(paths)}"
