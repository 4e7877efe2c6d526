"""The service's own signature (Ed25519): what it signs, anybody can check with the keys of `GET /v1/keys`.

A key is named by its hash, so several can be known at once: the one that signs now, and former ones with the
time until which they signed. Whoever signs begins the bytes with a word that says what they are.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.verifying.canonical import in_force
from service.worktime import SHANGHAI

ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that anybody may know; `until` is empty while it signs, `since` where it was the first."""

    key_id: str
    raw: bytes
    since: datetime | None = None
    until: datetime | None = None

    @property
    def text(self) -> str:
        """The 32 bytes in URL-safe base64."""
        return base64.urlsafe_b64encode(self.raw).decode()

    def told(self) -> dict[str, str | None]:
        """The key as `GET /v1/keys` shows it."""
        since, until = (end.astimezone(SHANGHAI).isoformat() if end else None for end in (self.since, self.until))
        return {
            "key_id": self.key_id, "algorithm": ALGORITHM, "public_key": self.text, "from": since, "until": until,
        }  # fmt: skip

    @classmethod
    def published(cls, told: Mapping[str, Any]) -> PublicKey:
        """Any key as it is published, the present one too. Raises ValueError, KeyError or TypeError."""
        raw = base64.urlsafe_b64decode(told["public_key"])
        if told["algorithm"] != ALGORITHM or name_of(raw) != told["key_id"]:
            raise ValueError("key_id is not that of public_key")
        since, until = (datetime.fromisoformat(told[end]) if told[end] else None for end in ("from", "until"))
        if any(end is not None and end.tzinfo is None for end in (since, until)):
            raise ValueError("times of a key have an offset")
        return cls(key_id=name_of(raw), raw=raw, since=since, until=until)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> PublicKey:
        """A key as it is published, former ones only. Raises ValueError, KeyError or TypeError."""
        key = cls.published(told)
        if key.until is None:
            raise ValueError("a former key has until")
        return key

    def signed_between(self, first: datetime, last: datetime) -> bool:
        """Whether it was in force at some moment between the two, as packs ask it of the one moment they name."""
        return in_force(self.since, self.until, first, last)


def name_of(raw: bytes) -> str:
    """The id of a public key: 16 hexadecimal digits of its hash."""
    return hashlib.sha256(raw).hexdigest()[:16]


def verified(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the holder of a key signed this."""
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


class Signer:
    """Signs with the present key; checks with it and with former ones."""

    def __init__(self, seed: bytes, former: Iterable[PublicKey] = ()):
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._private.public_key().public_bytes_raw()
        kept = sorted((key for key in former if key.raw != raw), key=lambda key: (key.until is None, key.until))
        since = kept[-1].until if kept else None
        self.present = PublicKey(key_id=name_of(raw), raw=raw, since=since)
        self._known = {key.key_id: key for key in (*kept, self.present)}

    def sign(self, message: bytes) -> tuple[str, bytes]:
        """The id of the key, and the signature of 64 bytes; the same for the same message."""
        return self.present.key_id, self._private.sign(message)

    def verify(self, key_id: str, message: bytes, signature: bytes) -> bool:
        """Whether a known key signed this; an unknown one never did."""
        known = self._known.get(key_id)
        return known is not None and verified(known, message, signature)

    def public_keys(self) -> list[PublicKey]:
        """Every key that is known, the present one last."""
        return list(self._known.values())
