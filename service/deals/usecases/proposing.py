"""A deal is proposed by one firm, changed, agreed to by the other, or given up before it has begun."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.deals import ground, spoken
from service.deals.data import clauses
from service.deals.lifecycle import BEFORE_AGREED, DEAL, PREPARING
from service.deals.moving import move
from service.deals.rules.costs import IN_KIND
from service.deals.rules.facts import BROKER, DECLARES, SIDES
from service.deals.rules.guards import PROPOSE, check, check_yes
from service.deals.rules.offered import FIRM_OF, Offered, check_whole, filled
from service.deals.rules.review import signs
from service.deals.rules.words import check_words
from service.deals.showing import view_of
from service.deals.telling import tell_both, tell_person, tell_side
from service.employers.rules import check_may
from service.errors import Conflict, Missing, Refused, TooMany
from service.guard.quoting import check_quoted
from service.reference.catalogue import enums, trades
from service.reference.rules import check_reason, check_seen, settle_place
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.deals.tables import DealRow
    from service.deals.views import DealView
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.policies.model import DealsPolicy
    from service.uow import Uow

OTHER = {"lender": "borrower", "borrower": "lender"}
NOTICE = re.compile(r"[1-9][0-9]?")  # days
WORDS = ("work", "injury_clause")
DAY = timedelta(days=1)
CHANGED = "deal_changed"


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

    Raises Missing (no such firm), Forbidden broker_licence_needed, Refused proposal_parties, field_missing,
    trade_unknown, deal_words and of places, TooMany proposals_open, proposals_a_day, what `check_offered` and what the
    guards of PROPOSE raise.
    """
    async with ctx.uow() as uow:
        own = await _proposer(uow, side, by)
        found = _still_offered(await spoken.offered(uow, terms))
        lender, borrower = await _parties(uow, side, own, firms, found)
        _check_declares(side, declares)
        now = await uow.now()
        day = local_day(now)
        said = filled(terms, found.get("surplus"), found.get("shortage"), day)
        if said.get("address") is None and "shortage" in found:
            said["address"] = borrower.address
        check_whole(said)
        fields = await _checked(uow, said)
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
        raise Refused("lender_is_borrower")
    if side == BROKER and own.id in ids.values():
        raise Refused("broker_is_side")
    return await uow.employers.get(ids["lender"]), await uow.employers.get(ids["borrower"])


async def check_not_pestering(uow: Uow, own: EmployerRow, *firm_ids: UUID) -> None:
    """Raises TooMany `proposals_open` (to one firm, unanswered) and `proposals_a_day` (to all)."""
    await uow.tries.lock(own.id.bytes)
    now = await uow.now()
    policy = ground.policy_of(uow, local_day(now), own.city_code)
    made = await uow.deals.proposals_of(own.id, now - DAY)
    for firm_id in set(firm_ids) - {own.id}:
        waiting = [each for each in made if each.state == "proposed" and firm_id in (each.lender_id, each.borrower_id)]
        if len(waiting) >= policy.proposals_open_most:
            until = min(each.answer_by for each in waiting if each.answer_by is not None)
            raise TooMany("proposals_open", retry_after=_seconds(until - now), most=policy.proposals_open_most)
    _check_day([each.created_at for each in made if each.created_at > now - DAY], now, policy)


async def count_change(uow: Uow, row: DealRow, by: Caller) -> None:
    """Changed terms, or a later last day, ask the other firm as a proposal does. Raises TooMany `proposals_a_day`."""
    if by.employer_id is None:
        raise Missing
    firm, now = by.employer_id.bytes, await uow.now()
    await uow.tries.lock(firm)
    lately = sorted(await uow.tries.times(CHANGED, firm))
    _check_day(lately, now, ground.policy_of(uow, local_day(now), row.city_code))
    await uow.tries.count(CHANGED, firm)


def _check_day(lately: Sequence[datetime], now: datetime, policy: DealsPolicy) -> None:
    most = policy.proposals_a_day_most
    if len(lately) >= most:
        raise TooMany("proposals_a_day", retry_after=_seconds(lately[-most] + DAY - now), most=most)


def _seconds(wait: timedelta) -> int:
    return math.ceil(wait.total_seconds())


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
        said = {**_asked_of(row), **terms}
        check_whole(said)
        fields = await _checked(uow, said)
        fields |= _asked_anew(row, side, now)
        if patch.get("declares") is not None:
            _check_declares(side, patch["declares"])
            fields[f"{side}_declares"] = sorted(set(patch["declares"]))
        answer_by = now + timedelta(days=ground.policy_of(uow, local_day(now), fields["city_code"]).answer_days)
        await uow.edit(row, by=by.actor, at=now, answer_by=answer_by, **fields)
        await spoken.check_fits(uow, row)
        deal = await ground.facts_of(uow, row, [])
        check(deal, PROPOSE, ground.policy_of(uow, deal.today, row.city_code))
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


