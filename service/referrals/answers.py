"""What a reply by SMS does here: yes or no to being recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict
from service.referrals.usecases.answer import accept_referral, decline_referral

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said


async def accept(ctx: Context, said: Said) -> str:
    """1: I want to go; 2: I do not."""
    if said.subject_id is None:
        raise Conflict("nothing_offered")
    if said.word == "yes":
        await accept_referral(ctx, said.subject_id, ready=False, terms_version=None, by=said.by)
        return "noted"
    await decline_referral(ctx, said.subject_id, reason="other", by=said.by)
    return "offer_declined"


ANSWERS = {"referral.accept": accept}
