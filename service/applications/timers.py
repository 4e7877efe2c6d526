"""What applications do when a time comes: offers, answers and hires by sight lapse; each checks the state again.

A human answer that was committed before the instant has changed the state, and the timer does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import SYSTEM
from service.applications.seating import (
    ANSWER_TIMER,
    HIRED_ELSEWHERE,
    OFFER_TIMER,
    SIBLING_TIMER,
    close,
    tell_deciders,
    tell_worker,
)
from service.applications.usecases.answer import lock_behind_place
from service.applications.usecases.hires import HIRE_TIMER
from service.engagements.lifecycle import HIRE

if TYPE_CHECKING:
    from service.applications.tables import ApplicationRow
    from service.uow import DueItem, Uow


async def lapse_offer(uow: Uow, item: DueItem) -> None:
    """The confirm-by time of an offer or invitation has passed without a yes; a held seat goes on."""
    row = await _lock(uow, item.subject_id)
    if row.state not in ("offered", "invited") or row.confirm_by is None or row.confirm_by > await uow.now():
        return
    await close(uow, row, by=SYSTEM, action="lapse", reason="no_answer")
    await tell_worker(uow, row, "application.offer_lapsed")


async def lapse_unanswered(uow: Uow, item: DueItem) -> None:
    """The employer has not answered in time, or the shift begins and the line dissolves."""
    row = await _lock(uow, item.subject_id)
    if row.state == "sent":
        await close(uow, row, by=SYSTEM, action="lapse", reason="employer_silent")
        await tell_worker(uow, row, "application.employer_silent")
    elif row.state == "waitlisted":
        await close(uow, row, by=SYSTEM, action="lapse", reason="shift_begun")


async def close_held_sibling(uow: Uow, item: DueItem) -> None:
    """The worker was hired elsewhere at that time: the seat held for him goes to the next in line."""
    row = await _lock(uow, item.subject_id)
    if row.state == "offered":
        await close(uow, row, by=SYSTEM, action="lapse", reason=HIRED_ELSEWHERE)
        await tell_deciders(uow, row, "application.hired_elsewhere")


async def lapse_hire(uow: Uow, item: DueItem) -> None:
    """The worker has not said yes to a hire by sight in time."""
    seen = await uow.hires.get(item.subject_id)
    await uow.locks.workers([seen.worker_id])
    hire = await uow.hires.lock(item.subject_id)
    now = await uow.now()
    if hire.state == "proposed" and hire.answer_by <= now:
        await uow.move(hire, HIRE, "lapse", by=SYSTEM, at=now)


async def _lock(uow: Uow, application_id: UUID) -> ApplicationRow:
    row = await uow.applications.get(application_id)
    await uow.locks.workers([row.worker_id])
    return await lock_behind_place(uow, row)


TIMERS = {
    OFFER_TIMER: lapse_offer,
    ANSWER_TIMER: lapse_unanswered,
    SIBLING_TIMER: close_held_sibling,
    HIRE_TIMER: lapse_hire,
}
