"""What several verbs of deals need: whose deal it is, what the guards look at, who is meant by a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.deals.data import Clause, clauses
from service.deals.lifecycle import LENT_OPEN, LENT_THERE, LENT_WORKED, UNDER_WAY
from service.deals.rules.again import SPAN, YEAR, Lent, begun_since, days_lent
from service.deals.rules.facts import BROKER, SIDES, Cost, Deal, Firm, Hours, Person, Terms
from service.deals.rules.hours import lent_minutes, over_part_time
from service.deals.rules.review import lent_by
from service.employers.rules import check_may
from service.errors import Conflict, Missing
from service.reference.catalogue import jurisdictions, trades
from service.text import fold_tight
from service.worktime import local_day

if TYPE_CHECKING:
    from service.deals.tables import DealRow, LentRow
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.policies.model import DealsPolicy
    from service.uow import Uow

START_TIMER, ANSWER_TIMER, LAST_DAY_TIMER = "deal.first_day", "deal.answer", "deal.last_day"
UNSIGNED_TIMER = "deal.unsigned"
ASKED_TIMER, BEGIN_TIMER, END_TIMER, BACK_TIMER = "lent.answer", "lent.first_day", "lent.last_day", "lent.back"
SIGNED = "signed"  # an agreement that all its parties have signed

# -- whose it is --------------------------------------------------------------------------------------


def side_of(row: DealRow, by: Caller) -> str | None:
    """Which side a member acts for; None for everybody else."""
    if by.role != "member":
        return None
    sides = {row.lender_id: "lender", row.borrower_id: "borrower", row.broker_id: "broker"}
    return sides.get(by.employer_id) if by.employer_id is not None else None


def is_served(row: DealRow, by: Caller) -> bool:
    """Whether staff serve the place of either firm."""
    return by.role in STAFF and by.serves_any(row.district_code or row.city_code, row.lender_city_code)


async def side_for(uow: Uow, row: DealRow, by: Caller, *sides: str, action: str = "decide") -> str:
    """The side that the caller decides for. Raises Missing for everybody else, Forbidden member_role_lacks, Conflict
    broker_cannot_act: an agency proposes, and what follows is the firms' own."""
    side = side_of(row, by)
    if side == BROKER and sides and side not in sides:
        raise Conflict("broker_cannot_act")
    if side is None or (sides and side not in sides) or by.employer_id is None:
        raise Missing
    role = await uow.members.role_of(by.employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, action)
    return side


async def own(uow: Uow, deal_id: UUID, by: Caller, *sides: str) -> tuple[DealRow, str]:
    """The deal, kept from other writers, and the side that the caller decides for. Raises Missing, Forbidden."""
    row = await uow.deals.get(deal_id, lock=True)
    return row, await side_for(uow, row, by, *sides)


async def served(uow: Uow, deal_id: UUID, by: Caller) -> DealRow:
    """The deal, kept from other writers, for staff of a place of it. Raises Missing."""
    row = await uow.deals.get(deal_id, lock=True)
    if not is_served(row, by):
        raise Missing
    return row


# -- what the guards look at --------------------------------------------------------------------------


def policy_of(uow: Uow, day: date, city_code: str) -> DealsPolicy:
    """What holds in the place of work on a day."""
    return uow.ctx.policies.at(day, city_code).deals


async def today(uow: Uow) -> date:
    """The local day."""
    return local_day(await uow.now())


async def facts_of(uow: Uow, row: DealRow, people: Sequence[LentRow] | None = None) -> Deal:
    """The deal as it stands in this transaction, with everything that a guard may ask."""
    await uow.flush()
    found = await uow.lent.of(row.id) if people is None else people
    day = await today(uow)
    lender, borrower = await uow.employers.get(row.lender_id), await uow.employers.get(row.borrower_id)
    trade = trades().get(row.trade)
    papers = await uow.ctx.wiring.ports["agreements.signed"](uow, ("deal", row.id))
    brokering = await brokering_of(uow, row, day) if row.broker_id else {}
    return Deal(
        state=row.state,
        lender=_firm(lender),
        borrower=_firm(borrower),
        terms=await terms_of(uow, row, day),
        today=day,
        adults_only=trade is not None and trade.adult_only,
        broker=_firm(await uow.employers.get(row.broker_id)) if row.broker_id else None,
        lender_declares=frozenset(row.lender_declares),
        borrower_declares=frozenset(row.borrower_declares),
        review=row.review,
        cooperation_signed=any(each.state == SIGNED for each in papers),
        cooperation_drawn=any(each.state != SIGNED for each in papers),
        signed_until=row.signed_until,
        people=tuple([await _listed(uow, row, each, day) for each in found]),
        yes=frozenset(side for side in SIDES if getattr(row, f"{side}_agreed_at") is not None),
        shared_hands=await shared_hands(uow, row),
        lent_elsewhere=sum(lent_by(*each) for each in await uow.deals.lent_elsewhere(row)),
        **brokering,
    )


