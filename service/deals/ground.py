"""What several verbs of deals need: whose deal it is, what the guards look at, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.agreements.lifecycle import LIVE
from service.deals import spoken
from service.deals.lifecycle import DEAL, ENDED, LENT, LENT_WORKED
from service.deals.rules import course
from service.deals.rules.facts import BROKER, SIDES, Cost, Deal, Firm, Hours, Person, Terms
from service.deals.rules.hours import lent_minutes, over_part_time
from service.deals.rules.insolvency import CONFIRMED
from service.employers.rules import check_may
from service.errors import Conflict, Missing
from service.reference.catalogue import jurisdictions, trades
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.deals.tables import DealRow, LentRow
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.policies.model import DealsPolicy
    from service.uow import Uow

YEAR = timedelta(days=365)
START_TIMER, ANSWER_TIMER, LAST_DAY_TIMER = "deal.first_day", "deal.answer", "deal.last_day"
ASKED_TIMER, BEGIN_TIMER, END_TIMER, BACK_TIMER = "lent.answer", "lent.first_day", "lent.last_day", "lent.back"
SIGNED = "signed"  # an agreement that all its parties have signed
# Which papers fall with whom: what has not begun leaves none; of what has, what nobody has signed yet.
WHERE_OVER = dict.fromkeys(("refused", "cancelled"), LIVE) | dict.fromkeys(("returning", "breached"), ("drawn",))
WHERE_NOT_THERE = dict.fromkeys(("refused", "dropped", "withdrawn"), LIVE) | dict.fromkeys(
    ("returning", "released"), ("drawn",)
)
# What an agency hears of the deal that it has brought about: that it stands, or that it is over.
BROKER_TOLD = {
    "agree": "deal.agreed", "decline": "deal.declined", "cancel": "deal.cancelled", "lapse": "deal.cancelled",
    "return": "deal.returning", "breach": "deal.breached",
}  # fmt: skip


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
    agreements = await signed_of(uow, "deal", row.id)
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
        cooperation_signed=bool(agreements),
        people=tuple([await person_of(uow, each, day) for each in found]),
        yes=frozenset(side for side in SIDES if getattr(row, f"{side}_agreed_at") is not None),
        **brokering,
    )


async def brokering_of(uow: Uow, row: DealRow, day: date) -> dict[str, Any]:
    """Whether agencies may broker where the people work and where they come from, and the clause that says (not) so."""
    places = [uow.ctx.policies.at(day, code).sharing for code in (row.city_code, row.lender_city_code)]
    told = next((each for each in places if not each.agencies_broker), places[0])
    return {
        "brokers_allowed": told.agencies_broker,
        "brokering_clause": told.clause.code,
        "brokering_document": jurisdictions()[told.clause.document].number,
    }


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
    )


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
        lent_before=await uow.lent.lent_before(row, day - YEAR) if row.consented_at is not None else 0,
    )


async def check_part_time(uow: Uow, deal: DealRow, row: LentRow) -> None:
    """Part-time work with one of the two firms stays within its week beside the hours lent.

    Raises Conflict lent_part_time_over. The worker is locked, so that no seat comes between.
    """
    known = await uow.lent.part_time_weeks(row, (deal.lender_id, deal.borrower_id))
    hours = Hours(row.day_from, row.day_until, tuple(row.weekdays), deal.break_minutes)
    most = uow.ctx.policies.at(await uow.now(), deal.city_code).hours.part_time_minutes_per_week
    over = over_part_time(lent_minutes(row.first_day, row.last_day, hours), known, most)
    if over is not None:
        raise Conflict(
            "lent_part_time_over", week_start=over.week, minutes_used=over.part_time, minutes_asked=over.lent,
            minutes_limit=most,
        )  # fmt: skip


async def signed_of(uow: Uow, noun: str, subject_id: UUID) -> list[Any]:
    """The agreements about something that all parties have signed, and that hold now."""
    live = await uow.ctx.wiring.ports["agreements.signed"](uow, (noun, subject_id))
    return [each for each in live if each.state == SIGNED]


def _firm(row: EmployerRow) -> Firm:
    return Firm(row.id, row.kind, row.state, row.credit_code, row.name_folded, bool(row.licence_number))


# -- what follows -------------------------------------------------------------------------------------


async def move(uow: Uow, row: DealRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any) -> None:
    """Move a deal after asking its guards; its people follow, and those of its balances are spoken for or free again.
    Raises what the course raises, and what taking from a balance raises."""
    people = await uow.lent.of(row.id, lock=True)
    now = await uow.now()
    deal = await facts_of(uow, row, people)
    course.move(deal, action, policy_of(uow, local_day(now), row.city_code))
    ends = DEAL.moves[row.state, action] in ENDED
    changes |= {"ended_at": now, "end_reason": reason or action} if ends else {}
    changes |= {"answer_by": None} if row.state == "proposed" else {}
    if action == "agree":
        changes |= {"taken": await spoken.take(uow, row, by=by)}
    elif action in spoken.FREEING and row.taken:
        await spoken.give_back(uow, row, row.taken, by=by)
        changes |= {"taken": 0}
    await uow.move(row, DEAL, action, by=by, at=now, reason=reason, **changes)
    await uow.flush()
    await void(uow, "deal", row, by=by, reason=reason or action, states=WHERE_OVER.get(row.state, ()))
    if action in BROKER_TOLD:
        await tell_side(uow, row, BROKER, BROKER_TOLD[action], reason=reason)
    follows = course.after(action, lender_gone=row.lender_insolvency == CONFIRMED)
    for each in people:
        if each.state in follows:
            await move_person(uow, row, each, follows[each.state], by=by, reason=reason or action)


async def move_person(
    uow: Uow, deal: DealRow, row: LentRow, action: str, *, by: Actor, reason: str | None = None, **changes: Any
) -> None:
    """Move a person of a deal that is locked; who is not there any more has a last day, and a reason."""
    now = await uow.now()
    after = LENT.fire(row.state, action)
    if after == "working":
        changes |= {"started_at": now}
    if row.state == "working" and after in ("returning", "released"):
        changes |= {"left_on": min(local_day(now), row.last_day)}
    if after == "returning":
        days = policy_of(uow, local_day(now), deal.city_code).take_back_days
        changes |= {"back_by": local_day(now) + timedelta(days=days)}
    if after not in ("asked", "consented", "working"):
        changes |= {"end_reason": row.end_reason or reason or action}
    if LENT.is_final(after):
        changes |= {"ended_at": now}
    await uow.move(row, LENT, action, by=by, at=now, reason=reason, answer_by=None, **changes)
    await uow.flush()
    await void(uow, "lent", row, by=by, reason=reason or action, states=WHERE_NOT_THERE.get(row.state, ()))


async def void(
    uow: Uow, noun: str, row: DealRow | LentRow, *, by: Actor, reason: str, states: tuple[str, ...] = LIVE
) -> None:
    """Nothing that was drawn or signed about it (in these states) holds any more, nor can be signed."""
    if states:
        ends = uow.ctx.wiring.ports["agreements.void"]
        await ends(uow, (noun, row.id), by=by, at=await uow.now(), reason=reason, states=states)


async def tell_side(uow: Uow, row: DealRow, side: str, template: str, **params: Any) -> None:
    """Tell those who decide for a side."""
    employer_id = {"lender": row.lender_id, "borrower": row.borrower_id, "broker": row.broker_id}[side]
    if employer_id is None:
        return
    for person_id in await uow.members.deciders(employer_id):
        await _tell(uow, person_id, row, template, employer_id=employer_id, params=params)


async def tell_both(uow: Uow, row: DealRow, template: str, **params: Any) -> None:
    """Tell both firms."""
    for side in SIDES:
        await tell_side(uow, row, side, template, **params)


async def tell_person(uow: Uow, deal: DealRow, row: LentRow, template: str, **params: Any) -> None:
    """Tell who is lent: by the record, and before that by the number that was proved."""
    for person_id in await known_of(uow, row):
        own = {"first_day": row.first_day, "last_day": row.last_day}
        await _tell(uow, person_id, deal, template, params=own | params, about=("lent", row.id, row.version))


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


async def _tell(
    uow: Uow,
    person_id: UUID,
    row: DealRow,
    template: str,
    *,
    params: dict[str, Any],
    about: tuple[str, UUID, int] | None = None,
    employer_id: UUID | None = None,
) -> None:
    names = await uow.deals.names((row.lender_id, row.borrower_id))
    noun, subject_id, version = about or ("deal", row.id, row.version)
    said = {
        "number": row.number, "lender": names[row.lender_id], "borrower": names[row.borrower_id],
        "first_day": row.first_day, "last_day": row.last_day,
    }  # fmt: skip
    await uow.tell(
        person_id,
        template,
        params=said | params,
        subject=(noun, subject_id),
        dedupe=f"{template}:{subject_id}:{version}",
        employer_id=employer_id,
    )
