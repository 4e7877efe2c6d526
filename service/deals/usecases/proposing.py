"""A deal is proposed by one firm, changed, agreed to by the other, or given up before it has begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals import ground
from service.deals.agreeing import void
from service.deals.data import clauses
from service.deals.lifecycle import BEFORE_AGREED, DEAL, PREPARING
from service.deals.rules.costs import IN_KIND
from service.deals.rules.facts import DECLARES
from service.deals.rules.guards import PROPOSE, check
from service.deals.rules.review import signs
from service.deals.rules.words import check_words
from service.deals.showing import view_of
from service.employers.rules import check_may
from service.errors import Conflict, Missing, Refused
from service.reference.catalogue import enums, trades
from service.reference.rules import check_reason, check_seen, settle_place
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.deals.tables import DealRow
    from service.deals.views import DealView
    from service.http.caller import Caller
    from service.uow import Uow

OTHER = {"lender": "borrower", "borrower": "lender"}
WORDS = ("work", "injury_clause")


async def propose_deal(
    ctx: Context, *, side: str, partner_id: UUID, declares: list[str], terms: Mapping[str, Any], by: Caller
) -> DealView:
    """The caller's firm, on its `side`, proposes terms to a firm; its own declarations come with it.

    Raises Missing (no such firm), Forbidden, Refused trade_unknown, deal_words and of places, and what the guards of
    PROPOSE raise.
    """
    async with ctx.uow() as uow:
        if by.employer_id is None:
            raise Missing
        own, partner = await uow.employers.get(by.employer_id), await uow.employers.get(partner_id)
        role = await uow.members.role_of(own.id, by.person_id)
        if role is None:
            raise Missing
        check_may(role, "decide")
        lender, borrower = (own, partner) if side == "lender" else (partner, own)
        _check_declares(side, declares)
        now = await uow.now()
        fields = await _checked(uow, terms)
        answer_by = now + timedelta(days=ground.policy_of(uow, local_day(now), fields["city_code"]).answer_days)
        row = uow.deals.new(
            lender_id=lender.id,
            borrower_id=borrower.id,
            broker_id=None,
            proposed_by=side,
            lender_city_code=lender.city_code,
            answer_by=answer_by,
            **fields,
        )
        setattr(row, f"{side}_declares", sorted(set(declares)))
        if lender.id == borrower.id:  # the database would say the same, less politely
            raise Refused("lender_is_borrower")
        await uow.add(row, by=by.actor, action="propose")
        await uow.flush()
        deal = await ground.facts_of(uow, row, [])
        check(deal, PROPOSE, ground.policy_of(uow, deal.today, row.city_code))
        await uow.schedule(ground.ANSWER_TIMER, row.id, answer_by)
        await ground.tell_side(uow, row, OTHER[side], "deal.proposed")
        return uow.answer(await view_of(uow, row, by))


async def change_deal(ctx: Context, deal_id: UUID, patch: Mapping[str, Any], *, version: int, by: Caller) -> DealView:
    """Either side changes the terms while nothing is agreed; the other one is asked then. Raises as `propose_deal`,
    and Stale, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, row.version)
        if row.state not in BEFORE_AGREED:
            raise DEAL.refusal(row.state, "edit")
        now = await uow.now()
        fields = await _checked(uow, {**_asked_of(row), **patch})
        fields |= {"proposed_by": side, "terms_version": row.terms_version + 1}
        fields |= {f"{OTHER[side]}_declares": []} if row.proposed_by != side else {}
        answer_by = now + timedelta(days=ground.policy_of(uow, local_day(now), fields["city_code"]).answer_days)
        await uow.edit(row, by=by.actor, at=now, answer_by=answer_by, **fields)
        deal = await ground.facts_of(uow, row, [])
        check(deal, PROPOSE, ground.policy_of(uow, deal.today, row.city_code))
        await uow.schedule(ground.ANSWER_TIMER, row.id, answer_by)
        await ground.tell_side(uow, row, OTHER[side], "deal.changed")
        return uow.answer(await view_of(uow, row, by))


