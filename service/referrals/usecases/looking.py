"""Referrals as their sides see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import DECIDERS
from service.errors import Missing
from service.pages import After, Page, page_of
from service.referrals.usecases.answer import see
from service.referrals.views import ReferralView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def get_referral(ctx: Context, referral_id: UUID, *, by: Caller) -> ReferralView:
    """One: for the person, the employer, the officers of the place, and the broker that acts for the person.

    Raises Missing. That an owner or manager has looked is noted, so that the person knows.
    """
    async with ctx.uow() as uow:
        row = await uow.referrals.get(referral_id)
        if by.role == "member" and row.agency_id is not None and by.employer_id == row.agency_id:
            if not await uow.referral_pages.acts_now(row.id):
                raise Missing
            return await uow.referral_pages.view(row.id, agency_id=row.agency_id)
        if by.role in STAFF:
            allowed = by.serves(row.city_code)
        elif by.role == "member":
            allowed = by.employer_id == row.employer_id
        else:
            allowed = by.person_id == row.worker_id
        if not allowed:
            raise Missing
        if by.role == "member" and by.member_role in DECIDERS and row.state == "worker_accepted":
            await see(uow, referral_id, by)
        return await uow.referral_pages.view(referral_id)


async def list_referrals(
    ctx: Context,
    *,
    states: tuple[str, ...],
    posting_id: UUID | None,
    worker_id: UUID | None,
    batch_id: UUID | None,
    overdue: bool,
    made_by_us: bool,
    by: Caller,
    after: After,
    limit: int,
) -> Page[ReferralView]:
    """The caller's own: a person's, an employer's, with `made_by_us` those of a broker for the people that it acts for
    now, those to an officer's regions; newest first."""
    which: dict[str, Any] = {"posting_id": posting_id, "batch_id": batch_id, "worker_id": worker_id}
    if by.role in STAFF:
        which["regions"] = by.served
    elif by.role == "member":
        which["agency_id" if made_by_us else "employer_id"] = by.employer_id
    else:
        which["worker_id"] = by.person_id
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.referral_pages.page(
            **which, states=states, overdue_at=now if overdue else None, after=after(now), limit=limit + 1
        )
        return page_of(rows, limit, now, lambda view: [str(view.id)])
