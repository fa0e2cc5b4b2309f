"""How large an expansion may become: beyond these nothing is told but that it is too large."""

MAX_ROUNDS = 1_000_000
MAX_NODES = 2_000_000
MAX_IDLE = 100_000
"""Steps and calls of functions that may pass without a layer, beside ten for each layer."""
MAX_RECURSIONS = 20_000
MAX_SIZE_BITS = 512
MAX_CALLS = 200
MAX_LET_CALLS = 50_000
MAX_KNOWN = 10_000
"""Operators on shapes that a spec keeps from one setting to the next."""
MAX_KEPT = 200_000
"""Layers in runs of blocks that it keeps."""
