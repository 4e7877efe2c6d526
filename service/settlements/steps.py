"""What several verbs of settlements need: who is there when, who is told, what a leg does next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.deals.rules.facts import SIDES, Cost, Hours
from service.deals.rules.insolvency import CONFIRMED
from service.settlements.lifecycle import LEG
from service.settlements.rules.days import window
from service.settlements.rules.legs import WAGE, claims, corrected_due, had, owed
from service.settlements.rules.wages import Calendar, Plan, Rates
from service.worktime import at_local, end_of_day, local_day, week_of

if TYPE_CHECKING:
    from service.deals.tables import DealRow, LentRow
    from service.policies.model import SettlementsPolicy
    from service.settlements.tables import LegRow
    from service.uow import Uow

MONTH_TIMER, LAST_TIMER, BROKEN_TIMER = "settlement.month", "settlement.last", "settlement.broken"
SETTLE_TIMER, CLOSE_TIMER, MISSING_TIMER = "settlement.settle", "settlement.close", "settlement.missing"
OVERDUE, AGAIN, REMIND, STANDS = "leg.overdue", "leg.again", "leg.remind", "leg.stands"
DAY = timedelta(days=1)
MORNING = 9 * 60


async def policy_of(uow: Uow, deal: DealRow) -> SettlementsPolicy:
    """What holds in the place of work now."""
    return uow.ctx.policies.at(await uow.now(), deal.city_code).settlements


async def calendar_of(uow: Uow) -> Calendar:
    """The days off of the national calendar."""
    known = await uow.reference.catalogue()
    return Calendar(frozenset(day for day, worked in known.worked.items() if not worked), known.statutory)


def hours_of(deal: DealRow, row: LentRow) -> Hours:
    """The daily hours that the person has said yes to."""
    return Hours(row.day_from, row.day_until, tuple(row.weekdays), deal.break_minutes)


def plan_of(deal: DealRow, row: LentRow, policy: SettlementsPolicy) -> Plan:
    """What the person's month is reckoned by."""
    return Plan(
        pay_fen=deal.pay_fen,
        pay_unit=deal.pay_unit,
        day_minutes=hours_of(deal, row).day_minutes,
        weekdays=tuple(row.weekdays),
        costs=tuple(Cost(**each) for each in deal.costs),
        rates=Rates(policy.overtime_percent, policy.rest_day_percent, policy.holiday_percent),
    )


def there(row: LentRow) -> tuple[date, date] | None:
    """From when until when somebody is really there; None before it began."""
    began = local_day(row.started_at) if row.started_at is not None else None
    return window(row.first_day, began, row.last_day, row.left_on)


# -- telling ------------------------------------------------------------------------------------------


async def tell_firm(
    uow: Uow, deal: DealRow, employer_id: UUID, template: str, subject: tuple[str, UUID], once: Any, **params: Any
) -> None:
    """Tell those who decide for a firm; `once` says what is told once."""
    said = await _said(uow, deal) | params
    for person_id in await uow.members.deciders(employer_id):
        await uow.tell(
            person_id, template, params=said, subject=subject, dedupe=f"{template}:{subject[1]}:{once}",
            employer_id=employer_id,
        )  # fmt: skip


async def tell_person(
    uow: Uow, deal: DealRow, row: LentRow, template: str, subject: tuple[str, UUID], once: Any, **params: Any
) -> None:
    """Tell who is lent."""
    if row.worker_id is None:
        return
    said = await _said(uow, deal) | params
    await uow.tell(
        row.worker_id, template, params=said, subject=subject, dedupe=f"{template}:{subject[1]}:{once}"
    )  # fmt: skip


async def _said(uow: Uow, deal: DealRow) -> dict[str, Any]:
    names = await uow.deals.names((deal.lender_id, deal.borrower_id))
    return {"number": deal.number, "lender": names[deal.lender_id], "borrower": names[deal.borrower_id]}


async def tell_payer(uow: Uow, deal: DealRow, leg: LegRow, template: str, once: Any = None) -> None:
    """Tell who owes a leg; of the wages of a month the lender reads once."""
    subject = ("settlement", leg.settlement_id) if leg.kind == WAGE and once is not None else ("leg", leg.id)
    mark = leg.version if once is None else once
    await tell_firm(uow, deal, leg.payer_id, f"{template}_{leg.kind}_payer", subject, mark, **facts_of(leg))


