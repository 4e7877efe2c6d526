"""What settlements tell of somebody who is lent: the days, each month as it was stated, and the wage between the lender
and the person. What the firms settle among themselves is told to them alone, and nobody's wage leg to the borrower."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.proof import Fact, LentSide
from service.worktime import local_day

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from uuid import UUID

    from service.deals.tables import DealRow, LentRow
    from service.settlements.tables import SettlementRow
    from service.uow import Uow

DAY = ("day", "kind", "minutes", "stands_at", "objection", "said_minutes", "objected_at")
LEG = (
    "month", "due_fen", "due_on", "paid_fen", "paid_on", "received_fen", "objection", "stood_at", "overdue_since",
    "claimed_at",
)  # fmt: skip
MONTH = ("days", "minutes", "wage_fen")
OF_FIRMS = ("own_fen", "cost_fen")


async def tell_months(uow: Uow, deal: DealRow, lent: LentRow, side: LentSide) -> list[Fact]:
    """Each day with every word said about it, each month's figures of this person, and the wage."""
    firms: Mapping[UUID, str] = await uow.ctx.wiring.ports["deals.sides_of"](uow, deal)
    facts: list[Fact] = []
    for day in await _days(uow, deal, lent):
        facts += [_renamed(fact) for fact in await uow.evidence.told(day, columns=DAY, firms=firms)]
    for row in await uow.settlements.settlements(deal.id):
        facts += _month(row, lent.id, MONTH if side == "worker" else (*MONTH, *OF_FIRMS))
    if side != "borrower":
        for leg in await uow.settlements.legs(deal.id):
            if leg.lent_id == lent.id:
                facts += await uow.evidence.told(leg, columns=LEG, firms=firms)
    return facts


def _renamed(fact: Fact) -> Fact:
    """The kind of a day under a name of its own: a firm has a kind too."""
    return replace(fact, facts={"day_kind" if name == "kind" else name: value for name, value in fact.facts.items()})


async def _days(uow: Uow, deal: DealRow, lent: LentRow) -> Collection[Any]:
    return await uow.settlements.days(deal.id, lent.first_day, max(lent.last_day, local_day(await uow.now())), lent.id)


def _month(row: SettlementRow, lent_id: UUID, names: Collection[str]) -> list[Fact]:
    """As this edition states it; one that was corrected stands behind it."""
    found = next((each for each in row.people if each["lent_id"] == str(lent_id)), None)
    if found is None:
        return []
    told = {"month": row.month.isoformat(), "edition": row.edition} | {name: found[name] for name in names}
    source = f"settlement:{row.id}:{row.edition}:{lent_id}"
    return [Fact(source, row.updated_at, "service", "settlement.month", told)]


async def lendings_of(
    uow: Uow,
    worker_id: UUID,
    *,
    lent_id: UUID | None = None,
    employer_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[dict[str, Any]]:
    """A person's own lendings as they stand, from the own yes on, for an extract: one, or those with a firm (whose
    people they are, or where they work) within days. No amount between the firms, and nobody else."""
    found = []
    for lent in await uow.lent.of_worker(worker_id):
        if lent.consented_at is None or (lent_id is not None and lent.id != lent_id):
            continue
        deal = await uow.deals.get(lent.deal_id)
        if employer_id is not None and employer_id not in (deal.lender_id, deal.borrower_id):
            continue
        if (since is not None and lent.last_day < since) or (until is not None and lent.first_day >= until):
            continue
        found.append(await _lending(uow, deal, lent))
    return found


_LENT = (
    "id", "state", "first_day", "last_day", "consented_at", "started_at", "left_on", "back_by", "ended_at",
    "end_reason",
)  # fmt: skip
_LEG = ("month", "state", "due_fen", "due_on", "paid_fen", "paid_on", "received_fen", "overdue_since", "claimed_at")


async def _lending(uow: Uow, deal: DealRow, lent: LentRow) -> dict[str, Any]:
    names = await uow.deals.names((deal.lender_id, deal.borrower_id))
    papers = await uow.ctx.wiring.ports["agreements.signed"](uow, ("lent", lent.id))
    days = await _days(uow, deal, lent)
    months = [fact.facts for row in await uow.settlements.settlements(deal.id) for fact in _month(row, lent.id, MONTH)]
    wages = [leg for leg in await uow.settlements.legs(deal.id) if leg.lent_id == lent.id]
    return {name: getattr(lent, name) for name in _LENT} | {
        "injured": sorted([*lent.injured_before, *([lent.injured_at] if lent.injured_at else [])]),
        "deal_number": deal.number,
        "lender_id": deal.lender_id,
        "lender_name": names[deal.lender_id],
        "borrower_id": deal.borrower_id,
        "borrower_name": names[deal.borrower_id],
        "work": deal.work,
        "address": deal.address,
        "terms_version": lent.terms_version,
        "pay": {"fen": deal.pay_fen, "unit": deal.pay_unit, "pay_day": deal.pay_day},
        "consent_hash": next((each.hash for each in papers if each.state == "signed"), None),
        "days": [
            {"day": each.day, "kind": each.kind, "minutes": each.minutes, "state": each.state}
            | ({"objection": each.objection, "said_minutes": each.said_minutes} if each.objection else {})
            for each in days
        ],
        "months": [dict(each) for each in months],
        "wages": [{name: getattr(leg, name) for name in _LEG} for leg in wages],
    }
