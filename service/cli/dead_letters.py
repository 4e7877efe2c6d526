"""`linggong dead-letters`: look at work that was given up, and send it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import orjson

from service.actor import Actor
from service.context import Context
from service.dead_letters.usecases import list_dead_letters, resend_dead_letter

OPERATOR = Actor("system", None, "cli")
PAGE = 100


async def show_dead_letters(ctx: Context) -> int:
    """One JSON line a letter, the oldest first; how many."""
    key: tuple[datetime, UUID] | None = None
    shown = 0
    while True:
        found = await list_dead_letters(ctx, kind=None, after=lambda now, key=key: key, limit=PAGE)  # type: ignore[misc]
        for letter in found.items:
            print(orjson.dumps(letter, default=str).decode())
        shown += len(found.items)
        if found.last is None:
            return shown
        key = (datetime.fromisoformat(found.last[0]), UUID(found.last[1]))


async def send_again(ctx: Context, ids: list[UUID], *, everything: bool) -> int:
    """Send these again, or all there are now; how many. Raises Missing, Conflict as the use case does."""
    if everything:
        page = await list_dead_letters(ctx, kind=None, after=lambda now: None, limit=100_000)
        ids = [letter.id for letter in page.items]
    for work_id in ids:
        await resend_dead_letter(ctx, work_id, by=OPERATOR)
    return len(ids)
