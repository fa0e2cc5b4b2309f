"""Activations."""

from fractions import Fraction

from archcalc.ops._elementwise import Elementwise
from archcalc.ops._fields import Choice, Number, Size
from archcalc.quantities import Facts, Shape, Weights
from archcalc.values import Value, exactdiv, product, require_multiple


def each(y: Shape, **work: int) -> Facts:
    """So much work of each kind an element of the output."""
    N = product(y)
    return Facts(work={kind: count * N for kind, count in work.items()})


class Relu(Elementwise):
    """max(x, 0).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     compares: prod(output)
    Reads     Same on each axis
    Source    Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, compares=1)


class Relu6(Elementwise):
    """min(max(x, 0), 6).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     compares: 2 * prod(output)
    Reads     Same on each axis
    Source    Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10
    """

    name = "relu6"

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, compares=2)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x)).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     exponentials: prod(output);  adds: prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Goodfellow, Bengio & Courville 2016, Deep Learning, section 3.10
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, exponentials=1, adds=1, divisions=1)


class Softmax(Elementwise):
    """exp(x - m) / sum of exp(x - m) over the channels, m their maximum, at each position.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     a position: compares: C - 1;  adds: 2*C - 1 (C subtractions of the maximum, C - 1 of the sum);
              exponentials: C;  divisions: C
    Reads     Same on each axis
    Source    Goodfellow, Bengio & Courville 2016, Deep Learning, sections 4.1 and 6.2.2.3
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        C, *n = x
        N = product(n)
        work = {"compares": (C - 1) * N, "adds": (2 * C - 1) * N, "exponentials": C * N, "divisions": C * N}
        return Facts(work=work)


class LeakyRelu(Elementwise):
    """max(x, slope * x).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     compares: prod(output);  multiplies: prod(output)
    Reads     Same on each axis
    Source    Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models, equation 2
    """

    slope = Number("the slope below 0; no figure depends on it", default=Fraction(1, 100), at_least=0, at_most=1)
    bare = "slope"

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, compares=1, multiplies=1)


class Prelu(Elementwise):
    """x above 0, slope * x below, with trained slopes.

    Shape     (C, *n) -> (C, *n)
    Weights   weight: C;  slopes one: 1;  slopes element: C * prod(n)
    Facts     compares: prod(output);  multiplies: prod(output), each element taken as below 0
    Reads     Same on each axis
    Source    He et al. 2015, arXiv 1502.01852, section 2.1
    """

    slopes = Choice(
        "how many: one a `channel`, `one` for all (PyTorch's default), one an `element` (Keras's)",
        ("channel", "one", "element"),
        default="channel",
    )
    bare = "slopes"

    def weights(self, x: Shape) -> Weights:
        C, *_ = x
        count: Value = C if self.slopes == "channel" else 1 if self.slopes == "one" else product(x)
        return Weights(weight=count)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, compares=1, multiplies=1)


class Elu(Elementwise):
    """x above 0, alpha * (exp(x) - 1) below.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     compares, exponentials, adds, multiplies: prod(output) each, each element taken as below 0
    Reads     Same on each axis
    Source    Clevert, Unterthiner & Hochreiter 2016, arXiv 1511.07289, equation 15
    """

    alpha = Number("where it ends below; no figure depends on it", default=1, at_least=0)
    bare = "alpha"

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, compares=1, exponentials=1, adds=1, multiplies=1)


class Tanh(Elementwise):
    """(1 - e) / (1 + e), e = exp(-2*x).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     multiplies: prod(output);  exponentials: prod(output);  adds: 2 * prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.3.2
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, multiplies=1, exponentials=1, adds=2, divisions=1)


class Silu(Elementwise):
    """x * sigmoid(x) = x / (1 + exp(-x)), also called swish.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     exponentials: prod(output);  adds: prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Elfwing, Uchibe & Doya 2018, arXiv 1702.03118; Ramachandran, Zoph & Le 2017, arXiv 1710.05941
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, exponentials=1, adds=1, divisions=1)


class Gelu(Elementwise):
    """x * P(X <= x) of a normally distributed X, exactly or approximated.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     an element:  x/2 * (1 + erf(x/sqrt(2))): multiplies: 3;  adds: 1;  error_functions: 1;
              tanh, x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715*x*x*x))): multiplies: 7;  adds: 4;  exponentials: 1;
              divisions: 1, those of the operator `tanh` included;
              sigmoid, x / (1 + exp(-1.702*x)): multiplies: 1;  exponentials: 1;  adds: 1;  divisions: 1
    Reads     Same on each axis
    Source    Hendrycks & Gimpel 2016, arXiv 1606.08415, section 2
    """

    approximate = Choice("which approximation is computed", ("none", "tanh", "sigmoid"), default="none")

    def facts(self, y: Shape, x: Shape) -> Facts:
        if self.approximate == "tanh":
            return each(y, multiplies=7, adds=4, exponentials=1, divisions=1)
        if self.approximate == "sigmoid":
            return each(y, multiplies=1, exponentials=1, adds=1, divisions=1)
        return each(y, multiplies=3, adds=1, error_functions=1)


class Hardsigmoid(Elementwise):
    """relu6(x + 3) / 6.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     adds: prod(output);  compares: 2 * prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Howard et al. 2019, arXiv 1905.02244, section 5.2
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, adds=1, compares=2, divisions=1)


class Hardswish(Elementwise):
    """x * relu6(x + 3) / 6.

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     adds: prod(output);  compares: 2 * prod(output);  multiplies: prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Howard et al. 2019, arXiv 1905.02244, section 5.2
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return each(y, adds=1, compares=2, multiplies=1, divisions=1)


class Maxout(Elementwise):
    """The maximum of each `pieces` neighbouring channels.

    Shape     (C, *n) -> (C/pieces, *n)
    Weights   none
    Facts     compares: prod(output) * (pieces - 1)
    Reads     Same on each axis
    Source    Goodfellow et al. 2013, arXiv 1302.4389, section 2
    """

    pieces = Size("channels that become one")
    bare = "pieces"

    def output(self, x: Shape) -> Shape:
        C, *n = x
        require_multiple(C, self.pieces, f"{C} channels do not split into pieces of {self.pieces}", "", "pieces")
        return exactdiv(C, self.pieces), *n

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"compares": product(y) * (self.pieces - 1)})
