"""Sessions made from a venue's rule for the days ahead, opened and closed: shared by use cases and timers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.halls.lifecycle import HALL_SESSION, PRESENCE
from service.halls.rules import HallRule, PlannedSession, business_day, day_ends, sessions_on, week_days

if TYPE_CHECKING:
    from uuid import UUID

    from service.actor import Actor
    from service.halls.tables import HallRuleRow, HallSessionRow
    from service.policies.model import HallsPolicy
    from service.uow import Uow
    from service.venues.tables import VenueRow

MAKE_TIMER, OPEN_TIMER, CLOSE_TIMER = "hall.sessions", "hall_session.open", "hall_session.close"


def policy_of(uow: Uow, venue: VenueRow, now: datetime) -> HallsPolicy:
    """What holds where the venue is."""
    return uow.ctx.policies.at(now, venue.city_code).halls


def rule_of(row: HallRuleRow) -> HallRule:
    """The rule of a row."""
    return HallRule.of({name: getattr(row, name) for name in HallRule.__slots__})


async def make_sessions(uow: Uow, venue: VenueRow, *, by: Actor) -> None:
    """The sessions of the days ahead that are not there yet; the venue's row is locked. Again tomorrow."""
    now = await uow.now()
    policy = policy_of(uow, venue, now)
    first = business_day(now, policy.day_begins_minutes)
    there = await uow.halls.openings(venue.id, now)
    if venue.state == "open":
        for day in week_days(first, policy.planned_ahead_days):
            rule = await uow.halls.rule_on(venue.id, day)
            for planned in sessions_on(rule_of(rule), day) if rule is not None else ():
                if planned.opens_at not in there and planned.closes_at > now:
                    await _make(uow, venue, rule, planned, by)
    await uow.schedule(MAKE_TIMER, venue.id, day_ends(first, policy.day_begins_minutes) + timedelta(minutes=5))


async def _make(uow: Uow, venue: VenueRow, rule: HallRuleRow | None, planned: PlannedSession, by: Actor) -> None:
    if rule is None or await uow.halls.overlapping(venue.id, planned.opens_at, planned.closes_at):
        return  # a session added by hand stands in these hours
    await store_session(uow, venue, rule_of(rule), planned, by=by, rule_id=rule.id)


async def store_session(
    uow: Uow, venue: VenueRow, rule: HallRule, planned: PlannedSession, *, by: Actor, rule_id: UUID | None
) -> HallSessionRow:
    """One session with its timers; open at once when its time has come."""
    now = await uow.now()
    row = uow.halls.new_session(
        venue,
        rule,
        rule_id=rule_id,
        day=business_day(planned.opens_at, rule.day_begins),
        name=planned.name,
        opens_at=planned.opens_at,
        closes_at=planned.closes_at,
        plan_at=planned.plan_at,
    )
    await uow.add(row, by=by)
    await uow.flush()
    await uow.schedule(CLOSE_TIMER, row.id, row.closes_at)
    if row.opens_at <= now:
        await uow.move(row, HALL_SESSION, "open", by=by, at=now)
    else:
        await uow.schedule(OPEN_TIMER, row.id, row.opens_at)
    return row


async def open_session(uow: Uow, row: HallSessionRow, *, by: Actor) -> None:
    """A planned session whose time has come; its row is locked."""
    await uow.move(row, HALL_SESSION, "open", by=by, at=await uow.now())
    await uow.unschedule(OPEN_TIMER, subject_id=row.id)


async def cancel_session(uow: Uow, row: HallSessionRow, *, reason: str, by: Actor) -> None:
    """A planned session that will not be; its row is locked."""
    await uow.move(row, HALL_SESSION, "cancel", by=by, at=await uow.now(), reason=reason, cancel_reason=reason)
    await uow.unschedule(OPEN_TIMER, CLOSE_TIMER, subject_id=row.id)


async def close_session(uow: Uow, row: HallSessionRow, *, by: Actor, reason: str | None = None) -> None:
    """The end: who still waits went without work (and is owed a turn), the seed is told; its row is locked."""
    now = await uow.now()
    for presence in await uow.halls.to_close(row.id):
        await uow.move(presence, PRESENCE, "close", by=by, at=now)
    early: dict[str, Any] = {}
    if now < row.closes_at:  # the rest of its hours is free for another one
        ends = max(now, row.opens_at + timedelta(minutes=1))
        early = {"closes_at": ends, "plan_at": row.plan_at if row.plan_at and row.plan_at <= ends else None}
    await uow.move(row, HALL_SESSION, "close", by=by, at=now, reason=reason, seed=uow.halls.seed_of(row), **early)
    await uow.unschedule(CLOSE_TIMER, subject_id=row.id)
