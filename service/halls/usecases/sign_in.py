"""Signing in at a hall: by the card on the counter or kiosk, today's word, an own phone, or an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Missing, Refused
from service.geo import Point, distance_m
from service.halls.lifecycle import PRESENCE
from service.halls.planning import open_session, policy_of
from service.halls.rules import HallRule, place_behind, turns_owed
from service.halls.showing import presence_view
from service.halls.views import PresenceView

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.halls.tables import HallSessionRow, PresenceRow
    from service.http.caller import Caller
    from service.uow import Uow
    from service.venues.tables import VenueRow


@dataclass(frozen=True, slots=True)
class Coming:
    """What somebody says at the door: who, by which sign, for what, with what and whom, until when."""

    worker_id: UUID | None = None
    card: str | None = None
    word: str | None = None
    point: Point | None = None
    trades: Sequence[str] | None = None
    own_tools: Sequence[str] = ()
    crew_id: UUID | None = None
    until: datetime | None = None


async def sign_in_hall(
    ctx: Context, venue_id: UUID, coming: Coming, *, by: Caller, on_behalf: str | None
) -> PresenceView:
    """A number in the session that is open now; the same person gets the same number again.

    Also sets or changes 等活 at the venue. Raises Missing (venue, person, card_code_unknown), TooMany codes_paused,
    Refused hall_point_needed, hall_too_far, on_behalf_needed, worker_id_needed and those of 等活; Conflict
    hall_not_open with the next opening.
    """
    worker_id, way = await _who(ctx, venue_id, coming, by)
    async with ctx.uow() as uow:
        venue = await uow.halls.venue(venue_id)
        _check_near(uow, venue, coming, by, way, await uow.now())
        actor = await _actor(uow, worker_id, venue, way, by, on_behalf)
        worker = await uow.workers.lock(worker_id)
        session = await _open_now(uow, venue, actor)
        waiting = await ctx.wiring.ports["workers.wait_at_venue"](
            uow,
            worker,
            actor,
            venue_id=venue_id,
            trades=coming.trades,
            own_tools=coming.own_tools,
            crew_id=coming.crew_id,
            until=coming.until,
        )
        await uow.flush()
        row = await uow.halls.present_at(session.id, worker_id)
        already = row is not None
        if row is None:
            row = await _number(uow, session, worker_id, waiting.id, way, actor)
        else:
            await _again(uow, session, row, waiting.id, actor)
        await uow.flush()
        return uow.answer(await presence_view(uow, row, session, already=already))


async def _who(ctx: Context, venue_id: UUID, coming: Coming, by: Caller) -> tuple[UUID, str]:
    """The person and the way in. A kiosk signs in only whose card lies on it, and only at its own venue."""
    if by.role == "worker" and by.person_id is not None:
        return by.person_id, "kiosk" if by.channel == "kiosk" else "own"
    if by.role == "kiosk" and by.venue_id != venue_id:
        raise Missing
    if coming.card is not None or coming.word is not None:
        found: UUID = await ctx.wiring.ports["workers.who_is_meant"](ctx, code=coming.card, word=coming.word, by=by)
        return found, "card" if coming.card is not None else "word"
    if coming.worker_id is None or by.role == "kiosk":
        raise Refused("hall_who", field="/card_code")
    return coming.worker_id, "officer"


def _check_near(uow: Uow, venue: VenueRow, coming: Coming, by: Caller, way: str, now: datetime) -> None:
    """An own phone must be near the venue; whoever stands at the counter or kiosk is."""
    if way == "kiosk" and by.venue_id not in (None, venue.id):
        raise Missing
    if way != "own" or venue.lon is None or venue.lat is None:
        return
    if coming.point is None:
        raise Refused("hall_point_needed", field="/place")
    metres, most = distance_m(coming.point, Point(venue.lon, venue.lat)), policy_of(uow, venue, now).own_sign_in_metres
    if metres > most:
        raise Refused("hall_too_far", field="/place", distance_m=metres, most_m=most)


async def _actor(uow: Uow, worker_id: UUID, venue: VenueRow, way: str, by: Caller, on_behalf: str | None) -> Actor:
    """In whose name: the person's own, or staff with the person's yes; a laid-down card is that yes."""
    if by.role == "worker":
        return by.actor
    if not by.serves(venue.district_code or venue.city_code):
        raise Missing
    if way == "officer":
        if not await uow.people.is_seen(worker_id, by):
            raise Missing
        return by.actor.with_yes_of(worker_id, on_behalf)
    return by.actor.acting_for(worker_id, "kiosk" if by.role == "kiosk" else on_behalf or "at_counter")


async def _open_now(uow: Uow, venue: VenueRow, actor: Actor) -> HallSessionRow:
    """The session of this hour, its row locked; the first person may be here before the timer that opens it."""
    now = await uow.now()
    found = await uow.halls.session_at(venue.id, now) if venue.state == "open" else None
    session = await uow.halls.lock_session(found.id) if found is not None else None
    if session is not None and session.state == "planned":
        await open_session(uow, session, by=actor)
    if session is None or session.state != "open" or not session.opens_at <= now < session.closes_at:
        later = await uow.halls.next_session(venue.id, now)
        raise Conflict("hall_not_open", opens_at=later.opens_at) if later else Conflict("hall_none_planned")
    return session


async def _number(
    uow: Uow, session: HallSessionRow, worker_id: UUID, waiting_id: UUID, way: str, actor: Actor
) -> PresenceRow:
    rule = HallRule.of(session.rule)
    outcomes = await uow.halls.outcomes(session.venue_id, worker_id, rule.turn_most)
    row = uow.halls.new_presence(
        session,
        worker_id,
        await uow.halls.draw_number(session.id),
        waiting_id=waiting_id,
        way_in=way,
        signed_in_at=await uow.now(),
        turns_owed=turns_owed(outcomes, rule),
    )
    await uow.add(row, by=actor, action="sign_in")
    return row


async def _again(uow: Uow, session: HallSessionRow, row: PresenceRow, waiting_id: UUID, actor: Actor) -> None:
    """Who comes once more keeps the number; who had left, or was passed, stands a few places farther back."""
    now = await uow.now()
    changes: dict[str, Any] = {"waiting_id": waiting_id}
    if row.state in ("left", "passed"):
        changes["place"] = await comeback(uow, session, row)
        await uow.move(row, PRESENCE, "return", by=actor, at=now, **changes)
    else:
        await uow.edit(row, by=actor, at=now, **changes)


async def comeback(uow: Uow, session: HallSessionRow, row: PresenceRow) -> int:
    """The place of somebody who was not there, or went: behind the next people in line (KI-02)."""
    line = [each.place for each in await uow.halls.in_line(session.id) if each.number != row.number]
    return place_behind(line, row.place, HallRule.of(session.rule).return_after)
