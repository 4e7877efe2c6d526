"""The employer's absence: reported by the worker on site, denied or admitted, decided by an officer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import act_for
from service.attendance import rules
from service.attendance.steps import EMPLOYER_ABSENCE, policy_of, settle_employer_absence, tell_employer
from service.attendance.usecases.seats import locked_seat, method_of, reason_among
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Refused

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def report_employer_absent(
    ctx: Context,
    engagement_id: UUID,
    *,
    reason: str,
    point: tuple[float, float] | None,
    on_behalf: str | None,
    by: Caller,
) -> Any:
    """«I am here and nobody else is»: the employer is told and has a day to deny it, then it counts.

    A point that is near the place strengthens the report; only the distance is kept. Raises Missing,
    Conflict `employer_absence_too_early`, `employer_absence_too_late`, `already_reported`,
    `wrong_state`, Refused `reason_unknown`, `too_far_to_check_in`.
    """
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by)
        engagement, now = seat.engagement, await uow.now()
        actor = act_for(by, engagement.worker_id, on_behalf)
        await reason_among(uow, "employer_no_show", reason, "/reason")
        policy = policy_of(uow, now, engagement.city_code)
        if engagement.state not in ("confirmed", "on_duty"):
            ENGAGEMENT.fire(engagement.state, "start")
        rules.check_may_report_employer(now, engagement.starts_at, engagement.ends_at, policy)
        if await uow.attendance.count_told(engagement.id, "employer_absent"):
            raise Conflict("already_reported")
        away = None
        if point is not None:
            away = rules.distance_to(
                point, seat.meeting_point, approximate=seat.point_is_approximate, metres=policy.geofence_metres
            )
        await uow.attendance.tell(
            engagement.id,
            "employer_absent",
            "geofence" if away is not None else method_of(by),
            at=now,
            told_at=now,
            by=actor,
            distance_m=away,
            reason=reason,
        )
        answer_by = now + timedelta(minutes=policy.no_show_answer_minutes)
        await uow.schedule(EMPLOYER_ABSENCE, engagement.id, answer_by)
        await tell_employer(
            uow,
            seat,
            "attendance.employer_reported",
            dedupe=f"employer-absent:{engagement.id}:{now.isoformat()}",
            params={"answer_by_at": answer_by},
        )
        return uow.answer(engagement)


async def answer_employer_absence(ctx: Context, engagement_id: UUID, *, admitted: bool, by: Caller) -> Any:
    """The employer admits or denies the report; a denied one waits for an officer, who upholds or rejects it.

    Raises Missing, Conflict `nothing_reported`, Refused `worker_cannot_answer`.
    """
    if by.role == "worker":
        raise Refused("worker_cannot_answer")
    async with ctx.uow() as uow:
        seat = await locked_seat(uow, engagement_id, by, with_shift=True)
        engagement, now = seat.engagement, await uow.now()
        report = rules.latest(await uow.attendance.facts(engagement.id), "employer_absent")
        if report is None:
            raise Conflict("nothing_reported")
        await uow.unschedule(EMPLOYER_ABSENCE, subject_id=engagement.id)
        if admitted:
            await settle_employer_absence(uow, seat, report, method=method_of(by), by=by.actor, at=now)
            return uow.answer(engagement)
        denied = by.role == "member"
        await uow.attendance.tell(
            engagement.id,
            "repair",
            method_of(by),
            at=now,
            told_at=now,
            by=by.actor,
            replaces=None if denied else report.id,
            reason="denied" if denied else "rejected",
        )
        return uow.answer(engagement)
