"""What a reply by SMS does here: «coming?» before a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.engagements.usecases.preshift import answer_coming
from service.errors import Conflict

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said


async def coming(ctx: Context, said: Said) -> str:
    """1: I am coming; 2: I am not, and the seat goes on."""
    if said.subject_id is None:
        raise Conflict("nothing_offered")
    await answer_coming(ctx, said.subject_id, by=said.by, coming=said.word == "yes")
    return "expected" if said.word == "yes" else "seat_given_up"


ANSWERS = {"engagement.coming": coming}
