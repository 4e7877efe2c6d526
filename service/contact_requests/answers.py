"""What a reply by SMS does here: yes or no to being asked, yes to giving one's number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.contact_requests.usecases import agree_by_code, move_request
from service.errors import Conflict

if TYPE_CHECKING:
    from uuid import UUID

    from service.context import Context
    from service.messages.rules import Said


async def answer(ctx: Context, said: Said) -> str:
    """1: they may reach me through the service; 2: they may not."""
    accepted = said.word == "yes"
    await move_request(ctx, _subject(said), "accept" if accepted else "decline", by=said.by)
    return "contact_accepted" if accepted else "contact_declined"


async def give_number(ctx: Context, said: Said) -> str:
    """The code of the question: they may have my number, and I theirs. A bare yes is none, a no changes nothing."""
    if said.word != "yes":
        return "noted"
    if not said.coded or said.asked_at is None:
        return "code_needed"
    agreed = await agree_by_code(ctx, _subject(said), asked_at=said.asked_at, by=said.by)
    return "contact_agreed" if agreed else "contact_asked_again"


def _subject(said: Said) -> UUID:
    if said.subject_id is None:
        raise Conflict("contact_closed", state="ended")
    return said.subject_id


ANSWERS = {"contact_request.answer": answer, "contact_request.agree": give_number}
