"""Normalisation."""

from archcalc.ops._base import Flag, Size
from archcalc.ops._elementwise import Elementwise
from archcalc.quantities import Facts, Shape, Weights
from archcalc.values import product


class BatchNorm(Elementwise):
    """Normalisation of each channel by statistics of the batches seen in training.

    Shape     (C, *n) -> (C, *n)
    Weights   norm: 2 * C, scale and shift (affine);  statistics: 2 * C, running mean and variance (track)
    Facts     multiplies: prod(output);  adds: prod(output): at inference mean, variance, scale and shift are one factor
              and one summand a channel
    Reads     Same on each axis
    Source    Ioffe & Szegedy 2015, arXiv 1502.03167, algorithms 1 and 2
    """

    affine = Flag("a trained scale and shift a channel", default=True)
    track = Flag("a running mean and variance a channel", default=True)

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        return Weights(norm=2 * C if self.affine else 0, statistics=2 * C if self.track else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"multiplies": product(y), "adds": product(y)})


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

    def facts(self, y: Shape, x: Shape) -> Facts:
        N = product(y)
        return Facts(work={"multiplies": 2 * N, "adds": self.size * N, "powers": N, "divisions": N})
