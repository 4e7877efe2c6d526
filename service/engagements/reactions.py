"""What seats do when they are taken or given up: the question before the start, the ledger, what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.engagements import rules
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.usecases.sides import policy_of, words_of
from service.postings.lifecycle import DOWN

if TYPE_CHECKING:
    from service.actor import Actor
    from service.engagements.tables import EngagementRow
    from service.uow import Moved, Uow

PRESHIFT_TIMER = "engagement.preshift_open"
PRESHIFT_DUE = "engagement.preshift_due"
SILENT = "no_answer_before_start"


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


async def remember_cancel(uow: Uow, moved: Moved) -> None:
    """A late cancellation counts against whoever cancelled; excused reasons and a first silence count nothing.

    The worker is locked by whoever cancels for him; the employer here.
    """
    row: EngagementRow = moved.entity
    if row.cancelled_by == "employer":
        await _remember_employer(uow, row, moved)
    elif moved.reason == SILENT:
        await _remember_silence(uow, row, moved)
    elif row.cancelled_by == "worker":
        policy = await policy_of(uow, row)
        counts = {tier.code: tier.counts_in_reliability for tier in policy.worker_cancel_tiers}
        if counts.get(row.cancel_tier or "", False):
            excused = await _neutral(uow, "worker_cancel", moved.reason) or await _is_down(uow, row)
            await _add_worker_event(uow, row, moved, excused=excused)


async def _is_down(uow: Uow, row: EngagementRow) -> bool:
    """Nobody has to come to work that an officer took down."""
    return (await uow.applications.seen_posting(row.posting_id)).state in DOWN


async def _remember_silence(uow: Uow, row: EngagementRow, moved: Moved) -> None:
    worker = await uow.workers.lock(row.worker_id)
    excused = rules.first_silence(worker.reliability)
    events = rules.with_event(worker.reliability, "late_cancel", excused=excused, at=moved.at, cause="silent")
    await uow.edit(worker, by=moved.by, at=moved.at, action="reliability", reliability=events)


async def _add_worker_event(uow: Uow, row: EngagementRow, moved: Moved, *, excused: bool) -> None:
    worker = await uow.workers.lock(row.worker_id)
    events = rules.with_event(worker.reliability, "late_cancel", excused=excused, at=moved.at)
    await uow.edit(worker, by=moved.by, at=moved.at, action="reliability", reliability=events)


async def _remember_employer(uow: Uow, row: EngagementRow, moved: Moved) -> None:
    if (moved.reason or "") in await uow.reference.reasons("employer_no_show"):
        return  # an absence of the employer is remembered as such, by attendance
    policy = await policy_of(uow, row)
    counts = {tier.code: tier.counts_in_reliability for tier in policy.employer_cancel_tiers}
    if counts.get(row.cancel_tier or "", False):
        employer = await uow.hires.employer(row.employer_id, lock=True)
        excused = await _neutral(uow, "employer_cancel", moved.reason)
        events = rules.with_event(employer.reliability, "late_cancel", excused=excused, at=moved.at)
        await uow.edit(employer, by=moved.by, at=moved.at, action="reliability", reliability=events)


async def _neutral(uow: Uow, kind: str, reason: str | None) -> bool:
    found = (await uow.reference.reasons(kind)).get(reason or "")
    return found is not None and found.neutral


async def remember_work(uow: Uow, moved: Moved) -> None:
    """A shift worked to its end speaks for the worker."""
    row: EngagementRow = moved.entity
    worker = await uow.workers.lock(row.worker_id)
    events = rules.with_event(worker.reliability, "completed", excused=False, at=moved.at)
    await uow.edit(worker, by=moved.by, at=moved.at, action="reliability", reliability=events)


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
    ("engagement", "cancel"): (clear_hours, remember_cancel),
    ("engagement", "mark_absent"): (clear_hours,),
    ("engagement", "complete"): (remember_work,),
    ("engagement", "repair_complete"): (remember_work,),
    ("shift", "cancel"): (release_for_shift,),
    ("posting", "take_down"): (tell_taken_down,),
    ("employer", "suspend"): (tell_taken_down,),
}