async def shared_hands(uow: Uow, row: DealRow) -> frozenset[tuple[str, str]]:
    """Pairs of sides for which one and the same person decides: the one says yes to the other in its own name."""
    sides = {"lender": row.lender_id, "borrower": row.borrower_id, BROKER: row.broker_id}
    hands = {side: set(await uow.members.deciders(firm)) for side, firm in sides.items() if firm is not None}
    return frozenset(pair for pair in combinations(hands, 2) if hands[pair[0]] & hands[pair[1]])


async def brokering_of(uow: Uow, row: DealRow, day: date) -> dict[str, Any]:
    """Whether agencies may broker where the people work and where they come from, and the clause that says (not) so."""
    places = [uow.ctx.policies.at(day, code).sharing for code in (row.city_code, row.lender_city_code)]
    told = next((each for each in places if not each.agencies_broker), places[0])
    return {
        "brokers_allowed": told.agencies_broker,
        "brokering_clause": told.clause.code,
        "brokering_document": jurisdictions()[told.clause.document].number,
    }


def _is_own(said: str | None, offered: Clause) -> bool:
    """Whether a clause says something else than what is offered, in either language."""
    return said is not None and fold_tight(said) not in map(fold_tight, (offered.zh, offered.en))


async def terms_of(uow: Uow, row: DealRow, day: date) -> Terms:
    """What both firms agree on; a minimum wage counts only where it is known for sure."""
    wage = await uow.postings.wage(row.district_code or row.city_code, day)
    return Terms(
        first_day=row.first_day,
        last_day=row.last_day,
        hours=Hours(row.day_from, row.day_until, tuple(row.weekdays), row.break_minutes),
        pay_fen=row.pay_fen,
        pay_unit=row.pay_unit,
        headcount=row.headcount,
        costs=tuple(Cost(**each) for each in row.costs),
        given=frozenset(row.given),
        injury_clause=row.injury_clause,
        own_staff=row.own_staff,
        least_hour_fen=wage.hour_fen if wage is not None and wage.verified else None,
        likely_hour_fen=wage.hour_fen if wage is not None else None,
        settlement_own=_is_own(row.clauses.get("settlement"), clauses()["settlement"]),
    )


async def _listed(uow: Uow, deal: DealRow, row: LentRow, day: date) -> Person:
    """Somebody of a deal's list with how often and how long lent before: looked at after the own yes only, since what a
    number has been used for is no business of who asks it."""
    person = await person_of(uow, row, day)
    if row.consented_at is None:
        return person
    this = Lent(deal.lender_id, row.first_day, row.left_on or row.longer_until or row.last_day)
    before = await uow.lent.before(row, min(day - YEAR, this.last_day - SPAN))
    return replace(
        person,
        lent_before=begun_since(before, day - YEAR),
        lent_days=days_lent(before, this),
        papers_lacking=await papers_lacking(uow, deal, row),
    )


async def papers_lacking(uow: Uow, deal: DealRow, row: LentRow) -> tuple[str, ...]:
    """Certificates that the trade demands by law (安全生产法 art. 30, 食品安全法 art. 45), and the person has no valid
    one of on record. The lender may hold it on paper: so it is said, and gone through by an officer, and does not
    refuse."""
    trade = trades().get(deal.trade)
    if trade is None or not trade.certificates or row.worker_id is None:
        return ()
    first, last = row.first_day, row.longer_until or row.last_day
    held = {
        each.kind
        for each in await uow.workers.certificates(row.worker_id)
        if (each.valid_from is None or each.valid_from <= first)
        and (each.valid_until is None or each.valid_until >= last)
    }
    return tuple(kind for kind in trade.certificates if kind not in held)


async def person_of(uow: Uow, row: LentRow, day: date) -> Person:
    """Somebody who is lent, as the guards see it."""
    worker = await uow.workers.get(row.worker_id) if row.worker_id else None
    return Person(
        state=row.state,
        relation=row.relation,
        contract_open_ended=row.contract_open_ended,
        contract_end=row.contract_end,
        first_day=row.first_day,
        last_day=row.last_day,
        consented=row.consented_at is not None,
        agreement_signed=row.state in ("consented", *LENT_WORKED) and bool(await signed_of(uow, "lent", row.id)),
        known=worker is not None,
        introducible_from=worker.introducible_from if worker else None,
        adult_from=worker.adult_from if worker else None,
    )


