"""Claim a review, so that nobody else looks at the same thing meanwhile; give it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict
from service.reviews.lifecycle import REVIEW
from service.reviews.rules import check_free, check_not_own_entry
from service.reviews.timers import CLAIM_OVER
from service.reviews.usecases.looking import detail_of, seen
from service.reviews.views import ReviewDetail

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reviews.tables import ReviewRow
    from service.uow import Uow


async def claim_review(ctx: Context, review_id: UUID, *, by: Caller) -> ReviewDetail:
    """The caller alone has it for the policy's minutes; claimed again by the same officer, from now on.

    Raises Missing, Conflict review_claimed, review_own_entry, wrong_state.
    """
    async with ctx.uow() as uow:
        row = await seen(uow, review_id, by, lock=True)
        await _claim(uow, row, by)
        return uow.answer(await detail_of(uow, row, by))


async def claim_next(ctx: Context, *, by: Caller) -> dict[str, ReviewDetail | None]:
    """The most urgent one that is free and that the caller may decide; None when there is none."""
    async with ctx.uow() as uow:
        row = await uow.reviews.lock_next(by.served, by.account_id, await uow.now())
        if row is None:
            return uow.answer({"claimed": None})
        await _claim(uow, row, by)
        return uow.answer({"claimed": await detail_of(uow, row, by)})


async def _claim(uow: Uow, row: ReviewRow, by: Caller) -> None:
    now = await uow.now()
    REVIEW.fire(row.state, "claim")
    check_free(row.claimed_by, row.claimed_until, by.account_id, now)
    check_not_own_entry(row.entered_by, by.account_id)
    until = now + timedelta(minutes=uow.ctx.policies.at(now, row.city_code).reviews.claim_minutes)
    await uow.move(row, REVIEW, "claim", by=by.actor, at=now, claimed_by=by.account_id, claimed_until=until)
    await uow.schedule(CLAIM_OVER, row.id, until)


async def release_review(ctx: Context, review_id: UUID, *, by: Caller) -> ReviewDetail:
    """Give it back; an administrator also another's. Raises Missing, Conflict review_claimed, wrong_state."""
    async with ctx.uow() as uow:
        row = await seen(uow, review_id, by, lock=True)
        REVIEW.fire(row.state, "release")
        if row.claimed_by != by.account_id and by.role != "admin":
            raise Conflict("review_claimed", until_at=row.claimed_until)
        await uow.move(row, REVIEW, "release", by=by.actor, at=await uow.now(), claimed_by=None, claimed_until=None)
        await uow.unschedule(CLAIM_OVER, subject_id=row.id)
        return uow.answer(await detail_of(uow, row, by))
