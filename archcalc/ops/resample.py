"""Maps made larger or smaller without a window: upsampling, and positions traded for channels."""

from archcalc.errors import RuleError
from archcalc.ops._base import Op
from archcalc.ops._fields import Choice, Flag, PerAxis
from archcalc.quantities import NO_FACTS, Facts, Resample, Shape, Weights, Window
from archcalc.values import Value, exactdiv, product, require_multiple


class Upsample(Op):
    """A map stretched to a larger one, by a factor or to a size, each channel by itself.

    Shape     (C, *n) -> (C, *m),  m = by * n;  m = size
    Weights   none
    Facts     nearest: none;  bilinear, a sum of K = 2 ** axes inputs with known factors: multiplies: prod(output) * K;
              adds: prod(output) * (K - 1)
    Reads     Resample(n, m, taps, align_corners) on each axis:  nearest, 1 tap: floor(o*n/m);  bilinear, 2 taps: floor
              and ceil of (o + 1/2)*n/m - 1/2, with align_corners of o*(n - 1)/(m - 1), those outside moved inside
    Source    PyTorch, ATen/native/UpSample.h, nearest_idx and area_pixel_compute_source_index
    """

    by = PerAxis("how many times as large each axis becomes", default=None)
    size = PerAxis("size of each axis of the output; `like: NAME` takes a layer's height and width", default=None)
    mode = Choice(
        "`nearest` copies the nearest input, `bilinear` goes on a line between neighbours, along each axis",
        ("nearest", "bilinear"),
        default="nearest",
    )
    align_corners = Flag("whether `bilinear` puts the corners of both maps at one place", default=False)
    bare = "by"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        if len([given for given in (self.by, self.size) if given is not None]) != 1:
            raise RuleError("`upsample` wants either `by` or a `size`", "`like: NAME` gives the size of a layer")
        if self.align_corners and self.mode == "nearest":
            raise RuleError("`align_corners` goes with `mode: bilinear`", "", "align_corners")
        return C, *self._sizes(x)

    def _sizes(self, x: Shape) -> tuple[Value, ...]:
        if self.size is None:
            return tuple(by * n for by, n in zip(self.by, x[1:], strict=True))
        size: tuple[Value, ...] = self.size
        return size

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        if self.mode == "nearest":
            return NO_FACTS
        _, *m = y
        N, K = product(y), product(2 for _ in m)
        return Facts(work={"multiplies": N * K, "adds": N * (K - 1)})

    def reads(self, x: Shape) -> tuple[Resample, ...]:
        _, *n = x
        taps = 1 if self.mode == "nearest" else 2
        return tuple(Resample(old, new, taps, self.align_corners) for old, new in zip(n, self._sizes(x), strict=True))


class PixelShuffle(Op):
    """Channels spread over positions: `by` times as large on each axis, with as many fewer channels.

    Shape     (C, *n) -> (C/prod(by), *(by * n))
    Weights   none
    Facts     none
    Reads     Resample(n, by * n, 1 tap) on each axis: output o reads input floor(o/by)
    Source    Shi et al. 2016, arXiv 1609.05158, equation 4
    """

    by = PerAxis("how many times as large each axis becomes")
    bare = "by"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        pieces = product(self.by)
        require_multiple(C, pieces, f"{C} channels do not split into groups of {pieces}", "", "by")
        return exactdiv(C, pieces), *(by * size for by, size in zip(self.by, n, strict=True))

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Resample, ...]:
        _, *n = x
        return tuple(Resample(size, by * size) for by, size in zip(self.by, n, strict=True))


class PixelUnshuffle(Op):
    """Blocks of positions as channels (space to depth): the inverse of `pixel_shuffle`.

    Shape     (C, *n) -> (C * prod(by), *(n/by))
    Weights   none
    Facts     none
    Reads     Window(by, by) on each axis
    Source    PyTorch documentation, torch.nn.PixelUnshuffle
    """

    by = PerAxis("size of a block on each axis: how many times as small it becomes")
    bare = "by"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        C, *n = x
        for by, size in zip(self.by, n, strict=True):
            require_multiple(size, by, f"{size} positions do not split into blocks of {by}", "`pad` it first", "by")
        return C * product(self.by), *(exactdiv(size, by) for by, size in zip(self.by, n, strict=True))

    def weights(self, x: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Window, ...]:
        return tuple(Window(by, by) for by in self.by)
