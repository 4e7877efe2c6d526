"""A worker's seats and lendings as a calendar that any phone can subscribe to, at an address that cannot be guessed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Missing
from service.workers.calendar_feed import calendar_of
from service.workers.reach import reach
from service.workers.views import CalendarAddress

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller

SHOWN_BACK = timedelta(days=90)


async def create_calendar(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> CalendarAddress:
    """A new address, shown this once; the one before answers 404 from now on."""
    async with ctx.uow() as uow:
        worker, _ = await reach(uow, worker_id, by, on_behalf)
        feed_id, token = await uow.worker_codes.new_feed(worker.id)
        return uow.answer(CalendarAddress(feed_id, f"{ctx.settings.base_url}/v1/calendar/{token}.ics"))


async def revoke_calendar(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """The address answers 404 from now on."""
    async with ctx.uow() as uow:
        worker, _ = await reach(uow, worker_id, by, on_behalf)
        await uow.worker_codes.revoke(worker.id, "feed")
        uow.answer(None)


async def get_calendar(ctx: Context, token: str) -> bytes:
    """The calendar of an address (RFC 5545). Raises Missing, the same for wrong and revoked ones."""
    async with ctx.uow() as uow:
        worker_id = await uow.worker_codes.worker_of_feed(token)
        if worker_id is None:
            raise Missing
        since = await uow.now() - SHOWN_BACK
        entries = await uow.work_records.calendar(worker_id, since)
        return calendar_of([*entries, *await uow.work_records.lent_calendar(worker_id, since)], ctx.language)
