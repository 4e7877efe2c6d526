"""What a route takes from the request besides its body: whose profile, whose yes, which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Path, Query
from starlette.convertors import Convertor, register_url_convertor

from service.context import Context
from service.errors import Missing
from service.http.caller import WORKER
from service.http.paging import read_cursor, write_cursor
from service.http.routing import By
from service.workers.rules import YesChannel
from service.workers.views import Page

Row = TypeVar("Row")
UUID_FORM = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


class WorkerConvertor(Convertor[str]):
    """`me` or an id, so that /workers/identify and its like are never taken for somebody."""

    regex = f"me|{UUID_FORM}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("worker", WorkerConvertor())
Written = Annotated[
    str,
    Path(description="`me` or a worker's id", pattern=f"^(me|{UUID_FORM})$", json_schema_extra={"examples": ["me"]}),
]


async def _whose(worker: Written, by: By) -> UUID:
    if worker != "me":
        return UUID(worker)
    if by.role != WORKER or by.person_id is None:
        raise Missing
    return by.person_id


WorkerId = Annotated[UUID, Depends(_whose)]
Yes = Annotated[
    YesChannel | None,
    Query(
        alias="yes",
        description="staff only, and needed: through which channel the worker said yes to exactly this",
    ),
]


@dataclass
class Turn:
    """Pages of a list that is ordered by an instant and an id; `by` names the two fields of a row."""

    ctx: Context
    limit: int
    cursor: str | None
    by: tuple[str, str]
    filters: dict[str, Any] = field(default_factory=dict)

    def after(self, now: datetime) -> tuple[datetime, UUID] | None:
        """The (instant, id) to go on after. Raises Malformed, Gone or Refused for a cursor of something else."""
        life = timedelta(hours=self.ctx.policies.at(now).access.cursor_hours)
        key = read_cursor(self.ctx.vault, self.cursor, filters=self.filters, now=now, life=life)
        return (datetime.fromisoformat(key[0]), UUID(key[1])) if key else None

    def page(self, rows: Sequence[Row], now: datetime) -> Page[Row]:
        """The first `limit` rows; the cursor when there was one more."""
        shown = rows[: self.limit]
        if len(rows) <= self.limit:
            return Page(shown, None)
        instant, row_id = (getattr(shown[-1], name) for name in self.by)
        key = [instant.isoformat(), str(row_id)]
        return Page(shown, write_cursor(self.ctx.vault, key=key, filters=self.filters, now=now))
