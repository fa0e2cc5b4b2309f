"""The packaged networks that a test tries: all where CI is set, else some that are unlike each other."""

from __future__ import annotations

import os

from archcalc.network import load
from archcalc.spec.zoo import packaged

FEW = (
    "alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception_v2", "mobilenet_v1", "regnet", "resnet",
    "resnet_cifar", "se", "shufflenet_v1", "squeezenet", "swin", "unet", "vgg", "vit",
)  # fmt: skip
NAMES = sorted(packaged() if os.environ.get("CI") else FEW)


def variants() -> list[tuple[str, str]]:
    """(spec, variant) of these: the first and the last of each, or all where CI is set."""
    known = [(name, list(load(name).variants)) for name in NAMES]
    chosen = [(name, each if os.environ.get("CI") else [*dict.fromkeys((each[0], each[-1]))]) for name, each in known]
    return [(name, variant) for name, each in chosen for variant in each]
