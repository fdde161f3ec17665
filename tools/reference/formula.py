"""Weights by formula: numbers that depend only on a tensor's name and shape.

The C++ tests (tests/model/formula_weights.cpp) compute the same numbers, so that the fixtures of large
networks need no weights.
"""

import math

import numpy
import torch


def formula_tensor(name, shape):
    """Pseudorandom float32 values in [-1, 1)."""
    seed = 2166136261  # FNV-1a
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 % 2**32
    count = math.prod(shape)
    with numpy.errstate(over="ignore"):
        x = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(seed)
        x = (x ^ (x >> numpy.uint32(15))) * numpy.uint32(2246822519)
        x = (x ^ (x >> numpy.uint32(13))) * numpy.uint32(3266489917)
        x ^= x >> numpy.uint32(16)
    return torch.from_numpy((x / 2147483648.0 - 1.0).astype(numpy.float32)).reshape(tuple(shape))


def formula_weights(name, shape):
    """Weights, scaled to keep the activations in range through a hundred layers."""
    u = formula_tensor(name, shape)
    if len(shape) >= 2:
        inputs = math.prod(shape) / shape[0]
        return u * math.sqrt(6 / inputs)
    if name.endswith("running_var"):
        return 1 + 0.5 * u
    if name.endswith("weight"):  # of a batch norm
        return 1 + 0.2 * u
    return 0.2 * u
