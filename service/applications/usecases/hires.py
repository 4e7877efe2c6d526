"""Hire by sight (现场成交): what two people agreed face to face becomes posting, shift, seat and terms at the yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications import deadlines, hire_messages, rules, sight
from service.applications.seating import seat_at_once
from service.engagements.lifecycle import HIRE
from service.errors import Conflict, Missing, Refused
from service.guard.quoting import check_quoted
from service.postings.rules.terms import terms_hash, terms_of
from service.reference import catalogue
from service.shown_codes import worker_shown
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.applications.case import Case
    from service.context import Context
    from service.employers.tables import EmployerRow, SiteRow
    from service.engagements.tables import EngagementRow, HireRow
    from service.engagements.views import HireView
    from service.http.caller import Caller
    from service.uow import Uow

HIRE_TIMER = "hire.answer_due"
EARLIEST_START = timedelta(hours=1)  # the deal may be written down a little after the work began
LATEST_START = timedelta(days=7)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Deal:
    """What the two agreed. `place` is {"address", "city_code", "district_code", "lon", "lat", "datum"}."""

    code: str
    trade: str
    pay_fen: int
    pay_unit: str
    settlement: str
    until: datetime
    starts_at: datetime | None = None
    break_minutes: int = 0
    job_kind: str | None = None
    title: str | None = None
    site_id: UUID | None = None
    place: Mapping[str, Any] | None = None


async def propose_hire(ctx: Context, deal: Deal, *, by: Caller) -> HireView:
    """Put the deal before the worker, named by the card's code or the six-digit word; shown to nobody else.

    Raises Missing `code_unknown`, TooMany after many wrong codes, Refused words_contact, guard_hit and words_pose of
    title and address, Conflict `employer_not_active` and `hire_pending`, and what an unverified employer may not
    (`sight_people_limit`, `sight_days_limit`).
    """
    if by.employer_id is None:
        raise Missing
    rules.check_decides(by, by.employer_id)
    worker_id = await _worker_behind(ctx, deal.code, by)
    rules.check_not_own(by, worker_id)
    async with ctx.uow() as uow:
        if is_word(deal.code) and await uow.worker_codes.spend_word(deal.code) != worker_id:
            raise CodeUnknown
        now = await uow.now()
        _check_words(ctx, deal, now)
        employer = await uow.hires.employer(by.employer_id)
        site = await uow.hires.site(by.employer_id, deal.site_id)
        place = await _place(uow, deal, employer, site)
        hire = uow.hires.new(**_fields(deal, employer, worker_id, by, now), **place)
        policy = ctx.policies.at(now, hire.city_code).postings
        hire.answer_by = now + timedelta(minutes=policy.hire_by_sight_answer_minutes)
        await _check_limits(uow, employer, hire, now, adding=1)
        most = ctx.policies.at(now, hire.city_code).applications.hires_proposed_a_day
        if await uow.hires.proposed_today(employer.id, worker_id, now) >= most:
            raise Conflict("hires_enough", most=most)
        await uow.add(hire, by=by.actor, action="propose")
        await uow.schedule(HIRE_TIMER, hire.id, hire.answer_by)
        if rules.first_refusal(await uow.seat_cases.by_sight(hire, own=False), (rules.of_age, rules.not_blocked)):
            raise Conflict("not_available")  # proposing is introducing already; why is the worker's own business
        await hire_messages.tell_worker(uow, hire)
        return uow.answer(await uow.hires.view(hire.id))


async def accept_hire(ctx: Context, hire_id: UUID, *, by: Caller, on_behalf: str | None = None) -> EngagementRow:
    """The worker's yes: everything in one transaction, under the same gates as any other seat.

    Raises Missing, `wrong_state`, Conflict `hire_lapsed`, and the refusals of the gates.
    """
    async with ctx.uow() as uow:
        hire, actor = await _lock_own(uow, hire_id, by, on_behalf)
        employer = await uow.hires.employer(hire.employer_id, lock=hire.unverified_employer)
        case = await uow.seat_cases.by_sight(hire)
        _check_open(hire, case.now)
        if employer.state in rules.BARRED_EMPLOYER:
            raise Conflict("employer_not_active")
        await _check_limits(uow, employer, hire, case.now, adding=0)
        rules.pass_gates(case, rules.BY_SIGHT)
        engagement = await _make(uow, case, hire, actor)
        await uow.move(hire, HIRE, "accept", by=actor, at=case.now, engagement_id=engagement.id)
        await hire_messages.tell_employer(uow, hire, "hire.accepted")
        return uow.answer(engagement)


async def refuse_hire(
    ctx: Context, hire_id: UUID, *, by: Caller, reason: str | None = None, on_behalf: str | None = None
) -> HireView:
    """The worker's no. Raises Missing, `wrong_state`."""
    async with ctx.uow() as uow:
        hire, actor = await _lock_own(uow, hire_id, by, on_behalf)
        await uow.move(hire, HIRE, "refuse", by=actor, at=await uow.now(), reason=reason)
        await hire_messages.tell_employer(uow, hire, "hire.refused")
        return uow.answer(await uow.hires.view(hire.id))


