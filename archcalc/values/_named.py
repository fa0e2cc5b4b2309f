"""What rules must not do with a size, made loud: Vector and Symbolic share it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn


def _refuse(sign: str, instead: str) -> Callable[..., NoReturn]:
    def refused(self: object, *_: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} has no `{sign}`: use {instead} of archcalc.values")

    return refused


class Named:
    """Values without `//`, `%`, `/`, an order or a truth value: functions of archcalc.values stand for them.

    Equality and hash are identity: values are keys of caches, and `==` of sizes is `equal`.
    """

    __slots__ = ()

    __floordiv__: Callable[..., Any] = _refuse("//", "floordiv")
    __rfloordiv__ = __floordiv__
    __mod__: Callable[..., Any] = _refuse("%", "mod")
    __rmod__ = __mod__
    __divmod__: Callable[..., Any] = _refuse("divmod", "floordiv and mod")
    __rdivmod__ = __divmod__
    __truediv__: Callable[..., Any] = _refuse("/", "exactdiv")
    __rtruediv__ = __truediv__
    __lt__: Callable[..., Any] = _refuse("<", "at_least, minimum or maximum")
    __le__: Callable[..., Any] = _refuse("<=", "at_least, minimum or maximum")
    __gt__: Callable[..., Any] = _refuse(">", "at_least, minimum or maximum")
    __ge__: Callable[..., Any] = _refuse(">=", "at_least, minimum or maximum")
    __bool__: Callable[..., Any] = _refuse("truth value", "equal")
    __int__: Callable[..., Any] = _refuse("int", "floor")
    __float__: Callable[..., Any] = _refuse("float", "show")
    __index__: Callable[..., Any] = _refuse("index", "floor")
    __round__: Callable[..., Any] = _refuse("round", "round_half_up")
    __floor__: Callable[..., Any] = _refuse("floor", "floor")
    __ceil__: Callable[..., Any] = _refuse("ceil", "ceil")
    __abs__: Callable[..., Any] = _refuse("abs", "maximum")
