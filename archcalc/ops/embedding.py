"""Tables that are looked up: of ids and of positions."""

from archcalc.ops._base import Op
from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Flag, PerAxis, Size
from archcalc.quantities import NO_FACTS, Facts, Same, Shape, Weights, show_shape
from archcalc.values import product, require_at_least, require_equal


class Embedding(Op):
    """A vector for each id, looked up in a table.

    Shape     (1, *n) -> (out, *n);  ids stand in one channel: T words are (1, T)
    Weights   weight: vocabulary * out
    Facts     none
    Reads     Same on each axis
    Source    PyTorch documentation, torch.nn.Embedding
    """

    vocabulary = Size("how many ids there are")
    out = Size("channels of a vector")

    def output(self, x: Shape) -> Shape:
        channels, *n = x
        message = f"`embedding` wants ids in one channel, {show_shape(x)} arrives"
        require_equal(channels, 1, message, "words of a text are an input of [1, T]")
        return self.out, *n

    def weights(self, x: Shape) -> Weights:
        return Weights(weight=self.vocabulary * self.out)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return NO_FACTS

    def reads(self, x: Shape) -> tuple[Same, ...]:
        _, *n = x
        return (Same(),) * len(n)


class Position(Elementwise):
    """Adds a vector to each position, trained or fixed, that tells where it is.

    Shape     (C, *n) -> (C, *n)
    Weights   weight: C * prod(size);  none if not trained;  size = n by default
    Facts     adds: prod(output)
    Reads     Same on each axis
    Source    Dosovitskiy et al. 2021, arXiv 2010.11929, equation 1; fixed: Vaswani et al. 2017, section 3.5
    """

    size = PerAxis("positions of the table on each axis; as many as arrive where it is not given", default=None)
    trained = Flag("whether the vectors are trained; sines and cosines are not", default=True)
    bare = "size"
    ranks = (1, 2, 3)

    def output(self, x: Shape) -> Shape:
        _, *n = x
        for size, arriving in zip(self.size or (), n if self.size else (), strict=True):
            message = f"`size` is {size} and {arriving} positions arrive"
            require_at_least(size, arriving, message, "", "size")
        return x

    def weights(self, x: Shape) -> Weights:
        C, *n = x
        return Weights(weight=C * product(n if self.size is None else self.size) if self.trained else 0)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"adds": product(y)})
