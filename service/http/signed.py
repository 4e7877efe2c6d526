"""Signed text that leaves and comes back, as cursors do: what was damaged on its way is told from what is not ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import orjson

from service.errors import Gone, Malformed
from service.vault import Vault

MAC, CHECK = 32, 8  # hexadecimal digits


def signed(vault: Vault, purpose: str, facts: list[Any]) -> str:
    """JSON in base64url, a point, the signature, check digits over all of it."""
    body = base64.urlsafe_b64encode(orjson.dumps(facts, default=str)).decode().rstrip("=")
    whole = f"{body}.{_signature(vault, purpose, body)}"
    return whole + _check_digits(whole)


def read_signed(vault: Vault, purpose: str, text: str) -> list[Any]:
    """The facts again. Raises Malformed `cursor_unreadable` (a letter differs, or it never was one) and Gone
    `cursor_foreign` (whole, but signed by another installation, or for another purpose)."""
    whole, digits = text[:-CHECK], text[-CHECK:]
    body, _, signature = whole.partition(".")
    if len(signature) != MAC or not hmac.compare_digest(digits.encode(), _check_digits(whole).encode()):
        raise Malformed("cursor_unreadable", field="query:cursor")
    if not hmac.compare_digest(signature.encode(), _signature(vault, purpose, body).encode()):
        raise Gone("cursor_foreign", field="query:cursor")
    facts: list[Any] = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return facts


def _signature(vault: Vault, purpose: str, body: str) -> str:
    return vault.mac(purpose, body).hex()[:MAC]


def _check_digits(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:CHECK]
