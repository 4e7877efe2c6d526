"""A text as the characters, pairs and threes of neighbours in it, each a bucket of its hash."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BITS = 18
_MIX = tuple(map(np.uint32, (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)))
_DOWN = np.uint32(32 - BITS)


def grams(text: str) -> npt.NDArray[np.uint32]:
    """The bucket, below 2**BITS, of every character and then of every pair of neighbours."""
    chars = _chars(text)
    pairs = (chars[:-1] * _MIX[0]) ^ (chars[1:] * _MIX[1])
    return (np.concatenate((chars * _MIX[2], pairs)) * _MIX[3]) >> _DOWN


def threes(text: str) -> npt.NDArray[np.uint32]:
    """The bucket of every three neighbours."""
    chars = _chars(text)
    mixed: npt.NDArray[np.uint32] = (chars[:-2] * _MIX[1]) ^ (chars[1:-1] * _MIX[2]) ^ (chars[2:] * _MIX[0])
    return (mixed * _MIX[3]) >> _DOWN


def _chars(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
