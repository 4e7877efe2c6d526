"""Whom a shown card or a spoken word means, behind one count of wrong tries for every door that takes them.

A card's code is long, a word has six digits and lives for minutes; both mean nothing to who guesses, provided
that guesses are few. Wrong ones are counted for the account and for the employer it acts for, over all doors
together (identify, crew, pool, hire by sight), in a transaction of their own, so that they stay counted when the
request is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import TooMany
from service.workers.rules import WRONG_CODES, retry_after

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def worker_shown(ctx: Context, *, card: str | None, word: str | None, by: Caller) -> UUID | None:
    """The worker of a card, or without one of a word; None for one that is nobody's, which is counted.

    Raises TooMany codes_paused after 10 wrong tries in 10 minutes or 50 in 24 hours (security checklist 5.2).
    """
    try:
        return await _looked_up(ctx, card, word, by)
    except TooMany:
        async with ctx.uow():  # a repeated request meets its answer here, though its word is over by now
            raise


async def _looked_up(ctx: Context, card: str | None, word: str | None, by: Caller) -> UUID | None:
    subjects = [each.bytes for each in (by.account_id, by.employer_id) if each is not None]
    async with replace(ctx, once=None).uow() as uow:
        await uow.tries.lock(*subjects)
        now = await uow.now()
        wait = max([retry_after(await uow.tries.times(WRONG_CODES, subject), now) for subject in subjects])
        if wait:
            raise TooMany("codes_paused", retry_after=wait)
        codes = uow.worker_codes
        found = await (codes.worker_of_card(card) if card is not None else codes.worker_of_word(word or ""))
        if found is None:
            await uow.tries.count(WRONG_CODES, *subjects)
    return found
