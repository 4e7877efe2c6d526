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


def new_token(prefix: str) -> str:
    """A bearer secret of 256 random bits, with a prefix that says what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_public_number(length: int = 26) -> str:
    """A printable number of 5 random bits a character (26 characters: 130 bits), no sequence in it."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
