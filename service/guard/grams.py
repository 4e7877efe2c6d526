"""A text as the characters, pairs and threes of neighbours in it, each a bucket of its hash."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BITS = 18
_MIX = tuple(map(np.uint32, (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)))
_DOWN = np.uint32(32 - BITS)


def grams(text: str) -> npt.NDArray[np.uint32]:
    """The bucket, below 2**BITS, of every character and then of every pair of neighbours."""
    return _mixed(_chars(text), threes=False)


def with_threes(text: str) -> npt.NDArray[np.uint32]:
    """The same, and then the bucket of every three neighbours."""
    return _mixed(_chars(text), threes=True)


def tail(found: npt.NDArray[np.uint32], size: int, start: int) -> npt.NDArray[np.uint32]:
    """Of what `with_threes` found in a text of a size what `grams` finds in its end, from a place on."""
    return np.concatenate((found[start:size], found[size + start : 2 * size - 1]))


def _mixed(chars: npt.NDArray[np.uint32], *, threes: bool) -> npt.NDArray[np.uint32]:
    first, second, alone = (chars * each for each in _MIX[:3])
    parts = [alone, first[:-1] ^ second[1:]]
    if threes:
        parts.append(second[:-2] ^ alone[1:-1] ^ first[2:])
    made: npt.NDArray[np.uint32] = (np.concatenate(parts) * _MIX[3]) >> _DOWN
    return made


def _chars(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
