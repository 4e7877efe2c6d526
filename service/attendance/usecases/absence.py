"""A worker's absence: marked, answered, repaired with a trail, and counted only when final."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import act_for
from service.attendance import rules
from service.attendance.steps import (
    ABSENCE_FINAL,
    excuse,
    make_absence_final,
    open_sheet,
    plan_of,
    policy_of,
    tell_employer,
    trace_repair,
)
from service.attendance.usecases.seats import locked_seat, method_of, neutral_reasons
from service.attendance.views import Worked
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.rules import planned_pieces
from service.errors import Conflict

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def mark_absent(ctx: Context, engagement_id: UUID, *, by: Caller) -> Any:
    """Mark a worker who has not come: provisional, the seat is free, the worker is asked and has a day.

    Raises Missing, Conflict `absence_too_early`, `wrong_state` (who has checked in is not absent).
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by, with_shift=True)
        engagement, now = seat.engagement, await uow.now()
        policy = policy_of(uow, now, engagement.city_code)
        ENGAGEMENT.fire(engagement.state, "mark_absent")
        rules.check_may_mark_absent(now, engagement.starts_at, policy)
        await uow.attendance.tell(engagement.id, "absent", method_of(by), at=now, told_at=now, by=by.actor)
        await uow.move(engagement, ENGAGEMENT, "mark_absent", by=by.actor, at=now, absence_final_at=None)
        answer_by = now + timedelta(minutes=policy.no_show_answer_minutes)
        await uow.schedule(ABSENCE_FINAL, engagement.id, answer_by)
        await uow.tell(
            engagement.worker_id,
            "attendance.absent_question",
            params={
                "title": seat.posting.title,
                "starts_at": engagement.starts_at,
                "answer_by_at": answer_by,
            },
            subject=("engagement", engagement.id),
            asks="attendance.absent",
            dedupe=f"absent:{engagement.id}:{engagement.version}",
        )
        return uow.answer(engagement)


async def answer_absence(ctx: Context, engagement_id: UUID, *, answer: str, on_behalf: str | None, by: Caller) -> Any:
    """The worker's answer to a provisional absence: a coded reason, or `not_there`.

    «I was there» keeps it from counting until an officer or the employer has decided; a neutral reason
    excuses it at once; anything else lets it stand. Raises Missing, Conflict `wrong_state`,
    `absence_decided`, `absence_answered`, Refused `reason_unknown`.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by, with_shift=True)
        engagement, now = seat.engagement, await uow.now()
        actor = act_for(by, engagement.worker_id, on_behalf)
        meaning = rules.meaning_of(answer, await neutral_reasons(uow, "no_show_excuse"))
        ENGAGEMENT.fire(engagement.state, "excuse")
        if engagement.absence_final_at is not None:
            raise Conflict("absence_decided")
        facts = await uow.attendance.facts(engagement.id)
        if _answered(facts):
            raise Conflict("absence_answered")
        await uow.attendance.tell(engagement.id, "answer", method_of(by), at=now, told_at=now, by=actor, reason=answer)
        if meaning == "excused":
            await excuse(uow, engagement, by=actor, at=now, reason=answer)
        elif meaning == "stands":
            await make_absence_final(uow, engagement, by=actor, at=now, reason=answer)
            await uow.unschedule(ABSENCE_FINAL, subject_id=engagement.id)
        else:
            await tell_employer(
                uow, seat, "attendance.absence_contested", dedupe=f"contested:{engagement.id}:{engagement.version}"
            )
        return uow.answer(engagement)


def _answered(facts: list[Any]) -> bool:
    """Whether the present mark has an answer: answers to an earlier, repaired mark do not count."""
    mark = rules.latest(facts, "absent")
    answer = rules.latest(facts, "answer")
    return answer is not None and (mark is None or answer.told_at >= mark.told_at)


async def repair_absence(
    ctx: Context,
    engagement_id: UUID,
    *,
    outcome: str,
    reason: str,
    started_at: datetime | None,
    finished_at: datetime | None,
    by: Caller,
) -> Any:
    """Set an absence right, with a trail: on_duty (is there), worked (was there), excused, or stands.

    A mistake that gave the seat away makes the shift one larger rather than the worker's hours vanish. That
    a contested absence stands is for an officer to decide. Raises Missing, Conflict `wrong_state`,
    `officer_decides`, `shift_over`, an overlap with other work taken meanwhile; Refused for wrong hours.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by, with_shift=True)
        engagement, now = seat.engagement, await uow.now()
        ENGAGEMENT.fire(engagement.state, "excuse")
        if outcome == "stands":
            return uow.answer(Worked(await _let_stand(uow, seat, by=by, at=now, reason=reason), None))
        await trace_repair(uow, engagement, method=method_of(by), by=by.actor, at=now, reason=reason)
        if outcome == "excused":
            await excuse(uow, engagement, by=by.actor, at=now, reason=reason)
        elif outcome == "on_duty":
            await _bring_back(uow, seat, by=by, at=now, reason=reason, started_at=started_at)
        else:
            await _was_there(uow, seat, by=by, at=now, reason=reason, span=(started_at, finished_at))
        sheet = await uow.attendance.sheet_of(engagement.id)
        return uow.answer(Worked(engagement, sheet.id if sheet else None))


