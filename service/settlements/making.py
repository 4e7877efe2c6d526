"""Statements of months: made, and corrected where a day was changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals.lifecycle import LENT_WORKED
from service.deals.rules.costs import cost_permille
from service.deals.rules.review import COSTS_ABOVE, PAID_ABOVE
from service.settlements.lifecycle import LEG, SETTLEMENT
from service.settlements.rules.legs import FIRM, WAGE, corrected_due, due_day, had, owed, reopens, said_in_all
from service.settlements.rules.wages import (
    WORKED,
    Entry,
    Line,
    Stay,
    Sums,
    added,
    lines_of,
    month_end,
    month_of,
    next_month,
    sums_of,
)
from service.settlements.steps import (
    DAY,
    await_answer,
    await_payment,
    calendar_of,
    claim_legs,
    leg_over,
    plan_of,
    policy_of,
    tell_firm,
    tell_payee,
    tell_payer,
    there,
)
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.deals.tables import DealRow, LentRow
    from service.settlements.tables import LegRow, LentDayRow, SettlementRow
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A person's month: the parts, what they add up to, minutes and days worked."""

    row: LentRow
    stay: Stay
    lines: tuple[Line, ...]

    @property
    def sums(self) -> Sums:
        """Fen."""
        return sums_of(self.lines)

    def stored(self) -> dict[str, Any]:
        """As a statement keeps it."""
        worked = [each for each in self.stay.entries.values() if each.kind == WORKED]
        sums = self.sums
        return {
            "lent_id": str(self.row.id), "wage_fen": sums.wage_fen, "own_fen": sums.own_fen,
            "cost_fen": sums.cost_fen, "days": len(worked), "minutes": sum(each.minutes for each in worked),
            "lines": [each.stored() for each in self.lines],
        }  # fmt: skip


def stay_of(row: LentRow, entered: Sequence[LentDayRow], month: date, presume_until: date) -> Stay | None:
    """Somebody's part of a month; None where the person was not there in it."""
    span = there(row)
    if span is None:
        return None
    since, until = max(span[0], month), min(span[1], month_end(month))
    if since > until:
        return None
    entries = {each.day: Entry(each.kind, each.minutes) for each in entered if each.lent_id == row.id}
    return Stay(since, until, entries, presume_until, once=month_of(span[0]) == month)


async def reckon(uow: Uow, deal: DealRow, month: date, presume_until: date) -> list[Reckoned]:
    """Everybody's month, in the order of asking."""
    policy = uow.ctx.policies.at(month, deal.city_code).settlements  # a month is reckoned by what held in it
    off = await calendar_of(uow)
    entered = await uow.settlements.days(deal.id, month, month_end(month))
    found = []
    for row in await uow.lent.of(deal.id):
        stay = stay_of(row, entered, month, presume_until) if row.state in LENT_WORKED else None
        if stay is not None:
            found.append(Reckoned(row, stay, lines_of(plan_of(deal, row, policy), stay, off)))
    return found


async def months_of(uow: Uow, deal: DealRow) -> list[date]:
    """The months in which somebody was there until now."""
    today = local_day(await uow.now())
    spans = [span for row in await uow.lent.of(deal.id) if (span := there(row)) is not None]
    if not spans:
        return []
    month, until = month_of(min(since for since, _ in spans)), min(max(until for _, until in spans), today)
    found = []
    while month <= until:
        found.append(month)
        month = next_month(month)
    return found


async def state_until(uow: Uow, deal: DealRow, last: date, *, by: Actor) -> list[SettlementRow]:
    """State every month that has begun by the day `last` and has no statement yet."""
    made = []
    for month in await months_of(uow, deal):
        if month <= last and await uow.settlements.of_month(deal.id, month) is None:
            made.append(await _state(uow, deal, month, by=by))
    return made


async def all_stated(uow: Uow, deal: DealRow) -> bool:
    """Whether every month has its statement."""
    stated = {each.month for each in await uow.settlements.settlements(deal.id)}
    return set(await months_of(uow, deal)) <= stated


