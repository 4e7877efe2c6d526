"""Who may ask how often whether an identity number is registered: three times a day, then nobody is told.

`person_exists` is an answer about somebody else. It is counted in a transaction of its own, so that it stays counted
when the request is refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from service.errors import Conflict, TooMany

if TYPE_CHECKING:
    from service.context import Context

TRIED = "identity.exists"
MOST, WINDOW = 3, timedelta(hours=24)


@asynccontextmanager
async def few_tries(ctx: Context, subject: bytes) -> AsyncIterator[None]:
    """Around a registration or statement of `subject` (a ticket's hash, an account).

    Raises TooMany identity_paused after three times `person_exists` within a day.
    """
    async with replace(ctx, once=None).uow() as uow:
        now = await uow.now()
        found = sorted(at for at in await uow.tries.times(TRIED, subject) if at > now - WINDOW)
    if len(found) >= MOST:
        wait = max(1, int((found[-MOST] + WINDOW - now).total_seconds()))
        async with ctx.uow():  # a repeated request meets its answer here
            raise TooMany("identity_paused", retry_after=wait)
    try:
        yield
    except Conflict as refusal:
        if refusal.code == "person_exists":
            async with replace(ctx, once=None).uow() as uow:
                await uow.tries.count(TRIED, subject)
        raise
