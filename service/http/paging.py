"""Keyset pages: an opaque signed cursor holds the last row's sort key, the filter's hash and its birth."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query

from service.context import Context
from service.errors import Gone
from service.http.signed import read_signed, signed
from service.http.types import Whole
from service.pages import After, Page
from service.vault import Vault

MOST = 100
Limit = Annotated[Whole, Query(ge=1, le=MOST, description="rows in one page")]
CursorText = Annotated[str | None, Query(max_length=2000, description="next_cursor of the page before")]


OfSeat = Annotated[UUID | None, Query(description="only of this engagement")]
OfShift = Annotated[UUID | None, Query(description="only of this shift")]
OfPosting = Annotated[UUID | None, Query(description="only of this posting")]


def places(engagement_id: UUID | None, shift_id: UUID | None, posting_id: UUID | None) -> dict[str, UUID]:
    """The places that a list of hours or pay is narrowed to, by name; an unknown one finds nothing."""
    named = {"engagement_id": engagement_id, "shift_id": shift_id, "posting_id": posting_id}
    return {name: value for name, value in named.items() if value is not None}


def after_cursor(
    ctx: Context, cursor: str | None, filters: Mapping[str, Any], parse: Callable[[list[Any]], Any] = list
) -> After:
    """What gives a use case the key to go on after once it knows the time; raises what `read_cursor` raises."""

    def read(now: datetime) -> Any:
        life = timedelta(hours=ctx.policies.at(now).access.cursor_hours)
        key = read_cursor(ctx.vault, cursor, filters=filters, now=now, life=life)
        return parse(key) if key is not None else None

    return read


def next_cursor(ctx: Context, page: Page[Any], filters: Mapping[str, Any]) -> str | None:
    """The cursor after a page, None when it was the last."""
    return write_cursor(ctx.vault, key=page.last, filters=filters, now=page.now) if page.last is not None else None


def paged(ctx: Context, page: Page[Any], filters: Mapping[str, Any]) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": page.items, "next_cursor": next_cursor(ctx, page, filters)}


def id_of(key: list[Any]) -> UUID:
    """The key of a list in the order of its ids."""
    return UUID(key[0])


def instant_and_id(key: list[Any]) -> tuple[datetime, UUID]:
    """The key of a list in the order of an instant."""
    return datetime.fromisoformat(key[0]), UUID(key[1])


def filter_hash(filters: Mapping[str, Any]) -> str:
    """A short hash of everything that decides which rows are listed and in which order."""
    text = orjson.dumps({name: str(value) for name, value in sorted(filters.items())}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:16]


def write_cursor(vault: Vault, *, key: list[Any], filters: Mapping[str, Any], now: datetime) -> str:
    """The cursor after a row whose sort key (id last) is `key`."""
    return signed(vault, "cursor", [key, filter_hash(filters), int(now.timestamp())])


def read_cursor(
    vault: Vault, text: str | None, *, filters: Mapping[str, Any], now: datetime, life: timedelta
) -> list[Any] | None:
    """The sort key to go on after.

    Raises Malformed (nothing that could be read), and Gone, each saying how to begin again: too old, of another
    installation, or of another list or filter.
    """
    if text is None:
        return None
    key, filters_then, born = read_signed(vault, "cursor", text)
    if filters_then != filter_hash(filters):
        raise Gone("cursor_of_other_filter", field="query:cursor")
    if now.timestamp() - born > life.total_seconds():
        raise Gone("cursor_expired", field="query:cursor")
    return list(key)
