"""What comes due by itself: sessions are made for the days ahead, opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.halls.planning import CLOSE_TIMER, MAKE_TIMER, OPEN_TIMER, close_session, make_sessions, open_session

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def make_for_days_ahead(uow: Uow, item: DueItem) -> None:
    """Every working day, for each venue that has a rule."""
    await make_sessions(uow, await uow.halls.venue(item.subject_id, lock=True), by=SYSTEM)


async def open_in_time(uow: Uow, item: DueItem) -> None:
    """One that was opened by the first sign-in, or cancelled, stays as it is."""
    row = await uow.halls.lock_session(item.subject_id)
    if row.state == "planned" and row.opens_at <= await uow.now() < row.closes_at:
        await open_session(uow, row, by=SYSTEM)


async def close_in_time(uow: Uow, item: DueItem) -> None:
    """A session whose hours are over, also one that never opened because nobody's clock ran."""
    row = await uow.halls.lock_session(item.subject_id)
    if row.closes_at > await uow.now():
        return
    if row.state == "planned":
        await open_session(uow, row, by=SYSTEM)
    if row.state == "open":
        await close_session(uow, row, by=SYSTEM)


TIMERS = {MAKE_TIMER: make_for_days_ahead, OPEN_TIMER: open_in_time, CLOSE_TIMER: close_in_time}
