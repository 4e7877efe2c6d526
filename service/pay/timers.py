"""What pay does when a time comes: a debt is overdue, a payment has not been confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.pay.lifecycle import PAY_RECORD
from service.pay.steps import OVERDUE, REMIND, tell_payers, tell_worker

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def fall_overdue(uow: Uow, item: DueItem) -> None:
    """The due time has passed and the whole sum is not there: flagged, told to both, counted."""
    record = await uow.pay_records.lock(item.subject_id)
    if record is None or record.state != "due":
        return
    now = await uow.now()
    await uow.move(record, PAY_RECORD, "fall_overdue", by=SYSTEM, at=now, overdue_since=now)
    await tell_worker(uow, record, "pay.overdue", asks="pay.received")
    await tell_payers(uow, record, "pay.overdue_to_pay")


async def ask_again(uow: Uow, item: DueItem) -> None:
    """The worker has not said whether the money came; he is asked once more."""
    record = await uow.pay_records.lock(item.subject_id)
    if record is not None and record.state == "paid_by_employer":
        await tell_worker(uow, record, "pay.paid_reminder", asks="pay.received", once="again")


TIMERS = {OVERDUE: fall_overdue, REMIND: ask_again}
