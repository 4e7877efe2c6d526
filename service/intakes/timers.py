"""What passes on by itself: a wish that nobody answered for, a question without an answer, an unconfirmed call."""

from __future__ import annotations

from service.actor import SYSTEM
from service.context import Timer
from service.intakes import rules
from service.intakes.lifecycle import SUPPLY_INTAKE
from service.intakes.steps import ESCALATE, due_after, end_intake
from service.intakes.usecases.answering import decline
from service.intakes.usecases.demanding import drop
from service.supplies.lifecycle import PUBLIC
from service.uow import DueItem, Uow


async def escalate(uow: Uow, item: DueItem) -> None:
    """To the officers of the next level, unless something has come of it meanwhile (the state is asked again)."""
    row = await uow.intakes.supply(item.subject_id, lock=True)
    now = await uow.now()
    if row.state != "open" or row.due_at is None or row.due_at > now:
        return
    posted = await uow.intakes.supply_posting(row.supply_id)
    if posted is None or posted.state not in PUBLIC:
        return
    came = await uow.intakes.what_came(row.person_id, row.created_at)
    if came == "hired":
        await end_intake(uow, row, "close", by=SYSTEM, at=now, reason=came)
        return
    if came is not None:
        await uow.move(row, SUPPLY_INTAKE, "recommend", by=SYSTEM, at=now, reason=came, due_at=None)
        return
    level = rules.level_above(row.level_code)
    if level == row.level_code:  # nobody is above: it stays with them, past its time
        return
    due, step = await due_after(uow, now, level), row.escalations + 1
    await uow.edit(row, by=SYSTEM, at=now, action="escalate", level_code=level, escalations=step, due_at=due)
    await uow.schedule(ESCALATE, row.id, due)
    tell = uow.ctx.wiring.ports["duties.tell_officers"]
    await tell(uow, "staff.intake_escalated", place=level, about=row.id, step=step)


async def lapse_supply(uow: Uow, item: DueItem) -> None:
    """The person has not answered the broker's question."""
    row = await uow.intakes.supply(item.subject_id, lock=True)
    now = await uow.now()
    if row.state in ("asked", "held") and row.answer_by is not None and row.answer_by <= now:
        await decline(uow, row, "lapse", by=SYSTEM, at=now)


async def lapse_demand(uow: Uow, item: DueItem) -> None:
    """The boss has not confirmed; the officer who took the call is told."""
    row = await uow.intakes.demand(item.subject_id, lock=True)
    now = await uow.now()
    if row.state == "asked" and row.confirm_by <= now:
        await drop(uow, row, "lapse", by=SYSTEM, at=now)


TIMERS: dict[str, Timer] = {
    "supply_intake.escalate": escalate,
    "supply_intake.lapse": lapse_supply,
    "demand_intake.lapse": lapse_demand,
}