async def check_free(uow: Uow, deal: DealRow, row: LentRow, worker_id: UUID) -> None:
    """Whether a lending (or the longer one that is asked for) goes with what the person has said yes to elsewhere. Told
    to the person alone, at the first look and at the own signature; the worker is locked, so nothing comes between.

    Raises Conflict lent_already, lent_while_engaged, lent_part_time_over.
    """
    until = row.longer_until or row.last_day
    if await uow.lent.overlaps(row, worker_id, until):
        raise Conflict("lent_already")
    if await uow.lent.clashes(row, worker_id, until):
        raise Conflict("lent_while_engaged")
    await check_part_time(uow, deal, row, until)


async def check_comes(uow: Uow, deal: DealRow, row: LentRow, worker_id: UUID) -> None:
    """The same for whoever signs last: why somebody cannot come is the person's own matter. Raises Conflict
    lent_not_free."""
    try:
        await check_free(uow, deal, row, worker_id)
    except Conflict:
        raise Conflict("lent_not_free") from None


async def check_part_time(uow: Uow, deal: DealRow, row: LentRow, until: date) -> None:
    """Part-time work with one of the two firms stays within its week beside the hours lent until then.

    Raises Conflict lent_part_time_over. The worker is locked, so that no seat comes between.
    """
    known = await uow.lent.part_time_weeks(row, (deal.lender_id, deal.borrower_id), until)
    hours = Hours(row.day_from, row.day_until, tuple(row.weekdays), deal.break_minutes)
    most = uow.ctx.policies.at(await uow.now(), deal.city_code).hours.part_time_minutes_per_week
    over = over_part_time(lent_minutes(row.first_day, until, hours), known, most)
    if over is not None:
        raise Conflict(
            "lent_part_time_over", week_start=over.week, minutes_used=over.part_time, minutes_asked=over.lent,
            minutes_limit=most,
        )  # fmt: skip


def most_of(row: DealRow) -> int:
    """How many people a deal has room for: once begun one out of a balance has as many as it has taken."""
    out_of_balance = row.surplus_id is not None or row.shortage_id is not None
    return row.taken if out_of_balance and row.state in UNDER_WAY else row.headcount


def lasts_until(row: DealRow) -> date:
    """The last day on which anybody may be there: nobody works for longer than both firms have signed."""
    return row.last_day if row.signed_until is None else min(row.last_day, row.signed_until)


def leaves_on(row: LentRow) -> date | None:
    """The last day of somebody who is there and has notice (and is not asked to stay), or has gone and is not back yet;
    else None."""
    if row.state == "returning":
        return row.left_on
    goes = row.state == "working" and row.end_reason is not None and row.longer_until is None
    return row.last_day if goes else None


def is_full(row: DealRow, people: Sequence[LentRow], since: date | None = None) -> bool:
    """Whether so many are asked, come or are there for somebody who begins on a day (None: whenever there is room): the
    place of who leaves is free on the day after."""
    taken = [each for each in people if each.state in (*LENT_OPEN, *LENT_THERE)]
    leaving = {each.id: leaves_on(each) for each in taken}
    free = [day for day in leaving.values() if day is not None and day < (since or row.last_day)]
    return len(taken) - len(free) >= most_of(row)


async def is_unsigned(uow: Uow, row: DealRow) -> bool:
    """Whether it lasts longer than what both firms have signed, and nothing lies before them: one has declined."""
    if row.state not in UNDER_WAY or row.signed_until is None or row.signed_until >= row.last_day:
        return False
    papers = await uow.ctx.wiring.ports["agreements.signed"](uow, ("deal", row.id))
    return all(each.state == SIGNED for each in papers)


async def signed_of(uow: Uow, noun: str, subject_id: UUID) -> list[Any]:
    """The agreements about something that all parties have signed, and that hold now."""
    live = await uow.ctx.wiring.ports["agreements.signed"](uow, (noun, subject_id))
    return [each for each in live if each.state == SIGNED]


def _firm(row: EmployerRow) -> Firm:
    return Firm(row.id, row.kind, row.state, row.credit_code, row.name_folded, bool(row.licence_number))


async def known_of(uow: Uow, row: LentRow) -> Sequence[UUID]:
    """Who is meant: the person of the record, else everybody who has proved the number; nobody once it is forgotten."""
    if row.worker_id is not None:
        return [row.worker_id]
    return await uow.lent.known_people(row.phone_hash) if row.phone_hash is not None else []


async def is_own(uow: Uow, row: LentRow, by: Caller) -> bool:
    """Whether the caller is the person: by the record, and before that by the number that the caller has proved."""
    if by.role != "worker" or by.person_id is None:
        return False
    if row.worker_id is not None or row.phone_hash is None:
        return row.worker_id == by.person_id
    return row.phone_hash == await uow.members.proven_phone(by.person_id)
