"""Halls for tests: a venue with a rule, its session of this dawn, people with cards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx2

from service.context import Context
from service.venues.tables import VenueRow
from service.workers.tables import WorkerRow
from service.worktime import SHANGHAI
from tests.builders.city import a_venue, an_officer, as_staff

DAWN = "2026-11-23T04:30:00+08:00"  # a Monday
EVERY_DAY = [{"weekday": day, "name": "早场", "opens": "04:00", "closes": "08:00"} for day in range(7)]


async def at(client: httpx2.AsyncClient, moment: str) -> None:
    """Freeze the shared clock."""
    assert (await client.post("/_test/clock", json={"action": "freeze", "at": moment})).status_code == 200


async def a_hall(
    client: httpx2.AsyncClient, ctx: Context, *, moment: str = DAWN, venue: VenueRow | None = None, **rule: Any
) -> tuple[VenueRow, dict[str, str], dict[str, Any]]:
    """(venue, its officer's headers, the session open at `moment`)."""
    await at(client, moment)
    venue = venue or await a_venue(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    made = await client.put(f"/v1/venues/{venue.id}/hall-rule", json={"sessions": EVERY_DAY} | rule, headers=officer)
    assert made.status_code == 200, made.text
    listed = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    return venue, officer, listed[0]


async def a_card(ctx: Context, worker: WorkerRow) -> str:
    """The code of a fresh card."""
    async with ctx.uow() as uow:
        return (await uow.worker_codes.new_card(worker.id))[1]


async def sign_in(
    client: httpx2.AsyncClient, ctx: Context, venue: VenueRow, worker: WorkerRow, officer: dict[str, str], **more: Any
) -> httpx2.Response:
    """An officer reads the card."""
    body = {"card_code": await a_card(ctx, worker)} | more
    return await client.post(f"/v1/venues/{venue.id}/presences", json=body, headers=officer)


def shanghai(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock on the wall."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)