async def _let_stand(uow: Uow, seat: Any, *, by: Caller, at: datetime, reason: str) -> Any:
    if by.role == "member":
        raise Conflict("officer_decides")
    if seat.engagement.absence_final_at is not None:
        raise Conflict("absence_decided")
    await make_absence_final(uow, seat.engagement, by=by.actor, at=at, reason=reason)
    await uow.unschedule(ABSENCE_FINAL, subject_id=seat.engagement.id)
    return seat.engagement


async def _bring_back(
    uow: Uow, seat: Any, *, by: Caller, at: datetime, reason: str, started_at: datetime | None
) -> None:
    engagement = seat.engagement
    if at >= engagement.ends_at:
        raise Conflict("shift_over", outcome="worked")
    policy = policy_of(uow, at, engagement.city_code)
    arrived = rules.told_time(started_at, at, rules.check_in_window(engagement.starts_at, policy)[0])
    await _seat_again(uow, seat, by=by, at=at)
    await uow.unschedule(ABSENCE_FINAL, subject_id=engagement.id)
    await uow.attendance.tell(engagement.id, "check_in", method_of(by), at=arrived, told_at=at, by=by.actor)
    await uow.move(
        engagement,
        ENGAGEMENT,
        "repair_start",
        by=by.actor,
        at=at,
        reason=reason,
        started_at=arrived,
        absence_final_at=None,
    )


async def _was_there(
    uow: Uow, seat: Any, *, by: Caller, at: datetime, reason: str, span: tuple[datetime | None, datetime | None]
) -> None:
    engagement, plan = seat.engagement, plan_of(seat)
    started, finished = span[0] or plan.starts_at, span[1] or plan.ends_at
    hours = rules.stated_hours(plan, started, finished, min(plan.break_minutes, _minutes(started, finished)), at)
    await _seat_again(uow, seat, by=by, at=at)
    await uow.unschedule(ABSENCE_FINAL, subject_id=engagement.id)
    for kind, moment in (("check_in", hours.started_at), ("check_out", hours.finished_at)):
        await uow.attendance.tell(engagement.id, kind, method_of(by), at=moment, told_at=at, by=by.actor)
    await uow.move(
        engagement,
        ENGAGEMENT,
        "repair_complete",
        by=by.actor,
        at=at,
        reason=reason,
        started_at=hours.started_at,
        finished_at=hours.finished_at,
        absence_final_at=None,
    )
    await open_sheet(uow, seat, by=by.actor)


def _minutes(started: datetime, finished: datetime) -> int:
    return max(0, (finished - started) // rules.MINUTE)


async def _seat_again(uow: Uow, seat: Any, *, by: Caller, at: datetime) -> None:
    """Make room for the seat; when it was given to somebody else, the shift had one more pair of hands."""
    engagement, shift = seat.engagement, seat.shift
    if shift.taken >= shift.headcount:
        await uow.edit(shift, by=by.actor, at=at, action="widen", headcount=shift.headcount + 1)
    await uow.ledger.set_hours(engagement, planned_pieces(shift.starts_at, shift.ends_at, shift.break_minutes))
