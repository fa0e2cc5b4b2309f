"""Layers of torch for the operators on tokens, and how much the products of a layer put out."""

import math
from collections.abc import Callable
from typing import Any

import torch
from op_cases import Case
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

Layer = Callable[..., Tensor]

FLAT = 1e-3
"""A factor on scores, so that no softmax is so steep that what it reads is lost in rounding."""

aten = torch.ops.aten
PRODUCTS = {aten.mm, aten.bmm, aten.addmm}
SUMS = {aten.add, aten.add_}


class Products(TorchDispatchMode):
    """Counts the numbers that matrix products put out, and those that a bias is added to."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = self.bias_adds = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        if func.overloadpacket in PRODUCTS:
            self.numbers += output.numel()
            biased = func.overloadpacket is aten.addmm
        else:
            added = args[1] if func.overloadpacket in SUMS else None
            biased = isinstance(added, Tensor) and added.dim() == 1 and added.is_floating_point()
        if biased:
            self.bias_adds += output.numel()
        return output


class Trained(nn.Module):
    """A function of a trained tensor, which stands on each sample of a batch of 1, and of what arrives."""

    def __init__(self, shape: Any, function: Layer) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, *shape))
        self.function = function

    def forward(self, *x: Tensor) -> Tensor:
        return self.function(self.weight, *x)


class Embedding(nn.Module):
    def __init__(self, given: Any) -> None:
        super().__init__()
        self.table = nn.Embedding(given["vocabulary"], given["out"])

    def forward(self, x: Tensor) -> Tensor:
        return self.table(x[:, 0].long()).movedim(-1, 1)


class TorchAttention(nn.Module):
    """torch's own, which has one width for all heads."""

    def __init__(self, given: Any, channels: int, memory: int) -> None:
        super().__init__()
        widths = {"kdim": memory, "vdim": memory} if memory != channels else {}
        bias = given.get("bias", True)
        self.of = nn.MultiheadAttention(channels, given["heads"], bias=bias, batch_first=True, **widths)

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        q = x.flatten(2).mT
        kv = q if memory is None else memory.flatten(2).mT
        return self.of(q, kv, kv, need_weights=True)[0].mT.reshape(x.shape)


