"""What a referral does when a time comes; each timer asks the state again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.referrals.lifecycle import OPEN, SLIP
from service.referrals.steps import ANSWER_TIMER, SLIP_TIMER, TALK_TIMER, fire, tell_employer, tell_of_talk, tell_worker

if TYPE_CHECKING:
    from service.uow import DueItem, Uow

SILENT = {"notified": "worker_silent", "offered": "worker_silent", "offer_accepted": "no_seat"}


async def expire_unanswered(uow: Uow, item: DueItem) -> None:
    """Whose turn it was has not answered in time."""
    row = await uow.referrals.lock(item.subject_id)
    now = await uow.now()
    if row.state not in OPEN or row.answer_by is None or row.answer_by > now:
        return
    if row.state == "offered":  # the seat's own timer decides; without a seat the time counts here
        application = await uow.applications.get(row.application_id) if row.application_id else None
        if application is not None and application.state == "offered":
            return
    by_side = SILENT.get(row.state, "employer_silent" if not row.state.startswith("talks") else "no_result")
    await fire(uow, row, "expire", by=SYSTEM, reason=by_side)
    await tell_worker(uow, row, "referral.expired")
    own = row.agency_id is None
    await tell_employer(uow, row, "referral.expired_to_employer" if own else "referral.expired")


async def expire_slip(uow: Uow, item: DueItem) -> None:
    """A slip is void after its time."""
    seen = await uow.referrals.slip(item.subject_id)
    await uow.referrals.lock(seen.referral_id)
    slip = await uow.referrals.lock_slip(item.subject_id)
    now = await uow.now()
    if slip.state == "issued" and slip.expires_at <= now:
        await uow.move(slip, SLIP, "expire", by=SYSTEM, at=now, ended_at=now)


async def remind_of_talk(uow: Uow, item: DueItem) -> None:
    """Both sides, before it begins."""
    talk = await uow.referrals.talk_of(item.subject_id)
    row = await uow.referrals.lock(talk.referral_id)
    talk = await uow.referrals.lock_talk(talk.id)
    if talk.state == "planned" and talk.at > await uow.now():
        await tell_of_talk(uow, row, "referral.talk_soon", talk)


TIMERS = {ANSWER_TIMER: expire_unanswered, SLIP_TIMER: expire_slip, TALK_TIMER: remind_of_talk}
