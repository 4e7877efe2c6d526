"""What seats do when they are taken or given up: the question before the start, the ledger, who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.engagements import rules
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.usecases.sides import policy_of, words_of

if TYPE_CHECKING:
    from service.actor import Actor
    from service.engagements.tables import EngagementRow
    from service.uow import Moved, Uow

PRESHIFT_TIMER = "engagement.preshift_open"
PRESHIFT_DUE = "engagement.preshift_due"


async def plan_question(uow: Uow, moved: Moved) -> None:
    """Ask «coming?» before the start; who says yes to a shift that near has just answered it."""
    row: EngagementRow = moved.entity
    times = rules.preshift(row.starts_at, await policy_of(uow, row))
    if row.state == "confirmed" and times.opens_at > moved.at:
        await uow.schedule(PRESHIFT_TIMER, row.id, times.opens_at)


async def clear_hours(uow: Uow, moved: Moved) -> None:
    """A seat given up has no hours."""
    if moved.from_state != "held":
        await uow.ledger.set_hours(moved.entity, [])


async def release_for_shift(uow: Uow, moved: Moved) -> None:
    """A shift was called off: everybody confirmed is released and told; tier and side stand in the row."""
    shift = moved.entity
    for row in await uow.engagements.live_of_shift(shift.id, ("confirmed",)):
        policy = await policy_of(uow, row)
        tier = rules.employer_tier(moved.at, row.starts_at, policy)
        await uow.move(
            row,
            ENGAGEMENT,
            "cancel",
            by=moved.by,
            at=moved.at,
            reason=moved.reason,
            cancelled_by=_side(moved.by),
            cancel_tier=tier.code,
        )
        await uow.tell(
            row.worker_id,
            "engagement.cancelled",
            params=await words_of(uow, row) | {"reason": moved.reason or "other", "by": _side(moved.by)},
            subject=("engagement", row.id),
            urgent=True,
            dedupe=f"engagement.cancelled:{row.id}",
        )


async def tell_taken_down(uow: Uow, moved: Moved) -> None:
    """Work that an officer took down: who would come hears why, and asks before going. The seats stay until it is final
    (`uphold` calls the shifts off) or restored."""
    await uow.flush()
    whose = {"employer_id": moved.entity.id} if moved.noun == "employer" else {"posting_id": moved.entity.id}
    for row in await uow.engagements.to_come(moved.at, **whose):
        await uow.tell(
            row.worker_id,
            "engagement.taken_down",
            params=await words_of(uow, row) | {"reason": (moved.reason or "other").partition(",")[0]},
            subject=("engagement", row.id),
            urgent=True,
            dedupe=f"engagement.taken_down:{row.id}:{moved.entity.version}",
        )


def _side(by: Actor) -> str:
    """Members and their systems act for the employer; officers and timers for the service."""
    return "employer" if by.kind in ("member", "integrator") else "service"


REACTIONS = {
    ("engagement", "confirm"): (plan_question,),
    ("engagement", "cancel"): (clear_hours,),
    ("engagement", "turn_away"): (clear_hours,),
    ("engagement", "mark_absent"): (clear_hours,),
    ("shift", "cancel"): (release_for_shift,),
    ("posting", "take_down"): (tell_taken_down,),
    ("employer", "suspend"): (tell_taken_down,),
}
