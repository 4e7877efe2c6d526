"""A place came free: whom it goes to, by the time that is left; nothing is confirmed without a yes.

Called under the shift's lock (its counter has just been changed). The people in line are looked at without
locks of their own: a held seat is a promise to ask, and every gate is passed again, under locks, at the yes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import SYSTEM
from service.applications import deadlines, rules
from service.applications.seating import hold, tell_worker

if TYPE_CHECKING:
    from service.policies.model import Policies
    from service.shifts.tables import ShiftRow
    from service.uow import Uow


async def fill(uow: Uow, shift_id: UUID, *, announce: bool) -> None:
    """Offer free seats to the waitlist in its order; inside the quiet window tell all, the first yes wins.

    With `announce`, what nobody in line takes is told to others whom it may suit (EM-20).
    """
    await uow.flush()
    shift = await uow.applications.seen_shift(shift_id)
    posting = await uow.applications.seen_posting(shift.posting_id)
    now = await uow.now()
    free = shift.headcount - shift.taken
    begun = shift.starts_at <= now and shift.reopened_at is None
    if shift.state != "open" or begun or shift.ends_at <= now or free < 1 or posting.state not in rules.OPEN_POSTING:
        return
    policies = uow.ctx.policies.at(now, shift.city_code)
    if deadlines.in_quiet_window(shift.starts_at, now, policies.applications):
        await tell_of_free_place(uow, shift, policies, waiting_only=not announce or posting.private)
        return
    left = await _offer_in_order(uow, shift_id, free)
    if left and announce and not posting.private:
        await tell_of_free_place(uow, shift, policies, waiting_only=False)


async def _offer_in_order(uow: Uow, shift_id: UUID, free: int) -> int:
    """Hold a seat for the first in line who may take it, and so on; the seats that nobody takes.

    Somebody who may not take it now keeps the place in line and is told why.
    """
    passed_over: set[UUID] = set()
    while free:
        application = await uow.applications.next_waiting(shift_id, passed_over=passed_over)
        if application is None:
            break
        case = await uow.seat_cases.seen(application.worker_id, shift_id)
        refusal = rules.first_refusal(case, rules.TAKE_PENDING)
        if refusal is None:
            await hold(uow, case, application, by=SYSTEM)
            await uow.flush()
            free -= 1
        else:
            passed_over.add(application.id)
            await tell_worker(uow, application, "application.passed_over", problem=refusal.code)
    return free


async def tell_of_free_place(uow: Uow, shift: ShiftRow, policies: Policies, *, waiting_only: bool) -> None:
    """Tell people of a free place; the same people hear of the same shift once in a while only."""
    now = await uow.now()
    if waiting_only:
        people = [worker_id for _, worker_id in await uow.applications.waiting(shift.id)]
    else:
        people = await uow.applications.people_to_ask(shift.id)
    posting = await uow.applications.seen_posting(shift.posting_id)
    for person_id in people:
        await uow.tell(
            person_id,
            "shift.place_free",
            params={"title": posting.title, "starts_at": shift.starts_at},
            subject=("shift", shift.id),
            urgent=True,
            asks="shift.place",
            dedupe=f"shift.place_free:{shift.id}:{_slot(now, policies.messages.deduplicate_minutes)}",
        )


def _slot(now: datetime, minutes: int) -> int:
    return int(now.astimezone(UTC).timestamp()) // (60 * max(1, minutes))
