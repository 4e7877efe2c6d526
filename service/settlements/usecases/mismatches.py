"""What does not fit together in the days and the money of deals, for the firms and for officers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from service.deals.lifecycle import LENT_WORKED
from service.i18n import render
from service.i18n.saying import said_facts
from service.pages import After, Page
from service.settlements.making import entries_of
from service.settlements.rules.mismatches import Days, Limits, Mismatch, Money, all_of
from service.settlements.rules.wages import Stay, to_enter
from service.settlements.showing import sees_leg
from service.settlements.steps import DAY, calendar_of, hours_of, policy_of, there
from service.settlements.usecases.asking import whose
from service.settlements.views import MismatchView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow
    from service.http.caller import Caller
    from service.settlements.tables import LentDayRow
    from service.uow import Uow


async def list_mismatches(
    ctx: Context, *, deal_id: UUID | None, after: After, limit: int, by: Caller
) -> Page[MismatchView]:
    """Of so many deals at a time, the newest first; money only where the caller is a side of the leg, or staff."""
    async with ctx.uow() as uow:
        now = await uow.now()
        deals = await uow.settlements.begun(whose(by), deal_id=deal_id, after=after(now), limit=limit + 1)
        shown = [each for deal in deals[:limit] for each in await _of(uow, deal, by)]
        return Page(shown, [str(deals[limit - 1].id)] if len(deals) > limit else None, now)


async def _of(uow: Uow, deal: DealRow, by: Caller) -> list[MismatchView]:
    today, language = local_day(await uow.now()), uow.ctx.language
    names = {each.id: uow.lent.shown(each)[0] for each in await uow.lent.of(deal.id)}
    return [
        MismatchView(
            deal_id=deal.id, number=deal.number, code=each.code, lent_id=each.lent_id, leg_id=each.leg_id,
            name=names[each.lent_id] if each.lent_id is not None else None,
            message=render(f"mismatch.{each.code}", language, **said_facts("", language, each.facts)),
        )
        for each in await find(uow, deal, today, by)
    ]  # fmt: skip


async def find(uow: Uow, deal: DealRow, today: date, by: Caller) -> list[Mismatch]:
    """Everything that the caller may see of a deal."""
    return all_of(await people_days(uow, deal, today), await _money(uow, deal, by), await _limits(uow, deal), today)


async def people_days(uow: Uow, deal: DealRow, today: date) -> list[Days]:
    """Everybody's days until yesterday."""
    off, found = await calendar_of(uow), []
    of_deal: dict[UUID, list[LentDayRow]] = defaultdict(list)
    for each in await uow.settlements.days(deal.id, deal.first_day, today):
        of_deal[each.lent_id].append(each)
    for row in await uow.lent.of(deal.id):
        span = there(row)
        if row.state not in LENT_WORKED or span is None:
            continue
        entered = of_deal[row.id]
        entries = entries_of(entered, row.id)
        stay = Stay(span[0], span[1], entries, today - DAY)
        found.append(
            Days(
                row.id, hours_of(deal, row).day_minutes, entries,
                objected=[each.day for each in entered if each.state == "objected"],
                missing=to_enter(stay, row.weekdays, off) if stay.presume_until >= stay.since else [],
            )
        )  # fmt: skip
    return found


async def _money(uow: Uow, deal: DealRow, by: Caller) -> list[Money]:
    stated = {each.id: each.stated_on for each in await uow.settlements.settlements(deal.id)}
    rows = {each.id: each for each in await uow.lent.of(deal.id)}
    return [
        Money(
            leg.id, leg.lent_id, leg.kind, leg.state, leg.due_fen, leg.due_on, stated[leg.settlement_id],
            leg.paid_fen, leg.paid_on, leg.received_fen,
        )
        for leg in await uow.settlements.legs(deal.id)
        if sees_leg(uow, deal, leg, rows[leg.lent_id] if leg.lent_id is not None else None, by)
    ]  # fmt: skip


async def _limits(uow: Uow, deal: DealRow) -> Limits:
    own, law = await policy_of(uow, deal), uow.ctx.policies.at(await uow.now(), deal.city_code).deals
    return Limits(
        day_minutes=law.day_minutes_most + own.overtime_day_minutes_most,
        week_minutes=law.week_minutes_most + own.overtime_day_minutes_most * law.week_days_most,
        month_overtime_minutes=own.overtime_month_minutes_most,
    )
