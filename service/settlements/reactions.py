"""What the money does when a deal begins, ends or is broken off, and when somebody is back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.context import leaf
from service.settlements.rules.wages import month_of, next_month
from service.settlements.steps import (
    BROKEN_TIMER,
    LAST_TIMER,
    MONTH_TIMER,
    SETTLE_TIMER,
    policy_of,
    schedule_look,
    schedule_month,
)
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Moved, Uow


@leaf
async def begin_months(uow: Uow, moved: Moved) -> None:
    """The first month is stated when it is over; days that are not entered are told of each week."""
    await schedule_look(uow, moved.entity)
    await schedule_month(uow, moved.entity, next_month(month_of(local_day(moved.at))))


@leaf
async def end_months(uow: Uow, moved: Moved) -> None:
    """The last one is stated a few days later: the last days may be entered until then."""
    days = (await policy_of(uow, moved.entity)).last_statement_days
    await uow.schedule(LAST_TIMER, moved.entity.id, moved.at + timedelta(days=days))


@leaf
async def break_months(uow: Uow, moved: Moved) -> None:
    """Everything is stated at once, behind this transaction, which still sends the people back."""
    await uow.unschedule(MONTH_TIMER, LAST_TIMER, subject_id=moved.entity.id)
    await uow.schedule(BROKEN_TIMER, moved.entity.id, moved.at)


@leaf
async def claim_at_once(uow: Uow, moved: Moved) -> None:
    """What the insolvent firm owes goes into the claims, or comes back out of them, behind this transaction."""
    await uow.schedule(BROKEN_TIMER, moved.entity.id, moved.at)


@leaf
async def look_whether_done(uow: Uow, moved: Moved) -> None:
    """With the last one back the deal may be settled."""
    await uow.schedule(SETTLE_TIMER, moved.entity.deal_id, moved.at)


REACTIONS = {
    ("deal", "start"): (begin_months,),
    ("deal", "return"): (end_months,),
    ("deal", "breach"): (break_months,),
    ("deal", "confirm_insolvency"): (claim_at_once,),
    ("deal", "deny_insolvency"): (claim_at_once,),
    ("lent", "take_back"): (look_whether_done,),
    ("lent", "release"): (look_whether_done,),
}
