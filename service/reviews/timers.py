"""A review that its officer did not decide in time is free again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.reviews.lifecycle import REVIEW

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

CLAIM_OVER = "review.claim_over"


async def free(uow: Uow, item: DueItem) -> None:
    """Whoever claims it again meanwhile has it until the later time."""
    row = await uow.reviews.lock(item.subject_id)
    now = await uow.now()
    if row.state == "claimed" and row.claimed_until is not None and row.claimed_until <= now:
        await uow.move(
            row, REVIEW, "release", by=SYSTEM, at=now, reason="claim_over", claimed_by=None, claimed_until=None
        )


TIMERS = {CLAIM_OVER: free}
