"""Signatures by the Standard Webhooks convention (standardwebhooks.com, symmetric scheme v1)."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_text(secret: bytes) -> str:
    """A secret as it is shown: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA-256 over id, seconds since 1970 and body, joined by dots."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def headers_of(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; one signature for each secret that is good at the moment."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
    }


def message_id(event_id: UUID) -> str:
    """The name of an event on the wire: the same for every attempt and every receiver."""
    return f"evt_{event_id.hex}"


def body_of(kind: str, event_id: UUID, at: str, subject_id: UUID, link: str, cause: str | None) -> dict[str, Any]:
    """What is told: that something happened, and where to read it; `at` is RFC 3339."""
    data = {"id": str(subject_id), "link": link} | ({"cause": cause} if cause is not None else {})
    return {"type": kind, "id": message_id(event_id), "timestamp": at, "data": data}
