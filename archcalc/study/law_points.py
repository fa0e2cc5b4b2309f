"""Points at which symbols are looked at, small ones first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import count, islice, takewhile

from archcalc.values.exact import Exact
from archcalc.values.symbols import Domain

LARGEST = 12
"""Numerator and denominator together, of numbers that are tried for a symbol that is not whole."""
MOST = 150
"""Numbers that are tried for one symbol."""


def points(domains: Mapping[str, Domain]) -> Iterator[dict[str, Exact]]:
    """Values of symbols of these domains: those whose places among the small ones have the smallest sum first."""
    numbers = [list(islice(_numbers(domain), MOST)) for domain in domains.values()]
    for places in _ordered([len(each) for each in numbers]):
        yield {name: each[place] for name, each, place in zip(domains, numbers, places, strict=True)}


def _numbers(domain: Domain) -> Iterator[Exact]:
    """The numbers of a domain, small ones first."""
    if domain.whole:
        start, step = (domain.minimum, 1) if domain.minimum is not None else (domain.maximum, -1)
        if start is None:
            yield from (sign * n for n in count() for sign in (1, -1) if n or sign == 1)
        else:
            yield from takewhile(domain.__contains__, count(int(start), step))
        return
    ends = (domain.minimum, domain.maximum)
    fractions = (Fraction(p, n - p) for n in range(1, LARGEST + 1) for p in range(n) if math.gcd(p, n - p) == 1)
    signed = (sign * f for f in fractions for sign in (1, -1))
    yield from dict.fromkeys(f for f in (1, *signed, *(end for end in ends if end is not None)) if f in domain)


def _ordered(lengths: list[int]) -> Iterator[tuple[int, ...]]:
    """Places in lists of these lengths, those of a small sum first."""
    for total in range(sum(lengths) - len(lengths) + 1):
        yield from _of_sum(lengths, total)


def _of_sum(lengths: list[int], total: int) -> Iterator[tuple[int, ...]]:
    if not lengths:
        if total == 0:
            yield ()
        return
    for first in range(min(total, lengths[0] - 1) + 1):
        for rest in _of_sum(lengths[1:], total - first):
            yield first, *rest
