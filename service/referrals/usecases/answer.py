"""The answers of both sides before there is a seat, and taking a referral back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications import rules as acting
from service.employers.rules import DECIDERS
from service.errors import Conflict, Missing
from service.reference.rules import check_reason
from service.referrals.rules import check_answer
from service.referrals.steps import await_answer, decline, fire, tell_employer, tell_worker
from service.referrals.views import ReferralView

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow
    from service.uow import Uow


async def accept_referral(
    ctx: Context, referral_id: UUID, *, ready: bool, terms_version: int | None, on_behalf: str | None = None, by: Caller
) -> ReferralView:
    """The person wants to go; with `ready` the employer may take him on at once under these terms.

    Raises Missing, Conflict wrong_state, terms_changed, referral_late, referral_offered.
    """
    async with ctx.uow() as uow:
        row, actor = await _own(uow, referral_id, by, on_behalf)
        _check_not_offered(row)
        now = await uow.now()
        posting = await uow.applications.seen_posting(row.posting_id)
        acting.check_terms(terms_version, posting.terms_version)
        await _in_time(uow, row)
        until = await await_answer(uow, row, "employer")
        yes: dict[str, Any] = {"worker_answered_at": now, "yes_terms_version": posting.terms_version, "ready": ready}
        await fire(uow, row, "worker_accept", by=actor, answer_by=until, **yes)
        await tell_employer(uow, row, "referral.wants", until_at=until)
        return uow.answer(await uow.referral_pages.view(row.id))


async def decline_referral(
    ctx: Context, referral_id: UUID, *, reason: str, on_behalf: str | None = None, by: Caller
) -> ReferralView:
    """The person does not want to go, also after a first yes. Raises Missing, Refused reason_unknown, wrong_state."""
    async with ctx.uow() as uow:
        check_reason((await uow.reference.catalogue()).reasons("worker_decline"), reason)
        row, actor = await _own(uow, referral_id, by, on_behalf)
        _check_not_offered(row)
        await decline(uow, row, "worker", by=actor, reason=reason)
        return uow.answer(await uow.referral_pages.view(row.id))


async def decide_referral(
    ctx: Context, referral_id: UUID, *, outcome: str, reason: str | None, by: Caller
) -> ReferralView:
    """The employer wants to see the person, or does not, with a coded reason.

    Raises Missing, Forbidden, Refused reason_needed, reason_unneeded, reason_unknown, Conflict wrong_state,
    referral_late, referral_offered.
    """
    check_answer(outcome, reason)
    async with ctx.uow() as uow:
        if reason is not None:
            check_reason((await uow.reference.catalogue()).reasons("application_reject"), reason)
        row = await own_of_employer(uow, referral_id, by)
        _check_not_offered(row)
        if reason is not None:  # a no has one, a yes has none
            await decline(uow, row, "employer", by=by.actor, reason=reason, employer_answered_at=await uow.now())
        else:
            await _in_time(uow, row)
            until = await await_answer(uow, row, "employer")
            await fire(uow, row, "employer_accept", by=by.actor, employer_answered_at=await uow.now(), answer_by=until)
            await tell_worker(uow, row, "referral.employer_accepted", urgent=row.quick)
        return uow.answer(await uow.referral_pages.view(row.id))


async def withdraw_referral(ctx: Context, referral_id: UUID, *, reason: str, by: Caller) -> ReferralView:
    """An officer of the place takes it back, or the broker that made it.

    Raises Missing, Forbidden, Refused reason_unknown, Conflict wrong_state, referral_offered.
    """
    async with ctx.uow() as uow:
        check_reason((await uow.reference.catalogue()).reasons("referral_withdraw"), reason)
        row = await uow.referrals.lock(referral_id)
        agency_id = _agency_of(row, by) if by.role == "member" else None
        if agency_id is None and not by.serves(row.city_code):
            raise Missing
        if row.state == "offered":
            raise Conflict("referral_offered", application_id=None if agency_id else row.application_id)
        await fire(uow, row, "withdraw", by=by.actor, reason=reason)
        template = "referral.withdrawn" if agency_id is None else "referral.broker.withdrawn"
        await tell_worker(uow, row, template)
        await tell_employer(uow, row, template)
        return uow.answer(await uow.referral_pages.view(row.id, agency_id=agency_id))


def _agency_of(row: ReferralRow, by: Caller) -> UUID:
    """The caller's agency, which made it. Raises Missing, Forbidden."""
    if row.agency_id is None:
        raise Missing
    acting.check_decides(by, row.agency_id)
    return row.agency_id


async def _own(uow: Uow, referral_id: UUID, by: Caller, on_behalf: str | None) -> tuple[ReferralRow, Actor]:
    """The person's own referral, locked; staff act with his yes on record."""
    row = await uow.referrals.lock(referral_id)
    if by.role in STAFF and not by.serves(row.city_code):
        raise Missing
    return row, acting.act_for(by, row.worker_id, on_behalf)


def _check_not_offered(row: ReferralRow) -> None:
    """An offered seat is answered at its application. Raises Conflict referral_offered."""
    if row.state == "offered":
        raise Conflict("referral_offered", application_id=row.application_id)


async def own_of_employer(uow: Uow, referral_id: UUID, by: Caller) -> ReferralRow:
    """The employer's referral, locked; only once the person has said yes. Raises Missing, Forbidden."""
    row = await uow.referrals.lock(referral_id)
    acting.check_decides(by, row.employer_id)
    acting.check_not_own(by, row.worker_id)
    return row


async def _in_time(uow: Uow, row: ReferralRow) -> None:
    """An answer after its time is too late, whether or not the timer has been there."""
    if row.answer_by is not None and row.answer_by <= await uow.now():
        raise Conflict("referral_late", ended_at=row.answer_by)


async def see(uow: Uow, referral_id: UUID, by: Caller) -> None:
    """The employer has looked: from then on the person knows. Only owners and managers count."""
    row = await uow.referrals.lock(referral_id)
    if row.state == "worker_accepted" and by.member_role in DECIDERS:
        await fire(uow, row, "view", by=by.actor)
        await uow.flush()
