"""A reader of Arrow's C stream interface, from its specification, that knows nothing of the writer.

https://arrow.apache.org/docs/format/CDataInterface.html, …/CStreamInterface.html
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_uint8, c_void_p
from itertools import pairwise
from typing import Any


class ArrowSchema(Structure):
    pass


class ArrowArray(Structure):
    pass


class ArrowArrayStream(Structure):
    pass


OUT = ctypes.CFUNCTYPE(c_int, POINTER(ArrowArrayStream), c_void_p)

ArrowSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("flags", c_int64), ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))), ("dictionary", POINTER(ArrowSchema)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(ArrowSchema))), ("private_data", c_void_p),
]  # fmt: skip
ArrowArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64), ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)), ("children", POINTER(POINTER(ArrowArray))), ("dictionary", POINTER(ArrowArray)),
    ("release", ctypes.CFUNCTYPE(None, POINTER(ArrowArray))), ("private_data", c_void_p),
]  # fmt: skip
ArrowArrayStream._fields_ = [
    ("get_schema", OUT), ("get_next", OUT),
    ("get_last_error", ctypes.CFUNCTYPE(c_char_p, POINTER(ArrowArrayStream))),
    ("release", ctypes.CFUNCTYPE(None, POINTER(ArrowArrayStream))), ("private_data", c_void_p),
]  # fmt: skip


class Batch:
    """A stream that was taken over from its capsule, with its schema and its one array."""

    def __init__(self, given: Any) -> None:
        capsule = given.__arrow_c_stream__()
        get = ctypes.pythonapi.PyCapsule_GetPointer
        get.restype, get.argtypes = c_void_p, [ctypes.py_object, c_char_p]
        address = get(capsule, b"arrow_array_stream")
        assert address
        source = ArrowArrayStream.from_address(address)
        self.stream = ArrowArrayStream()
        ctypes.memmove(ctypes.byref(self.stream), address, ctypes.sizeof(ArrowArrayStream))
        source.release = OUT_OF_USE["release"]  # moved: the capsule must not release it
        del capsule
        self.schema, self.array, end = ArrowSchema(), ArrowArray(), ArrowArray()
        assert self.stream.get_schema(self.stream, ctypes.addressof(self.schema)) == 0
        assert self.stream.get_next(self.stream, ctypes.addressof(self.array)) == 0
        assert self.stream.get_next(self.stream, ctypes.addressof(end)) == 0
        assert not end.release
        assert self.schema.format == b"+s"

    def columns(self) -> dict[str, tuple[str, list[Any]]]:
        """Name → format and values."""
        found = {}
        assert self.array.n_children == self.schema.n_children
        for index in range(self.schema.n_children):
            schema, array = self.schema.children[index].contents, self.array.children[index].contents
            assert array.length == self.array.length
            found[schema.name.decode()] = (kind(schema), values(schema, array))
        return found

    def moved_child(self, index: int) -> tuple[ArrowSchema, ArrowArray]:
        """One column taken over, so that it outlives the others."""
        taken = ArrowArray()
        child = self.array.children[index].contents
        ctypes.memmove(ctypes.byref(taken), ctypes.byref(child), ctypes.sizeof(ArrowArray))
        child.release = type(child.release)()
        return self.schema.children[index].contents, taken

    def release(self) -> None:
        for part in (self.array, self.schema, self.stream):
            assert part.release
            part.release(part)
            assert not part.release


OUT_OF_USE: dict[str, Any] = {"release": dict(ArrowArrayStream._fields_)["release"]()}


def kind(schema: ArrowSchema) -> str:
    inner = [kind(schema.children[index].contents) for index in range(schema.n_children)]
    return " ".join([schema.format.decode(), *inner])


def values(schema: ArrowSchema, array: ArrowArray) -> list[Any]:
    read = READERS[schema.format]
    assert array.offset == 0
    assert array.dictionary is None or not array.dictionary
    present = bits(array.buffers[0], array.length) if array.buffers[0] else [True] * array.length
    assert array.null_count == present.count(False)
    given = read(schema, array)
    return [value if here else None for value, here in zip(given, present, strict=True)]


def bits(address: int, count: int) -> list[bool]:
    packed = (c_uint8 * ((count + 7) // 8)).from_address(address)
    return [bool(packed[at // 8] >> at % 8 & 1) for at in range(count)]


def numbers(address: int, count: int) -> list[int]:
    return list((c_int64 * count).from_address(address))


def texts(schema: ArrowSchema, array: ArrowArray) -> list[str]:
    assert array.n_buffers == 3
    ends = numbers(array.buffers[1], array.length + 1)
    data = ctypes.string_at(array.buffers[2], ends[-1])
    return [data[begin:end].decode() for begin, end in pairwise(ends)]


def lists(schema: ArrowSchema, array: ArrowArray) -> list[list[Any]]:
    assert (array.n_buffers, array.n_children) == (2, 1)
    ends = numbers(array.buffers[1], array.length + 1)
    items = values(schema.children[0].contents, array.children[0].contents)
    assert len(items) == ends[-1]
    return [items[begin:end] for begin, end in pairwise(ends)]


READERS: dict[bytes, Callable[[ArrowSchema, ArrowArray], list[Any]]] = {
    b"l": lambda schema, array: numbers(array.buffers[1], array.length),
    b"b": lambda schema, array: bits(array.buffers[1], array.length),
    b"U": texts,
    b"+L": lists,
}
