"""Identifiers made by the service: time-ordered UUIDs (RFC 9562, version 7) and unguessable tokens."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of real milliseconds, 74 random bits. It orders, it grants nothing."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def new_id_texts(count: int) -> list[str]:
    """As many as `count` of them at one draw of chance, in hexadecimal: for statements that take arrays of them."""
    head = (time.time_ns() // 1_000_000 & 0xFFFF_FFFF_FFFF) << 16 | 0x7 << 12
    chance = secrets.token_bytes(10 * count)
    return [_text(head, int.from_bytes(chance[at : at + 10])) for at in range(0, 10 * count, 10)]


def _text(head: int, chance: int) -> str:
    low = 0b10 << 62 | chance & 0x3FFF_FFFF_FFFF_FFFF
    return f"{head | chance >> 68:016x}{low:016x}"


def new_token(prefix: str) -> str:
    """A bearer secret of 256 random bits, with a prefix that says what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_public_number(length: int = 26) -> str:
    """A printable number of 5 random bits a character (26 characters: 130 bits), no sequence in it."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
