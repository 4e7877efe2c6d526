"""What the routes of attendance share: who sees both sides, statuses, pages, points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import read_cursor, write_cursor
from service.http.routing import Ctx
from service.http.types import PointIn

READ = (401, 403, 404, 422)
LIST = (400, 401, 403, 410, 422)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422)
SIDES = (WORKER, MEMBER, OFFICER, ADMIN)


def after(ctx: Ctx, cursor: str | None, filters: dict[str, Any]) -> Callable[[datetime], list[Any] | None]:
    """Reads the cursor once the time is known."""

    def read(now: datetime) -> list[Any] | None:
        life = timedelta(hours=ctx.policies.at(now, None).access.cursor_hours)
        return read_cursor(ctx.vault, cursor, filters=filters, now=now, life=life)

    return read


def paged(ctx: Ctx, page: Any, filters: dict[str, Any]) -> dict[str, Any]:
    """A page with the cursor of the next."""
    following = write_cursor(ctx.vault, key=page.last, filters=filters, now=page.now) if page.last else None
    return {"items": page.items, "next_cursor": following}


def wgs84(point: PointIn | None) -> tuple[float, float] | None:
    """Longitude and latitude as they are compared."""
    return point.wgs84() if point is not None else None
