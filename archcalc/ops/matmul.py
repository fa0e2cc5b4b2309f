"""Matrix products."""

from archcalc.errors import RuleError
from archcalc.ops._base import Op
from archcalc.ops._merge import require_pair, show_shapes
from archcalc.quantities import Facts, Reads, Same, Shape, Weights, Whole
from archcalc.values import product, require_equal


class Matmul(Op):
    """The product of two branches as matrices: rows are channels, columns the first axis; further axes are pairs.

    Keys (d, S) permuted by [1, 0] times queries (d, T) are scores (S, T), so that `softmax` goes over the keys; values
    (v, S) times scores are the outputs (v, T). Heads are a further axis of all.

    Shape     (M, K, *b), (K, N, *b) -> (M, N, *b);  (M, K), (K) -> (M)
    Weights   none
    Facts     macs: prod(output) * K
    Reads     left: Whole on its columns;  right: Same on its columns;  Same on further axes of both
    Source    NumPy documentation, numpy.matmul, there with the pairs of matrices on the first axes
    """

    merge = True
    pair = True
    ranks = (1, 2, 3)

    def output(self, *inputs: Shape) -> Shape:
        message = f"`matmul` needs (M, K, …) and (K, N, …) or (K): {show_shapes(inputs)}"
        hint = "the columns of the left one, its first axis, are the channels of the right one"
        require_pair(inputs, message)
        (M, K, *b), (rows, *right) = inputs
        require_equal(K, rows, message, hint)
        if len(right) != len(b) + 1 and (right or b):
            raise RuleError(message, "the left one and the right one have equally many axes")
        for m, n in zip(b, right[1:], strict=True):
            require_equal(m, n, message, "axes beyond the first are equal in both")
        return M, *right

    def weights(self, *inputs: Shape) -> Weights:
        return Weights()

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        (_, K, *_), _ = inputs
        return Facts(macs=product(y) * K)

    def reads(self, *inputs: Shape) -> tuple[tuple[Reads, ...], ...]:
        (_, _, *b), (_, *right) = inputs
        others = (Same(),) * len(b)
        return (Whole("`matmul` sums over the columns of its left matrix"), *others), tuple(Same() for _ in right)
