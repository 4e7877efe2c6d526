"""Statements read: of a deal's month by the firms and officers, of a person's month by the person and the lender."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing
from service.settlements.making import months_of, reckon
from service.settlements.rules.wages import month_end, month_of
from service.settlements.showing import day_view, is_served, leg_view, said_lines, sees_deal, sees_leg, side_of
from service.settlements.steps import DAY
from service.settlements.views import OwnStatement, PersonMonth, StatementView
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow, LentRow
    from service.http.caller import Caller
    from service.settlements.tables import SettlementRow
    from service.uow import Uow


async def get_deal_statement(ctx: Context, deal_id: UUID, *, month: date | None, by: Caller) -> StatementView:
    """A month of a deal (default: the last one with somebody there); not stated yet, as it stands by now. The borrower
    reads what it gives back, not what is withheld from it. Raises Missing."""
    async with ctx.uow() as uow:
        deal = await uow.deals.get(deal_id)
        side = sees_deal(uow, deal, by)
        months, first, row, people = await _month(uow, deal, month)
        rows = {each.id: each for each in await uow.lent.of(deal.id)}
        legs = []
        for leg in await uow.settlements.legs(deal.id, month=first):
            lent = rows.get(leg.lent_id) if leg.lent_id is not None else None
            if sees_leg(uow, deal, leg, lent, by):
                legs.append(await leg_view(uow, deal, leg, lent, by))
        return StatementView(
            deal_id=deal.id, number=deal.number, settlement_id=row.id if row else None, month=first, months=months,
            edition=row.edition if row else 0, stated_on=row.stated_on if row else None, **_sums(people),
            people=[_person(uow, each, rows[UUID(each["lent_id"])]) for each in people],
            corrections=[_correction(each) for each in (row.corrections if row else [])],
            legs=[each for each in legs if side != "borrower" or each.kind == "firm"],
        )  # fmt: skip


async def _month(
    uow: Uow, deal: DealRow, month: date | None
) -> tuple[list[date], date, SettlementRow | None, list[dict[str, Any]]]:
    """The months there are, the one asked for, its statement, and everybody's part of it."""
    months, today = await months_of(uow, deal), local_day(await uow.now())
    first = month_of(month) if month is not None else (months[-1] if months else month_of(today))
    row = await uow.settlements.of_month(deal.id, first)
    if row is not None:
        return months, first, row, row.people
    if first not in months:
        return months, first, None, []
    found = await reckon(uow, deal, first, min(month_end(first), today - DAY))
    return months, first, None, [each.stored() for each in found]


def _sums(people: list[dict[str, Any]]) -> dict[str, int]:
    made = {name: sum(each[name] for each in people) for name in ("wage_fen", "own_fen", "cost_fen")}
    return made | {"firm_fen": made["wage_fen"] - made["own_fen"] + made["cost_fen"]}


def _person(uow: Uow, said: Mapping[str, Any], row: LentRow) -> PersonMonth:
    return PersonMonth(
        lent_id=row.id, name=uow.lent.shown(row)[0], days=said["days"], minutes=said["minutes"],
        wage_fen=said["wage_fen"], own_fen=said["own_fen"], cost_fen=said["cost_fen"],
        lines=said_lines(said["lines"], uow.ctx.language),
    )  # fmt: skip


def _correction(said: Mapping[str, Any]) -> dict[str, Any]:
    """What an earlier edition said, in sums."""
    return {name: said[name] for name in ("edition", "why", "wage_fen", "firm_fen")} | {
        "at": datetime.fromisoformat(said["at"])
    }


async def _name(uow: Uow, row: LentRow, *, own: bool) -> str | None:
    """The person's own in full, for everybody else masked."""
    if own and row.worker_id is not None:
        return uow.people.name_of(await uow.people.get(row.worker_id))
    return uow.lent.shown(row)[0]


async def get_lent_statement(ctx: Context, lent_id: UUID, *, month: date | None, by: Caller) -> OwnStatement:
    """A person's month: the own days, the parts of the wage, what is due and paid; for the person, the lender, and
    officers of either place. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.lent.get(lent_id)
        deal = await uow.deals.get(row.deal_id)
        own = by.role == "worker" and row.worker_id is not None and row.worker_id == by.person_id
        if not (own or side_of(uow, deal, by) == "lender" or (by.role in STAFF and is_served(uow, deal, by))):
            raise Missing
        months, first, made, people = await _month(uow, deal, month)
        none: dict[str, Any] = {"wage_fen": 0, "lines": []}
        mine = next((each for each in people if each["lent_id"] == str(row.id)), none)
        days = await uow.settlements.days(deal.id, first, month_end(first), row.id)
        legs = [each for each in await uow.settlements.legs(deal.id, month=first) if each.lent_id == row.id]
        names = await uow.deals.names((deal.lender_id, deal.borrower_id))
        return OwnStatement(
            lent_id=row.id, number=deal.number, name=await _name(uow, row, own=own), lender_name=names[deal.lender_id],
            borrower_name=names[deal.borrower_id], month=first, months=months,
            stated_on=made.stated_on if made else None, wage_fen=mine["wage_fen"],
            lines=said_lines([each for each in mine["lines"] if each["to_person"]], uow.ctx.language),
            days=[await day_view(uow, deal, each, row, by) for each in days],
            leg=await leg_view(uow, deal, legs[0], row, by) if legs else None,
        )  # fmt: skip
