"""An officer looks at a deal that may be something else: lets it go on, or bars it with words to the firms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.deals import ground
from service.deals.lifecycle import BEFORE_AGREED, LIVE, PREPARING, UNDER_WAY
from service.deals.showing import view_of
from service.deals.telling import tell_both
from service.deals.usecases.answering import call_off
from service.deals.usecases.breaking import breach
from service.errors import Conflict, Refused
from service.reference.rules import check_seen

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.views import DealView
    from service.http.caller import Caller


async def decide_review(
    ctx: Context, deal_id: UUID, *, outcome: str, note: str | None, version: int, by: Caller
) -> DealView:
    """`cleared` or `barred`; a deal that is barred is over at once: cancelled before it has begun, broken off while it
    is under way.

    Two officers at once: the second one is told that it was changed. Raises Missing, Stale, Conflict
    deal_not_under_review, deal_not_open (nothing is left to bar), Refused field_missing (why it is barred is told to
    both firms).
    """
    async with ctx.uow() as uow:
        row = await ground.served(uow, deal_id, by)
        check_seen(version, row.version)
        if row.review != "open":
            raise Conflict("deal_not_under_review")
        if outcome == "barred" and note is None:
            raise Refused("field_missing", field="/note")
        if outcome == "barred" and row.state not in LIVE:  # what is over can only be found in order
            raise Conflict("deal_not_open", state=row.state)
        await uow.edit(
            row,
            by=by.actor,
            at=await uow.now(),
            action="clear" if outcome == "cleared" else "bar",
            review=outcome,
            review_note=note,
            reviewed_by=by.account_id,
        )
        await uow.flush()
        await tell_both(uow, row, f"deal.{outcome}")
        if outcome == "barred" and row.state in (*BEFORE_AGREED, *PREPARING):
            await call_off(uow, row, by=by.actor, reason="barred")
        elif outcome == "barred" and row.state in UNDER_WAY:
            await breach(uow, row, by=by.actor, reason="barred")
        return uow.answer(await view_of(uow, row, by))