async def _state(uow: Uow, deal: DealRow, month: date, *, by: Actor) -> SettlementRow:
    """The first edition, its legs, and both firms and everybody told. A deal that is broken off had its last day today:
    nobody is there any more to enter it, and it counts as planned as well."""
    today = local_day(await uow.now())
    presume_until = min(month_end(month), today if deal.state == "breached" else today - DAY)
    people = await reckon(uow, deal, month, presume_until)
    row = uow.settlements.new_settlement(
        deal_id=deal.id, city_code=deal.city_code, month=month, stated_on=today, presume_until=presume_until,
        people=[each.stored() for each in people], **_columns(people),
    )  # fmt: skip
    await uow.add(row, by=by, action="state")
    await uow.flush()
    for each in people:
        if each.sums.wage_fen:
            await _owe(uow, deal, row, WAGE, _wage_lines(each), by=by, lent_id=each.row.id)
    firm = _firm_lines(people)
    if row.firm_fen:
        await _owe(uow, deal, row, FIRM, firm, by=by)
    await _look_at_costs(uow, deal, by=by)
    presumed = sum(line.facts["days"] for each in people for line in each.lines if line.code == "presumed")
    said = {"month": f"{month:%Y-%m}", "wage_fen": row.wage_fen, "firm_fen": row.firm_fen, "count": presumed}
    for firm_id in (deal.lender_id, deal.borrower_id):
        await tell_firm(uow, deal, firm_id, "settlement.stated", ("settlement", row.id), 1, **said)
    return row


async def _look_at_costs(uow: Uow, deal: DealRow, *, by: Actor) -> None:
    """Costs that were usual as planned may be more than that of what was really worked: paid once for stays of a day,
    and again for each who replaces another."""
    stated = await uow.settlements.settlements(deal.id)
    share = cost_permille(sum(each.cost_fen for each in stated), sum(each.wage_fen for each in stated))
    if share > uow.ctx.policies.at(await uow.now(), deal.city_code).deals.costs_permille:
        await uow.ctx.wiring.ports["deals.look"](uow, deal, COSTS_ABOVE, by=by)


def _columns(people: Sequence[Reckoned]) -> dict[str, int]:
    sums = added(each.sums for each in people)
    return {
        "wage_fen": sums.wage_fen, "own_fen": sums.own_fen, "cost_fen": sums.cost_fen,
        "firm_fen": sums.firm_fen,
    }  # fmt: skip


def _wage_lines(person: Reckoned) -> list[dict[str, Any]]:
    return [each.stored() for each in person.lines if each.to_person]


def _firm_lines(people: Sequence[Reckoned]) -> list[dict[str, Any]]:
    """What of everybody's month the borrower gives back."""
    return [
        each.stored() | {"lent_id": str(person.row.id)} for person in people for each in person.lines if each.given_back
    ]


async def _owe(
    uow: Uow, deal: DealRow, row: SettlementRow, kind: str, lines: list[dict[str, Any]], *, by: Actor,
    lent_id: UUID | None = None,
) -> None:  # fmt: skip
    known = await uow.reference.catalogue()
    day, moved = (deal.settle_day, None) if kind == FIRM else (deal.pay_day, known.working_day_until)
    today = local_day(await uow.now())
    leg = uow.settlements.new_leg(
        settlement_id=row.id, deal_id=deal.id, lent_id=lent_id, kind=kind, city_code=deal.city_code, month=row.month,
        payer_id=deal.borrower_id if kind == FIRM else deal.lender_id,
        payee_id=deal.lender_id if kind == FIRM else None,
        due_fen=sum(each["amount_fen"] for each in lines), lines=lines,
        due_on=due_day(row.month, day, today, working_day_until=moved),
    )  # fmt: skip
    await uow.add(leg, by=by, action="fall_due")
    await await_payment(uow, leg)
    if kind == WAGE:
        await tell_payee(uow, deal, leg, "leg.due")


# -- corrected ----------------------------------------------------------------------------------------


