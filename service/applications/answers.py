"""What a reply by SMS does here: yes or no to an offer, a free place, a stand-in, a hire by sight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service.applications.usecases.answer import accept_application, decline_application
from service.applications.usecases.claim import claim_seat
from service.applications.usecases.hires import accept_hire, refuse_hire
from service.applications.usecases.stand_in import claim_stand_in
from service.errors import Conflict

if TYPE_CHECKING:
    from uuid import UUID

    from service.context import Context
    from service.messages.rules import Said


async def offer(ctx: Context, said: Said) -> str:
    """1: I take it; 2: I do not."""
    application_id = _subject(said)
    if said.word == "yes":
        await accept_application(ctx, application_id, by=said.by)
        return "seat_yours"
    await decline_application(ctx, application_id, by=said.by, reason="other")
    return "offer_declined"


async def free_place(ctx: Context, said: Said) -> str:
    """1: I come. Who stands in line says yes with the application, anybody else claims; the first yes wins."""
    if said.word != "yes":
        return "noted"
    shift_id = _subject(said)
    async with replace(ctx, once=None).uow() as uow:  # a look; the key belongs to what follows
        waiting = await uow.applications.live_of_worker(said.person_id, shift_id)
    if waiting is not None:
        await accept_application(ctx, waiting, by=said.by)
    else:
        await claim_seat(ctx, shift_id, by=said.by, join_waitlist=False)
    return "seat_yours"


async def stand_in(ctx: Context, said: Said) -> str:
    """1: I stand in."""
    if said.word != "yes":
        return "noted"
    await claim_stand_in(ctx, _subject(said), by=said.by)
    return "seat_yours"


async def hire(ctx: Context, said: Said) -> str:
    """1: that is what we agreed; 2: it is not."""
    if said.word == "yes":
        await accept_hire(ctx, _subject(said), by=said.by)
        return "seat_yours"
    await refuse_hire(ctx, _subject(said), by=said.by)
    return "offer_declined"


def _subject(said: Said) -> UUID:
    if said.subject_id is None:
        raise Conflict("nothing_offered")
    return said.subject_id


ANSWERS = {
    "application.offer": offer,
    "shift.place": free_place,
    "shift.stand_in": stand_in,
    "hire.accept": hire,
}
