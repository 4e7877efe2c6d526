"""The question before a shift, and the seat that nobody answered for: offered on before the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.engagements import rules
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.reactions import PRESHIFT_DUE, PRESHIFT_TIMER
from service.engagements.rules import SILENT
from service.engagements.usecases.preshift import tell_employer
from service.engagements.usecases.sides import lock_any_seat, policy_of, words_of

if TYPE_CHECKING:
    from service.engagements.tables import EngagementRow
    from service.uow import DueItem, Uow


async def ask_coming(uow: Uow, item: DueItem) -> None:
    """«Coming?», unless the worker has said so already."""
    row = await _lock(uow, item)
    now = await uow.now()
    if row.state != "confirmed" or row.reassured_at or row.set_out_at or row.asked_at or now >= row.starts_at:
        return
    due_at = rules.answer_by(row.starts_at, now, await policy_of(uow, row))
    await uow.edit(row, by=SYSTEM, at=now, action="ask_coming", asked_at=now)
    await uow.schedule(PRESHIFT_DUE, row.id, due_at)
    await uow.tell(
        row.worker_id,
        "engagement.coming",
        params=await words_of(uow, row) | {"answer_by_at": due_at},
        subject=("engagement", row.id),
        urgent=True,
        asks="engagement.coming",
        dedupe=f"engagement.coming:{row.id}",
    )


async def release_silent(uow: Uow, item: DueItem) -> None:
    """No answer in time: the seat is offered on before the start; the first such miss costs nothing."""
    row = await _lock(uow, item)
    now = await uow.now()
    if row.state != "confirmed" or row.reassured_at or row.set_out_at or row.asked_at is None or now >= row.starts_at:
        return
    await uow.move(
        row, ENGAGEMENT, "cancel", by=SYSTEM, at=now, reason=SILENT, cancelled_by="service", cancel_tier="late"
    )
    await uow.tell(
        row.worker_id,
        "engagement.released_silent",
        params=await words_of(uow, row),
        subject=("engagement", row.id),
        urgent=True,
        dedupe=f"engagement.released_silent:{row.id}",
    )
    await tell_employer(uow, row, "engagement.seat_at_risk")


async def _lock(uow: Uow, item: DueItem) -> EngagementRow:
    return await lock_any_seat(uow, await uow.engagements.get(item.subject_id))


TIMERS = {PRESHIFT_TIMER: ask_coming, PRESHIFT_DUE: release_silent}
