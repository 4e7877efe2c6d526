"""What a referral does when a seat is taken, worked and paid, or when its posting, shift or person is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.errors import Conflict
from service.postings.lifecycle import ENDING
from service.referrals.lifecycle import LIVE, OPEN, REFERRAL
from service.referrals.steps import fire, tell_employer, tell_worker

if TYPE_CHECKING:
    from service.referrals.tables import ReferralRow
    from service.uow import Moved, Uow

# How a seat's moves are called here.
AS_SEAT = {"hand_over": "cancel", "excuse": "cancel", "turn_away": "cancel", "break_off": "end_early"}
ENDED_TIE = {"leave": "left_broker", "end": "broker_ended"}
ENDED_OFFER = {"decline": "refuse_offer", "lapse": "expire", "withdraw": "cancel"}


async def take_seat(uow: Uow, moved: Moved) -> None:
    """Whichever door led to the seat, the person was recommended for it: both have accepted its terms sheet."""
    seat = moved.entity
    if seat.state != "confirmed":
        return
    await uow.flush()
    row = await uow.referrals.lock_before_seat(seat.worker_id, seat.posting_id)
    if row is None:
        return
    if row.state == "offered":
        await fire(uow, row, "accept_offer", by=moved.by)
    await fire(uow, row, "agree", by=moved.by, application_id=seat.application_id, engagement_id=seat.id)
    await fire(uow, row, "hire", by=moved.by)


async def follow_seat(uow: Uow, moved: Moved) -> None:
    """Came, did not come, done, ended early, given up."""
    await uow.flush()
    row = await uow.referrals.lock_of_engagement(moved.entity.id)
    action = AS_SEAT.get(moved.action, moved.action)
    if row is not None and (row.state, action) in REFERRAL.moves:
        await fire(uow, row, action, by=moved.by, reason=moved.reason)


async def follow_pay(uow: Uow, moved: Moved) -> None:
    """The work has been paid for, or its time has passed."""
    if moved.entity.kind != "work":
        return
    await uow.flush()
    row = await uow.referrals.lock_of_engagement(moved.entity.engagement_id)
    action = {"settle": "pay"}.get(moved.action, moved.action)
    if row is not None and (row.state, action) in REFERRAL.moves:
        await fire(uow, row, action, by=moved.by, reason=moved.reason)


async def end_offer(uow: Uow, moved: Moved) -> None:
    """The person said no to the offer, did not answer, or it was taken back."""
    await uow.flush()
    row = await uow.referrals.lock_of_application(moved.entity.id)
    if row is not None and row.state == "offered":
        await fire(uow, row, ENDED_OFFER[moved.action], by=moved.by, reason=moved.reason)


async def end_with_posting(uow: Uow, moved: Moved) -> None:
    """Nobody is sent to a posting that is over."""
    for row in await uow.referrals.lock_open(posting_id=moved.entity.id):
        await _cancel(uow, row, "posting_closed")


async def end_with_shift(uow: Uow, moved: Moved) -> None:
    """Nor to a shift that was called off."""
    for row in await uow.referrals.lock_open(shift_id=moved.entity.id):
        await _cancel(uow, row, "shift_cancelled")


async def _cancel(uow: Uow, row: ReferralRow, reason: str) -> None:
    await fire(uow, row, "cancel", by=SYSTEM, reason=reason)
    await tell_worker(uow, row, "referral.cancelled")


async def end_with_brokerage(uow: Uow, moved: Moved) -> None:
    """Whoever no longer acts for a person no longer recommends him; an offer that was made stands by itself."""
    tie = moved.entity
    await uow.flush()
    for row in await uow.referrals.lock_open(agency_id=tie.agency_id, worker_id=tie.person_id):
        await fire(uow, row, "withdraw", by=moved.by, reason=ENDED_TIE[moved.action])
        await tell_worker(uow, row, "referral.broker.ended")
        await tell_employer(uow, row, "referral.broker.ended")


async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the referrals of the other; where both are asked for the same, the other's ends."""
    given_up, kept = moved.entity.id, moved.entity.merged_into
    mine = {row.posting_id for row in await uow.referrals.of_worker(kept, LIVE)}
    for seen in await uow.referrals.of_worker(given_up, REFERRAL.states):
        row = await uow.referrals.lock(seen.id)
        if row.state in LIVE and row.posting_id in mine:
            if row.state not in OPEN:
                raise Conflict("merge_same_request")
            await fire(uow, row, "cancel", by=moved.by, reason="person_merged")
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)


SEAT_MOVES = (
    "start", "mark_absent", "complete", "end_early", "undo_start", "repair_start", "repair_complete", "excuse",
    "cancel", "hand_over", "turn_away", "break_off",
)  # fmt: skip
REACTIONS = {
    ("engagement", "confirm"): (take_seat,),
    **{("engagement", action): (follow_seat,) for action in SEAT_MOVES},
    ("pay_record", "settle"): (follow_pay,),
    ("pay_record", "fall_overdue"): (follow_pay,),
    **{("application", action): (end_offer,) for action in ENDED_OFFER},
    **{("posting", action): (end_with_posting,) for action in ENDING},
    ("shift", "cancel"): (end_with_shift,),
    **{("brokerage", action): (end_with_brokerage,) for action in ENDED_TIE},
    ("person", "merge"): (hand_over,),
}
