"""Slips: handed out, looked at, and the employer's receipt, which is given once however often it is scanned."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.applications import rules as acting
from service.errors import Conflict, Gone, Missing, Refused
from service.ids import new_public_number
from service.reference.rules import check_reason
from service.referrals import rules
from service.referrals.lifecycle import BEFORE_SEAT, SLIP
from service.referrals.slip_page import slip_page
from service.referrals.slip_text import SIGNED_AS, SlipFacts, SlipRefused, checked, written
from service.referrals.steps import (
    SLIP_TIMER,
    await_answer,
    decline,
    fire,
    hold_talk,
    policy_of,
    revoke_slip,
    starts_at,
)
from service.referrals.usecases.offers import take_offered, take_on
from service.referrals.views import SlipView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow, SlipRow
    from service.uow import Uow

RECEIPT_LENGTH = 12
LONG_AGO = datetime.min.replace(tzinfo=UTC)  # a scan does not judge the time: that is read behind the locks


async def issue_slip(ctx: Context, referral_id: UUID, *, size: str, by: Caller) -> SlipView:
    """A new slip; the one before it is void. Raises Missing, Conflict worker_not_asked, referral_over."""
    async with ctx.uow() as uow:
        row = await _carried_by(uow, referral_id, by)
        rules.check_said_yes(row.worker_answered_at)
        if row.state not in BEFORE_SEAT:
            raise Conflict("referral_over", state=row.state)
        now = await uow.now()
        expires = rules.slip_expires(await starts_at(uow, row), now, policy_of(uow, now, row.city_code))
        await revoke_slip(uow, row.id, by=by.actor, reason="new_slip")
        await uow.flush()
        slip = uow.referrals.new_slip(
            referral_id=row.id,
            employer_id=row.employer_id,
            city_code=row.city_code,
            chance=secrets.token_bytes(16),
            issued_at=now.replace(microsecond=0),
            expires_at=expires,
        )
        await uow.add(slip, by=by.actor, action="issue")
        await uow.schedule(SLIP_TIMER, slip.id, slip.expires_at)
        await uow.flush()
        return uow.answer(await _view(ctx, uow, slip, size=size))


async def get_slip(ctx: Context, referral_id: UUID, *, size: str, by: Caller) -> SlipView:
    """The slip in force, to carry on the phone or to print. Raises Missing."""
    async with ctx.uow() as uow:
        row = await _carried_by(uow, referral_id, by)
        slip = await uow.referrals.issued_slip(row.id)
        if slip is None:
            raise Missing
        return await _view(ctx, uow, slip, size=size)


async def _carried_by(uow: Uow, referral_id: UUID, by: Caller) -> ReferralRow:
    """For the person and the officers of the place, locked. Raises Missing."""
    row = await uow.referrals.lock(referral_id)
    if not (by.role in STAFF and by.serves(row.city_code)) and by.person_id != row.worker_id:
        raise Missing
    return row


async def _view(ctx: Context, uow: Uow, slip: SlipRow, *, size: str) -> SlipView:
    facts = facts_of(slip)
    key_id, signature = ctx.signer.sign(SIGNED_AS + facts.packed())
    text = written(facts, key_id, signature)
    view = await uow.referral_pages.slip(slip, text=text)
    page = slip_page(view, size=size, language=ctx.language)
    return await uow.referral_pages.slip(slip, text=text, page=page)


def facts_of(slip: SlipRow) -> SlipFacts:
    """What a slip's text says."""
    return SlipFacts(slip.id, slip.employer_id, slip.city_code, slip.issued_at, slip.expires_at, slip.chance)


async def read_slip(ctx: Context, *, text: str, by: Caller) -> SlipView:
    """What a scanned slip is: true, in force or redeemed already (with its receipt).

    Raises Refused slip_unreadable, slip_forged, Conflict slip_foreign, Gone slip_expired, slip_revoked.
    """
    async with ctx.uow() as uow:
        _, slip = await _scanned(ctx, uow, text, by)
        if slip.state != "redeemed":
            _check_in_force(slip, await uow.now())
        return await uow.referral_pages.slip(slip, text=None)


