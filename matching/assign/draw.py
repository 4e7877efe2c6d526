"""The draw: a number for each pair that anyone can work out again from the committed seed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from hashlib import sha256

DRAW_BITS = 48


def draw(seed: str, person: Hashable, shift: Hashable, bits: int = DRAW_BITS) -> int:
    """The first `bits` (at most 256) of SHA-256 over "seed|person|shift" in UTF-8; the smaller sum wins."""
    return int.from_bytes(sha256(f"{seed}|{person}|{shift}".encode()).digest(), "big") >> (256 - bits)


def draws(seed: str, pairs: Iterable[tuple[Hashable, Hashable]], bits: int = DRAW_BITS) -> list[int]:
    return [draw(seed, person, shift, bits) for person, shift in pairs]
