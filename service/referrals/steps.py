"""What several doors do to a referral: tell both sides, set the time to answer, end it, revoke its slip."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.referrals.lifecycle import FINAL, OPEN, REFERRAL, SLIP, TALK
from service.referrals.rules import answer_by, talk_said

if TYPE_CHECKING:
    from service.actor import Actor
    from service.policies.model import ReferralsPolicy
    from service.referrals.tables import ReferralRow, TalkRow
    from service.uow import Uow

ANSWER_TIMER = "referral.answer_due"
SLIP_TIMER = "referral.slip_expires"
TALK_TIMER = "referral.talk_soon"
ENDS_OFFER = {"worker": "decline", "employer": "withdraw"}  # what a no does to the application of an offer
# Templates that say who recommended: with a broker's name they are called `referral.broker.…`.
NAMING = frozenset(
    f"referral.{name}" for name in ("asked", "asked_open", "made", "employer_declined", "expired", "cancelled")
)


def policy_of(uow: Uow, now: datetime, city_code: str) -> ReferralsPolicy:
    """What applies there now."""
    return uow.ctx.policies.at(now, city_code).referrals


async def starts_at(uow: Uow, row: ReferralRow) -> datetime | None:
    """The start of the shift, where it is for one."""
    if row.shift_id is None:
        return None
    shift = await uow.applications.seen_shift(row.shift_id)
    start: datetime = shift.starts_at
    return start


async def await_answer(uow: Uow, row: ReferralRow, side: str) -> datetime:
    """From now on `side` (worker, employer, offer) is asked; the time is kept by a timer."""
    now = await uow.now()
    policy = policy_of(uow, now, row.city_code)
    until = answer_by(side, quick=row.quick, starts_at=await starts_at(uow, row), now=now, policy=policy)
    await uow.schedule(ANSWER_TIMER, row.id, until)
    return until


async def fire(
    uow: Uow, row: ReferralRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any
) -> None:
    """One move; one that ends the referral also ends its talk and its slip."""
    now = await uow.now()
    state = REFERRAL.fire(row.state, action)
    if state in FINAL:
        changes |= {"ended_at": now, "close_reason": reason, "answer_by": None}
    elif state not in OPEN:
        changes |= {"answer_by": None}
    await uow.move(row, REFERRAL, action, by=by, at=now, reason=reason, **changes)
    if state not in OPEN:
        await uow.flush()
        await end_talk(uow, row.id, by=by, reason=reason)
        await revoke_slip(uow, row.id, by=by, reason=reason)


async def decline(
    uow: Uow, row: ReferralRow, side: str, *, by: Actor, reason: str, by_slip: bool = False, **changes: Any
) -> None:
    """A no of `worker` or `employer`; each side is told once: the other of the no, its own of a planned talk that is
    off. With `by_slip` the employer says so, and the person is told what is said of him.

    An offer ends at its application, which the referral follows: person, shift and posting are locked then.
    """
    talk = await uow.referrals.planned_talk(row.id)
    if row.state == "offered":
        end = uow.ctx.wiring.ports["applications.end_offered"]
        await end(uow, row.application_id, action=ENDS_OFFER[side], by=by, reason=reason)
    else:
        await fire(uow, row, f"{side}_decline", by=by, reason=reason, **changes)
    if side == "employer":
        await tell_worker(uow, row, "referral.employer_declined", reason=reason)
    else:
        await tell_employer(uow, row, "referral.person_declined")
    if by_slip and side == "worker":
        await tell_worker(uow, row, "referral.said_to_decline")
    elif talk is not None:
        tell_own = tell_worker if side == "worker" else tell_employer
        await tell_own(uow, row, "referral.talk_off", at=talk.at)


async def hold_talk(uow: Uow, row: ReferralRow, talk: TalkRow, *, by: Actor) -> None:
    """They have talked; from now on the time runs in which something comes of it."""
    now = await uow.now()
    until = now + timedelta(minutes=policy_of(uow, now, row.city_code).talk_result_minutes)
    await uow.schedule(ANSWER_TIMER, row.id, until)
    await uow.move(talk, TALK, "hold", by=by, at=now, ended_at=now)
    await fire(uow, row, "hold_talk", by=by, answer_by=until)


async def end_talk(uow: Uow, referral_id: UUID, *, by: Actor, reason: str | None) -> bool:
    """A talk that nobody needs any more is off; whether there was one."""
    talk = await uow.referrals.planned_talk(referral_id)
    if talk is not None:
        now = await uow.now()
        await uow.move(talk, TALK, "cancel", by=by, at=now, reason=reason, ended_at=now)
    return talk is not None


async def revoke_slip(uow: Uow, referral_id: UUID, *, by: Actor, reason: str | None) -> None:
    """The slip in force is void."""
    slip = await uow.referrals.issued_slip(referral_id)
    if slip is not None:
        now = await uow.now()
        await uow.move(slip, SLIP, "revoke", by=by, at=now, reason=reason, ended_at=now)


async def tell_worker(
    uow: Uow, row: ReferralRow, template: str, *, asks: str | None = None, urgent: bool = False, **params: Any
) -> None:
    """Tell the person about the own referral."""
    await _tell(uow, row.worker_id, row, template, asks=asks, urgent=urgent, params=params)


async def tell_employer(uow: Uow, row: ReferralRow, template: str, **params: Any) -> None:
    """Tell those who decide for the employer."""
    for person_id in await uow.members.deciders(row.employer_id):
        await _tell(uow, person_id, row, template, employer_id=row.employer_id, params=params)


async def tell_of_talk(uow: Uow, row: ReferralRow, template: str, talk: TalkRow) -> None:
    """Tell both sides when, how and where they talk; a household's home is not told before there is a seat."""
    home = (await uow.employers.get(row.employer_id)).kind == "household"
    address = None if home else (await uow.applications.seen_posting(row.posting_id)).address
    template, said = talk_said(template, at=talk.at, kind=talk.kind, place=talk.place, address=address)
    await tell_worker(uow, row, template, **said)
    await tell_employer(uow, row, template, **said)


async def _tell(
    uow: Uow, person_id: UUID, row: ReferralRow, template: str, *, params: dict[str, Any], **how: Any
) -> None:
    posting = await uow.applications.seen_posting(row.posting_id)
    said = {"title": posting.title, "number": row.number}
    if row.agency_id is not None:
        said["firm"] = (await uow.employers.get(row.agency_id)).name
        template = template.replace("referral.", "referral.broker.") if template in NAMING else template
    await uow.tell(
        person_id,
        template,
        params=said | params,
        subject=("referral", row.id),
        dedupe=f"{template}:{row.id}:{row.version}",
        **how,
    )
