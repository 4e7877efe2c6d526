"""A question that nobody answers is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.intents.lifecycle import ANSWER
from service.intents.steps import end

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def lapse(uow: Uow, item: DueItem) -> None:
    """Nobody is considered by silence, and nobody is told of it."""
    row = await uow.intents.get(item.subject_id, lock=True)
    if row.state == "asked" and row.answer_by <= await uow.now():
        await end(uow, row, "lapse", by=SYSTEM, reason="no_answer")


TIMERS = {ANSWER: lapse}