async def withdraw_hire(ctx: Context, hire_id: UUID, *, by: Caller) -> HireView:
    """The employer takes the proposal back. Raises Missing, `wrong_state`."""
    async with ctx.uow() as uow:
        seen = await uow.hires.get(hire_id)
        rules.check_decides(by, seen.employer_id)
        await uow.locks.workers([seen.worker_id])
        hire = await uow.hires.lock(hire_id)
        await uow.move(hire, HIRE, "withdraw", by=by.actor, at=await uow.now())
        return uow.answer(await uow.hires.view(hire.id))


async def list_pending_hires(ctx: Context, *, by: Caller) -> list[HireView]:
    """What waits for this worker's yes, or what this employer has proposed."""
    async with ctx.uow() as uow:
        now = await uow.now()
        if by.role == "member":
            return await uow.hires.pending(worker_id=None, employer_id=by.employer_id, now=now)
        return await uow.hires.pending(worker_id=rules.worker_meant(by, None), employer_id=None, now=now)


async def get_hire(ctx: Context, hire_id: UUID, *, by: Caller) -> HireView:
    """One proposal, for its two sides and the officer of the place. Raises Missing."""
    async with ctx.uow() as uow:
        hire = await uow.hires.get(hire_id)
        sides = {"worker": by.person_id == hire.worker_id, "member": by.employer_id == hire.employer_id}
        if not sides.get(by.role, by.serves(hire.city_code)):
            raise Missing
        return await uow.hires.view(hire_id)


# -- proposing ---------------------------------------------------------------------------------------


def is_word(code: str) -> bool:
    """Whether a code is the short word that a worker says; a card's code is long."""
    return code.isdigit() and len(code) <= 8


async def _worker_behind(ctx: Context, code: str, by: Caller) -> UUID:
    """Whose code it is. Raises CodeUnknown, and TooMany where too many were wrong."""
    card, word = (None, code) if is_word(code) else (code, None)
    found = await worker_shown(ctx, card=card, word=word, by=by)
    if found is None:
        async with ctx.uow():  # a repeated request meets its answer here, though its word is spent by now
            raise CodeUnknown
    return found


class CodeUnknown(Missing):
    """The code is nobody's (now)."""

    def __init__(self) -> None:
        super().__init__("shown_code_unknown", field="/code")


def _check_words(ctx: Context, deal: Deal, now: datetime) -> None:
    """They are texted to the worker as they are."""
    address = deal.place["address"] if deal.place is not None else None
    for pointer, words in (("/title", deal.title), ("/place/address", address)):
        check_quoted(pointer, words, ctx.rulebook(), local_day(now), ctx.language)


