"""Repeats: runs of rows, or of blocks of rows, that are alike but for where they stand, become one with `×n`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PERIODS = range(1, 9)
"""How many levels beside each other may make one repeat: a unit of a convolution and a pool has two."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row: the levels of its path, what must be equal in a repeat, and the indices of its first and last like."""

    levels: tuple[str, ...]
    alike: tuple[object, ...]
    first: int
    last: int
    times: int = 1


def fold(items: Sequence[Item], depth: int = 0) -> list[Item]:
    """The items with repeats folded, outer levels first; `levels` of a fold name the first and last: `Layer7…11`."""
    children = list(_children(items, depth))
    signs = [tuple((item.levels[depth + 1 :], item.alike) for item in child) for child in children]
    result: list[Item] = []
    at = 0
    while at < len(children):
        period, times = _run(signs, at)
        if times == 1 and len(children[at]) == 1:
            result += children[at]
            at += 1
            continue
        for child in range(at, at + period):
            last = child + (times - 1) * period
            label = _span(children[child][0].levels[depth], children[last][0].levels[depth])
            inner = children[child] if len(children[child]) == 1 else fold(children[child], depth + 1)
            shift = children[last][0].first - children[child][0].first
            for item in inner:
                levels = (*item.levels[:depth], label, *item.levels[depth + 1 :])
                result.append(Item(levels, item.alike, item.first, item.last + shift, item.times * times))
        at += period * times
    return result


def _children(items: Sequence[Item], depth: int) -> Iterator[list[Item]]:
    """Neighbours that share the level at `depth`."""
    child: list[Item] = []
    for item in items:
        if child and child[0].levels[depth : depth + 1] != item.levels[depth : depth + 1]:
            yield child
            child = []
        child.append(item)
    if child:
        yield child


def _run(signs: Sequence[object], at: int) -> tuple[int, int]:
    """How many children from `at` make one repeat, and how often it stands there: what folds most."""
    best, saved = (1, 1), 0
    for period in PERIODS:
        unit, times = signs[at : at + period], 1
        while signs[at + times * period : at + (times + 1) * period] == unit:
            times += 1
        if (times - 1) * period > saved:
            best, saved = (period, times), (times - 1) * period
    return best


def _span(first: str, last: str) -> str:
    """`Layer7…11` for Layer7 to Layer11."""
    if first == last:
        return first
    stem = last.rstrip("0123456789")
    return f"{first}…{last[len(stem) :] if first.rstrip('0123456789') == stem else last}"
