"""People are sent back or called back, and taken back; a deal is ended early."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.deals import ground
from service.deals.lifecycle import LENT_OPEN, UNDER_WAY
from service.deals.moving import give_notice, move, move_person, plan_end
from service.deals.rules.facts import OTHER
from service.deals.showing import lent_view, view_of
from service.deals.telling import tell_person, tell_side
from service.deals.usecases.lengthening import nearer
from service.errors import Refused
from service.reference.rules import check_reason
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.deals.views import DealView, LentView
    from service.http.caller import Caller
    from service.uow import Uow

DAY = timedelta(days=1)


async def send_back(ctx: Context, lent_id: UUID, *, reason: str, last_day: date | None, by: Caller) -> LentView:
    """Either firm ends it for one person, with the last day that its notice leaves, or at once: the borrower sends
    back, the lender calls back. A day that was said is brought nearer, and not put off.

    Raises Missing, Conflict wrong_state, Refused reason_unknown, notice_day.
    """
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal, side = await ground.own(uow, seen.deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("lent_back"), reason)
        row = await uow.lent.get(lent_id, lock=True)
        if last_day is not None and row.state == "working":
            await _end_on(uow, deal, row, last_day, by=by.actor, reason=reason)
            await tell_side(uow, deal, OTHER[side], "lent.sent_back_on", of=row, reason=reason, until=last_day)
            return uow.answer(await lent_view(uow, deal, row, by))
        await end_person(uow, deal, row, by=by.actor, reason=reason)
        await tell_side(uow, deal, OTHER[side], "lent.sent_back", of=row, reason=reason)
        return uow.answer(await lent_view(uow, deal, row, by))


async def _end_on(uow: Uow, deal: DealRow, row: LentRow, last_day: date, *, by: Actor, reason: str) -> None:
    """Notice is given: the person hears the day, and nobody signs for longer any more."""
    today = await ground.today(uow)
    if not today <= last_day < row.last_day:
        raise Refused("notice_day", field="/last_day", since=today, last_day=row.last_day)
    why = row.end_reason or reason
    await give_notice(uow, row, last_day, by=by, action="give_notice", reason=reason, end_reason=why)
    await tell_person(uow, deal, row, "lent.ends_on", until=last_day, reason=reason)


async def end_person(uow: Uow, deal: DealRow, row: LentRow, *, by: Actor, reason: str) -> None:
    """Somebody's work there is over; the lender takes the person back within the policy's days."""
    await move_person(uow, deal, row, "end", by=by, reason=reason)
    await uow.unschedule(ground.END_TIMER, subject_id=row.id)
    await returning(uow, deal, row)


async def returning(uow: Uow, deal: DealRow, row: LentRow) -> None:
    """Told where to go, and the lender until when to say that the person is back."""
    if row.back_by is not None:
        await uow.schedule(ground.BACK_TIMER, row.id, at_local(row.back_by + DAY, 0))
    await tell_person(uow, deal, row, "lent.back", back_by=row.back_by)
    await tell_side(uow, deal, "lender", "lent.take_back", of=row, back_by=row.back_by)


async def take_back(ctx: Context, lent_id: UUID, *, by: Caller) -> LentView:
    """The lender says that somebody is back at the post. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.lent.get(lent_id)
        deal, _ = await ground.own(uow, seen.deal_id, by, "lender")
        row = await uow.lent.get(lent_id, lock=True)
        await move_person(uow, deal, row, "take_back", by=by.actor)
        await uow.unschedule(ground.BACK_TIMER, subject_id=row.id)
        await tell_person(uow, deal, row, "lent.taken_back")
        return uow.answer(await lent_view(uow, deal, row, by))


async def return_all(ctx: Context, deal_id: UUID, *, reason: str, last_day: date | None, by: Caller) -> DealView:
    """Either firm ends it before its last day: everybody goes back, on the day after `last_day` or at once. Raises
    Missing, Conflict wrong_state, Refused reason_unknown, notice_day."""
    async with ctx.uow() as uow:
        deal, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("lent_back"), reason)
        if last_day is not None and deal.state in UNDER_WAY:
            await _over_on(uow, deal, last_day, by=by.actor, reason=reason)
            await tell_side(uow, deal, OTHER[side], "deal.returning_on", reason=reason, until=last_day)
            return uow.answer(await view_of(uow, deal, by))
        await over(uow, deal, by=by.actor, reason=reason)
        await tell_side(uow, deal, OTHER[side], "deal.returning", reason=reason)
        return uow.answer(await view_of(uow, deal, by))


async def _over_on(uow: Uow, deal: DealRow, last_day: date, *, by: Actor, reason: str) -> None:
    """Notice is given to everybody who is there longer, and who has not begun is taken off; with the last one back in
    this way the deal is over."""
    now = await uow.now()
    if not local_day(now) <= last_day < deal.last_day:
        raise Refused("notice_day", field="/last_day", since=local_day(now), last_day=deal.last_day)
    await uow.edit(deal, by=by, at=now, action="give_notice", last_day=last_day, longer_until=None, longer_by=None)
    await plan_end(uow, deal)
    for each in await uow.lent.of(deal.id, lock=True):
        if each.state == "working" and each.last_day > last_day:
            await _end_on(uow, deal, each, last_day, by=by, reason=reason)
        elif each.state in LENT_OPEN:
            await move_person(uow, deal, each, "drop", by=by, reason=reason)
            await uow.unschedule(ground.ASKED_TIMER, ground.BEGIN_TIMER, subject_id=each.id)
            await tell_person(uow, deal, each, "lent.cancelled", reason=reason)
    await nearer(uow, deal, last_day, by=by, reason=reason)


async def over(uow: Uow, deal: DealRow, *, by: Actor, reason: str) -> None:
    """Everybody goes back; who had not begun yet is taken off."""
    before = {each.id: each.state for each in await uow.lent.of(deal.id)}
    await move(uow, deal, "return", by=by, reason=reason)
    await uow.unschedule(ground.LAST_DAY_TIMER, subject_id=deal.id)
    for each in await uow.lent.of(deal.id):
        if before[each.id] in LENT_OPEN:
            await uow.unschedule(ground.ASKED_TIMER, ground.BEGIN_TIMER, subject_id=each.id)
            await tell_person(uow, deal, each, "lent.cancelled", reason=reason)
        elif before[each.id] == "working":
            await uow.unschedule(ground.END_TIMER, subject_id=each.id)
            await returning(uow, deal, each)
