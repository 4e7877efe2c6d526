"""Steps that use cases, reactions and timers of attendance share; each runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM, Actor
from service.attendance.lifecycle import TIMESHEET
from service.attendance.rules import Hours, Plan, latest, pieces_of, proposed_hours
from service.engagements.lifecycle import ENGAGEMENT

if TYPE_CHECKING:
    from service.policies.model import AttendancePolicy
    from service.uow import Uow

ARRIVAL = "attendance.arrival"
SHIFT_END = "attendance.shift_end"
ABSENCE_FINAL = "attendance.absence_final"
EMPLOYER_ABSENCE = "attendance.employer_absence"
REMIND = "timesheet.remind"
NO_WORK = frozenset({"nobody_on_site", "no_work_given"})


def policy_of(uow: Uow, now: datetime, city_code: str) -> AttendancePolicy:
    """The attendance policy in force at a place."""
    return uow.ctx.policies.at(now, city_code).attendance


def plan_of(seat: Any) -> Plan:
    """What was agreed beforehand for a seat."""
    return Plan(seat.engagement.starts_at, seat.engagement.ends_at, seat.shift.break_minutes)


async def watch(uow: Uow, engagement: Any) -> None:
    """Set the timer of a confirmed seat: has the worker come?

    Each time has an occurrence of its own, so that a timer that fires for a shift since moved can set the next.
    """
    policy = policy_of(uow, await uow.now(), engagement.city_code)
    late = engagement.starts_at + timedelta(minutes=policy.absence_after_start_minutes)
    await uow.schedule(ARRIVAL, engagement.id, late, occurrence=stamp(late))


async def watch_end(uow: Uow, engagement: Any) -> None:
    """Set the timer of the planned end."""
    await uow.schedule(SHIFT_END, engagement.id, engagement.ends_at, occurrence=stamp(engagement.ends_at))


def stamp(moment: datetime) -> str:
    """The name of a moment among the occurrences of a timer."""
    return moment.astimezone(UTC).isoformat()


async def tell_employer(
    uow: Uow, seat: Any, template: str, *, dedupe: str, clerks: bool = False, params: Mapping[str, Any] | None = None
) -> None:
    """Tell the people who act for the employer."""
    facts = {"title": seat.posting.title, "starts_at": seat.engagement.starts_at} | dict(params or {})
    for person_id in await uow.attendance.members(seat.engagement.employer_id, clerks=clerks):
        await uow.tell(
            person_id,
            template,
            params=facts,
            subject=("engagement", seat.engagement.id),
            dedupe=dedupe,
            employer_id=seat.engagement.employer_id,
        )


# -- hours -------------------------------------------------------------------------------------------------


async def open_sheet(uow: Uow, seat: Any, *, by: Actor = SYSTEM) -> Any:
    """The timesheet of a seat; where there is none, one with the hours that were told, else planned."""
    found = await uow.attendance.sheet_of(seat.engagement.id)
    if found is not None:
        return found
    now = await uow.now()
    facts = await uow.attendance.facts(seat.engagement.id)
    arrived, left = latest(facts, "check_in"), latest(facts, "check_out")
    policy = policy_of(uow, now, seat.engagement.city_code)
    hours = proposed_hours(
        plan_of(seat),
        arrived.at if arrived else seat.engagement.started_at,
        left.at if left else None,
        late_tolerance_minutes=policy.late_tolerance_minutes,
    )
    sheet = await new_sheet(uow, seat, hours, state="open", by=by)
    await ask_about(uow, seat, sheet)
    return sheet


async def new_sheet(uow: Uow, seat: Any, hours: Hours, *, state: str, by: Actor, **more: Any) -> Any:
    """Store a timesheet in a starting state."""
    fields = {"pieces": None, "extra_fen": 0, "note": None} | more
    sheet = uow.attendance.new_sheet(
        engagement_id=seat.engagement.id,
        employer_id=seat.engagement.employer_id,
        worker_id=seat.engagement.worker_id,
        city_code=seat.engagement.city_code,
        state=state,
        started_at=hours.started_at,
        finished_at=hours.finished_at,
        break_minutes=hours.break_minutes,
        minutes=hours.minutes,
        **fields,
    )
    await uow.add(sheet, by=by, action="open" if state == "open" else f"propose_{state}")
    return sheet


def sheet_facts(seat: Any, sheet: Any) -> dict[str, Any]:
    """What a message about a timesheet says."""
    return {
        "title": seat.posting.title,
        "started_at": sheet.started_at,
        "finished_at": sheet.finished_at,
        "worked_minutes": sheet.minutes,
    }


async def ask_about(uow: Uow, seat: Any, sheet: Any, *, occurrence: str = "1") -> None:
    """Ask whoever has not said yes to the present figures, and set the reminder."""
    facts = sheet_facts(seat, sheet)
    dedupe = f"timesheet:{sheet.id}:{sheet.version}:{occurrence}"
    if sheet.state in ("open", "by_employer"):
        await uow.tell(
            sheet.worker_id,
            "timesheet.question",
            params=facts,
            subject=("timesheet", sheet.id),
            asks="timesheet.agree",
            dedupe=dedupe,
            employer_id=None,
        )
    if sheet.state in ("open", "by_worker"):
        for person_id in await uow.attendance.members(sheet.employer_id, clerks=False):
            await uow.tell(
                person_id,
                "timesheet.to_check",
                params=facts,
                subject=("timesheet", sheet.id),
                dedupe=dedupe,
                employer_id=sheet.employer_id,
            )
    now = await uow.now()
    policy = policy_of(uow, now, sheet.city_code)
    wait = timedelta(minutes=policy.timesheet_answer_minutes)
    await uow.schedule(REMIND, sheet.id, now + wait, occurrence=occurrence)


async def settle_sheet(uow: Uow, seat: Any, sheet: Any, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    """Both agree: the ledger takes the minutes, the engagement is complete, and pay reacts to the move."""
    hours = Hours(sheet.started_at, sheet.finished_at, sheet.break_minutes, sheet.minutes)
    await uow.ledger.set_hours(seat.engagement, pieces_of(hours))
    await finish(uow, seat, by=by, at=at, finished_at=sheet.finished_at, reason=reason)
    await uow.move(sheet, TIMESHEET, "agree", by=by, at=at, reason=reason, agreed_at=at)
    await uow.unschedule(REMIND, subject_id=sheet.id)


async def finish(
    uow: Uow, seat: Any, *, by: Actor, at: datetime, finished_at: datetime, reason: str | None = None
) -> None:
    """Complete the engagement when it is still on duty."""
    engagement = seat.engagement
    if engagement.state == "on_duty":
        await uow.move(engagement, ENGAGEMENT, "complete", by=by, at=at, reason=reason, finished_at=finished_at)


# -- absences ----------------------------------------------------------------------------------------------


async def make_absence_final(uow: Uow, engagement: Any, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    """The absence stands; only now it counts in the worker's reliability."""
    await uow.edit(engagement, by=by, at=at, action="absence_final", reason=reason, absence_final_at=at)


