"""等活: somebody stands here today and waits for work; officers see who, everybody sees how many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing, Refused
from service.geo import Point
from service.pages import After, Page, page_of
from service.reference.catalogue import trades as known_trades
from service.workers.lifecycle import WAITING
from service.workers.places import belonging, city_near
from service.workers.reach import reach, see
from service.workers.rules import check_free_of_numbers, require_introducible, waiting_until
from service.workers.showing import waiting_view
from service.workers.trades import craft_label, craft_of
from service.workers.views import TradeCount, WaitingCounts, WaitingPerson, WaitingView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.workers.tables import WaitingRow, WorkerRow

LAPSE = "waiting.lapse"


async def start_waiting(
    ctx: Context,
    worker_id: UUID,
    *,
    place: tuple[float, float, str] | None,
    venue_id: UUID | None,
    region_code: str | None,
    trades: Sequence[str] | None,
    own_tools: Sequence[str],
    crew_id: UUID | None,
    until: datetime | None,
    on_behalf: str | None,
    by: Caller,
    kiosk_card: str | None = None,
) -> WaitingView:
    """Wait from now on, or wait otherwise than before: at a point, a venue or at home.

    Raises Refused birth_date_needed, under_age, waiting_past, waiting_too_long, waiting_two_places,
    text_personal, venue_unknown, region_unknown, crew_unknown, worker_resting; Missing.
    """
    async with ctx.uow() as uow:
        worker, actor = await _mover(uow, worker_id, by, on_behalf, kiosk_card)
        if by.role == "kiosk" and place is None:
            venue_id = venue_id or by.venue_id
        fields = {
            **await _where(uow, worker, place, venue_id, region_code),
            "trades": await _trades(uow, worker_id, trades),
            "own_tools": _tools(own_tools),
            "crew_id": await _crew(uow, worker_id, crew_id),
            "until": waiting_until(until, await uow.now()),
        }
        row = await wait(uow, worker, actor, fields)
        return uow.answer(waiting_view(row))


async def _mover(
    uow: Uow, worker_id: UUID, by: Caller, on_behalf: str | None, kiosk_card: str | None
) -> tuple[WorkerRow, Actor]:
    """A kiosk alone may move nobody: the card that was laid on it is the person's yes."""
    if by.role != "kiosk":
        return await reach(uow, worker_id, by, on_behalf)
    if kiosk_card is None or await uow.worker_codes.worker_of_card(kiosk_card) != worker_id:
        raise Missing
    return await uow.workers.lock(worker_id), by.actor.acting_for(worker_id, "kiosk")


async def wait(uow: Uow, worker: WorkerRow, actor: Actor, fields: dict[str, Any]) -> WaitingRow:
    """Make or change the live row of a locked worker and set its timer. Raises as `start_waiting`."""
    now = await uow.now()
    require_introducible(worker.introducible_from, local_day(now))
    if worker.state != "active":
        raise Refused("worker_resting")
    row = await uow.waitings.unended(worker.id)
    if row is not None and row.until <= now:
        await uow.move(row, WAITING, "lapse", by=actor, at=now)
        await uow.flush()
        row = None
    if row is None:
        row = uow.waitings.new(worker.id, **fields)
        await uow.add(row, by=actor, action="start")
    else:
        await uow.edit(row, by=actor, at=now, **fields)
    await uow.schedule(LAPSE, row.id, row.until)
    return row


async def wait_at_venue(
    uow: Uow,
    worker: WorkerRow,
    actor: Actor,
    *,
    venue_id: UUID,
    trades: Sequence[str] | None,
    own_tools: Sequence[str],
    crew_id: UUID | None,
    until: datetime | None,
) -> WaitingRow:
    """What signing in at a hall does besides giving a number; the worker is locked. Raises as `start_waiting`."""
    fields = {
        **await _where(uow, worker, None, venue_id, None),
        "trades": await _trades(uow, worker.id, trades),
        "own_tools": _tools(own_tools),
        "crew_id": await _crew(uow, worker.id, crew_id),
        "until": waiting_until(until, await uow.now()),
    }
    return await wait(uow, worker, actor, fields)


