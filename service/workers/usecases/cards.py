"""Codes that stand for a person: the printed 零工卡, the word of today, and whom they mean."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from service.errors import Missing, Refused
from service.shown_codes import worker_shown
from service.workers.card_page import card_page
from service.workers.reach import reach
from service.workers.views import Card, Identified, Word
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def issue_card(
    ctx: Context, worker_id: UUID, *, size: Literal["80mm", "a6"], on_behalf: str | None, by: Caller
) -> Card:
    """A new card with its page to print; the card before is void. It says who somebody is and lets nobody in."""
    async with ctx.uow() as uow:
        worker, _ = await reach(uow, worker_id, by, on_behalf)
        card_id, code = await uow.worker_codes.new_card(worker.id)
        name = (await uow.workers.masked_names([worker.id]))[worker.id]
        page = card_page(code=code, name=name, size=size, language=ctx.language, day=local_day(await uow.now()))
        return uow.answer(Card(card_id, code, name, size, page))


async def revoke_card(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> None:
    """The card is lost: it means nobody from now on."""
    async with ctx.uow() as uow:
        worker, _ = await reach(uow, worker_id, by, on_behalf)
        await uow.worker_codes.revoke(worker.id, "card")
        uow.answer(None)


async def issue_word(ctx: Context, worker_id: UUID, *, on_behalf: str | None, by: Caller) -> Word:
    """A word to say to the person who hires; the word before is void. Raises Unready words_all_taken."""
    async with ctx.uow() as uow:
        worker, _ = await reach(uow, worker_id, by, on_behalf)
        now = await uow.now()
        policy = ctx.policies.at(now).postings
        until = now + timedelta(minutes=policy.hire_by_sight_word_minutes)
        word = await uow.worker_codes.new_word(worker.id, digits=policy.hire_by_sight_word_digits, until=until)
        return uow.answer(Word(word, until))


async def identify_worker(ctx: Context, *, code: str | None, word: str | None, by: Caller) -> Identified:
    """Whom a card or a word means: an id and a masked name, nothing else. Raises as `who_is_meant`."""
    worker_id = await who_is_meant(ctx, code=code, word=word, by=by)
    async with ctx.uow() as uow:
        worker = await uow.workers.get(worker_id)
        name = (await uow.workers.masked_names([worker_id]))[worker_id]
        today = local_day(await uow.now())
        allowed = worker.introducible_from is not None and today >= worker.introducible_from
        return uow.answer(Identified(worker_id, name, allowed, "card" if code else "word"))


async def who_is_meant(ctx: Context, *, code: str | None, word: str | None, by: Caller) -> UUID:
    """The worker of a card or a word. A wrong one is counted for the caller, whatever becomes of the request.

    Raises Refused code_or_word, TooMany codes_paused, Missing card_code_unknown.
    """
    if (code is None) == (word is None):
        raise Refused("code_or_word", field="/code")
    found = await worker_shown(ctx, card=code, word=word, by=by)
    if found is None:
        async with ctx.uow():  # a repeated request meets its answer here, though its word is over by now
            raise Missing("card_code_unknown")
    return found
