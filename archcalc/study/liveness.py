"""Which tensors of a graph are held while each node runs, in the graph's own order. All in numbers, not bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from archcalc.engine.graph import Graph, Node
from archcalc.quantities import Shape
from archcalc.values import Value, product


@dataclass(slots=True, eq=False)
class Slot:
    """A piece of memory. Tensors use it in turn: a view of one, or one that takes the place of another.

    size      numbers
    begin     the node that first writes to it
    given     whether it is the caller's: an input, which is neither overwritten nor a part
    tensors   the nodes whose outputs it holds
    inside    the slot that it is a part of, and the offset there
    parts     the slots inside it
    """

    size: Value
    begin: int
    given: bool = False
    tensors: list[int] = field(default_factory=list)
    inside: tuple[Slot, int] | None = None
    parts: list[Slot] = field(default_factory=list)

    @property
    def all_tensors(self) -> Iterator[int]:
        """Those of its parts, too."""
        yield from self.tensors
        for part in self.parts:
            yield from part.all_tensors

    @property
    def first(self) -> int:
        """The node before which it must be there: the first that writes to it or to a part of it."""
        return min((part.first for part in self.parts), default=self.begin)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where each node's output stands, and how much is held while each runs.

    slots  of each node; None for weights, which stand with the others
    live   numbers held while each node runs: what it reads and writes, and what a later one reads
    """

    slots: list[Slot | None]
    live: list[Value]


def plan(graph: Graph, *, in_place: bool = False, concat_in_place: bool = False) -> Plan:
    """A tensor is held from the node that writes it to the last that reads it; outputs of the network to the end.

    in_place         activations, norms and sums element by element take the place of an input that nothing reads later
    concat_in_place  what is concatenated, once, is computed where the concatenation wants it
    """
    last = _last_reads(graph)
    inputs = set(graph.inputs.values())
    slots: list[Slot | None] = []
    for index, node in enumerate(graph.nodes):
        memory = node.applied.op.memory
        if memory == "view":
            slot = slots[node.sources[0]] if node.sources else None
        else:
            slot = _over(index, node, slots, last) if in_place and memory == "over" else None
            slot = slot or Slot(put_out(node), index, index in inputs)
            if concat_in_place and memory == "parts":
                _place(slot, node, slots)
        slots.append(slot)
        if slot is not None:
            slot.tensors.append(index)
    return Plan(slots, _live(slots, last))


def put_out(node: Node) -> Value:
    """Numbers that a node puts out, all its copies together."""
    return product(node.applied.output) * node.copies


def arriving(node: Node) -> Iterator[tuple[int, Shape, Value]]:
    """Each source of a node, its shape, and how often such a tensor arrives, at all copies of the node together."""
    counts = getattr(node.applied.op, "copies", None) or (1,) * len(node.sources)
    for source, shape, count in zip(node.sources, node.applied.inputs, counts, strict=True):
        yield source, shape, count * node.copies


def _last_reads(graph: Graph) -> list[int]:
    """The last node that reads each; itself where none does, and the end for outputs of the network."""
    last = list(range(len(graph.nodes)))
    for index, node in enumerate(graph.nodes):
        for source in node.sources:
            last[source] = index
    for output in graph.outputs.values() or last[-1:]:
        last[output] = len(last)
    return last


def _over(index: int, node: Node, slots: list[Slot | None], last: list[int]) -> Slot | None:
    """The slot of a source that a node may write over."""
    for source, shape, count in arriving(node):
        slot = slots[source]
        if slot is None or slot.given or slot.inside is not None:
            continue
        size = product(shape) * count
        if not size == slot.size == put_out(node):
            continue
        # what stands in its parts may be read by this very node, at another position
        parts = all(last[tensor] < index for part in slot.parts for tensor in part.all_tensors)
        if parts and all(last[tensor] <= index for tensor in slot.tensors):
            return slot
    return None


def _place(whole: Slot, node: Node, slots: list[Slot | None]) -> None:
    """Put the slots of a concatenation's sources inside its own, where that can be."""
    offset = 0
    for source, shape, count in arriving(node):
        slot, size = slots[source], product(shape) * count
        if slot is not None and not slot.given and slot.inside is None and slot.size == size:
            slot.inside = whole, offset
            whole.parts.append(slot)
        offset = offset + size


def _live(slots: list[Slot | None], last: list[int]) -> list[Value]:
    """Numbers held at each node."""
    change: list[Value] = [0] * (len(slots) + 1)
    for slot in {id(slot): slot for slot in slots if slot is not None and slot.inside is None}.values():
        change[slot.first] += slot.size
        end = max(last[tensor] for tensor in slot.all_tensors)
        change[min(end, len(slots) - 1) + 1] -= slot.size
    return list(accumulate(change[:-1]))
