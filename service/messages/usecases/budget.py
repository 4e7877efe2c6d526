"""Where the day's budget of text messages stands, for those who answer for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.messages.rules import SMS_HELD, SMS_SENT, WHOLE_SERVICE, alarmed
from service.messages.spending import purse_of
from service.worktime import day_begin

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


@dataclass(frozen=True, slots=True)
class SmsBudget:
    """One scope's day: `service`, or a city's code."""

    scope: str
    sent: int
    held: int
    budget: int
    alarm: bool
    spent: bool


async def get_sms_budget(ctx: Context, *, by: Caller) -> tuple[SmsBudget, ...]:
    """The whole service and every city of the caller's regions that sent something today, alarms first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        counted = await uow.sms_budget.of_day((SMS_SENT, SMS_HELD), day_begin(now))
        counts = {(row.name, row.scope): row.used for row in counted}
        cities = {scope for _, scope in counts if scope != WHOLE_SERVICE and by.serves(scope)}
        found = []
        for scope in (WHOLE_SERVICE, *sorted(cities)):
            purse = purse_of(uow, scope, counts.get((SMS_SENT, scope), 0), now)
            held = counts.get((SMS_HELD, scope), 0)
            spent = purse.used >= purse.most
            found.append(SmsBudget(scope, purse.used, held, purse.most, alarmed(purse), spent))
    return tuple(sorted(found, key=lambda each: (not each.spent, not each.alarm)))
