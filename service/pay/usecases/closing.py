"""One press for a whole shift: 都准时，都付了."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications.rules import check_decides
from service.attendance.lifecycle import TIMESHEET
from service.attendance.rules import paid_minutes
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict, Missing, Refused
from service.pay import rules
from service.pay.steps import new_debt, reckon_work, take_payment
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

REASON = "all_on_time"
ENDED = ("confirmed", "on_duty", "completed", "ended_early", "broken_off")


@dataclass(frozen=True, slots=True)
class Closed:
    """One worker of the shift: the record that is now paid, or why he was left out."""

    engagement_id: UUID
    worker_id: UUID
    pay_record_id: UUID | None
    due_fen: int | None
    left_out: str | None


@dataclass(frozen=True, slots=True)
class ClosedShift:
    """What one press did."""

    shift_id: UUID
    paid: int
    left_out: int
    total_fen: int
    items: tuple[Closed, ...]


async def close_shift_paid(
    ctx: Context, shift_id: UUID, *, means: str, paid_at: datetime | None, by: Caller
) -> ClosedShift:
    """Everybody was there for the planned time and has the whole pay: the employer's word for all of them.

    It counts as the employer's tap for who had not checked in. Each worker is still asked what has come; his
    hours are a proposal until then. Left out, with the reason: the absent, hours that are countered or
    disputed, pay by count without a count, pay that is settled. Raises Missing, Forbidden for clerks,
    Conflict `shift_not_over`, Refused `paid_at_in_future`, `paid_at_before_work`.
    """
    async with ctx.uow() as uow:
        shift = await uow.pay_records.shift(shift_id)
        if shift is None:
            raise Missing()
        check_decides(by, shift.employer_id)
        seats = await uow.pay_records.lock_seats(shift_id)
        now = await uow.now()
        if now < shift.ends_at:
            raise Conflict("shift_not_over", ends_at=shift.ends_at)
        rules.check_paid_at("work", paid_at or now, now, engagement=shift, fell_due=now)
        items = []
        for seat in seats:
            if seat.state not in ("cancelled", "held"):
                items.append(await _close(uow, seat, shift, means=means, paid_at=paid_at or now, by=by, at=now))
        return uow.answer(_summary(shift_id, items))


def _summary(shift_id: UUID, items: list[Closed]) -> ClosedShift:
    paid = [item for item in items if item.left_out is None]
    total = sum(item.due_fen or 0 for item in paid)
    return ClosedShift(shift_id, len(paid), len(items) - len(paid), total, tuple(items))


async def _close(uow: Uow, seat: Any, shift: Any, *, means: str, paid_at: datetime, by: Caller, at: datetime) -> Closed:
    sheet = await uow.pay_records.sheet(seat.id)
    record = await uow.pay_records.of_engagement(seat.id, "work")
    obstacle = "own_seat" if by.person_id == seat.worker_id else _obstacle(seat, sheet, record)
    if obstacle is None and record is None:
        try:
            parts = await _parts(uow, seat, shift, sheet)
        except Refused as refused:
            obstacle = refused.code
    if obstacle is not None:
        return Closed(seat.id, seat.worker_id, record.id if record else None, None, obstacle)
    if record is None:
        await _attend(uow, seat, shift, by=by, at=at)
        await _propose(uow, seat, shift, sheet, by=by, at=at)
        worked_on = local_day(sheet.finished_at if sheet else seat.ends_at)
        record = await new_debt(uow, seat, "work", parts, worked_on=worked_on, by=by.actor)
    if record is None:
        return Closed(seat.id, seat.worker_id, None, None, "nothing_due")
    left = rules.owed(record.due_fen, record.paid_fen)
    await take_payment(uow, record, amount_fen=left, means=means, paid_at=paid_at, by=by.actor, at=at)
    return Closed(seat.id, seat.worker_id, record.id, record.due_fen, None)


def _obstacle(seat: Any, sheet: Any, record: Any) -> str | None:
    """Why a worker is left out of the press, or None."""
    if seat.state not in ENDED:
        return "absent"
    if record is not None and record.state in ("paid_by_employer", "settled", "cancelled"):
        return f"pay_{record.state}"
    if sheet is not None and sheet.state in ("by_worker", "disputed"):
        return "hours_open"
    return None


async def _parts(uow: Uow, seat: Any, shift: Any, sheet: Any) -> list[rules.Part]:
    planned = paid_minutes(shift.starts_at, shift.ends_at, shift.break_minutes)
    minutes = sheet.minutes if sheet is not None else planned
    pieces, extra = (sheet.pieces, sheet.extra_fen) if sheet is not None else (None, 0)
    return await reckon_work(uow, seat, minutes=minutes, pieces=pieces, extra_fen=extra)


async def _attend(uow: Uow, seat: Any, shift: Any, *, by: Caller, at: datetime) -> None:
    """The employer's word is attendance for who has none: nobody is complete without it."""
    if seat.state == "confirmed":
        for kind, moment in (("check_in", shift.starts_at), ("check_out", shift.ends_at)):
            await uow.attendance.tell(seat.id, kind, "employer", at=moment, told_at=at, by=by.actor, reason=REASON)
    if seat.state in ("confirmed", "on_duty"):
        await uow.move(
            seat,
            ENGAGEMENT,
            "complete",
            by=by.actor,
            at=at,
            reason=REASON,
            started_at=seat.started_at or shift.starts_at,
            finished_at=shift.ends_at,
        )


async def _propose(uow: Uow, seat: Any, shift: Any, sheet: Any, *, by: Caller, at: datetime) -> None:
    """Planned hours in the employer's name; hours that the service proposed become his."""
    if sheet is not None:
        if sheet.state == "open":
            await uow.move(sheet, TIMESHEET, "propose_as_employer", by=by.actor, at=at, reason=REASON)
        return
    made = uow.attendance.new_sheet(
        engagement_id=seat.id,
        employer_id=seat.employer_id,
        worker_id=seat.worker_id,
        city_code=seat.city_code,
        state="by_employer",
        started_at=shift.starts_at,
        finished_at=shift.ends_at,
        break_minutes=shift.break_minutes,
        minutes=paid_minutes(shift.starts_at, shift.ends_at, shift.break_minutes),
        pieces=None,
        extra_fen=0,
        note=None,
    )
    await uow.add(made, by=by.actor, action="propose_by_employer", reason=REASON)
