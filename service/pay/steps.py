"""Steps that use cases, reactions and timers of pay share; each runs in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.actor import Actor
from service.attendance.rules import paid_minutes
from service.pay import rules
from service.pay.lifecycle import PAY_RECORD
from service.worktime import local_day

if TYPE_CHECKING:
    from service.policies.model import Policies
    from service.uow import Uow

OVERDUE = "pay.overdue"
REMIND = "pay.remind_receipt"
TIMERS_OF_RECORD = (OVERDUE, REMIND)
_COLUMNS = ("pay_fen", "pay_unit", "pay_tiers", "settlement", "call_off_fen")


async def terms_for(uow: Uow, engagement: Any) -> tuple[rules.PayTerms, int]:
    """The accepted terms of pay, and the planned paid minutes."""
    sources = await uow.pay_records.sources(engagement)
    posting = {name: getattr(sources.posting, name) for name in _COLUMNS}
    planned = paid_minutes(engagement.starts_at, engagement.ends_at, sources.break_minutes)
    return rules.terms_of(sources.terms, posting), planned


async def reckon_work(
    uow: Uow, engagement: Any, *, minutes: int, pieces: int | None, extra_fen: int
) -> list[rules.Part]:
    """The parts of the pay for worked minutes. Raises Refused `pieces_needed`."""
    terms, planned = await terms_for(uow, engagement)
    first, following = rules.month_of(local_day(engagement.starts_at))
    before = await uow.pay_records.minutes_before(engagement, first, following) if terms.tiers else 0
    work = rules.Work(minutes, planned, pieces, extra_fen, before)
    policies = await policies_of(uow, engagement.city_code)
    return rules.reckon(terms, work, month_hours=policies.pay.month_hours)


async def policies_of(uow: Uow, city_code: str) -> Policies:
    """Everything in force at a place now."""
    return uow.ctx.policies.at(await uow.now(), city_code)


async def due_of(uow: Uow, engagement: Any, worked_on: date) -> tuple[date, datetime]:
    """The due day by the settlement cycle, and the last instant that is in time."""
    terms, _ = await terms_for(uow, engagement)
    policies = await policies_of(uow, engagement.city_code)
    most = policies.pay.part_time_settlement_days_max if engagement.job_kind == "part_time" else None
    rule = policies.pay.due_rules[terms.settlement]
    working_day_until = (await uow.reference.catalogue()).working_day_until
    day = rules.due_day(rule, worked_on, working_day_until, most_days=most)
    return day, rules.due_instant(day, local_day(await uow.now()))


async def new_debt(uow: Uow, engagement: Any, kind: str, parts: list[rules.Part], *, worked_on: date, by: Actor) -> Any:
    """Store what is due and set the timer for its end; nothing for nothing."""
    due_fen = rules.total_of(parts)
    if due_fen == 0:
        return None
    day, instant = await due_of(uow, engagement, worked_on)
    record = uow.pay_records.new(
        engagement_id=engagement.id,
        kind=kind,
        worker_id=engagement.worker_id,
        employer_id=engagement.employer_id,
        city_code=engagement.city_code,
        due_fen=due_fen,
        reckoning=parts,
        due_on=day,
        due_at=instant,
    )
    await uow.add(record, by=by, action="fall_due")
    grace = timedelta(minutes=(await policies_of(uow, engagement.city_code)).pay.overdue_grace_minutes)
    await uow.schedule(OVERDUE, record.id, instant + grace)
    return record


async def tell_worker(uow: Uow, record: Any, template: str, *, asks: str | None = None, once: str = "") -> None:
    """Tell the worker about a record."""
    await uow.tell(
        record.worker_id,
        template,
        params=facts_of(record),
        subject=("pay_record", record.id),
        asks=asks,
        dedupe=f"{template}:{record.id}:{once or record.version}",
    )


async def tell_payers(uow: Uow, record: Any, template: str) -> None:
    """Tell the owner and managers of the employer about a record."""
    for person_id in await uow.pay_records.payers(record.employer_id):
        await uow.tell(
            person_id,
            template,
            params=facts_of(record),
            subject=("pay_record", record.id),
            dedupe=f"{template}:{record.id}:{record.version}",
            employer_id=record.employer_id,
        )


def facts_of(record: Any) -> dict[str, Any]:
    """What a message about a record says."""
    return {
        "due_fen": record.due_fen,
        "paid_fen": record.paid_fen,
        "owed_fen": rules.owed(record.due_fen, record.paid_fen),
        "received_fen": record.received_fen or 0,
        "due_on": record.due_on.isoformat(),
        "means": record.paid_means or "other",
    }


async def take_payment(
    uow: Uow, record: Any, *, amount_fen: int, means: str, paid_at: datetime, by: Actor, at: datetime
) -> None:
    """Add a stated payment. Only the whole sum makes it paid; part of it stays due, with what is owed shown."""
    total = record.paid_fen + amount_fen
    changes = {"paid_fen": total, "paid_means": means, "paid_at": paid_at, "paid_recorded_at": at}
    PAY_RECORD.fire(record.state, "pay")
    if total >= record.due_fen:
        await uow.move(record, PAY_RECORD, "pay", by=by, at=at, **changes)
        wait = (await policies_of(uow, record.city_code)).pay.worker_confirm_remind_minutes
        await uow.unschedule(OVERDUE, subject_id=record.id)
        await uow.schedule(REMIND, record.id, at + timedelta(minutes=wait))
        await tell_worker(uow, record, "pay.paid", asks="pay.received")
    else:
        await uow.edit(record, by=by, at=at, action="pay_part", **changes)
        await tell_worker(uow, record, "pay.part_paid")
