"""The day's budget of text messages: who may still send, and the alarm before it is spent (checklist 5.2).

Codes and urgent messages always leave; when the budget is spent the rest stays in the inbox. A flood of messages
costs money and trust, and the alarm comes while there is still some left.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from service.messages.rules import SMS_HELD, SMS_PERSON, SMS_SENT, WHOLE_SERVICE, Purse, fits_purses, rings
from service.observability import metrics
from service.worktime import day_begin

if TYPE_CHECKING:
    from service.uow import Uow

log = structlog.get_logger("messages")


async def spend(uow: Uow, *, city_code: str | None, urgent: bool, person: str | None = None) -> bool:
    """Count one message out of the day's budgets; False when it has to stay in the inbox.

    `person` (an id) has a ceiling of its own, with a part kept for what is urgent: nobody can be flooded, and a flood
    of the rest does not keep back what counts.

    The counters are locked until the transaction ends: take them last.
    """
    now = await uow.now()
    day = day_begin(now)
    scopes = [WHOLE_SERVICE, *([city_code] if city_code else [])]
    used = await uow.sms_budget.look(SMS_SENT, scopes, day)
    purses = [purse_of(uow, scope, used[scope], now) for scope in scopes]
    flooded = person is not None and await _is_flooded(uow, person, city_code, now, day, urgent)
    if flooded or not fits_purses(purses, urgent=urgent):
        await uow.sms_budget.look(SMS_HELD, scopes, day)
        await uow.sms_budget.take(SMS_HELD, scopes, day)
        metrics.SMS_HELD.inc()
        return False
    await uow.sms_budget.take(SMS_SENT, scopes, day)
    for purse in purses:
        if rings(purse):
            metrics.SMS_ALARMS.labels(purse.scope).inc()
            log.warning("sms_budget_alarm", scope=purse.scope, used=purse.used + 1, budget=purse.most)
    return True


async def _is_flooded(uow: Uow, person: str, city_code: str | None, now: datetime, day: datetime, urgent: bool) -> bool:
    """Whether a person has had the texts of a day; counts this one where not."""
    policy = uow.ctx.policies.at(now, city_code).messages
    most = policy.sms_per_day_person + (policy.sms_urgent_per_day_person if urgent else 0)
    if (await uow.sms_budget.look(SMS_PERSON, [person], day))[person] >= most:
        return True
    await uow.sms_budget.take(SMS_PERSON, [person], day)
    return False


def purse_of(uow: Uow, scope: str, used: int, now: datetime) -> Purse:
    """What a scope has used and may use by the policy in force there."""
    policy = uow.ctx.policies.at(now, None if scope == WHOLE_SERVICE else scope).messages
    most = policy.sms_per_day_service if scope == WHOLE_SERVICE else policy.sms_per_day_city
    return Purse(scope, used, most, policy.sms_alarm_permille)
