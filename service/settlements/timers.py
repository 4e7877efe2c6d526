"""What a deal's months and money do when a time comes; each timer asks the state again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.deals.lifecycle import LENT_OPEN, LENT_THERE, UNDER_WAY
from service.deals.rules.insolvency import CONFIRMED
from service.settlements.lifecycle import LEG
from service.settlements.making import all_stated, state_until
from service.settlements.rules.legs import all_ended
from service.settlements.rules.wages import month_of, next_month
from service.settlements.steps import (
    AGAIN,
    BROKEN_TIMER,
    CLOSE_TIMER,
    DAY,
    LAST_TIMER,
    MISSING_TIMER,
    MONTH_TIMER,
    OVERDUE,
    REMIND,
    SETTLE_TIMER,
    STANDS,
    claim_legs,
    leg_over,
    look_at_end,
    policy_of,
    schedule_look,
    schedule_month,
    tell_firm,
    tell_payee,
    tell_payer,
    tell_person,
)
from service.settlements.usecases.mismatches import people_days
from service.worktime import local_day

if TYPE_CHECKING:
    from uuid import UUID

    from service.deals.tables import DealRow
    from service.settlements.tables import LegRow, LentDayRow
    from service.uow import DueItem, Uow


# -- months -------------------------------------------------------------------------------------------


async def month_over(uow: Uow, item: DueItem) -> None:
    """Months that are over are stated; the next one will be."""
    deal = await uow.deals.get(item.subject_id, lock=True)
    this = month_of(local_day(await uow.now()))
    await state_until(uow, deal, this - DAY, by=SYSTEM)
    if deal.state in UNDER_WAY:
        await schedule_month(uow, deal, next_month(this))


async def days_missing(uow: Uow, item: DueItem) -> None:
    """Once a week each person reads which days were entered and can still be objected to, and the borrower how many
    planned days nobody has entered."""
    deal, today = await uow.deals.get(item.subject_id), local_day(await uow.now())
    await _tell_week(uow, deal, today)
    if deal.state not in UNDER_WAY:
        return
    missing = [day for each in await people_days(uow, deal, today) for day in each.missing]
    if missing:
        said = {"count": len(missing), "day": min(missing)}
        await tell_firm(uow, deal, deal.borrower_id, "lent_day.missing", ("deal", deal.id), today, **said)
    await schedule_look(uow, deal)


async def _tell_week(uow: Uow, deal: DealRow, today: date) -> None:
    """Of the week before: how many days, how long in all, until when the first of them can be objected to."""
    entered: dict[UUID, list[LentDayRow]] = {}
    for day in await uow.settlements.days(deal.id, today - 7 * DAY, today - DAY):
        if day.state == "entered":
            entered.setdefault(day.lent_id, []).append(day)
    for row in await uow.lent.of(deal.id):
        if days := entered.get(row.id):
            said = {"count": len(days), "work_minutes": sum(each.minutes for each in days)}
            until = min(each.stands_at for each in days)
            await tell_person(uow, deal, row, "lent_day.week", ("lent", row.id), today, until=until, **said)


async def deal_over(uow: Uow, item: DueItem) -> None:
    """Everybody has gone back: what is not stated yet is stated now."""
    deal = await uow.deals.get(item.subject_id, lock=True)
    if deal.state in ("returning", "breached"):
        await state_until(uow, deal, local_day(await uow.now()), by=SYSTEM)
        await look_at_end(uow, deal)


async def broken_off(uow: Uow, item: DueItem) -> None:
    """Everything is stated at once; what an insolvent firm owes goes into the claims, and what is owed to an insolvent
    lender is owed to its administrator."""
    deal = await uow.deals.get(item.subject_id, lock=True)
    if deal.state != "breached":
        return
    await state_until(uow, deal, local_day(await uow.now()), by=SYSTEM)
    await uow.flush()
    await claim_legs(uow, deal)
    if deal.lender_insolvency == CONFIRMED:
        template, subject = "settlement.to_administrator", ("deal", deal.id)
        await tell_firm(uow, deal, deal.borrower_id, template, subject, 1)


async def settle_deal(uow: Uow, item: DueItem) -> None:
    """Everybody is back, every month stated, nothing of the money open: the deal is settled."""
    deal = await uow.deals.get(item.subject_id, lock=True)
    if deal.state != "returning" or not await _is_done(uow, deal):
        return
    await uow.ctx.wiring.ports["deals.settle"](uow, deal)
    await uow.schedule(CLOSE_TIMER, deal.id, await uow.now() + timedelta(days=(await policy_of(uow, deal)).close_days))


async def _is_done(uow: Uow, deal: DealRow) -> bool:
    waiting = any(each.state in (*LENT_OPEN, *LENT_THERE) for each in await uow.lent.of(deal.id))
    legs = await uow.settlements.legs(deal.id)
    return not waiting and await all_stated(uow, deal) and all_ended(each.state for each in legs)


async def close_deal(uow: Uow, item: DueItem) -> None:
    """Nobody has objected: closed. What is open keeps it open, and is asked again every day."""
    deal = await uow.deals.get(item.subject_id, lock=True)
    if deal.state != "settled":
        return
    if await _is_done(uow, deal) and not await uow.settlements.objected(deal.id):
        await uow.ctx.wiring.ports["deals.close"](uow, deal)
    else:
        await uow.schedule(CLOSE_TIMER, deal.id, await uow.now() + DAY)


# -- legs ---------------------------------------------------------------------------------------------


async def _held(uow: Uow, item: DueItem) -> tuple[DealRow, LegRow]:
    seen = await uow.settlements.leg(item.subject_id)
    deal = await uow.deals.get(seen.deal_id, lock=True)
    return deal, await uow.settlements.leg(seen.id, lock=True)


async def fall_overdue(uow: Uow, item: DueItem) -> None:
    """The due day is over: both are told, and will be again."""
    deal, leg = await _held(uow, item)
    now = await uow.now()
    if leg.state != "due" or leg.due_on >= local_day(now):
        return
    await uow.move(leg, LEG, "fall_overdue", by=SYSTEM, at=now, overdue_since=now)
    await uow.flush()
    await tell_payee(uow, deal, leg, "leg.overdue")
    await tell_payer(uow, deal, leg, "leg.overdue", once=f"overdue:{leg.due_on}")
    await uow.schedule(AGAIN, leg.id, now + timedelta(days=(await policy_of(uow, deal)).overdue_again_days))


async def still_overdue(uow: Uow, item: DueItem) -> None:
    """Told once more; and after more days officers have it on their list, and the payee reads how to complain."""
    deal, leg = await _held(uow, item)
    if leg.state != "overdue" or leg.overdue_since is None or leg.listed_at is not None:
        return
    now, policy = await uow.now(), await policy_of(uow, deal)
    listed_from = leg.overdue_since + timedelta(days=policy.overdue_listed_days)
    if now < listed_from:
        await tell_payee(uow, deal, leg, "leg.overdue", once=f"again:{leg.due_on}")
        await tell_payer(uow, deal, leg, "leg.overdue", once=f"again:{leg.due_on}")
        await uow.schedule(AGAIN, leg.id, listed_from)
        return
    await uow.edit(leg, by=SYSTEM, at=now, action="list", listed_at=now)
    await uow.flush()
    await tell_payee(uow, deal, leg, "leg.listed")
    await tell_payer(uow, deal, leg, "leg.listed", once=f"listed:{leg.due_on}")


async def ask_again(uow: Uow, item: DueItem) -> None:
    """The payee has not said whether it has come."""
    deal, leg = await _held(uow, item)
    if leg.state == "paid_by_payer":
        await tell_payee(uow, deal, leg, "leg.paid", once=f"again:{len(leg.payments)}")


async def let_stand(uow: Uow, item: DueItem) -> None:
    """Asked twice, the payee has said nothing: the payment stands; what did not come can still be said."""
    deal, leg = await _held(uow, item)
    if leg.state != "paid_by_payer":
        return
    now = await uow.now()
    await uow.move(leg, LEG, "stand", by=SYSTEM, at=now, stood_at=now)
    await uow.flush()
    await tell_payee(uow, deal, leg, "leg.stood")
    await leg_over(uow, deal, leg)


TIMERS = {
    MONTH_TIMER: month_over,
    MISSING_TIMER: days_missing,
    LAST_TIMER: deal_over,
    BROKEN_TIMER: broken_off,
    SETTLE_TIMER: settle_deal,
    CLOSE_TIMER: close_deal,
    OVERDUE: fall_overdue,
    AGAIN: still_overdue,
    REMIND: ask_again,
    STANDS: let_stand,
}
