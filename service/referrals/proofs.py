"""What referrals tell of a seat for its evidence pack: how it came about by a recommendation, its slip and receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.proof import Fact, Side

if TYPE_CHECKING:
    from service.uow import Uow

REFERRAL = ("number", "origin", "ready", "worker_answered_at", "employer_answered_at")
TALK = ("kind", "arranged_by", "missed_by")
SLIP = ("issued_at", "expires_at", "result", "receipt_number")


async def tell_referral(uow: Uow, seat: Any, side: Side) -> list[Fact]:
    """The same for both sides: each was told every step of it. The officer's words are the office's own."""
    referral, talks, slips = await uow.referral_pages.that_led_to(seat.id)
    if referral is None:
        return []
    facts = await uow.evidence.told(referral, columns=REFERRAL)
    for talk in talks:
        facts += await uow.evidence.told(talk, columns=TALK)
    for slip in slips:
        facts += await uow.evidence.told(slip, columns=SLIP)
    return facts
