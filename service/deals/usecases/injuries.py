"""Somebody is hurt at work there."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals import ground
from service.deals.rules.injuries import said
from service.deals.showing import lent_view
from service.deals.telling import tell_person, tell_side
from service.errors import Conflict, Missing, Refused, TooMany
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.views import LentView
    from service.http.caller import Caller
    from service.uow import Uow

CORRECTED, CORRECTIONS_A_DAY = "injury_corrected", 3


async def say_injured(
    ctx: Context,
    lent_id: UUID,
    *,
    at: datetime,
    another: bool,
    instead_of: datetime | None,
    by: Caller,
    on_behalf: str | None,
) -> LentView:
    """Somebody was hurt at work there: the person, either firm or staff says so; the lender is told at once what it has
    to do, for the insurance is the lender's (工伤保险条例 arts 17, 43). `another`, `instead_of`: see the rule. Raises
    Missing, Conflict lent_not_begun, Refused injury_time, TooMany injury_corrected_often, and what the rule does."""
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal = await uow.deals.get(seen.deal_id, lock=True)
        actor = by.actor
        if by.role == "worker" and seen.worker_id == by.person_id:
            said_by = "worker"
        elif by.role in STAFF and ground.is_served(deal, by) and seen.worker_id is not None:
            said_by, actor = "officer", by.actor.with_yes_of(seen.worker_id, on_behalf)
        elif by.role == "member":
            said_by = await ground.side_for(uow, deal, by, "lender", "borrower", action="record_attendance")
        else:
            raise Missing
        row = await uow.lent.get(lent_id, lock=True)
        now = await uow.now()
        if row.started_at is None:
            raise Conflict("lent_not_begun")
        over = row.left_on is not None and local_day(at) > row.left_on
        if not row.started_at <= at <= now or over:
            raise Refused("injury_time", field="/at")
        before = [*row.injured_before, *([row.injured_at] if row.injured_at is not None else [])]
        times = said(before, row.injury_said_by, at, by=said_by, another=another, instead_of=instead_of)
        if times != before:
            if before and said_by != "officer":
                await _count_correction(uow, row.id, said_by, now)
            action = "injured" if len(times) > len(before) else "correct_injury"
            told: dict[str, Any] = {"injured_at": times[-1], "injury_said_by": said_by, "injured_before": times[:-1]}
            await uow.edit(row, by=actor, at=now, action=action, **told)
            await uow.flush()
            until = at_local(local_day(at) + timedelta(days=30), 0)
            await tell_side(uow, deal, "lender", "lent.injured", of=row, until=local_day(until))
            await tell_side(uow, deal, "borrower", "lent.injured_borrower", of=row)
            await tell_person(uow, deal, row, "lent.injured_person")
        return uow.answer(await lent_view(uow, deal, row, by))


async def _count_correction(uow: Uow, lent_id: UUID, said_by: str, now: datetime) -> None:
    """Everybody is told of each; one side's do not use up another's. Raises TooMany injury_corrected_often."""
    subject = lent_id.bytes + said_by.encode()
    lately = sorted(await uow.tries.times(CORRECTED, subject))
    if len(lately) >= CORRECTIONS_A_DAY:
        wait = lately[-CORRECTIONS_A_DAY] + timedelta(days=1) - now
        raise TooMany("injury_corrected_often", retry_after=math.ceil(wait.total_seconds()), most=CORRECTIONS_A_DAY)
    await uow.tries.count(CORRECTED, subject)
