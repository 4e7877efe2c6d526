"""Cursors of this feature's lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from service.context import Context
from service.employers.views import Page
from service.http.paging import read_cursor, write_cursor


def reading(ctx: Context, cursor: str | None, filters: Mapping[str, Any]) -> Callable[[datetime], list[Any] | None]:
    """What turns the present time into the sort key to go on after; raises what `read_cursor` raises."""

    def read(now: datetime) -> list[Any] | None:
        life = timedelta(hours=ctx.policies.at(now).access.cursor_hours)
        return read_cursor(ctx.vault, cursor, filters=filters, now=now, life=life)

    return read


def paged(ctx: Context, page: Page[Any], filters: Mapping[str, Any]) -> dict[str, Any]:
    """The page as it is answered."""
    following = None
    if page.last is not None:
        following = write_cursor(ctx.vault, key=page.last, filters=filters, now=page.now)
    return {"items": page.items, "next_cursor": following}
