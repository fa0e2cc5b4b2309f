"""Columns as a stream of Arrow's C data interface, in a capsule: they cross to any library without a dependency.

Source  https://arrow.apache.org/docs/format/CStreamInterface.html, …/CDataInterface.html, …/PyCapsuleInterface.html
Each structure that is handed out keeps what it points to alive until its `release` is called, once.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Sequence
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, pointer
from typing import Any

from archcalc.report.frame import LIST, TEXT, TRUTH, WHOLE, Column

CAPSULE = b"arrow_array_stream"
STRUCT = "+s"
NULLABLE = 2
"""The flag of a column that may have missing values."""
FINE, FAILED = 0, 12
"""Answers; the second is ENOMEM."""


class Schema(Structure):
    """struct ArrowSchema: what a column is."""


class Array(Structure):
    """struct ArrowArray: what a column holds."""


class Stream(Structure):
    """struct ArrowArrayStream: a schema, then arrays of it."""

    _fields_ = [(name, c_void_p) for name in ("get_schema", "get_next", "get_last_error", "release", "private_data")]


Schema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_char_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(Schema))),
    ("dictionary", c_void_p),
    ("release", c_void_p),
    ("private_data", c_void_p),
]
Array._fields_ = [
    *((name, c_int64) for name in ("length", "null_count", "offset", "n_buffers", "n_children")),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(Array))),
    ("dictionary", c_void_p),
    ("release", c_void_p),
    ("private_data", c_void_p),
]

_alive: dict[int, Any] = {}
"""What structures point to, by their `private_data`, and the streams of capsules by their address."""
_keys = itertools.count(1)
"""Odd, as no address is."""


def stream(columns: Sequence[Column]) -> object:
    """A capsule of a stream that gives one batch: the columns."""
    made = Stream(_GET_SCHEMA, _GET_NEXT, _GET_LAST_ERROR, _RELEASE_STREAM)
    made.private_data = _kept(list(columns), [False])
    address = ctypes.addressof(made)
    _alive[address] = made
    return _new_capsule(address, CAPSULE, _END_CAPSULE)


# Building ------------------------------------------------------------------------------------------------------------


def _schema(name: str, kind: Sequence[str], children: Sequence[Schema] = ()) -> Schema:
    inner = list(children) or ([_schema("item", kind[1:])] if kind[0] == LIST else [])
    made = Schema(kind[0].encode(), name.encode(), flags=NULLABLE, n_children=len(inner), release=_RELEASE_SCHEMA)
    made.children = (POINTER(Schema) * len(inner))(*map(pointer, inner))
    made.private_data = _kept(made, inner)
    return made


def _column(values: Sequence[Any], kind: Sequence[str]) -> Array:
    """The values of a column, or of what its lists hold."""
    present = [value is not None for value in values]
    buffers: list[Any] = [None if all(present) else _bits(present)]
    inner: list[Array] = []
    if kind[0] == WHOLE:
        buffers.append(_numbers([value or 0 for value in values]))
    elif kind[0] == TRUTH:
        buffers.append(_bits([bool(value) for value in values]))
    elif kind[0] == TEXT:
        texts = [(value or "").encode() for value in values]
        buffers += [_offsets(texts), ctypes.create_string_buffer(b"".join(texts))]
    else:
        lists = [value or [] for value in values]
        buffers.append(_offsets(lists))
        inner.append(_column([item for each in lists for item in each], kind[1:]))
    return _array(len(values), present.count(False), buffers, inner)


def _array(length: int, nulls: int, buffers: Sequence[Any], inner: Sequence[Array]) -> Array:
    made = Array(length, nulls, 0, len(buffers), len(inner), release=_RELEASE_ARRAY)
    made.buffers = (c_void_p * len(buffers))(*(each and ctypes.addressof(each) for each in buffers))
    made.children = (POINTER(Array) * len(inner))(*map(pointer, inner))
    made.private_data = _kept(made, buffers, inner)
    return made


def _bits(flags: Sequence[bool]) -> Any:
    """The lowest bit of a byte first."""
    packed = bytearray(len(flags) // 8 + 1)
    for at, flag in enumerate(flags):
        packed[at // 8] |= flag << at % 8
    return ctypes.create_string_buffer(bytes(packed), len(packed))


def _offsets(items: Sequence[Any]) -> Any:
    """Where each begins, and the last ends."""
    return _numbers(list(itertools.accumulate(map(len, items), initial=0)))


def _numbers(values: Sequence[int]) -> Any:
    """Of 64 bits; never of no room, for which there would be no address."""
    return (c_int64 * max(1, len(values)))(*values)


def _kept(*what: Any) -> int:
    key = 2 * next(_keys) + 1
    _alive[key] = what
    return key


# What the other side calls -------------------------------------------------------------------------------------------
# Python may be on its way out when something is let go of: that needs no names of this module, and no thunk is freed.


def _thunk(kind: Any, call: Callable[..., Any]) -> Any:
    """The address of a C function."""
    made = kind(call)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(made))
    return ctypes.cast(made, c_void_p).value


_LETS_GO = ctypes.CFUNCTYPE(None, c_void_p)
_FILLS = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
_new_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", ctypes.pythonapi))
_pointer_of = ctypes.PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))


def _filling(fill: Callable[[list[Column], list[bool], int], None]) -> Any:
    def call(address: int, out: int) -> int:
        try:
            columns, given = _alive[Stream.from_address(address).private_data]
            fill(columns, given, out)
        except Exception:  # which the other side could not see
            return FAILED
        return FINE

    return _thunk(_FILLS, call)


def _schema_to(columns: list[Column], given: list[bool], out: int) -> None:
    made = _schema("", (STRUCT,), [_schema(name, kind) for name, kind, _ in columns])
    ctypes.memmove(out, ctypes.addressof(made), ctypes.sizeof(made))


def _batch_to(columns: list[Column], given: list[bool], out: int) -> None:
    """The batch, and when that is given a released one: the end."""
    made = Array()
    if not given[0]:
        length = len(columns[0].values) if columns else 0
        made = _array(length, 0, [None], [_column(values, kind) for _, kind, values in columns])
    given[0] = True
    ctypes.memmove(out, ctypes.addressof(made), ctypes.sizeof(made))


def _releasing(kind: Any) -> Any:
    def release(address: int, kind: Any = kind, alive: dict[int, Any] = _alive, lets_go: Any = _LETS_GO) -> None:
        """Let go of what a structure points to, and of those children that nobody has taken over."""
        mine = kind.from_address(address)
        for index in range(getattr(mine, "n_children", 0)):
            child = mine.children[index].contents
            if child.release:
                lets_go(child.release)(child_address(child))
        mine.release = None
        alive.pop(mine.private_data, None)

    child_address = ctypes.addressof
    return _thunk(_LETS_GO, release)


def _end(
    capsule: int,
    find: Any = _pointer_of,
    name: bytes = CAPSULE,
    kind: Any = Stream,
    alive: dict[int, Any] = _alive,
    lets_go: Any = _LETS_GO,
) -> None:
    """The capsule goes, and its stream with it unless somebody has taken it over."""
    address = find(capsule, name)
    mine = kind.from_address(address)
    if mine.release:
        lets_go(mine.release)(address)
    alive.pop(address, None)


_RELEASE_SCHEMA, _RELEASE_ARRAY, _RELEASE_STREAM = map(_releasing, (Schema, Array, Stream))
_GET_SCHEMA, _GET_NEXT = map(_filling, (_schema_to, _batch_to))
_GET_LAST_ERROR = _thunk(ctypes.CFUNCTYPE(c_void_p, c_void_p), lambda address: None)
_END_CAPSULE = _thunk(ctypes.PYFUNCTYPE(None, c_void_p), _end)
