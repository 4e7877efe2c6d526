"""At the door of a fair: by card, today's word, phone or number at the counter, or by one's own phone near by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Conflict, Missing, Refused
from service.fairs import rules
from service.fairs.ground import entry_shown, shown_fair
from service.fairs.lifecycle import ENTRY
from service.fairs.planning import policy_of
from service.geo import Point, distance_m
from service.workers.rules import require_introducible
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.context import Context
    from service.fairs.tables import EntryRow, FairRow
    from service.fairs.views import EntryView
    from service.http.caller import Caller
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Arriving:
    """By which sign somebody is known; one of them, or an own phone that says where it is."""

    card: str | None = None
    word: str | None = None
    phone: str | None = None
    number: int | None = None
    point: Point | None = None


async def check_in_at_fair(ctx: Context, fair_id: UUID, arriving: Arriving, *, by: Caller) -> EntryView:
    """There, within the hours; who has not signed up is let in while there is room. Twice is once.

    By phone or number only who has signed up is known. Raises Missing (fair, person, card_code_unknown), TooMany
    codes_paused, Refused fair_who, fair_audience_needed, hall_point_needed, hall_too_far, under_age,
    birth_date_needed, Conflict fair_not_open, fair_suspended, fair_not_yet, fair_full, wrong_state.
    """
    shown = None
    if by.role != "worker" and (arriving.card is not None or arriving.word is not None):
        shown = await ctx.wiring.ports["workers.who_is_meant"](ctx, code=arriving.card, word=arriving.word, by=by)
    async with ctx.uow() as uow:
        fair = await shown_fair(uow, fair_id, by, lock=True)
        if by.role == "kiosk" and (fair.venue_id is None or fair.venue_id != by.venue_id):
            raise Missing
        now = await uow.now()
        row, worker_id, way = await _who(uow, fair, arriving, shown, by)
        policy = policy_of(uow, fair.city_code, now)
        before = timedelta(minutes=policy.check_in_before_minutes)
        rules.check_window(fair.state, rules.sessions_of(fair.sessions), now, before)
        if way == "own":
            _check_near(fair, arriving.point, policy.own_check_in_metres)
        actor = by.actor if by.role == "worker" else by.actor.acting_for(worker_id, _channel(by))
        already = row is not None and row.state == "came"
        if row is None or not already:
            row = await _let_in(uow, fair, row, worker_id, way, actor, now)
        await uow.flush()
        return uow.answer(await entry_shown(uow, row, fair, already=already))


def _channel(by: Caller) -> str:
    return "kiosk" if by.role == "kiosk" else "at_counter"


async def _who(
    uow: Uow, fair: FairRow, arriving: Arriving, shown: UUID | None, by: Caller
) -> tuple[EntryRow | None, UUID, str]:
    """(entry, person, way in). Raises Missing, Refused fair_who."""
    if by.role == "worker" and by.person_id is not None:
        here = by.channel == "kiosk" and fair.venue_id is not None and by.venue_id == fair.venue_id
        way = "kiosk" if here else "own"  # a kiosk of another market says nothing of where somebody is
        return await uow.fairs.entry_of(fair.id, by.person_id), by.person_id, way
    if shown is not None:
        return await uow.fairs.entry_of(fair.id, shown), shown, "card" if arriving.card is not None else "word"
    row = None
    if by.role in STAFF and arriving.number is not None:
        row, way = await uow.fairs.entry_numbered(fair.id, arriving.number), "number"
    elif by.role in STAFF and arriving.phone is not None:
        row, way = await uow.fairs.entry_of_phone(fair.id, uow.ctx.vault.index("phone", arriving.phone)), "phone"
    else:
        raise Refused("fair_who", field="/card_code")
    if row is None:
        raise Missing("fair_entry_unknown")
    return row, row.worker_id, way


def _check_near(fair: FairRow, point: Point | None, most: int) -> None:
    """An own phone must be near, where there is a place to be near to."""
    if fair.lon is None or fair.lat is None:
        return
    if point is None:
        raise Refused("hall_point_needed", field="/place")
    metres = distance_m(point, Point(fair.lon, fair.lat))
    if metres > most:
        raise Refused("hall_too_far", field="/place", distance_m=metres, most_m=most)


async def _let_in(
    uow: Uow, fair: FairRow, row: EntryRow | None, worker_id: UUID, way: str, actor: Actor, now: datetime
) -> EntryRow:
    if row is not None:
        ENTRY.fire(row.state, "check_in")
    if row is None or row.state != "signed_up":
        if row is None and fair.audience and way == "own":
            raise Refused("fair_audience_needed")
        require_introducible((await uow.workers.get(worker_id)).introducible_from, local_day(now))
        if not await uow.fairs.take_place(fair):
            raise Conflict("fair_full")
    there: dict[str, Any] = {"came_at": now, "way_in": way}
    if row is None:
        number = await uow.fairs.draw_number(fair)
        row = uow.fairs.new_entry(fair, worker_id, state="came", number=number, **there)
        await uow.add(row, by=actor, action="check_in")
    else:
        await uow.move(row, ENTRY, "check_in", by=actor, at=now, **there)
    return row