async def restate(uow: Uow, deal: DealRow, month: date, *, by: Actor, why: str) -> bool:
    """A day was changed: a stated month gets a new edition beside what the earlier one said, and its legs follow.
    False where nothing was stated, or nothing comes out otherwise."""
    row = await uow.settlements.of_month(deal.id, month, lock=True)
    if row is None:
        return False
    await uow.flush()
    people = await reckon(uow, deal, month, row.presume_until)
    stored, columns = [each.stored() for each in people], _columns(people)
    if stored == row.people:
        return False
    now = await uow.now()
    said = {
        "edition": row.edition, "at": now.isoformat(), "why": why, "wage_fen": row.wage_fen,
        "firm_fen": row.firm_fen, "people": row.people,
    }  # fmt: skip
    await uow.move(
        row, SETTLEMENT, "correct", by=by, at=now, reason=why, edition=row.edition + 1, people=stored,
        corrections=[*row.corrections, said], **columns,
    )  # fmt: skip
    await uow.flush()
    await _fit_legs(uow, deal, row, people, by=by)
    await _look_at_costs(uow, deal, by=by)
    await _look_at_paid(uow, deal, month, by=by)
    await claim_legs(uow, deal)
    for firm_id in (deal.lender_id, deal.borrower_id):
        await tell_firm(
            uow, deal, firm_id, "settlement.corrected", ("settlement", row.id), row.edition,
            month=f"{month:%Y-%m}", wage_fen=row.wage_fen, firm_fen=row.firm_fen,
        )  # fmt: skip
    return True


async def _look_at_paid(uow: Uow, deal: DealRow, month: date, *, by: Actor) -> None:
    """More was paid between the firms than the corrected month comes to: an officer looks whether days were made up."""
    for leg in await uow.settlements.legs(deal.id, month=month):
        if leg.kind == FIRM and max(had(leg), said_in_all(leg.payments)) > leg.due_fen:
            await uow.ctx.wiring.ports["deals.look"](uow, deal, PAID_ABOVE, by=by)


async def _fit_legs(uow: Uow, deal: DealRow, row: SettlementRow, people: Sequence[Reckoned], *, by: Actor) -> None:
    legs = {each.lent_id: each for each in await uow.settlements.legs(deal.id, month=row.month, lock=True)}
    wanted: Mapping[UUID | None, list[dict[str, Any]]] = {each.row.id: _wage_lines(each) for each in people}
    for lent_id, lines in {**wanted, None: _firm_lines(people)}.items():
        leg, due_fen = legs.get(lent_id), sum(each["amount_fen"] for each in lines)
        if leg is not None and leg.lines != lines:
            await _fit(uow, deal, leg, lines, due_fen, by=by)
        elif leg is None and due_fen:
            await _owe(uow, deal, row, FIRM if lent_id is None else WAGE, lines, by=by, lent_id=lent_id)


async def _fit(uow: Uow, deal: DealRow, leg: LegRow, lines: list[dict[str, Any]], due_fen: int, *, by: Actor) -> None:
    """More is due, by a day that leaves time; less may be paid already; nothing is left to pay."""
    now, before = await uow.now(), leg.due_fen
    changes: dict[str, Any] = {"lines": lines, "due_fen": due_fen}
    if reopens(leg.state, due_fen, had(leg)):
        days = (await policy_of(uow, deal)).correction_days
        changes |= {"due_on": corrected_due(leg.due_on, local_day(now), days), "stood_at": None, "overdue_since": None}
        await uow.move(leg, LEG, "correct", by=by, at=now, **changes)
        await await_payment(uow, leg)
    elif due_fen == 0 and (leg.state, "cancel") in LEG.moves:  # what was paid of it all the same is a mismatch
        await uow.move(leg, LEG, "cancel", by=by, at=now, **changes)
        await leg_over(uow, deal, leg)
    else:
        await uow.edit(leg, by=by, at=now, action="reckon", **changes)
        if leg.state in ("due", "overdue") and 0 < due_fen <= leg.paid_fen:
            await uow.move(leg, LEG, "pay", by=by, at=now)
            await await_answer(uow, deal, leg)
    await uow.flush()
    if due_fen != before:
        template = "leg.corrected" if owed(due_fen, had(leg)) else "leg.lowered"
        await tell_payee(uow, deal, leg, template)
        await tell_payer(uow, deal, leg, template)


def entries_of(entered: Sequence[LentDayRow], lent_id: UUID) -> dict[date, Entry]:
    """Days of one person as the rules read them."""
    return {each.day: Entry(each.kind, each.minutes) for each in entered if each.lent_id == lent_id}