async def _where(
    uow: Uow, worker: WorkerRow, place: tuple[float, float, str] | None, venue_id: UUID | None, region: str | None
) -> dict[str, Any]:
    """Columns of the place; a venue's or the home's region where none is named."""
    code = belonging(region).narrowest if region else worker.district_code or worker.city_code
    if place is not None and not region:
        city = city_near(Point(place[0], place[1]))
        code = code if city is None or city == worker.city_code else city
    if place is not None and venue_id is not None:
        raise Refused("waiting_two_places", field="/venue_id")
    if venue_id is not None:
        venue = await uow.waitings.venue(venue_id)
        code = venue.district_code or venue.city_code
        where = (venue.lon, venue.lat, venue.sent_datum)
    else:
        where = place or (worker.home_lon, worker.home_lat, worker.home_datum)
    return {"venue_id": venue_id, "city_code": code, "lon": where[0], "lat": where[1], "sent_datum": where[2]}


async def _trades(uow: Uow, worker_id: UUID, asked: Sequence[str] | None) -> list[str]:
    """Trade codes, or own words where no trade is meant; all the worker's skills where nothing is said."""
    if asked is None:
        return [row.trade or row.name for row in await uow.workers.skills(worker_id)]
    check_free_of_numbers("/trades", *asked)
    return list(dict.fromkeys(craft_of(said).trade or said for said in asked))


def _tools(tools: Sequence[str]) -> list[str]:
    check_free_of_numbers("/own_tools", *tools)
    return list(dict.fromkeys(tools))


async def _crew(uow: Uow, worker_id: UUID, crew_id: UUID | None) -> UUID | None:
    if crew_id is None:
        return None
    if not any(crew.id == crew_id for crew in await uow.crews.joined_by(worker_id)):
        raise Refused("crew_unknown", field="/crew_id")
    return crew_id


async def end_waiting(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """Wait no longer; who did not wait anyway is no error."""
    async with ctx.uow() as uow:
        _, actor = await reach(uow, worker_id, by, on_behalf)
        row = await uow.waitings.unended(worker_id)
        if row is not None:
            await uow.move(row, WAITING, "end", by=actor, at=await uow.now())
            await uow.unschedule(LAPSE, subject_id=row.id)
        uow.answer(None)


async def get_waiting(ctx: Context, worker_id: UUID, *, by: Caller) -> WaitingView:
    """How the worker waits now. Raises Missing when not at all."""
    async with ctx.uow() as uow:
        await see(uow, worker_id, by)
        row = await uow.waitings.live(worker_id)
        if row is None:
            raise Missing
        return uow.answer(waiting_view(row))


async def list_waiting(
    ctx: Context, *, venue_id: UUID | None, trade: str | None, after: After, limit: int, by: Caller
) -> Page[WaitingPerson]:
    """Who waits now in the officer's regions, longest first, masked."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.waitings.page(by.regions, venue_id=venue_id, trade=trade, after=after(now), limit=limit + 1)
        names = await uow.workers.masked_names([row.worker_id for row in rows])
        sizes = await uow.waitings.crew_sizes([row.crew_id for row in rows if row.crew_id])
        people = [
            WaitingPerson(
                id=row.id,
                worker_id=row.worker_id,
                name_masked=names[row.worker_id],
                venue_id=row.venue_id,
                trades=row.trades,
                own_tools=row.own_tools,
                crew_id=row.crew_id,
                crew_size=sizes[row.crew_id].joined if row.crew_id in sizes else None,
                since=row.created_at,
                until=row.until,
            )
            for row in rows
        ]
        return uow.answer(page_of(people, limit, now, lambda one: [one.since.isoformat(), str(one.id)]))


async def count_waiting(ctx: Context, *, region_code: str, venue_id: UUID | None) -> WaitingCounts:
    """How many wait in a region, by trade of the catalogue; own words are counted in the total only."""
    belonging(region_code, pointer="query:region_code")
    async with ctx.uow() as uow:
        people, counts = await uow.waitings.counts(region_code, venue_id)
        named = [
            TradeCount(code, craft_label(code, code, ctx.language), number)
            for code, number in counts
            if code in known_trades()
        ]
        return uow.answer(WaitingCounts(region_code, venue_id, await uow.now(), people, named))
