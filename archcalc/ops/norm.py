"""Normalisation."""

from archcalc.ops._base import require_split
from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Choice, Flag, Size
from archcalc.quantities import Facts, Reads, Same, Shape, Weights, Whole
from archcalc.values import Value, product


class Normalised(Elementwise, abstract=True):
    """Normalisation by statistics of the sample itself, so that inference has to find them.

    (x - mean) / sqrt(variance + epsilon) in each group of M numbers takes 3*M - 1 adds (M - 1 of the mean, M of the
    differences, M - 1 of their squares, epsilon), 2*M multiplies (the squares; by one over the root), 3 divisions
    (mean, variance, one over the root) and 1 root.
    """

    affine = Flag("a trained scale and shift", default=True)

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        return Weights(norm=2 * C if self.affine else 0)

    def work(self, y: Shape, groups: Value) -> Facts:
        """Of `groups` groups that divide the output; scale and shift are a multiply and an add an element."""
        N = product(y)
        own = N if self.affine else 0
        adds, multiplies = 3 * N - groups + own, 2 * N + own
        return Facts(work={"adds": adds, "multiplies": multiplies, "divisions": 3 * groups, "roots": groups})


class BatchNorm(Normalised):
    """Normalisation of each channel by statistics of the batches seen in training.

    Shape     (C, *n) -> (C, *n)
    Weights   norm: 2 * C, scale and shift (affine), or C, the shift alone (scale: false);  statistics: 2 * C, running
              mean and variance (track)
    Facts     N = prod(output):  multiplies: N;  adds: N: at inference mean, variance, scale and shift are one factor
              and one summand a channel;  without track as instance_norm: the batch's statistics have to be found
    Reads     Same on each axis;  without track Whole
    Source    Ioffe & Szegedy 2015, arXiv 1502.03167, algorithms 1 and 2; torch.nn.BatchNorm2d, track_running_stats;
              scale: Keras documentation, BatchNormalization
    """

    scale = Flag("of an affine one, a trained scale too; without it the shift alone, as before a relu", default=True)
    track = Flag("a running mean and variance a channel; without it each batch is normalised by its own", default=True)

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        norm = (2 if self.scale else 1) * C if self.affine else 0
        return Weights(norm=norm, statistics=2 * C if self.track else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *_ = x
        if self.track:
            return Facts(work={"multiplies": product(y), "adds": product(y)})
        own = self.work(y, C)
        if self.affine and not self.scale:
            own.work["multiplies"] = own.work["multiplies"] - product(y)
        return own

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        return ((Same() if self.track else Whole()),) * (len(x) - 1)


class Lrn(Elementwise):
    """Local response normalisation across channels: a / (k + alpha * sum of a² of `size` channels) ** beta.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     an element: multiplies: 2 (a square, alpha);  adds: size (size - 1 of squares, k);  powers: 1;
              divisions: 1; each window of channels taken as full
    Reads     Same on each axis
    Source    Krizhevsky, Sutskever & Hinton 2012, section 3.3
    """

    size = Size("channels that a sum goes over", default=5)
    memory = "new"

    def facts(self, y: Shape, x: Shape) -> Facts:
        N = product(y)
        return Facts(work={"multiplies": 2 * N, "adds": self.size * N, "powers": N, "divisions": N})


class GroupNorm(Normalised):
    """Normalisation of each group of channels, over all positions.

    Shape     (C, *n) -> (C, *n)
    Weights   norm: 2 * C, scale and shift (affine)
    Facts     N = prod(output):  adds: 3*N - groups, and N (affine);  multiplies: 2*N, and N (affine);
              divisions: 3 * groups;  roots: groups
    Reads     Whole on each axis
    Source    Wu & He 2018, arXiv 1803.08494, equations 1, 2, 6 and 7
    """

    groups = Size("groups of channels")
    bare = "groups"

    def output(self, x: Shape) -> Shape:
        C, *_ = x
        require_split(C, self.groups, "channels", "groups")
        return x

    def facts(self, y: Shape, x: Shape) -> Facts:
        return self.work(y, self.groups)

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        return (Whole(),) * len(n)


class InstanceNorm(Normalised):
    """Normalisation of each channel, over all positions.

    Shape     (C, *n) -> (C, *n)
    Weights   norm: 2 * C, scale and shift (affine)
    Facts     N = prod(output):  adds: 3*N - C, and N (affine);  multiplies: 2*N, and N (affine);  divisions: 3 * C;
              roots: C
    Reads     Whole on each axis
    Source    Ulyanov, Vedaldi & Lempitsky 2016, arXiv 1607.08022, equation 4; affine: PyTorch, torch.nn.InstanceNorm2d
    """

    affine = Flag("a trained scale and shift a channel", default=False)
    ranks = (1, 2, 3)

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *_ = x
        return self.work(y, C)

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        return (Whole(),) * len(n)


class LayerNorm(Normalised):
    """Normalisation of the channels of each position, as of tokens and in ConvNeXt, or of the whole map.

    Shape     (C, *n) -> (C, *n)
    Weights   norm: 2 * C, scale and shift (affine);  over all: 2 * C * prod(n)
    Facts     N = prod(output), G = prod(n), over all 1:  adds: 3*N - G, and N (affine);  multiplies: 2*N, and N
              (affine);  divisions: 3 * G;  roots: G
    Reads     Same on each axis;  over all: Whole
    Source    Ba, Kiros & Hinton 2016, arXiv 1607.06450, equation 3; over channels: Liu et al. 2022, arXiv 2201.03545,
              section 2.6; over all: PyTorch documentation, torch.nn.LayerNorm, the example of images
    """

    over = Choice(
        "what is normalised together: the `channels` of each position, or `all`, with a scale and shift each",
        ("channels", "all"),
        default="channels",
    )

    def weights(self, x: Shape) -> Weights:
        return Weights(norm=2 * product(x) if self.affine else 0) if self.over == "all" else super().weights(x)

    def facts(self, y: Shape, x: Shape) -> Facts:
        _, *n = x
        return self.work(y, 1 if self.over == "all" else product(n))

    def reads(self, x: Shape) -> tuple[Reads, ...]:
        _, *n = x
        return (Whole() if self.over == "all" else Same(),) * len(n)
