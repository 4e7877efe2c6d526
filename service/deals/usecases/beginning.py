"""A signed deal begins on its first day, and each person on the own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.deals import ground, spoken
from service.deals.lifecycle import UNDER_WAY
from service.deals.moving import move, move_person, plan_end
from service.deals.rules import course
from service.deals.telling import tell_both, tell_person
from service.deals.usecases.answering import call_off
from service.errors import Conflict, DomainError
from service.worktime import at_local

if TYPE_CHECKING:
    from service.deals.tables import DealRow, LentRow
    from service.uow import Uow

DAY = timedelta(days=1)


async def begin(uow: Uow, deal: DealRow) -> None:
    """On its first day a signed deal begins, with everybody whose first day has come. What stands against it is told
    to both firms, and tried again the next day; after its last day it lapses."""
    today = await ground.today(uow)
    if today > deal.last_day:
        await _lapse(uow, deal)
        return
    try:
        if deal.state != "signed":
            raise Conflict("agreement_unsigned")
        await move(uow, deal, "start", by=SYSTEM, started_at=await uow.now())
    except DomainError:
        await tell_both(uow, deal, "deal.not_begun", once=today, day=today)
        await uow.schedule(ground.START_TIMER, deal.id, at_local(today + DAY, 0))
        return
    for each in await uow.lent.of(deal.id, lock=True):
        if each.state == "consented":
            await begin_person(uow, deal, each)
    if deal.state not in UNDER_WAY:  # something stood against everybody
        return
    await _free_rest(uow, deal)
    await plan_end(uow, deal)
    await tell_both(uow, deal, "deal.begun")


async def _free_rest(uow: Uow, deal: DealRow) -> None:
    """Whom a balance offered or lacked beyond those who come is not spoken for any longer."""
    coming = sum(each.state in ("consented", "working") for each in await uow.lent.of(deal.id))
    if deal.taken > coming:
        await spoken.give_back(uow, deal, deal.taken - coming, by=SYSTEM)
        await uow.edit(deal, by=SYSTEM, at=await uow.now(), action="give_back", taken=coming)


async def begin_person(uow: Uow, deal: DealRow, row: LentRow) -> None:
    """Somebody begins on the own first day, and not while an officer looks at the deal: tried again the next day. A
    person for whom something stands against it is taken off, and told."""
    today = await ground.today(uow)
    if row.first_day > today:
        await uow.schedule(ground.BEGIN_TIMER, row.id, at_local(row.first_day, 0))
        return
    if deal.review == "open" and today < row.last_day:
        await uow.schedule(ground.BEGIN_TIMER, row.id, at_local(today + DAY, 0))
        await tell_person(uow, deal, row, "lent.waits")
        return
    facts = await ground.facts_of(uow, deal)
    try:
        course.move_person(facts, await ground.person_of(uow, row, today), "start")
    except DomainError:
        await move_person(uow, deal, row, "lapse", by=SYSTEM, reason="not_begun")
        await tell_person(uow, deal, row, "lent.not_begun")
        return
    await move_person(uow, deal, row, "start", by=SYSTEM)
    await uow.schedule(ground.END_TIMER, row.id, at_local(row.last_day + DAY, 0))
    clock = f"{row.day_from:%H:%M}-{row.day_until:%H:%M}"
    await tell_person(uow, deal, row, "lent.begun", address=deal.address, clock=clock)


async def _lapse(uow: Uow, deal: DealRow) -> None:
    await call_off(uow, deal, by=SYSTEM, reason="not_begun", action="lapse")
