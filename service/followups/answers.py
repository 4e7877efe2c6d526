"""What a reply by SMS does here: 1 asks for a call, 2 for no more questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict
from service.followups.usecases.answering import refuse_questions
from service.followups.usecases.calls import ask_for_call

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said


async def reply(ctx: Context, said: Said) -> str:
    """To the conversation's first question; the others are about other work."""
    if said.subject_id is None:
        raise Conflict("nothing_offered")
    if said.word == "yes":
        await ask_for_call(ctx, said.subject_id, by=said.by)
    else:
        await refuse_questions(ctx, said.subject_id, by=said.by)
    return "noted"


ANSWERS = {"followup": reply}
