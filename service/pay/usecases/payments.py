"""Paid, received, or not: both sides say it, and less than due is not paid."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, Actor
from service.applications.rules import act_for, check_decides, check_not_own
from service.errors import Conflict, Missing, Refused
from service.pay import rules
from service.pay.lifecycle import PAY_RECORD
from service.pay.steps import TIMERS_OF_RECORD, take_payment, tell_payers

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

LESS = "less_than_due"


def sees(by: Caller, record: Any) -> bool:
    """The two sides and the officers of the region."""
    if by.role == "worker":
        return bool(by.worker_id == record.worker_id)
    if by.role == "member":
        return bool(by.employer_id == record.employer_id)
    return by.role in STAFF and by.serves(record.city_code)


async def _locked(uow: Uow, record_id: UUID, by: Caller) -> Any:
    record = await uow.pay_records.lock(record_id)
    if record is None or not sees(by, record):
        raise Missing()
    check_not_own(by, record.worker_id)
    return record


async def pay_record(
    ctx: Context,
    record_id: UUID,
    *,
    amount_fen: int,
    means: str,
    paid_at: datetime | None,
    advance: bool = False,
    by: Caller,
) -> Any:
    """The employer says what was paid. Payments add up; the record stays due until the whole sum is there.

    Raises Missing, Forbidden for clerks, Conflict `wrong_state` (already paid, settled or
    cancelled), Refused `paid_at_in_future`, `paid_at_before_work`, `paid_at_before_terms`,
    `paid_at_before_call_off`.
    """
    async with ctx.uow() as uow:
        record = await _locked(uow, record_id, by)
        check_decides(by, record.employer_id)
        now = await uow.now()
        engagement = await uow.pay_records.engagement(record.engagement_id)
        moment = paid_at or now
        rules.check_paid_at(
            record.kind, moment, now, engagement=engagement, fell_due=record.created_at, advance=advance
        )
        await take_payment(uow, record, amount_fen=amount_fen, means=means, paid_at=moment, by=by.actor, at=now)
        return uow.answer(record)


async def receive_pay(
    ctx: Context,
    record_id: UUID,
    *,
    amount_fen: int | None,
    means: str | None,
    on_behalf: str | None = None,
    by: Caller,
) -> Any:
    """The worker says what has come in all (None: what the employer stated, else what is due).

    The whole sum settles it. Less is disputed as less_than_due, except where both say the same part and
    there is still time: then it is noted and stays due. Raises Missing, Conflict `wrong_state`.
    """
    async with ctx.uow() as uow:
        record = await _locked(uow, record_id, by)
        now = await uow.now()
        actor = act_for(by, record.worker_id, on_behalf)
        amount = amount_fen if amount_fen is not None else max(record.paid_fen, record.due_fen)
        changes: dict[str, Any] = {
            "received_fen": amount,
            "received_means": means or record.paid_means,
            "received_at": now,
        }
        if amount >= record.due_fen:
            await _settle(uow, record, changes, by=actor, at=now)
        elif record.state == "disputed" or _agreed_part(record, amount, now):
            await uow.edit(record, by=actor, at=now, action="receive_part", **changes)
        else:
            await uow.move(record, PAY_RECORD, "dispute", by=actor, at=now, reason=LESS, **changes)
            await tell_payers(uow, record, "pay.disputed")
        return uow.answer(record)


def _agreed_part(record: Any, amount: int, now: datetime) -> bool:
    in_time = now < record.due_at
    return rules.is_part_payment(record.state, record.due_fen, record.paid_fen, amount, in_time=in_time)


async def _settle(uow: Uow, record: Any, changes: dict[str, Any], *, by: Actor, at: datetime) -> None:
    await uow.move(record, PAY_RECORD, "settle", by=by, at=at, **changes)
    await uow.unschedule(*TIMERS_OF_RECORD, subject_id=record.id)


async def dispute_payment(
    ctx: Context, record_id: UUID, *, reason: str, on_behalf: str | None = None, by: Caller
) -> Any:
    """The worker disputes, with a coded reason: not received, less, a deduction, hours, rate.

    Raises Missing, Conflict `wrong_state`, `not_due_yet` (nothing said to be paid, and still time),
    Refused `reason_unknown`.
    """
    async with ctx.uow() as uow:
        record = await _locked(uow, record_id, by)
        now = await uow.now()
        actor = act_for(by, record.worker_id, on_behalf)
        known = await uow.reference.reasons("pay_dispute")
        if reason not in known:
            raise Refused("reason_unknown", field="/reason", expected=sorted(known))
        if record.state == "due" and reason == "not_received" and now < record.due_at:
            raise Conflict("not_due_yet", due_at=record.due_at)
        await uow.move(record, PAY_RECORD, "dispute", by=actor, at=now, reason=reason)
        await uow.unschedule(*TIMERS_OF_RECORD, subject_id=record.id)
        await tell_payers(uow, record, "pay.disputed")
        return uow.answer(record)
