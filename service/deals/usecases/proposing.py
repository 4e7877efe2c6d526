"""A deal is proposed, and its terms are changed while nothing is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals import ground, spoken
from service.deals.inputs import check_declares, columns_of, terms_of
from service.deals.lifecycle import BEFORE_AGREED, DEAL
from service.deals.limits import check_not_pestering, count_change
from service.deals.rules.facts import BROKER, OTHER, SIDES
from service.deals.rules.guards import PROPOSE, check, check_declared
from service.deals.rules.offered import FIRM_OF, Offered, check_whole, filled
from service.deals.showing import view_of
from service.deals.telling import tell_side
from service.employers.rules import check_may
from service.errors import Conflict, Missing, Refused
from service.reference.rules import check_seen
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow
    from service.deals.views import DealView
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow


async def propose_deal(
    ctx: Context,
    *,
    side: str,
    firms: Mapping[str, UUID | None],
    declares: list[str],
    terms: Mapping[str, Any],
    by: Caller,
) -> DealView:
    """The caller's firm, on its `side`, proposes terms to a firm with its own declarations; or an agency proposes them
    to two firms, for each of which it declares nothing. What is left out follows from the balances that are named.

    Raises Missing (no such firm, or none that is verified), Forbidden broker_licence_needed, Refused proposal_parties,
    field_missing, trade_unknown, deal_words and of places, TooMany proposals_open, proposals_a_day, what
    `check_offered` and what the guards of PROPOSE raise.
    """
    async with ctx.uow() as uow:
        own = await _proposer(uow, side, by)
        found = _still_offered(await spoken.offered(uow, terms))
        lender, borrower = await _parties(uow, side, own, firms, found)
        check_declares(side, declares)
        now = await uow.now()
        day = local_day(now)
        said = filled(terms, found.get("surplus"), found.get("shortage"), day)
        if said.get("address") is None and "shortage" in found:
            said["address"] = borrower.address
        check_whole(said)
        fields = await columns_of(uow, said)
        await check_not_pestering(uow, own, lender.id, borrower.id)
        answer_by = now + timedelta(days=ground.policy_of(uow, day, fields["city_code"]).answer_days)
        row = uow.deals.new(
            lender_id=lender.id,
            borrower_id=borrower.id,
            lender_city_code=lender.city_code,
            answer_by=answer_by,
            **fields,
            **_said_by(side, own, declares, now),
        )
        await spoken.check_fits(uow, row)
        await uow.add(row, by=by.actor, action="propose")
        await uow.flush()
        deal = await ground.facts_of(uow, row, [])
        check(deal, PROPOSE, ground.policy_of(uow, deal.today, row.city_code))
        if side != BROKER:
            check_declared(deal, side)
        await uow.schedule(ground.ANSWER_TIMER, row.id, answer_by)
        for asked in SIDES if side == BROKER else (OTHER[side],):
            await tell_side(uow, row, asked, "deal.brokered" if side == BROKER else "deal.proposed")
        return uow.answer(await view_of(uow, row, by))


def _said_by(side: str, own: EmployerRow, declares: list[str], now: datetime) -> dict[str, Any]:
    """A firm that proposes has said yes itself; an agency has said nothing for anybody."""
    if side == BROKER:
        return {"proposed_by": side, "broker_id": own.id}
    yes = {f"{side}_declares": sorted(set(declares)), f"{side}_agreed_at": now}
    return {"proposed_by": side, "broker_id": None} | yes


def _still_offered(found: Mapping[str, Offered | None]) -> dict[str, Offered]:
    """What was named, if all of it is offered. Raises Conflict balance_gone."""
    for side, each in found.items():
        if each is None:
            raise Conflict("balance_gone", side=side)
    return {side: each for side, each in found.items() if each is not None}


async def _proposer(uow: Uow, side: str, by: Caller) -> EmployerRow:
    """Who proposes: the caller's firm, or its agency with a licence. Raises Missing, Forbidden."""
    if side == BROKER:
        agency: EmployerRow = await uow.ctx.wiring.ports["brokers.agency"](uow, by)
        return agency
    if by.employer_id is None:
        raise Missing
    own = await uow.employers.get(by.employer_id)
    role = await uow.members.role_of(own.id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, "decide")
    return own