async def excuse(uow: Uow, engagement: Any, *, by: Actor, at: datetime, reason: str) -> None:
    """An absence does not count, and the seat is given up without anybody's fault."""
    await uow.unschedule(ABSENCE_FINAL, subject_id=engagement.id)
    await uow.move(engagement, ENGAGEMENT, "excuse", by=by, at=at, reason=reason, absence_final_at=None)


async def trace_repair(uow: Uow, engagement: Any, *, method: str, by: Actor, at: datetime, reason: str) -> None:
    """What was told before stays, beside what replaces it."""
    mark = latest(await uow.attendance.facts(engagement.id), "absent")
    replaced = mark.id if mark else None
    await uow.attendance.tell(
        engagement.id, "repair", method, at=at, told_at=at, by=by, replaces=replaced, reason=reason
    )


async def settle_employer_absence(uow: Uow, seat: Any, report: Any, *, method: str, by: Actor, at: datetime) -> None:
    """The report stands: it counts against the employer, and work that was not given is called off late."""
    await uow.attendance.tell(
        seat.engagement.id, "repair", method, at=at, told_at=at, by=by, replaces=report.id, reason="upheld"
    )
    if report.reason in NO_WORK and seat.engagement.state == "confirmed":
        await uow.move(
            seat.engagement,
            ENGAGEMENT,
            "cancel",
            by=by,
            at=at,
            reason=report.reason,
            cancelled_by="employer",
            cancel_tier="late",
        )
    # The employer last: the seat that came free may lock other workers, as they do before their employer.
    count = uow.ctx.wiring.ports["reliability.count_employer_absence"]
    await count(uow, seat.engagement, reason=report.reason, by=by, at=at)
