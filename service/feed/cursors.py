"""Cursors of the feed: a place in the publication log, signed, opaque, bound to this feed, list and filter."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from service.errors import Gone, Malformed, Refused
from service.feed.rules import CURSOR_DAYS, RESTART
from service.feed.values import Place
from service.http.paging import filter_hash
from service.vault import Vault

LIFE = timedelta(days=CURSOR_DAYS)


def write_cursor(
    vault: Vault, place: Place, *, stream: str, epoch: UUID, filters: Mapping[str, Any], now: datetime
) -> str:
    """The cursor of a place in a stream («content», «seats», …) with these filters."""
    facts = [stream, epoch.hex[-12:], place.seq, place.parts, filter_hash(filters), int(now.timestamp())]
    body = base64.urlsafe_b64encode(orjson.dumps(facts)).decode().rstrip("=")
    return f"{body}.{_signature(vault, body)}"


def read_cursor(
    vault: Vault, text: str, *, stream: str, epoch: UUID, filters: Mapping[str, Any], now: datetime, floor: int = 0
) -> Place:
    """The place of a cursor.

    Raises Malformed (nothing that could be read), Gone `feed_cursor_foreign` (of another feed or list) and
    `feed_cursor_expired` (older than 35 days, or what it stands behind is compacted), both with where to begin
    again, and Refused `cursor_of_other_filter`.
    """
    body, _, signature = text.partition(".")
    facts = _decoded(body)
    signed = hmac.compare_digest(signature.encode(), _signature(vault, body).encode())
    if not signed or len(facts) != 6 or facts[:2] != [stream, epoch.hex[-12:]]:
        raise Gone("feed_cursor_foreign", restart=RESTART)
    _, _, seq, parts, filters_then, born = facts
    if now.timestamp() - born > LIFE.total_seconds() or seq < floor:
        raise Gone("feed_cursor_expired", restart=RESTART, days=LIFE.days)
    if filters_then != filter_hash(filters):
        raise Refused("cursor_of_other_filter", field="query:cursor")
    return Place(seq, parts)


def _decoded(body: str) -> list[Any]:
    try:
        facts = orjson.loads(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise Malformed("cursor_unreadable") from None
    return facts if isinstance(facts, list) else []


def _signature(vault: Vault, body: str) -> str:
    return vault.mac("feed-cursor", body).hex()[:32]