async def agree_to_deal(ctx: Context, deal_id: UUID, *, declares: list[str], version: int, by: Caller) -> DealView:
    """The other firm says yes to these very terms, and declares what is its own to declare; what looks like dispatch
    by another name goes to an officer as well.

    Raises Missing, Stale, Conflict deal_own_proposal, wrong_state and what the guards of AGREE raise.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, row.version)
        DEAL.fire(row.state, "agree")
        _check_declares(side, declares)
        mine: dict[str, Any] = {f"{side}_declares": sorted(set(getattr(row, f"{side}_declares")) | set(declares))}
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, action="declare", **mine)
        if row.proposed_by == side:
            raise Conflict("deal_own_proposal")
        await ground.move(uow, row, "agree", by=by.actor, agreed_at=now)
        await look_first(uow, row, by=by)
        await uow.unschedule(ground.ANSWER_TIMER, subject_id=row.id)
        await uow.schedule(ground.START_TIMER, row.id, at_local(row.first_day, 0))
        await ground.tell_both(uow, row, "deal.agreed")
        return uow.answer(await view_of(uow, row, by))


async def look_first(uow: Uow, row: DealRow, *, by: Caller) -> None:
    """Put a deal before an officer where there are signs that it is something else; what was cleared with the same
    signs stays cleared."""
    deal = await ground.facts_of(uow, row)
    found = list(signs(deal, ground.policy_of(uow, deal.today, row.city_code)))
    if found and set(found) - set(row.review_signs):
        now = await uow.now()
        await uow.edit(
            row, by=by.actor, at=now, action="look_first", review="open", reviewed_by=None, review_note=None,
            review_signs=sorted({*found, *row.review_signs}),
        )  # fmt: skip


async def decline_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """The asked firm says no. Raises Missing, Conflict deal_own_proposal, wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by == side:
            raise Conflict("deal_own_proposal")
        await ground.move(uow, row, "decline", by=by.actor, reason=reason)
        await _over(uow, row, by)
        await ground.tell_side(uow, row, OTHER[side], "deal.declined", reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def cancel_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """Either firm gives it up before it has begun: its own proposal, or what was agreed; everybody asked is told.

    Raises Missing, Conflict not_deal_own_proposal, wrong_state, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by != side:
            raise Conflict("deal_other_proposal")
        action = "cancel" if row.state in PREPARING else "withdraw"
        open_people = [each for each in await uow.lent.of(row.id) if each.state in ("asked", "consented")]
        await ground.move(uow, row, action, by=by.actor, reason=reason)
        await _over(uow, row, by)
        await ground.tell_side(uow, row, OTHER[side], "deal.cancelled", reason=reason)
        for each in open_people:
            await ground.tell_person(uow, row, each, "lent.cancelled", reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def _over(uow: Uow, row: DealRow, by: Caller) -> None:
    await uow.unschedule(ground.ANSWER_TIMER, ground.START_TIMER, subject_id=row.id)
    await void(uow, "deal", row, by=by.actor, reason=row.end_reason or "ended")
    for each in await uow.lent.of(row.id):
        await void(uow, "lent", each, by=by.actor, reason=row.end_reason or "ended")


# -- what was sent ------------------------------------------------------------------------------------


def _check_declares(side: str, declares: list[str]) -> None:
    for at, code in enumerate(declares):
        if code not in DECLARES[side]:
            raise Refused("declaration_unknown", field=f"/declares/{at}", expected=", ".join(DECLARES[side]))


async def _checked(uow: Uow, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what was sent. Raises Refused trade_unknown, cost_kind_unknown, deal_words and of places."""
    fields = dict(terms)
    if fields["trade"] not in trades():
        raise Refused("trade_unknown", field="/trade", more="/v1/reference/trade")
    day = local_day(await uow.now())
    known = (await uow.reference.catalogue()).regions(day)
    city, district = settle_place(known, fields["city_code"], fields.get("district_code"))
    fields |= {"city_code": city, "district_code": district, "weekdays": sorted(set(fields["weekdays"]))}
    for at, kind in enumerate(fields["given"]):
        if kind not in IN_KIND:
            raise Refused("given_unknown", field=f"/given/{at}", expected=", ".join(IN_KIND))
    fields |= {each: time.fromisoformat(str(fields[each])) for each in ("day_from", "day_until")}
    fields["given"] = sorted(set(fields["given"]))
    if fields["settle_day"] > fields["pay_day"]:
        raise Refused("settled_after_paid", field="/settle_day")
    name = enums()["job_kind"]["shared_labour"].zh
    for code in fields["clauses"]:
        if code not in clauses():
            raise Refused("clause_unknown", field=f"/clauses/{code}", expected=", ".join(sorted(clauses())))
    texts = {f"/{pointer}": fields.get(pointer) for pointer in WORDS}
    texts |= {f"/clauses/{code}": words for code, words in fields["clauses"].items()}
    check_words(texts, name, uow.ctx.rulebook(), day, uow.ctx.language)
    return fields


def _asked_of(row: DealRow) -> dict[str, Any]:
    names = (
        "city_code", "district_code", "address", "trade", "work", "headcount", "first_day", "last_day", "day_from",
        "day_until", "break_minutes", "weekdays", "pay_fen", "pay_unit", "pay_day", "settle_day", "costs", "given",
        "injury_clause", "clauses", "own_staff",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
