"""What kinds of attention have in common: projections, scores of queries and keys, softmax, values."""

from archcalc.ops._base import Op, require_split
from archcalc.ops._fields import Flag, Size
from archcalc.quantities import Facts, Shape, Weights
from archcalc.values import Value, exactdiv, product, require_multiple


class MultiHead(Op, abstract=True):
    """Queries of D channels read a memory of M channels, in heads side by side."""

    heads = Size("heads that attend side by side")
    kv_heads = Size("heads of keys and values, if fewer: each serves heads/kv_heads heads of queries", default=None)
    key_width = Size("channels of a head's queries and keys; D/heads where it is not given", default=None)
    value_width = Size("channels of a head's values; as many as of its keys where it is not given", default=None)
    bias = Flag("a bias of queries, keys, values and the projection after the heads", default=True)
    out_bias = Flag("a bias of the projection after the heads; as `bias` where it is not given", default=None)
    bare = "heads"
    ranks = (1, 2, 3)

    def widths(self, channels: Value) -> tuple[Value, Value, Value]:
        """Channels of all queries, of all keys, and of the values of all heads of queries."""
        if self.key_width is None:
            require_split(channels, self.heads, "channels", "heads", "`key_width` gives a head another width")
        groups = self.heads if self.kv_heads is None else self.kv_heads
        message = f"{self.heads} heads do not share {groups} heads of keys and values evenly"
        require_multiple(self.heads, groups, message, "", "kv_heads")
        key = exactdiv(channels, self.heads) if self.key_width is None else self.key_width
        value = key if self.value_width is None else self.value_width
        return self.heads * key, groups * (key + value), self.heads * value

    def kept(self, x: Shape, memory: Shape) -> Weights:
        (D, *_), (M, *_) = x, memory
        queries, keys_values, values = self.widths(D)
        out_bias = self.bias if self.out_bias is None else self.out_bias
        return Weights(
            weight=D * queries + M * keys_values + values * D,
            bias=(queries + keys_values if self.bias else 0) + (D if out_bias else 0),
        )

    def done(self, x: Shape, memory: Shape) -> Facts:
        (D, *n), (M, *m) = x, memory
        T, S = product(n), product(m)
        queries, keys_values, values = self.widths(D)
        out_bias = self.bias if self.out_bias is None else self.out_bias
        scores = self.heads * T * S
        return Facts(
            macs=T * D * queries + S * M * keys_values + T * S * (queries + values) + T * values * D,
            bias_adds=(T * queries + S * keys_values if self.bias else 0) + (T * D if out_bias else 0),
            work=softmax_work(scores, self.heads * T),
            products=T * queries + S * keys_values + scores + T * values + T * D,
        )


def softmax_work(scores: Value, rows: Value) -> dict[str, Value]:
    """A factor 1/sqrt(key width) on each score, and the softmax of each of `rows` rows of them."""
    return {
        "multiplies": scores,
        "compares": scores - rows,
        "adds": 2 * scores - rows,
        "exponentials": scores,
        "divisions": scores,
    }
