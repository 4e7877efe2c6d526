"""When a story moves, its follow-ups are worked out anew in the same transaction. Nobody reacts to them (`leaf`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.context import leaf
from service.followups.lifecycle import PLAN, TASK, WAITING
from service.followups.steps import reconcile
from service.followups.views import key_of
from service.postings.lifecycle import ENDING

if TYPE_CHECKING:
    from service.followups.tables import PlanRow
    from service.uow import Moved, Uow


@leaf
async def follow_story(uow: Uow, moved: Moved) -> None:
    """A referral or a seat: both say whose story it is."""
    if moved.noun != "engagement" or moved.to_state != "held":
        await reconcile(uow, moved.entity.posting_id, moved.entity.worker_id)


@leaf
async def follow_talk(uow: Uow, moved: Moved) -> None:
    """Talks were arranged, held, missed, called off."""
    await uow.flush()
    await reconcile(uow, *await uow.followups.key_of_talk(moved.entity))


@leaf
async def follow_pay(uow: Uow, moved: Moved) -> None:
    """Pay is due, settled, or no longer due."""
    if moved.entity.kind == "work":
        await uow.flush()
        await reconcile(uow, *await uow.followups.key_of_seat(moved.entity.engagement_id))


@leaf
async def follow_posting(uow: Uow, moved: Moved) -> None:
    """A posting is over: its employer is asked how many places were filled; or it is shown again after all."""
    await reconcile(uow, moved.entity.id, None)


@leaf
async def follow_lending(uow: Uow, moved: Moved) -> None:
    """Somebody who is lent has begun, stays longer, leaves earlier, is back, or has nobody to go back to."""
    await reconcile(uow, None, None, moved.entity.id)


@leaf
async def hand_over(uow: Uow, moved: Moved) -> None:
    """The kept record has the follow-ups of the other, with what was said to be needed and how often the person was
    asked in each week; where both have a plan of a posting, the kept one's goes on."""
    kept = moved.entity.merged_into
    mine = {plan.posting_id for plan in await uow.followups.plans_of_worker(kept)} - {None}
    for plan in await uow.followups.plans_of_worker(moved.entity.id):
        if plan.posting_id in mine:
            await _drop(uow, plan, moved)
        else:
            for task in await uow.followups.lock_tasks(plan.id):
                await uow.edit(task, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)
            await uow.edit(plan, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)
        await uow.flush()
        await reconcile(uow, *key_of(plan.posting_id, kept, plan.lent_id))
    for need in await uow.followups.needs_of_worker(moved.entity.id):
        await uow.edit(need, by=moved.by, at=moved.at, action="hand_over", worker_id=kept)
    for attempt in await uow.followups.attempts_at(moved.entity.id):
        await uow.edit(attempt, by=moved.by, at=moved.at, action="hand_over", party_id=kept)


async def _drop(uow: Uow, plan: PlanRow, moved: Moved) -> None:
    for task in await uow.followups.lock_tasks(plan.id):
        if task.state in WAITING:
            at, reason = moved.at, "person_merged"
            await uow.move(task, TASK, "cancel", by=moved.by, at=at, reason=reason, next_attempt_at=None)
    if plan.state == "open":
        await uow.move(plan, PLAN, "close", by=moved.by, at=moved.at, reason="person_merged", closed_at=moved.at)


# A referral's later moves follow its seat, which is followed itself.
OF_REFERRAL = (
    "create", "worker_decline", "employer_decline", "refuse_offer", "withdraw", "expire", "cancel", "close",
)  # fmt: skip
OF_SEAT = (
    "create", "confirm", "cancel", "hand_over", "complete", "end_early", "mark_absent", "undo_start", "repair_start",
    "repair_complete", "excuse", "turn_away", "break_off",
)  # fmt: skip
OF_LENDING = ("start", "stay_longer", "leave", "end", "take_back", "release")
REACTIONS = {
    **{("referral", action): (follow_story,) for action in OF_REFERRAL},
    **{("engagement", action): (follow_story,) for action in OF_SEAT},
    **{("talk", action): (follow_talk,) for action in ("create", "schedule", "hold", "miss", "cancel")},
    **{("pay_record", action): (follow_pay,) for action in ("create", "fall_due", "reckon", "settle", "cancel")},
    **{("lent", action): (follow_lending,) for action in OF_LENDING},
    **{("posting", action): (follow_posting,) for action in (*ENDING, "restore")},
    ("person", "merge"): (hand_over,),
}
