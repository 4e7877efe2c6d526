"""What pay does when hours are agreed, and when an employer calls work off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.errors import Refused
from service.pay import rules
from service.pay.lifecycle import PAY_RECORD
from service.pay.steps import (
    OVERDUE,
    new_debt,
    reckon_work,
    tell_payers,
    tell_worker,
    terms_for,
)
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Moved, Uow

HOURS = "hours_differ"


async def owe_for_hours(uow: Uow, moved: Moved) -> None:
    """Agreed hours are a debt; where one stands already (one press for all), it is made to fit."""
    sheet = moved.entity
    engagement = await uow.pay_records.engagement(sheet.engagement_id)
    if engagement is None:
        return
    parts = await reckon_work(uow, engagement, minutes=sheet.minutes, pieces=sheet.pieces, extra_fen=sheet.extra_fen)
    record = await uow.pay_records.of_engagement(engagement.id, "work")
    if record is None:
        worked_on = local_day(sheet.finished_at)
        record = await new_debt(uow, engagement, "work", parts, worked_on=worked_on, by=moved.by)
        if record is not None:
            await tell_worker(uow, record, "pay.due")
            await tell_payers(uow, record, "pay.to_pay")
    elif record.state not in ("settled", "cancelled"):
        await _fit(uow, record, parts, moved)


async def _fit(uow: Uow, record: Any, parts: list[rules.Part], moved: Moved) -> None:
    """Other hours than the record was made from: more is still owed, less may be covered already."""
    due_fen = rules.total_of(parts)
    changes = {"due_fen": due_fen, "reckoning": parts}
    if record.state == "paid_by_employer" and record.paid_fen < due_fen:
        await uow.move(record, PAY_RECORD, "dispute", by=moved.by, at=moved.at, reason=HOURS, **changes)
        await tell_payers(uow, record, "pay.to_pay")
        return
    changed = await uow.edit(record, by=moved.by, at=moved.at, action="reckon", reason=HOURS, **changes)
    if changed and record.state != "paid_by_employer" and 0 < due_fen <= record.paid_fen:
        await uow.move(record, PAY_RECORD, "pay", by=moved.by, at=moved.at, reason=HOURS)
        await uow.unschedule(OVERDUE, subject_id=record.id)


async def owe_for_call_off(uow: Uow, moved: Moved) -> None:
    """Work that the employer called off late is owed for (误工补贴): the posting's amount, else the policy's share."""
    engagement = moved.entity
    if engagement.cancelled_by != "employer" or engagement.cancel_tier is None:
        return
    terms, planned = await terms_for(uow, engagement)
    policies = uow.ctx.policies.at(moved.at, engagement.city_code)
    try:
        planned_fen = rules.total_of(await reckon_work(uow, engagement, minutes=planned, pieces=None, extra_fen=0))
    except Refused:  # pay by count: no planned amount, so only what the posting itself promises
        planned_fen = 0
    tiers = policies.applications.employer_cancel_tiers
    parts = rules.call_off_parts(terms, engagement.cancel_tier, tiers, planned_fen)
    worked_on = local_day(engagement.ends_at)
    record = await new_debt(uow, engagement, "call_off", parts, worked_on=worked_on, by=moved.by)
    if record is not None:
        await tell_worker(uow, record, "pay.call_off_due")
        await tell_payers(uow, record, "pay.call_off_to_pay")


REACTIONS = {
    ("timesheet", "agree"): (owe_for_hours,),
    ("engagement", "cancel"): (owe_for_call_off,),
    ("engagement", "uphold_turn_away"): (owe_for_call_off,),
}
