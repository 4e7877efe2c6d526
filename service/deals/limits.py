"""How often a firm or an agency asks another firm: what waits for an answer, what was asked within a day."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service.deals import ground
from service.errors import Missing, TooMany
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from service.deals.tables import DealRow
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.policies.model import DealsPolicy
    from service.uow import Uow


DAY = timedelta(days=1)
CHANGED = "deal_changed"


async def check_not_pestering(uow: Uow, own: EmployerRow, *firm_ids: UUID) -> None:
    """Raises TooMany `proposals_open` (to one firm, unanswered) and `proposals_a_day` (to all)."""
    await uow.tries.lock(own.id.bytes)
    now = await uow.now()
    policy = ground.policy_of(uow, local_day(now), own.city_code)
    made = await uow.deals.proposals_of(own.id, now - DAY)
    for firm_id in set(firm_ids) - {own.id}:
        waiting = [each for each in made if each.state == "proposed" and firm_id in (each.lender_id, each.borrower_id)]
        if len(waiting) >= policy.proposals_open_most:
            until = min(each.answer_by for each in waiting if each.answer_by is not None)
            raise TooMany("proposals_open", retry_after=_seconds(until - now), most=policy.proposals_open_most)
    _check_day([each.created_at for each in made if each.created_at > now - DAY], now, policy)


async def count_change(uow: Uow, row: DealRow, by: Caller) -> None:
    """Changed terms, or a later last day, ask the other firm as a proposal does. Raises TooMany `proposals_a_day`."""
    if by.employer_id is None:
        raise Missing
    firm, now = by.employer_id.bytes, await uow.now()
    await uow.tries.lock(firm)
    lately = sorted(await uow.tries.times(CHANGED, firm))
    _check_day(lately, now, ground.policy_of(uow, local_day(now), row.city_code))
    await uow.tries.count(CHANGED, firm)


def _check_day(lately: Sequence[datetime], now: datetime, policy: DealsPolicy) -> None:
    most = policy.proposals_a_day_most
    if len(lately) >= most:
        raise TooMany("proposals_a_day", retry_after=_seconds(lately[-most] + DAY - now), most=most)


def _seconds(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())
