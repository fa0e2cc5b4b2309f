"""Activations."""

from archcalc.ops._elementwise import Elementwise
from archcalc.quantities import Facts, Shape
from archcalc.values import product


class Relu(Elementwise):
    """max(x, 0).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     compares: prod(output)
    Reads     Same on each axis
    Source    Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"compares": product(y)})


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
        return Facts(work={"compares": 2 * product(y)})


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x)).

    Shape     (C, *n) -> (C, *n)
    Weights   none
    Facts     exponentials: prod(output);  adds: prod(output);  divisions: prod(output)
    Reads     Same on each axis
    Source    Goodfellow, Bengio & Courville 2016, Deep Learning, section 3.10
    """

    def facts(self, y: Shape, x: Shape) -> Facts:
        return Facts(work={"exponentials": product(y), "adds": product(y), "divisions": product(y)})


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