async def agree_to_deal(ctx: Context, deal_id: UUID, *, declares: list[str], version: int, by: Caller) -> DealView:
    """A firm says yes to these very terms, and declares what is its own to declare. With the second yes the people of
    the balances are spoken for; what looks like dispatch by another name goes to an officer as well.

    Raises Missing, Stale, Conflict deal_own_proposal, deal_agreed_before, wrong_state, what taking from a balance and
    what the guards of AGREE raise.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_seen(version, row.version)
        DEAL.fire(row.state, "agree")
        _check_declares(side, declares)
        if getattr(row, f"{side}_agreed_at") is not None:
            raise Conflict("deal_own_proposal" if row.proposed_by == side else "deal_agreed_before")
        now = await uow.now()
        declared = sorted(set(getattr(row, f"{side}_declares")) | set(declares))
        mine: dict[str, Any] = {f"{side}_declares": declared, f"{side}_agreed_at": now}
        await uow.edit(row, by=by.actor, at=now, action="declare", **mine)
        if getattr(row, f"{OTHER[side]}_agreed_at") is None:
            deal = await ground.facts_of(uow, row, [])
            check_yes(deal, side, ground.policy_of(uow, deal.today, row.city_code))
            await tell_side(uow, row, OTHER[side], "deal.one_agreed")
            return uow.answer(await view_of(uow, row, by))
        await move(uow, row, "agree", by=by.actor, agreed_at=now)
        await look_first(uow, row, by=by.actor)
        await uow.unschedule(ground.ANSWER_TIMER, subject_id=row.id)
        await uow.schedule(ground.START_TIMER, row.id, at_local(row.first_day, 0))
        await tell_both(uow, row, "deal.agreed")
        return uow.answer(await view_of(uow, row, by))


async def look_first(uow: Uow, row: DealRow, *, by: Actor) -> None:
    """Put a deal before an officer where there are signs that it is something else; what was cleared with the same
    signs stays cleared."""
    deal = await ground.facts_of(uow, row)
    await look_at(uow, row, signs(deal, ground.policy_of(uow, deal.today, row.city_code)), by=by)


async def look_at(uow: Uow, row: DealRow, found: Sequence[str], *, by: Actor) -> None:
    """The same for signs that were found elsewhere."""
    if set(found) - set(row.review_signs):
        await uow.edit(
            row, by=by, at=await uow.now(), action="look_first", review="open", reviewed_by=None, review_note=None,
            review_signs=sorted({*found, *row.review_signs}),
        )  # fmt: skip


async def decline_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """The asked firm says no. Raises Missing, Conflict deal_own_proposal, wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, "lender", "borrower")
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by == side:
            raise Conflict("deal_own_proposal")
        await move(uow, row, "decline", by=by.actor, reason=reason)
        await _over(uow, row)
        await tell_side(uow, row, OTHER[side], "deal.declined", reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def cancel_deal(ctx: Context, deal_id: UUID, *, reason: str, by: Caller) -> DealView:
    """Either firm gives it up before it has begun: its own proposal, or what was agreed; everybody asked is told. An
    agency takes its proposal back while not both have agreed.

    Raises Missing, Conflict deal_other_proposal, broker_cannot_act, wrong_state, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        row, side = await ground.own(uow, deal_id, by, *SIDES, BROKER)
        check_reason(await uow.reference.reasons("deal_end"), reason)
        if row.state == "proposed" and row.proposed_by != side:
            raise Conflict("deal_other_proposal")
        if side == BROKER and row.state != "proposed":
            raise Conflict("broker_cannot_act")
        action = "cancel" if row.state in PREPARING else "withdraw"
        open_people = [each for each in await uow.lent.of(row.id) if each.state in ("asked", "consented")]
        await move(uow, row, action, by=by.actor, reason=reason)
        await _over(uow, row)
        for told in SIDES if side == BROKER else (OTHER[side],):
            await tell_side(uow, row, told, "deal.cancelled", reason=reason)
        for each in open_people:
            await tell_person(uow, row, each, "lent.cancelled", reason=reason)
        return uow.answer(await view_of(uow, row, by))


async def _over(uow: Uow, row: DealRow) -> None:
    await uow.unschedule(ground.ANSWER_TIMER, ground.START_TIMER, subject_id=row.id)


# -- what was sent ------------------------------------------------------------------------------------


def _check_declares(side: str, declares: list[str]) -> None:
    """Raises Refused declaration_unknown; broker_declares: each firm speaks for itself."""
    if side == BROKER and declares:
        raise Refused("broker_declares", field="/declares")
    for at, code in enumerate(declares):
        known = DECLARES.get(side, ())
        if code not in known:
            raise Refused("declaration_unknown", field=f"/declares/{at}", expected=", ".join(known))


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
    if not NOTICE.fullmatch(fields["clauses"].get("notice_days", "1")):
        raise Refused("notice_days_unfit", field="/clauses/notice_days")
    texts = {f"/{pointer}": fields.get(pointer) for pointer in WORDS}
    texts |= {f"/clauses/{code}": words for code, words in fields["clauses"].items()}
    rules, language = uow.ctx.rulebook(), uow.ctx.language
    check_quoted("/address", fields["address"], rules, day, language)
    check_words(texts | {"/address": fields["address"]}, name, rules, day, language)
    for pointer, words in texts.items():
        check_quoted(pointer, words, rules, day, language)
    return fields


def _asked_of(row: DealRow) -> dict[str, Any]:
    names = (
        "city_code", "district_code", "address", "trade", "work", "headcount", "first_day", "last_day", "day_from",
        "day_until", "break_minutes", "weekdays", "pay_fen", "pay_unit", "pay_day", "settle_day", "costs", "given",
        "injury_clause", "clauses", "own_staff", "surplus_id", "shortage_id",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}
