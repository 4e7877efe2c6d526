"""Sessions of a hall: found by everybody, added, called off and closed early by the officers of the region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict, Missing, Refused
from service.halls.lifecycle import IN_LINE
from service.halls.planning import cancel_session, close_session, policy_of, rule_of, store_session
from service.halls.rules import PlannedSession, business_day
from service.halls.showing import session_view
from service.halls.usecases.rules_kept import served_venue
from service.halls.views import BoardLine, BoardView, FigureLine, SessionView, TradeNamed, TradeWaiting
from service.pages import After, Page, page_of
from service.reference.catalogue import trades as known_trades
from service.reference.rules import check_reason, named

if TYPE_CHECKING:
    from service.context import Context
    from service.halls.tables import HallSessionRow
    from service.http.caller import Caller
    from service.uow import Uow

MOST_ON_BOARD = 500
LONGEST = timedelta(hours=24)
FIGURE_DAYS, USUAL_DAYS = 92, 30


async def list_hall_sessions(
    ctx: Context, venue_id: UUID, *, day: date | None, after: After, limit: int
) -> Page[SessionView]:
    """From the working day of now on, or of one day. Raises Missing."""
    async with ctx.uow() as uow:
        venue = await uow.halls.venue(venue_id)
        now = await uow.now()
        today = business_day(now, policy_of(uow, venue, now).day_begins_minutes)
        rows = await uow.halls.sessions(venue_id, day=day, after=after(now), from_day=today, limit=limit + 1)
        counts = await uow.halls.counts([row.id for row in rows])
        views = [session_view(row, counts[row.id], ctx.language) for row in rows]
        return page_of(views, limit, now, lambda view: [view.opens_at.isoformat(), str(view.id)])


async def get_hall_session(ctx: Context, session_id: UUID) -> SessionView:
    """One session. Raises Missing."""
    async with ctx.uow() as uow:
        return await _view(uow, await uow.halls.get_session(session_id))


async def _view(uow: Uow, row: HallSessionRow) -> SessionView:
    return session_view(row, (await uow.halls.counts([row.id]))[row.id], uow.ctx.language)


async def served_session(uow: Uow, session_id: UUID, by: Caller, *, lock: bool = False) -> HallSessionRow:
    """A session of the officer's region. Raises Missing."""
    row = await (uow.halls.lock_session(session_id) if lock else uow.halls.get_session(session_id))
    if not by.serves(row.district_code or row.city_code):
        raise Missing
    return row


async def add_hall_session(
    ctx: Context,
    venue_id: UUID,
    *,
    name: str,
    opens_at: datetime,
    closes_at: datetime,
    plan_at: datetime | None,
    by: Caller,
) -> SessionView:
    """A special session under the rule of its day; it opens at once when its hour has come.

    Raises Missing, Refused venue_closed, hall_rule_needed, hall_session_hours, hall_plan_outside, Conflict
    hall_sessions_overlap.
    """
    async with ctx.uow() as uow:
        venue = await served_venue(uow, venue_id, by, lock=True)
        now = await uow.now()
        if venue.state != "open":
            raise Refused("venue_closed")
        if not opens_at < closes_at <= opens_at + LONGEST or closes_at <= now:
            raise Refused("hall_session_hours", field="/closes_at")
        if plan_at is not None and not opens_at <= plan_at <= closes_at:
            raise Refused("hall_plan_outside", field="/plan_at")
        row = await uow.halls.rule_on(venue_id, business_day(opens_at, policy_of(uow, venue, now).day_begins_minutes))
        if row is None:
            raise Refused("hall_rule_needed")
        if await uow.halls.overlapping(venue_id, opens_at, closes_at):
            raise Conflict("hall_sessions_overlap")
        planned = PlannedSession(name, opens_at, closes_at, plan_at)
        return uow.answer(
            await _view(uow, await store_session(uow, venue, rule_of(row), planned, by=by.actor, rule_id=None))
        )


async def cancel_hall_session(ctx: Context, session_id: UUID, *, reason: str, by: Caller) -> SessionView:
    """A session that has not opened will not be. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await served_session(uow, session_id, by, lock=True)
        check_reason((await uow.reference.catalogue()).reasons("hall_cancel"), reason)
        await cancel_session(uow, row, reason=reason, by=by.actor)
        await uow.flush()
        return uow.answer(await _view(uow, row))


async def close_hall_session(ctx: Context, session_id: UUID, *, reason: str, by: Caller) -> SessionView:
    """Close an open session before its time. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await served_session(uow, session_id, by, lock=True)
        check_reason((await uow.reference.catalogue()).reasons("hall_cancel"), reason)
        if row.state != "open":
            raise Conflict("wrong_state", noun="hall_session", state=row.state, action="close", possible=[])
        await close_session(uow, row, by=by.actor, reason=reason)
        await uow.flush()
        return uow.answer(await _view(uow, row))


async def get_hall_board(ctx: Context, session_id: UUID) -> BoardView:
    """The wall screen: numbers, what they can do, who is called; no names. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.halls.get_session(session_id)
        found = await uow.halls.people(
            session_id, states=("waiting", "called", "passed", "placed"), after=0, limit=MOST_ON_BOARD
        )
        lines = [
            BoardLine(
                presence.number,
                presence.state,
                _named(waiting.trades if waiting else (), ctx.language),
            )
            for presence, waiting in found
        ]
        called = [line.number for line in lines if line.state == "called"]
        return BoardView(await _view(uow, row), await uow.now(), called, lines, _by_trade(lines))


def _named(trades: Iterable[str], language: str) -> list[TradeNamed]:
    """Own words of a person are left out: they may say more than a screen should."""
    known = [(code, known_trades()[code]) for code in trades if code in known_trades()]
    return [TradeNamed(code, named(trade, language)) for code, trade in known]


def _by_trade(lines: Iterable[BoardLine]) -> list[TradeWaiting]:
    counts = Counter(trade for line in lines if line.state in IN_LINE for trade in line.trades)
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0].trade))
    return [TradeWaiting(named.trade, named.label, people) for named, people in ranked]


async def get_hall_figures(
    ctx: Context, venue_id: UUID, *, from_day: date | None, to_day: date | None, by: Caller
) -> list[FigureLine]:
    """Each session of the days asked for, in figures (KI-14). Raises Missing, Refused hall_figure_days."""
    async with ctx.uow() as uow:
        venue = await served_venue(uow, venue_id, by)
        now = await uow.now()
        last = to_day or business_day(now, policy_of(uow, venue, now).day_begins_minutes)
        if from_day is None and last - date.min < timedelta(days=USUAL_DAYS):
            raise Refused("hall_figure_days", field="query:to_day", most=FIGURE_DAYS)
        first = from_day or last - timedelta(days=USUAL_DAYS)
        if not timedelta() <= last - first <= timedelta(days=FIGURE_DAYS):
            raise Refused("hall_figure_days", field="query:to_day", most=FIGURE_DAYS)
        rows = await uow.halls.between(venue_id, first, last)
        ids = [row.id for row in rows]
        counts, medians = await uow.halls.counts(ids), await uow.halls.medians(ids)
        return [FigureLine(row.id, row.day, row.name, row.state, counts[row.id], medians.get(row.id)) for row in rows]
