"""How days, statements and legs are shown to whoever asks, every line in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals.rules.insolvency import CONFIRMED
from service.errors import Missing
from service.i18n import render
from service.i18n.saying import said_facts
from service.moves import open_to
from service.settlements.lifecycle import LEG, LENT_DAY
from service.settlements.rules.days import stands
from service.settlements.rules.legs import FIRM, had, is_final, owed, said_in_all
from service.settlements.views import DayView, LegView

if TYPE_CHECKING:
    from service.deals.tables import DealRow, LentRow
    from service.http.caller import Caller
    from service.settlements.tables import LegRow, LentDayRow
    from service.uow import Uow


VERBS = {
    "settle": "confirm",
    "dispute": "object",
    "correct": "change",
}  # of the operations by which these moves are made


def side_of(uow: Uow, deal: DealRow, by: Caller) -> str | None:
    """Which side of the deal a member acts for."""
    side: str | None = uow.ctx.wiring.ports["deals.side_of"](deal, by)
    return side


def is_served(uow: Uow, deal: DealRow, by: Caller) -> bool:
    """Whether staff serve the place of either firm."""
    return bool(uow.ctx.wiring.ports["deals.is_served"](deal, by))


def sees_deal(uow: Uow, deal: DealRow, by: Caller) -> str:
    """`lender`, `borrower` or `staff`. Raises Missing for everybody else."""
    side = side_of(uow, deal, by)
    if side in ("lender", "borrower"):
        return side
    if not is_served(uow, deal, by):
        raise Missing
    return "staff"


def sees_leg(uow: Uow, deal: DealRow, leg: LegRow, row: LentRow | None, by: Caller) -> bool:
    """Its two sides, and staff of either place: nobody else's wage is the borrower's business."""
    if by.role == "worker":
        return row is not None and row.worker_id is not None and row.worker_id == by.person_id
    if by.role == "member":
        return by.employer_id is not None and by.employer_id in (leg.payer_id, leg.payee_id)
    return by.role in STAFF and is_served(uow, deal, by)


def said_lines(lines: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Lines with their words."""
    return [dict(each) | {"text": _said(each, language)} for each in lines]


def _said(line: Mapping[str, Any], language: str) -> str:
    code, facts = line["code"], dict(line["facts"])
    if code == "cost":
        code = f"cost_{facts['unit']}"
        facts["kind"] = render(f"deal.cost_kind.{facts['kind']}", language)
    return render(f"settlement.line.{code}", language, **said_facts("", language, facts))


async def day_view(uow: Uow, deal: DealRow, row: LentDayRow, lent: LentRow, by: Caller) -> DayView:
    """A day, as the caller may see it."""
    await uow.flush()
    now = await uow.now()
    counts, open_still = stands(row.state, row.stands_at, now), row.stands_at > now
    possible = open_to(by.role, LENT_DAY.name, LENT_DAY.possible(row.state))
    if by.role == "worker":
        possible = [each for each in possible if each == "agree" or (each == "object" and open_still)]
    elif by.role == "member":
        possible = [each for each in possible if each == "correct" and by.employer_id == deal.borrower_id]
    return DayView(
        id=row.id, version=row.version, state=row.state, deal_id=row.deal_id, lent_id=row.lent_id,
        name=None if by.role == "worker" else uow.lent.shown(lent)[0], day=row.day, kind=row.kind,
        minutes=row.minutes, stands=counts, stands_at=row.stands_at, objection=row.objection,
        said_minutes=row.said_minutes, possible=[VERBS.get(each, each) for each in possible],
    )  # fmt: skip


async def leg_view(uow: Uow, deal: DealRow, leg: LegRow, row: LentRow | None, by: Caller) -> LegView:
    """A leg, for those who may see it."""
    await uow.flush()
    names = await uow.deals.names([each for each in (leg.payer_id, leg.payee_id) if each is not None])
    return LegView(
        id=leg.id, version=leg.version, state=leg.state, kind=leg.kind, deal_id=leg.deal_id, number=deal.number,
        lent_id=leg.lent_id, name=uow.lent.shown(row)[0] if row is not None and by.role != "worker" else None,
        payer_name=names[leg.payer_id], payee_name=names[leg.payee_id] if leg.payee_id is not None else None,
        month=leg.month, due_fen=leg.due_fen, due_on=leg.due_on, lines=said_lines(leg.lines, uow.ctx.language),
        paid_fen=leg.paid_fen, paid_on=leg.paid_on, reference=leg.reference, received_fen=leg.received_fen,
        said_fen=said_in_all(leg.payments),
        owed_fen=owed(leg.due_fen, had(leg)), objection=leg.objection, stood_at=leg.stood_at,
        overdue_since=leg.overdue_since, listed_at=leg.listed_at, claimed_at=leg.claimed_at,
        to_administrator=leg.kind == FIRM and deal.lender_insolvency == CONFIRMED,
        possible=[VERBS.get(each, each) for each in open_to(by.role, LEG.name, _of_side(leg, by))],
    )  # fmt: skip


def _of_side(leg: LegRow, by: Caller) -> list[str]:
    """The payer says that it was paid, the payee what has come."""
    possible = LEG.possible(leg.state)
    if leg.state == "settled" and is_final(leg):
        possible.remove("dispute")
    if by.role in STAFF:
        return possible
    pays = by.role == "member" and by.employer_id == leg.payer_id
    return [each for each in possible if (each == "pay") == pays and each in ("pay", "settle", "dispute")]


async def lent_of(uow: Uow, lent_id: UUID | None) -> LentRow | None:
    """Whose wage it is."""
    return await uow.lent.get(lent_id) if lent_id is not None else None
