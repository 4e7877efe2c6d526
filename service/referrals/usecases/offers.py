"""From both sides' yes to a seat: at once where the person is ready under these terms, else with a question."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.applications import rules as acting
from service.errors import Missing, Refused
from service.referrals.rules import answer_by
from service.referrals.steps import fire, policy_of, starts_at, tell_worker
from service.referrals.views import ReferralView

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow
    from service.uow import Uow


async def offer_seat(ctx: Context, referral_id: UUID, *, shift_id: UUID | None, by: Caller) -> ReferralView:
    """The employer takes the person on. `shift_id` where the referral names none.

    Raises Missing, Forbidden, Refused seat_shift_needed, Conflict wrong_state and the gate that stands against it.
    """
    async with ctx.uow() as uow:
        seen = await uow.referrals.get(referral_id)
        acting.check_decides(by, seen.employer_id)
        acting.check_not_own(by, seen.worker_id)
        await take_on(uow, seen, shift_id=shift_id, by=by, here=False)
        return uow.answer(await uow.referral_pages.view(referral_id))


async def take_on(uow: Uow, seen: ReferralRow, *, shift_id: UUID | None, by: Caller, here: bool) -> None:
    """Locks person and shift, then the referral. `here`: the person stands before the employer with a slip, which is a
    yes to the terms that he was sent under. The seat moves the referral by its reaction."""
    wanted = await _shift_of(uow, seen, shift_id)
    await uow.locks.workers([seen.worker_id])
    await uow.locks.places([wanted])
    row = await uow.referrals.lock(seen.id)
    now = await uow.now()
    policy = policy_of(uow, now, row.city_code)
    until = answer_by("offer", quick=row.quick, starts_at=await starts_at(uow, row), now=now, policy=policy)
    yes_to = row.yes_terms_version if row.ready or here else None
    offer = uow.ctx.wiring.ports["applications.seat_referred"]
    await fire(uow, row, "offer", by=by.actor, employer_answered_at=now, answer_by=until)
    await uow.flush()
    application = await offer(uow, row.worker_id, wanted, by=by.actor, yes_to=yes_to, until=until, referral=row.number)
    await uow.flush()
    row = await uow.referrals.lock(seen.id)
    if application.state == "offered" and row.application_id is None:
        await uow.edit(row, by=by.actor, at=now, action="link", application_id=application.id, answer_by=until)
    if application.state == "accepted":
        await tell_worker(uow, row, "referral.hired", starts_at=(await uow.shifts.get(wanted)).starts_at)
    await uow.flush()


async def take_offered(uow: Uow, row: ReferralRow, *, by: Caller) -> None:
    """The person stands before the employer with a slip, which is the yes to the seat that is held for him, under the
    terms it was offered with. Person, shift and referral are locked; the seat moves the referral by its reaction.

    Raises Conflict offer_lapsed, terms_changed and the gate that stands against it.
    """
    application = await uow.ctx.wiring.ports["applications.take_offered"](uow, row.application_id, by=by.actor)
    await uow.flush()
    await tell_worker(uow, row, "referral.hired", starts_at=(await uow.shifts.get(application.shift_id)).starts_at)


async def _shift_of(uow: Uow, row: ReferralRow, shift_id: UUID | None) -> UUID:
    wanted = row.shift_id or shift_id
    if wanted is None:
        raise Refused("seat_shift_needed", field="/shift_id")
    if (row.shift_id and shift_id not in (None, row.shift_id)) or (
        await uow.applications.seen_shift(wanted)
    ).posting_id != row.posting_id:
        raise Missing
    return wanted