class Attention(nn.Module):
    """By hand, as the papers have it: Vaswani et al. 2017, section 3.2.2, and shared heads of keys and values."""

    def __init__(self, given: Any, channels: int, memory: int) -> None:
        super().__init__()
        self.heads, bias = given["heads"], given.get("bias", True)
        self.shared = self.heads // given.get("kv_heads", self.heads)
        self.key = given.get("key_width", channels // self.heads)
        self.value = given.get("value_width", self.key)
        groups = self.heads // self.shared
        self.q = nn.Linear(channels, self.heads * self.key, bias)
        self.k = nn.Linear(memory, groups * self.key, bias)
        self.v = nn.Linear(memory, groups * self.value, bias)
        self.o = nn.Linear(self.heads * self.value, channels, given.get("out_bias", bias))

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        tokens = x.flatten(2).mT.contiguous()
        others = tokens if memory is None else memory.flatten(2).mT.contiguous()
        q = self.q(tokens).unflatten(2, (-1, self.key)).transpose(1, 2)
        k = self.k(others).unflatten(2, (-1, self.key)).transpose(1, 2).repeat_interleave(self.shared, 1)
        v = self.v(others).unflatten(2, (-1, self.value)).transpose(1, 2).repeat_interleave(self.shared, 1)
        scores = (q @ k.mT * FLAT / self.key**0.5).softmax(-1)
        return self.o((scores @ v).transpose(1, 2).flatten(2)).mT.reshape(x.shape)


class WindowAttention(nn.Module):
    """By hand: pad, roll, cut into windows, attend, put together, roll back, cut off the padding."""

    def __init__(self, given: Any, channels: int, rank: int) -> None:
        super().__init__()
        self.heads = given["heads"]
        self.window = list(given["window"]) if isinstance(given["window"], list) else [given["window"]] * rank
        shift = given.get("shift", 0)
        self.shift = list(shift) if isinstance(shift, list) else [shift] * rank
        bias = given.get("bias", True)
        self.qkv, self.proj = nn.Linear(channels, 3 * channels, bias), nn.Linear(channels, channels, bias)
        if given.get("relative", True):
            self.weight = nn.Parameter(torch.empty(self.heads, *(2 * w - 1 for w in self.window)))

    def bias(self) -> Tensor | int:
        """Of each pair of positions in a window: the table at their offset."""
        if not hasattr(self, "weight"):
            return 0
        device = self.weight.device
        places = torch.cartesian_prod(*(torch.arange(w, device=device) for w in self.window))
        places = places.reshape(-1, len(self.window))
        offsets = places[:, None] - places[None] + torch.tensor(self.window, device=device) - 1
        return self.weight[(slice(None), *offsets.unbind(-1))]

    def cut(self, x: Tensor) -> Tensor:
        """(batch, C, *padded) as (windows, positions of one, C)."""
        rank = len(self.window)
        for axis, window in enumerate(self.window):
            x = x.unflatten(2 + 2 * axis, (-1, window))
        order = [*range(2, 2 + 2 * rank, 2), *range(3, 3 + 2 * rank, 2)]
        return x.permute(0, *order, 1).reshape(-1, math.prod(self.window), x.shape[1])

    def mask(self, padded: list[int], shift: list[int], like: Tensor) -> Tensor:
        """Minus infinity between positions that only rolling has brought into one window."""
        part = torch.zeros(1, 1, *padded, device=like.device)
        for axis, (size, by) in enumerate(zip(padded, shift, strict=True)):
            sizes = [1] * part.dim()
            sizes[2 + axis] = size
            part = 2 * part + (torch.arange(size, device=like.device) >= size - by).reshape(sizes)
        part = self.cut(part)
        return torch.where(part == part.mT, 0.0, float("-inf"))[:, None]

    def forward(self, x: Tensor) -> Tensor:
        rank, (_, channels, *sizes) = len(self.window), x.shape
        axes = list(range(2, rank + 2))
        over = [-size % window for size, window in zip(sizes, self.window, strict=True)]
        x = functional.pad(x, [side for extra in reversed(over) for side in (0, extra)])
        padded = list(x.shape)
        each = zip(self.shift, self.window, padded[2:], strict=True)
        shift = [by if window < size else 0 for by, window, size in each]
        rows = self.cut(x.roll([-by for by in shift], axes))
        q, k, v = self.qkv(rows).reshape(*rows.shape[:2], 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT * FLAT / (channels / self.heads) ** 0.5 + self.bias()
        masked = scores + self.mask(padded[2:], shift, x)
        rows = self.proj((masked.softmax(-1) @ v).transpose(1, 2).flatten(2))
        back = [0, 1 + 2 * rank, *(axis for pair in range(1, rank + 1) for axis in (pair, pair + rank))]
        many = [size // window for size, window in zip(padded[2:], self.window, strict=True)]
        x = rows.reshape(1, *many, *self.window, channels).permute(back).reshape(padded).roll(shift, axes)
        return x[(slice(None), slice(None), *(slice(size) for size in sizes))]


def attention(case: Case) -> Layer:
    channels, memory = case.inputs[0][0], case.inputs[-1][0]
    kind = TorchAttention if set(case.given) <= {"heads", "bias"} else Attention
    return kind(case.given, channels, memory)


def position(case: Case) -> Layer:
    (channels, *sizes), given = case.inputs[0], case.given
    table = given.get("size", sizes)
    table = table if isinstance(table, list) else [table] * len(sizes)
    index = (slice(None), slice(None), *(slice(size) for size in sizes))
    if not given.get("trained", True):
        return lambda x: x + torch.zeros(channels, *table, device=x.device)[index[1:]]
    return Trained((channels, *table), lambda weight, x: x + weight[index])


def select(case: Case) -> Layer:
    at, rank = case.given.get("position", 0), len(case.inputs[0]) - 1
    index = at if isinstance(at, list) else [at] * rank
    return lambda x: x[(slice(None), slice(None), *index)]


def matmul(case: Case) -> Layer:
    def multiplied(a: Tensor, b: Tensor) -> Tensor:
        if b.dim() == 2:
            return (a @ b.unsqueeze(-1)).squeeze(-1)
        batch = list(range(3, a.dim()))
        product = a.permute(0, *batch, 1, 2) @ b.permute(0, *batch, 1, 2)
        return product.movedim((-2, -1), (1, 2))

    return multiplied


OF_CASES: dict[str, Callable[[Case], Layer]] = {
    "attention": attention,
    "class_token": lambda case: Trained(
        (case.inputs[0][0], case.given.get("count", 1)), lambda weight, x: torch.cat([weight, x], 2)
    ),
    "cross_attention": attention,
    "drop_path": lambda case: nn.Identity(),
    "embedding": lambda case: Embedding(case.given),
    "matmul": matmul,
    "permute": lambda case: lambda x: x.permute(0, *(axis + 1 for axis in case.given["axes"])),
    "position": position,
    "reshape": lambda case: lambda x: x.reshape(1, *case.given["shape"]),
    "select": select,
    "tokens": lambda case: lambda x: x.flatten(2),
    "weight": lambda case: Trained(case.given["shape"], lambda weight: weight),
    "window_attention": lambda case: WindowAttention(case.given, case.inputs[0][0], len(case.inputs[0]) - 1),
}
"""What to build for a case of each operator."""
