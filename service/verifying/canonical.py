"""One way to write a value as bytes (RFC 8785 for what occurs here), and what is hashed, marked and signed.

Keys are ASCII and sorted, integers only, no space between: equal values are equal bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEX = re.compile(r"[0-9a-f]+")
MARK = 16


class Unreadable(Exception):
    """Bytes that are no JSON, or not of the one form; `offset` is the first byte that is wrong."""

    def __init__(self, code: str, offset: int):
        super().__init__(code)
        self.code = code
        self.offset = offset


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where: a byte, a line of a chain, a field of an entry."""

    code: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: {self.code}"


def canonical(value: Any) -> bytes:
    """The one form of a value. Raises TypeError for floats, ValueError for what is no text."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise TypeError("keys are ASCII")
            _check(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"{type(value).__name__} has no one form")


def read(data: bytes) -> Any:
    """The value of bytes that are exactly its one form. Raises Unreadable with the offset."""
    try:
        value = json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float)
    except UnicodeDecodeError as wrong:
        raise Unreadable("not_utf8", wrong.start) from None
    except json.JSONDecodeError as wrong:
        raise Unreadable("not_json", len(wrong.doc[: wrong.pos].encode())) from None
    except (ValueError, RecursionError):
        raise Unreadable("not_json", 0) from None
    try:
        form = canonical(value)
    except (TypeError, ValueError, RecursionError):
        raise Unreadable("not_canonical", 0) from None
    if form != data:
        raise Unreadable("not_canonical", _first_difference(form, data))
    return value


def _no_float(text: str) -> Any:
    raise ValueError(text)


def _first_difference(one: bytes, other: bytes) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def sha256(data: bytes) -> str:
    """In hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def mark(value: Any) -> str:
    """A short hash of one field, so that a change can be named."""
    return sha256(canonical(value))[:MARK]


def commitment(salt: str, value: str) -> str:
    """What stands for a personal value: without the salt (32 bytes of chance) nothing of it can be found out."""
    return sha256(b"linggong commitment\n" + bytes.fromhex(salt) + value.encode())


def is_hex(value: Any, digits: int) -> bool:
    """Whether this is so many hexadecimal digits in small letters: one form here too."""
    return isinstance(value, str) and len(value) == digits and HEX.fullmatch(value) is not None


def signature_of(keys: Mapping[str, Any], signed: Mapping[str, Any], message: bytes, at: str) -> str | None:
    """Why the signature {key_id, value} does not stand under the message; None when it does.

    `keys` is the document of `GET /v1/keys`; a key signs from its `from` until its `until`.
    """
    key = next((key for key in keys["keys"] if key["key_id"] == signed.get("key_id")), None)
    if key is None:
        return "key_unknown"
    if not is_hex(signed.get("value"), 128):
        return "signature_wrong"
    try:
        raw = base64.urlsafe_b64decode(key["public_key"])
        Ed25519PublicKey.from_public_bytes(raw).verify(bytes.fromhex(signed["value"]), message)
    except (InvalidSignature, ValueError):
        return "signature_wrong"
    since, until = (datetime.fromisoformat(key[end]) if key[end] is not None else None for end in ("from", "until"))
    moment = datetime.fromisoformat(at)
    return None if in_force(since, until, moment, moment) else "key_not_in_force"


def in_force(since: datetime | None, until: datetime | None, first: datetime, last: datetime) -> bool:
    """Whether a key that signs from `since` until `until` can have signed between two moments; None is open."""
    return (since is None or since <= last) and (until is None or first <= until)
