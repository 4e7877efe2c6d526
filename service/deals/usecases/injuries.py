"""Somebody is hurt at work there."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals import ground
from service.deals.rules.facts import INJURIES_MOST
from service.deals.showing import lent_view
from service.deals.telling import tell_person, tell_side
from service.errors import Conflict, Missing, Refused, TooMany
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.views import LentView
    from service.http.caller import Caller
    from service.uow import Uow

CORRECTING = ("worker", "officer")  # whose word on an injury stands against a firm's
CORRECTED, CORRECTIONS_A_DAY = "injury_corrected", 3


async def say_injured(
    ctx: Context, lent_id: UUID, *, at: datetime, another: bool, by: Caller, on_behalf: str | None
) -> LentView:
    """Somebody was hurt at work there: the person, either firm or staff says so; the lender is told at once what it has
    to do, for the insurance is the lender's (工伤保险条例 arts 17, 43). The first word stands until the person or an
    officer corrects it; who is hurt once more (`another`) is hurt twice. Raises Missing, Conflict lent_not_begun,
    injury_said, injuries_enough, Refused injury_time, TooMany injury_corrected_often."""
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
        if at not in (row.injured_at, *row.injured_before):
            again = another and row.injured_at is not None
            if not again and row.injured_at is not None and said_by not in (*CORRECTING, row.injury_said_by):
                raise Conflict("injury_said", injured_at=row.injured_at)
            if row.injured_at is not None and said_by != "officer":
                await _count_correction(uow, row.id, now)
            known = [*row.injured_before, row.injured_at] if again else row.injured_before
            if len(known) >= INJURIES_MOST:
                raise Conflict("injuries_enough", most=INJURIES_MOST)
            action = "correct_injury" if row.injured_at is not None and not again else "injured"
            said: dict[str, Any] = {"injured_at": at, "injury_said_by": said_by, "injured_before": known}
            await uow.edit(row, by=actor, at=now, action=action, **said)
            await uow.flush()
            until = at_local(local_day(at) + timedelta(days=30), 0)
            await tell_side(uow, deal, "lender", "lent.injured", of=row, until=local_day(until))
            await tell_side(uow, deal, "borrower", "lent.injured_borrower", of=row)
            await tell_person(uow, deal, row, "lent.injured_person")
        return uow.answer(await lent_view(uow, deal, row, by))


async def _count_correction(uow: Uow, lent_id: UUID, now: datetime) -> None:
    """Everybody is told of each. Raises TooMany injury_corrected_often."""
    lately = sorted(await uow.tries.times(CORRECTED, lent_id.bytes))
    if len(lately) >= CORRECTIONS_A_DAY:
        wait = lately[-CORRECTIONS_A_DAY] + timedelta(days=1) - now
        raise TooMany("injury_corrected_often", retry_after=math.ceil(wait.total_seconds()), most=CORRECTIONS_A_DAY)
    await uow.tries.count(CORRECTED, lent_id.bytes)
