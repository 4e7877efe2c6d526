"""What an admin can do with work that was given up: look at it, and send it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from service.context import Context
from service.dead_letters.views import DeadLetter
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.actor import Actor


async def list_dead_letters(ctx: Context, *, kind: str | None, after: After, limit: int) -> Page[DeadLetter]:
    """Timers and messages whose attempts are used up, the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.dead_letters.listed(kind=kind, after=after(now), limit=limit + 1)
        return page_of(rows, limit, now, lambda letter: [letter.due_at.isoformat(), str(letter.id)])


async def resend_dead_letter(ctx: Context, work_id: UUID, *, by: Actor) -> DeadLetter:
    """Let it be tried again from now on, with a line in the log.

    Raises Missing when it is not dead (any more), Conflict `dead_letter_replaced` when the same work has been
    planned anew meanwhile.
    """
    async with ctx.uow() as uow:
        letter = await uow.dead_letters.lock(work_id)
        now = await uow.now()
        await uow.dead_letters.revive(work_id, now)
        number = await uow.dead_letters.times_sent_again(work_id) + 1
        uow.note("due_work", work_id, number, "resend", by=by, at=now, states=("dead", "pending"))
        return uow.answer(replace(letter, state="pending", attempt=0, due_at=now))
