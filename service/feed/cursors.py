"""Cursors of the feed: a place in the publication log, signed, opaque, bound to this feed, list and filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.errors import Gone
from service.feed.rules import CURSOR_DAYS, RESTART
from service.feed.values import Place
from service.http.paging import filter_hash
from service.http.signed import read_signed, signed
from service.vault import Vault

LIFE = timedelta(days=CURSOR_DAYS)
PURPOSE = "feed-cursor"


def write_cursor(
    vault: Vault, place: Place, *, stream: str, epoch: UUID, filters: Mapping[str, Any], now: datetime
) -> str:
    """The cursor of a place in a stream («content», «seats», …) with these filters."""
    facts = [stream, epoch.hex[-12:], place.seq, place.parts, filter_hash(filters), int(now.timestamp())]
    return signed(vault, PURPOSE, facts)


def read_cursor(
    vault: Vault, text: str, *, stream: str, epoch: UUID, filters: Mapping[str, Any], now: datetime, floor: int = 0
) -> Place:
    """The place of a cursor.

    Raises Malformed (nothing that could be read), Gone `feed_cursor_foreign` (of another feed, list or filter) and
    `feed_cursor_expired` (older than 35 days, or what it stands behind is compacted), both with where to begin again.
    """
    try:
        facts = read_signed(vault, PURPOSE, text)
    except Gone:
        raise _foreign() from None
    if facts[:2] != [stream, epoch.hex[-12:]] or facts[4] != filter_hash(filters):
        raise _foreign()
    _, _, seq, parts, _, born = facts
    if now.timestamp() - born > LIFE.total_seconds() or seq < floor:
        raise Gone("feed_cursor_expired", field="query:cursor", restart=RESTART, days=LIFE.days)
    return Place(seq, parts)


def _foreign() -> Gone:
    return Gone("feed_cursor_foreign", field="query:cursor", restart=RESTART)
