"""What seats, absences and pay mean for the record of their worker or employer, in the transaction that moves them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service.engagements.rules import SILENT as UNANSWERED
from service.pay.rules import paid_in_time
from service.postings.lifecycle import DOWN
from service.reliability.marking import PAYMENTS, count_payments, grace_of, mark, take_back, write_down
from service.reliability.rules import SILENT

if TYPE_CHECKING:
    from service.uow import Moved, Uow


# -- seats -------------------------------------------------------------------------------------------------


async def count_cancel(uow: Uow, moved: Moved) -> None:
    """A late cancellation counts against whoever cancelled; excused reasons and a first silence count nothing."""
    row = moved.entity
    if row.cancelled_by == "employer":
        await _count_call_off(uow, moved)
    elif moved.reason == UNANSWERED:
        first = not await uow.reliability.has_cause(row.worker_id, SILENT)
        excused = "first_silence" if first else None
        await mark(uow, "worker", row, "late_cancel", by=moved.by, at=moved.at, excused=excused, cause=SILENT)
    elif row.cancelled_by == "worker" and _weighs(uow, moved, "worker_cancel_tiers"):
        excused = await _neutral(uow, "worker_cancel", moved.reason)
        if excused is None and (await uow.applications.seen_posting(row.posting_id)).state in DOWN:
            excused = "taken_down"  # nobody has to come to work that an officer took down
        await mark(uow, "worker", row, "late_cancel", by=moved.by, at=moved.at, excused=excused, cause=moved.reason)


async def _count_call_off(uow: Uow, moved: Moved) -> None:
    """The employer's absence is a mark of its own kind, which attendance asks for."""
    if (moved.reason or "") in await uow.reference.reasons("employer_no_show"):
        return
    if _weighs(uow, moved, "employer_cancel_tiers"):
        excused = await _neutral(uow, "employer_cancel", moved.reason)
        await mark(
            uow, "employer", moved.entity, "late_cancel", by=moved.by, at=moved.at, excused=excused, cause=moved.reason
        )


def _weighs(uow: Uow, moved: Moved, tiers: str) -> bool:
    policy = uow.ctx.policies.at(moved.at, moved.entity.city_code).applications
    counts = {tier.code: tier.counts_in_reliability for tier in getattr(policy, tiers)}
    return bool(counts.get(moved.entity.cancel_tier or "", False))


async def _neutral(uow: Uow, kind: str, reason: str | None) -> str | None:
    """The reason, where it excuses."""
    found = (await uow.reference.reasons(kind)).get(reason or "")
    return reason if found is not None and found.neutral else None


async def count_work(uow: Uow, moved: Moved) -> None:
    """A shift worked to its end speaks for the worker; coming late does not."""
    await _count_arrival(uow, moved)
    await mark(uow, "worker", moved.entity, "completed", by=moved.by, at=moved.at)


async def count_early_end(uow: Uow, moved: Moved) -> None:
    """Leaving by one's own wish counts; an early end for a good reason is work done."""
    await _count_arrival(uow, moved)
    reasons = await uow.reference.reasons("end_early")
    found = reasons.get(moved.reason or "")
    kind = "completed" if found is None or found.neutral else "left_early"
    await mark(uow, "worker", moved.entity, kind, by=moved.by, at=moved.at, cause=moved.reason)


async def _count_arrival(uow: Uow, moved: Moved) -> None:
    seat = moved.entity
    tolerance = uow.ctx.policies.at(moved.at, seat.city_code).attendance.late_tolerance_minutes
    if seat.started_at is not None and seat.started_at > seat.starts_at + timedelta(minutes=tolerance):
        await mark(uow, "worker", seat, "late", by=moved.by, at=moved.at)


# -- absences ----------------------------------------------------------------------------------------------


async def count_absence(uow: Uow, moved: Moved) -> None:
    """Only when it is final."""
    await mark(uow, "worker", moved.entity, "no_show", by=moved.by, at=moved.at)