def _fields(deal: Deal, employer: EmployerRow, worker_id: UUID, by: Caller, now: datetime) -> dict[str, Any]:
    trades = catalogue.trades()
    if deal.trade not in trades:
        raise Refused("trade_unknown", field="/trade")
    trade = trades[deal.trade]
    starts_at = deal.starts_at or now.replace(second=0, microsecond=0)
    _check_times(starts_at, deal.until, now)
    return {
        "employer_id": employer.id,
        "worker_id": worker_id,
        "proposed_by": by.person_id,
        "trade": deal.trade,
        "title": deal.title or trade.zh,
        "job_kind": deal.job_kind or "day_labour",
        "pay_fen": deal.pay_fen,
        "pay_unit": deal.pay_unit,
        "settlement": deal.settlement,
        "starts_at": starts_at,
        "ends_at": deal.until,
        "break_minutes": deal.break_minutes,
        "adult_only": trade.adult_only,
        "certificates": list(trade.certificates),
        "unverified_employer": employer.state != "verified",
    }


def _check_times(starts_at: datetime, until: datetime, now: datetime) -> None:
    if not now - EARLIEST_START <= starts_at <= now + LATEST_START:
        raise Refused("sight_start_far", field="/starts_at", hours_back=1, days_ahead=LATEST_START.days)
    if not starts_at < until <= starts_at + LONGEST or until <= now:
        raise Refused("sight_end_wrong", field="/until", hours_most=24)


async def _place(uow: Uow, deal: Deal, employer: EmployerRow, site: SiteRow | None) -> dict[str, Any]:
    if deal.place is not None:
        cities = {employer.city_code, *await uow.hires.cities_of_sites(employer.id)}
        known = await uow.reference.regions(local_day(await uow.now()))
        return sight.sight_place(deal.place, cities, employer.city_code, known)
    source: Any = site or employer
    return {
        "site_id": site.id if site else None,
        "city_code": source.city_code,
        "district_code": source.district_code,
        "address": source.address or employer.name,
        "lon": site.lon if site else None,
        "lat": site.lat if site else None,
        "sent_datum": site.sent_datum if site else None,
    }


async def _check_limits(uow: Uow, employer: EmployerRow, hire: HireRow, now: datetime, *, adding: int) -> None:
    """`adding` is 1 before the proposal is stored, 0 when it is counted already.

    The narrower of the limits of the two cities, so that none is escaped by working next door.
    """
    if employer.state in rules.BARRED_EMPLOYER:
        raise Conflict("employer_not_active")
    rules_of = [uow.ctx.policies.at(now, city).postings for city in (hire.city_code, employer.city_code)]
    verified = employer.state == "verified"
    people = 0 if verified else adding + await uow.hires.people_by_sight(employer.id, now)
    refusal = deadlines.sight_refusal(
        verified=verified,
        people=people,
        starts_at=hire.starts_at,
        ends_at=hire.ends_at,
        people_max=min(each.hire_by_sight_unverified_people_max for each in rules_of),
        days_max=min(each.hire_by_sight_unverified_days_max for each in rules_of),
    )
    if refusal is not None:
        raise refusal


# -- the yes -----------------------------------------------------------------------------------------


async def _lock_own(uow: Uow, hire_id: UUID, by: Caller, on_behalf: str | None) -> tuple[HireRow, Actor]:
    seen = await uow.hires.get(hire_id)
    if by.role != "worker" and not by.serves(seen.city_code):
        raise Missing
    actor = rules.act_for(by, seen.worker_id, on_behalf)
    await uow.locks.workers([seen.worker_id])
    return await uow.hires.lock(hire_id), actor


def _check_open(hire: HireRow, now: datetime) -> None:
    HIRE.fire(hire.state, "accept")
    if now >= hire.answer_by:
        raise Conflict("hire_lapsed", answer_by=hire.answer_by)


async def _make(uow: Uow, case: Case, hire: HireRow, by: Actor) -> EngagementRow:
    words = terms_of(uow.hires.posting_columns(hire))
    posting, shift = await uow.hires.make_place(hire, terms=words, terms_hash=terms_hash(words), at=case.now)
    await uow.add(posting, by=by, action="hire")
    await uow.add(shift, by=by, action="hire")
    await uow.flush()
    place = replace(
        case.place, posting_id=posting.id, shift_id=shift.id, terms_hash=posting.terms_hash, headcount=1, taken=0
    )
    seated = replace(case, place=place)
    _, engagement = await seat_at_once(
        uow, seated, by=by, origin="sight", action="hire", unverified_employer=hire.unverified_employer
    )
    return engagement
