"""What happens to shifts by themselves: they end, and running series reach further ahead."""

from __future__ import annotations

from service.actor import SYSTEM
from service.context import Timer
from service.errors import Missing
from service.postings.lifecycle import LIVE
from service.shifts.layout import lay_out
from service.shifts.lifecycle import SHIFT
from service.uow import DueItem, Uow


async def end_shift(uow: Uow, item: DueItem) -> None:
    """At its end a shift takes nobody any more."""
    shift = await uow.shifts.lock(item.subject_id)
    now = await uow.now()
    if shift.state == "open" and shift.ends_at <= now:
        await uow.move(shift, SHIFT, "end", by=SYSTEM, at=now)


async def renew(uow: Uow, item: DueItem) -> None:
    """Once a day the window of a series or pattern moves on."""
    try:
        posting = await uow.postings.lock(item.subject_id)
    except Missing:
        return
    now = await uow.now()
    if posting.state not in LIVE:
        return
    made = await lay_out(uow, posting, by=SYSTEM, at=now)
    if made and posting.state == "filled":
        await uow.schedule("posting.count_seats", posting.id, now)


TIMERS: dict[str, Timer] = {"shift.end": end_shift, "posting.renew": renew}
