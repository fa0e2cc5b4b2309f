"""What one layer stores under the settings of a compression: numbers that are kept, bytes by what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from archcalc.engine.propagate import Row
from archcalc.errors import RuleError
from archcalc.quantities import Weights
from archcalc.report.figures import AtLeast, Figure
from archcalc.values import Value, ceil, ceildiv, exactdiv, floordiv, minimum

FLOAT = 32
"""Bits of a number that is not compressed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept and stored of one node, all its copies together.

    roles     numbers that are kept, by role of weights
    of        weights that there were to keep, after a factorisation
    original  bytes of all its numbers at 32 bits
    bits      of a weight; None without weights
    parts     bytes by what they hold: weights, positions, codebook, rest, header
    """

    roles: dict[str, Value]
    of: Value
    original: Value
    bits: Value | None
    parts: dict[str, Figure]


def store(row: Row, how: Mapping[str, Any]) -> Stored:
    """What one node stores under these settings. Raises RuleError."""
    weights = Weights(*(count * row.node.copies for count in row.weights))
    matrices = _matrices(row, weights.weight, how["rank"])
    of = sum(count * rows * columns for count, rows, columns in matrices) if matrices else weights.weight
    keep = how["keep"]
    kept = keep if keep > 1 else ceil(keep * of)
    if kept > of:
        raise RuleError(f"{kept:,} of {of:,} weights cannot be kept", parameter="keep")
    rest = weights.bias + weights.norm + weights.statistics
    parts: dict[str, Figure] = {}
    if of:
        if how["entries"] is not None and how["format"] != "relative":
            raise RuleError(f"`{how['format']}` stores what it stores: `entries` is of relative", parameter="entries")
        entries, positions = FORMATS[how["format"]](of, kept, matrices, how)
        bits = {"weights": _times(entries, how["bits"]), "positions": positions, "header": how["header_bits"]}
        if how["codebook"]:
            bits["codebook"] = how["codebook"] << how["bits"]
        parts |= {name: _bytes(each) for name, each in bits.items()}
    parts["rest"] = _bytes(rest * how["rest_bits"])
    return Stored(
        roles={**weights._asdict(), "weight": kept},
        of=of,
        original=(weights.params + weights.statistics) * FLOAT // 8,
        bits=how["bits"] if of else None,
        parts=parts,
    )


Matrices = list[tuple[Value, Value, Value]]
"""How many, and the rows and columns of each."""


def _matrices(row: Row, weight: Value, rank: Value | None) -> Matrices:
    """A layer's weights as matrices, one a group and copy: its outputs are rows; after a factorisation two for each.

    Of rank r, m x n becomes r x n and m x r: a convolution with r filters and a 1x1 convolution. Empty for weights
    that are no such matrix.
    """
    op: Any = row.node.applied.op
    if not weight or "out" not in op.fields:
        if weight and rank is not None:
            raise RuleError(f"the weights of `{op.name}` are no matrix to factorise", parameter="rank")
        return []
    count = getattr(op, "groups", 1) * row.node.copies
    m = exactdiv(op.out, getattr(op, "groups", 1))
    n = exactdiv(weight, count * m)
    if rank is None:
        return [(count, m, n)]
    if rank > minimum(m, n):
        raise RuleError(f"its matrix is {m}x{n}, {minimum(m, n)} is the most", parameter="rank")
    return [(count, rank, n), (count, m, rank)]


# Formats: of `of` weights `kept` are kept: how many are stored, and the bits that say where they belong ---------------


def _dense(of: Value, kept: Value, matrices: Matrices, how: Mapping[str, Any]) -> tuple[Figure, Figure]:
    return of, 0


def _bitmap(of: Value, kept: Value, matrices: Matrices, how: Mapping[str, Any]) -> tuple[Figure, Figure]:
    return kept, of


def _csr(of: Value, kept: Value, matrices: Matrices, how: Mapping[str, Any]) -> tuple[Figure, Figure]:
    bits = _index_bits(how)
    if not matrices:
        raise RuleError("its weights have no rows", parameter="format")
    most = max(kept, *(columns - 1 for _, _, columns in matrices))
    if most >> bits:
        raise RuleError(f"an index of {bits} bits cannot count to {most:,}", parameter="index_bits")
    return kept, bits * (kept + sum(count * (rows + 1) for count, rows, _ in matrices))


def _relative(of: Value, kept: Value, matrices: Matrices, how: Mapping[str, Any]) -> tuple[Figure, Figure]:
    """An index says how many weights were skipped; where there are more than it can say, a zero is stored."""
    bits, entries = _index_bits(how), how["entries"]
    most = kept + floordiv(of - kept, 2**bits)
    if entries is None:
        reason = f"the zeros that an index of {bits} bits wants stored depend on which weights are kept"
        stored: Figure = kept if most == kept else AtLeast(kept, reason)
    elif kept <= entries <= most:
        stored = entries
    else:
        raise RuleError(f"{entries:,} are stored, {kept:,} to {most:,} can be", parameter="entries")
    return stored, _times(stored, bits)


FORMATS: dict[str, Callable[[Value, Value, Matrices, Mapping[str, Any]], tuple[Figure, Figure]]] = {
    "dense": _dense,
    "bitmap": _bitmap,
    "csr": _csr,
    "relative": _relative,
}


def _index_bits(how: Mapping[str, Any]) -> Value:
    if how["index_bits"] is None:
        raise RuleError(f"`{how['format']}` wants `index_bits`", parameter="format")
    return how["index_bits"]


def _times(figure: Figure, factor: Value) -> Figure:
    return AtLeast(figure.value * factor, figure.reason) if isinstance(figure, AtLeast) else figure * factor


def _bytes(bits: Figure) -> Figure:
    """Whole bytes of so many bits."""
    return AtLeast(ceildiv(bits.value, 8), bits.reason) if isinstance(bits, AtLeast) else ceildiv(bits, 8)
