"""Multi-head attention over all positions. Masks and dropout change no count."""

from archcalc.ops._attention import MultiHead
from archcalc.ops._merge import require_pair, show_shapes
from archcalc.quantities import Facts, Reads, Same, Shape, Weights, Whole


class Attention(MultiHead):
    """Multi-head self-attention with its projections: each of T positions reads all.

    g is kv_heads, k is key_width, v is value_width: heads and D/heads where they are not given.

    Shape     (D, *n) -> (D, *n),  T = prod(n)
    Weights   weight: D*heads*k + D*g*(k + v) + heads*v*D, by default 4*D**2;
              bias: heads*k + g*(k + v) + D, by default 4*D
    Facts     macs: T * weight + T**2 * heads * (k + v), by default 4*T*D**2 + 2*T**2*D;  bias_adds: T * bias;
              of heads*T**2 scores in heads*T rows: multiplies: a score each (1/sqrt(k));  compares: T - 1 a row;
              adds: 2*T - 1 a row;  exponentials, divisions: a score each;
              products: T * (heads*k + g*(k + v) + D) + heads * T**2 + T * heads * v
    Reads     Whole on each axis
    Source    Vaswani et al. 2017, arXiv 1706.03762, section 3.2; kv_heads: Ainslie et al. 2023, arXiv 2305.13245
    """

    def output(self, x: Shape) -> Shape:
        D, *_ = x
        self.widths(D)
        return x

    def weights(self, x: Shape) -> Weights:
        return self.kept(x, x)

    def facts(self, y: Shape, x: Shape) -> Facts:
        return self.done(x, x)

    def reads(self, x: Shape) -> tuple[Whole, ...]:
        _, *n = x
        return (Whole(),) * len(n)


class CrossAttention(MultiHead):
    """Multi-head attention of a first branch, the queries, to a second, the memory: T queries read S positions.

    g is kv_heads, k is key_width, v is value_width: heads and D/heads where they are not given.

    Shape     (D, *n), (M, *m) -> (D, *n),  T = prod(n),  S = prod(m)
    Weights   weight: D*heads*k + M*g*(k + v) + heads*v*D;  bias: heads*k + g*(k + v) + D
    Facts     macs: T*D*heads*k + S*M*g*(k + v) + T*heads*v*D + T*S*heads*(k + v);
              bias_adds: T*heads*k + S*g*(k + v) + T*D;
              of heads*T*S scores in heads*T rows: multiplies: a score each (1/sqrt(k));  compares: S - 1 a row;
              adds: 2*S - 1 a row;  exponentials, divisions: a score each;
              products: T*heads*k + S*g*(k + v) + heads*T*S + T*heads*v + T*D
    Reads     Same on each axis of the queries;  Whole on each axis of the memory
    Source    Vaswani et al. 2017, arXiv 1706.03762, section 3.2.3
    """

    bare = ""
    merge = True
    pair = True

    def output(self, *inputs: Shape) -> Shape:
        require_pair(inputs, f"`cross_attention` needs queries and a memory: {show_shapes(inputs)}")
        x, _ = inputs
        D, *_ = x
        self.widths(D)
        return x

    def weights(self, *inputs: Shape) -> Weights:
        return self.kept(*inputs)

    def facts(self, y: Shape, *inputs: Shape) -> Facts:
        return self.done(*inputs)

    def reads(self, *inputs: Shape) -> tuple[tuple[Reads, ...], ...]:
        (_, *n), (_, *m) = inputs
        return (Same(),) * len(n), (Whole("`cross_attention` has positions of its queries"),) * len(m)