async def _parties(
    uow: Uow,
    side: str,
    own: EmployerRow,
    firms: Mapping[str, UUID | None],
    found: Mapping[str, Offered],
) -> tuple[EmployerRow, EmployerRow]:
    """Lender and borrower: as named, else those whose balances they are. Raises Missing, Refused proposal_parties,
    lender_is_borrower, broker_is_side."""
    ids = {FIRM_OF[of]: offered.employer_id for of, offered in found.items()}
    if side == BROKER:
        named, wrong = {each: firms[each] for each in SIDES}, firms["partner"] is not None
    else:
        named = {OTHER[side]: firms["partner"], side: own.id}
        wrong = any(firms[each] is not None for each in SIDES)
    ids |= {each: firm_id for each, firm_id in named.items() if firm_id is not None}
    if wrong or ids.keys() != set(SIDES):
        raise Refused("proposal_parties", field="/side")
    if ids["lender"] == ids["borrower"]:  # the database would say the same, less politely
        raise Refused("lender_is_borrower", field="/borrower_id" if side == BROKER else "/partner_id")
    if side == BROKER and own.id in ids.values():
        raise Refused("broker_is_side", field="/side")
    lender, borrower = [await _known(uow, own, ids[each]) for each in SIDES]
    return lender, borrower


async def _known(uow: Uow, own: EmployerRow, firm_id: UUID) -> EmployerRow:
    """The own firm, a verified one, or one that it has a deal with: how any other firm stands is not told. Raises
    Missing."""
    firm = await uow.employers.get(firm_id)
    if firm.id != own.id and firm.state != "verified" and not await uow.deals.know_each_other(own.id, firm.id):
        raise Missing
    return firm


async def change_deal(ctx: Context, deal_id: UUID, patch: Mapping[str, Any], *, version: int, by: Caller) -> DealView:
    """Either side changes the terms while nothing is agreed; the other one is asked then, and both of them where an
    agency has proposed. Raises as `propose_deal`, and Stale, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, row.version)
        if row.state not in BEFORE_AGREED:
            raise DEAL.refusal(row.state, "edit")
        await count_change(uow, row, by)
        now = await uow.now()
        terms = {name: value for name, value in patch.items() if name != "declares"}
        said = {**terms_of(row), **terms}
        check_whole(said)
        fields = await columns_of(uow, said)
        fields |= _asked_anew(row, side, now)
        if patch.get("declares") is not None:
            check_declares(side, patch["declares"])
            fields[f"{side}_declares"] = sorted(set(patch["declares"]))
        answer_by = now + timedelta(days=ground.policy_of(uow, local_day(now), fields["city_code"]).answer_days)
        await uow.edit(row, by=by.actor, at=now, answer_by=answer_by, **fields)
        await spoken.check_fits(uow, row)
        deal = await ground.facts_of(uow, row, [])
        check(deal, PROPOSE, ground.policy_of(uow, deal.today, row.city_code))
        if row.broker_id is None:
            check_declared(deal, side)
        await uow.schedule(ground.ANSWER_TIMER, row.id, answer_by)
        await tell_side(uow, row, OTHER[side], "deal.changed")
        return uow.answer(await view_of(uow, row, by))


def _asked_anew(row: DealRow, side: str, now: datetime) -> dict[str, Any]:
    """Whose yes there is to changed terms: that of the firm that has changed them; nobody's where an agency stands
    between the firms."""
    fields: dict[str, Any] = {"terms_version": row.terms_version + 1}
    if row.broker_id is not None:
        return fields | {f"{each}_agreed_at": None for each in SIDES} | {f"{each}_declares": [] for each in SIDES}
    fields |= {"proposed_by": side, f"{side}_agreed_at": now, f"{OTHER[side]}_agreed_at": None}
    return fields | ({f"{OTHER[side]}_declares": []} if row.proposed_by != side else {})
