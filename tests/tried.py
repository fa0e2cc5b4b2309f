"""The packaged networks that a test tries: all where CI is set, else some that are unlike each other."""

from __future__ import annotations

import os

from archcalc.spec.zoo import packaged

FEW = (
    "alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception_v2", "mobilenet_v1", "regnet", "resnet",
    "resnet_cifar", "se", "shufflenet_v1", "squeezenet", "swin", "unet", "vgg", "vit",
)  # fmt: skip
NAMES = sorted(packaged() if os.environ.get("CI") else FEW)