async def tell_payee(uow: Uow, deal: DealRow, leg: LegRow, template: str, once: Any = None) -> None:
    """Tell to whom a leg is owed."""
    mark, subject = leg.version if once is None else once, ("leg", leg.id)
    name = f"{template}_{leg.kind}_payee"
    if leg.payee_id is not None:
        await tell_firm(uow, deal, leg.payee_id, name, subject, mark, **facts_of(leg))
    elif leg.lent_id is not None:
        await tell_person(uow, deal, await uow.lent.get(leg.lent_id), name, subject, mark, **facts_of(leg))


def facts_of(leg: LegRow) -> dict[str, Any]:
    """What a message about a leg says."""
    return {
        "due_fen": leg.due_fen, "due_on": leg.due_on, "paid_fen": leg.paid_fen, "month": f"{leg.month:%Y-%m}",
        "owed_fen": owed(leg.due_fen, had(leg)), "received_fen": leg.received_fen or 0,
        "had_fen": had(leg),
    }  # fmt: skip


# -- legs ---------------------------------------------------------------------------------------------


async def await_payment(uow: Uow, leg: LegRow) -> None:
    """The end of the due day is watched."""
    await uow.unschedule(AGAIN, REMIND, STANDS, subject_id=leg.id)
    await uow.schedule(OVERDUE, leg.id, end_of_day(leg.due_on))


async def leg_over(uow: Uow, deal: DealRow, leg: LegRow) -> None:
    """Nothing more is awaited of a leg; with the last one the deal may be settled."""
    await uow.unschedule(OVERDUE, AGAIN, REMIND, STANDS, subject_id=leg.id)
    await look_at_end(uow, deal)


async def look_at_end(uow: Uow, deal: DealRow) -> None:
    """Whether the deal is settled is asked at once, behind this transaction."""
    if deal.state == "returning":
        await uow.schedule(SETTLE_TIMER, deal.id, await uow.now())


async def await_answer(uow: Uow, deal: DealRow, leg: LegRow) -> None:
    """The payee is asked whether it has come, asked again, and then it stands."""
    policy, now = await policy_of(uow, deal), await uow.now()
    await uow.unschedule(OVERDUE, AGAIN, subject_id=leg.id)
    await uow.schedule(REMIND, leg.id, now + timedelta(days=policy.confirm_remind_days))
    await uow.schedule(STANDS, leg.id, now + timedelta(days=policy.confirm_stands_days))
    await tell_payee(uow, deal, leg, "leg.paid")


async def claim_legs(uow: Uow, deal: DealRow) -> None:
    """After an insolvency that an officer has established the unpaid legs of the payer go into the claims, and on the
    officers' list; the payee reads what to do next. They are due again where the officer takes that back."""
    gone, now = {side: getattr(deal, f"{side}_insolvency") == CONFIRMED for side in SIDES}, await uow.now()
    kinds = claims(lender_gone=gone["lender"], borrower_gone=gone["borrower"])
    for leg in await uow.settlements.legs(deal.id, lock=True):
        if leg.kind not in kinds and leg.state == "claimed":
            await _reopen(uow, deal, leg)
        if leg.kind not in kinds or (leg.state, "claim") not in LEG.moves:
            continue
        listed_at = leg.listed_at or now
        await uow.move(
            leg, LEG, "claim", by=SYSTEM, at=now, reason=deal.end_reason, claimed_at=now, listed_at=listed_at
        )
        await uow.flush()
        await uow.unschedule(OVERDUE, AGAIN, REMIND, STANDS, subject_id=leg.id)
        await tell_payee(uow, deal, leg, "leg.claimed")


async def _reopen(uow: Uow, deal: DealRow, leg: LegRow) -> None:
    now = await uow.now()
    due_on = corrected_due(leg.due_on, local_day(now), (await policy_of(uow, deal)).correction_days)
    again: dict[str, Any] = {"due_on": due_on, "claimed_at": None, "overdue_since": None}
    await uow.move(leg, LEG, "reopen", by=SYSTEM, at=now, reason="insolvency_denied", **again)
    await uow.flush()
    await await_payment(uow, leg)
    await tell_payee(uow, deal, leg, "leg.corrected")
    await tell_payer(uow, deal, leg, "leg.corrected")


async def schedule_month(uow: Uow, deal: DealRow, first: date) -> None:
    """A month is stated on the first day of the month after."""
    await uow.schedule(MONTH_TIMER, deal.id, at_local(first, 5))


async def schedule_look(uow: Uow, deal: DealRow) -> None:
    """Every Monday the borrower reads which days it has not entered."""
    monday = week_of(local_day(await uow.now())) + 7 * DAY
    await uow.schedule(MISSING_TIMER, deal.id, at_local(monday, MORNING))