async def excuse_absence(uow: Uow, moved: Moved) -> None:
    """A good reason: the mark is excused, or stands in the record as an excused one."""
    reason = moved.reason or "other"
    if not await _lift_absence(uow, moved, reason):
        await mark(uow, "worker", moved.entity, "no_show", by=moved.by, at=moved.at, excused=reason)


async def repair_absence(uow: Uow, moved: Moved) -> None:
    """The worker was there: what had counted was a mistake."""
    await _lift_absence(uow, moved, "repaired")


async def repair_work(uow: Uow, moved: Moved) -> None:
    """Was there, and has worked."""
    await repair_absence(uow, moved)
    await mark(uow, "worker", moved.entity, "completed", by=moved.by, at=moved.at)


async def _lift_absence(uow: Uow, moved: Moved, reason: str) -> bool:
    await uow.workers.lock(moved.entity.worker_id)
    row = await uow.reliability.standing("worker", "no_show", engagement_id=moved.entity.id)
    if row is not None:
        await take_back(uow, row, reason, by=moved.by, at=moved.at)
    return row is not None


# -- pay ---------------------------------------------------------------------------------------------------


async def await_due(uow: Uow, moved: Moved) -> None:
    """When its time has passed, the job belongs to the employer's payment record; one timer for each due time."""
    record = moved.entity
    if record.kind == "work":
        due = record.due_at + grace_of(uow, moved.at, record.city_code)
        await uow.schedule(PAYMENTS, record.employer_id, due, occurrence=due.isoformat())


async def count_unpaid(uow: Uow, moved: Moved) -> None:
    """Due and not paid in whole."""
    await _mark_pay(uow, moved.entity, "unpaid", moved)


async def count_settled(uow: Uow, moved: Moved) -> None:
    """Paid in time speaks for the employer; paid after all makes «unpaid» «late», from the same day on."""
    record = moved.entity
    await count_again(uow, moved)
    grace = grace_of(uow, moved.at, record.city_code)
    if moved.from_state != "disputed" and paid_in_time(record, moved.at, grace):
        await _mark_pay(uow, record, "paid_on_time", moved)
        return
    await uow.employers.lock(record.employer_id)
    row = await uow.reliability.standing("employer", "unpaid", pay_record_id=record.id)
    if row is not None:
        await take_back(uow, row, "paid_since", by=moved.by, at=moved.at)
        await _mark_pay(uow, record, "paid_late", moved, noted_at=row.at)


async def _mark_pay(uow: Uow, record: Any, kind: str, moved: Moved, **more: Any) -> None:
    await mark(uow, "employer", record, kind, by=moved.by, at=moved.at, pay_record_id=record.id, **more)


async def count_again(uow: Uow, moved: Moved) -> None:
    """A dispute about a job that the payment record speaks of has begun or ended."""
    record = moved.entity
    disputed = "disputed" in (moved.from_state, moved.to_state)
    if disputed and record.kind == "work" and moved.at >= record.due_at:
        await count_payments(uow, record.employer_id, at=moved.at)


# -- people ------------------------------------------------------------------------------------------------


async def follow_merge(uow: Uow, moved: Moved) -> None:
    """Two records of one person are one: its marks have been handed over, and count together."""
    if await uow.workers.locked(moved.entity.merged_into) is not None:
        await write_down(uow, "worker", moved.entity.merged_into, by=moved.by, at=moved.at)


REACTIONS = {
    ("engagement", "cancel"): (count_cancel,),
    ("engagement", "complete"): (count_work,),
    ("engagement", "end_early"): (count_early_end,),
    ("engagement", "absence_final"): (count_absence,),
    ("engagement", "excuse"): (excuse_absence,),
    ("engagement", "repair_start"): (repair_absence,),
    ("engagement", "repair_complete"): (repair_work,),
    ("pay_record", "fall_due"): (await_due,),
    ("pay_record", "fall_overdue"): (count_unpaid,),
    ("pay_record", "dispute"): (count_again,),
    ("pay_record", "settle"): (count_settled,),
    ("person", "merge"): (follow_merge,),
}
