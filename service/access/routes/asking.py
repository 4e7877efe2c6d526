"""What a route takes from the request besides its body: the client's address, and how a list turns its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request

from service.access.views import Page
from service.context import Context
from service.http.paging import read_cursor, write_cursor

Row = TypeVar("Row")


async def _address(request: Request) -> str:
    return str(request.scope.get("client_address", ""))


Address = Annotated[str, Depends(_address)]


@dataclass(frozen=True)
class Turn:
    """Pages of a list that is ordered by id alone."""

    ctx: Context
    what: str
    limit: int
    cursor: str | None

    def after(self, now: datetime) -> UUID | None:
        """The id to go on after. Raises Malformed, Gone or Refused for a cursor of something else."""
        hours = self.ctx.policies.at(now).access.cursor_hours
        key = read_cursor(
            self.ctx.vault, self.cursor, filters={"list": self.what}, now=now, life=timedelta(hours=hours)
        )
        return UUID(key[0]) if key else None

    def page(self, rows: Sequence[Row], now: datetime) -> Page[Row]:
        """The first `limit` rows; the cursor when there was one more."""
        shown = rows[: self.limit]
        if len(rows) <= self.limit:
            return Page(shown, None)
        last = str(shown[-1].id)  # type: ignore[attr-defined]
        return Page(shown, write_cursor(self.ctx.vault, key=[last], filters={"list": self.what}, now=now))