async def redeem_slip(
    ctx: Context, *, text: str, result: str, reason: str | None, shift_id: UUID | None, by: Caller
) -> SlipView:
    """The employer's receipt (回执). The same employer's second scan gets the same receipt, and changes nothing.

    A seat that was offered before is taken with it, or free again. Raises what `read_slip` raises, Forbidden, Refused
    reason_needed, reason_unneeded, reason_unknown, seat_shift_needed, Conflict referral_offered where another shift is
    named than the offered one, and what stands against a seat where the person is taken on.
    """
    rules.check_result(result, reason)
    async with ctx.uow() as uow:
        if by.employer_id is not None:
            acting.check_decides(by, by.employer_id)
        if reason is not None:
            check_reason((await uow.reference.catalogue()).reasons(rules.REASONS_OF[result]), reason)
        seen, slip = await _scanned(ctx, uow, text, by)
        if slip.state == "redeemed":
            return uow.answer(await uow.referral_pages.slip(slip, text=None))
        place = await _place_of(uow, seen, shift_id if result == "hired" else None)
        await uow.locks.workers([seen.worker_id])
        await uow.locks.places([place] if place is not None else [])
        row = await uow.referrals.lock(seen.id)
        slip = await uow.referrals.lock_slip(slip.id)
        now = await uow.now_anew()
        if slip.state == "redeemed":  # the other of two scans at once was faster
            return uow.answer(await uow.referral_pages.slip(slip, text=None))
        _check_in_force(slip, now)
        receipt = {"result": result, "result_reason": reason, "receipt_number": new_public_number(RECEIPT_LENGTH)}
        await uow.move(slip, SLIP, "redeem", by=by.actor, at=now, reason=reason, ended_at=now, **receipt)
        await uow.flush()
        if row.state == "offered":
            await _check_offered_at(uow, row, place, shift_id if result == "hired" else None)
        if result == "talk_again":
            await _talk_again(uow, row, by)
        elif result != "hired":
            code = reason or ("filled" if result == "filled" else "other")
            side = rules.NO_OF[result]
            await decline(uow, row, side, by=by.actor, reason=code, by_slip=True, employer_answered_at=now)
        elif row.state == "offered":
            await take_offered(uow, row, by=by)
        else:
            await take_on(uow, row, shift_id=shift_id, by=by, here=True)
        await uow.flush()
        return uow.answer(await uow.referral_pages.slip(slip, text=None))


async def _place_of(uow: Uow, seen: ReferralRow, shift_id: UUID | None) -> UUID | None:
    """The shift that is locked before the referral: the offered one, the one recommended for, or the one named."""
    if seen.application_id is not None:
        return (await uow.applications.get(seen.application_id)).shift_id
    return seen.shift_id or shift_id


async def _check_offered_at(uow: Uow, row: ReferralRow, place: UUID | None, named: UUID | None) -> None:
    """The receipt is about the seat that was offered, also where that was while the locks were waited for.

    Raises Conflict referral_offered.
    """
    application = None if row.application_id is None else await uow.applications.get(row.application_id)
    offered = None if application is None else application.shift_id
    if offered is None or offered != place or named not in (None, offered):
        raise Conflict("referral_offered", application_id=row.application_id)


async def _talk_again(uow: Uow, row: ReferralRow, by: Caller) -> None:
    """They talk on: the first talk is the employer's yes to that, and one that was planned has been held with it."""
    talk = await uow.referrals.planned_talk(row.id) if row.state == "talks_scheduled" else None
    if talk is not None:
        await hold_talk(uow, row, talk, by=by.actor)
    elif row.state in ("worker_accepted", "employer_viewed"):
        until = await await_answer(uow, row, "employer")
        await fire(uow, row, "employer_accept", by=by.actor, employer_answered_at=await uow.now(), answer_by=until)


async def _scanned(ctx: Context, uow: Uow, text: str, by: Caller) -> tuple[ReferralRow, SlipRow]:
    """The slip that a text is, for the employer that it is made out to; whether it is in force is for the caller."""
    if by.role != "member" or by.employer_id is None or by.member_role is None:
        raise Missing
    try:
        facts = checked(text, ctx.signer.verify, employer_id=by.employer_id, now=LONG_AGO)
    except SlipRefused as refusal:
        raise (Conflict if refusal.code == "slip_foreign" else Refused)(refusal.code, field="/text") from None
    try:
        slip = await uow.referrals.slip(facts.slip_id)
    except Missing:
        raise Refused("slip_forged", field="/text") from None
    if facts_of(slip) != facts:
        raise Refused("slip_forged", field="/text")
    row = await uow.referrals.get(slip.referral_id)
    acting.check_not_own(by, row.worker_id)
    return row, slip


def _check_in_force(slip: SlipRow, now: datetime) -> None:
    """Raises Gone slip_expired, slip_revoked."""
    if slip.state == "revoked":
        raise Gone("slip_revoked")
    if slip.state == "expired" or slip.expires_at <= now:
        raise Gone("slip_expired", expires_at=slip.expires_at)
