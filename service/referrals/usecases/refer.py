"""Recommending people for a posting: one, or a ranked list at once; each is answered on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications import rules as gates
from service.employers.rules import public_name
from service.errors import Conflict, DomainError, Missing, Refused
from service.guard.quoting import check_quoted
from service.i18n.saying import problem_sentence
from service.ids import new_id
from service.referrals.lifecycle import REFERRAL
from service.referrals.rules import check_broker_may, is_quick, only_shift, told_to_broker
from service.referrals.steps import await_answer, fire, policy_of, starts_at, tell_employer, tell_worker
from service.referrals.views import NotReferred, Referred
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow
    from service.uow import Uow

MOST = 50
FOR_SHIFT = tuple(gate for gate in gates.OFFER if gate is not gates.no_live_application)


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of a group; `on_behalf`: how the people said yes, if they did.

    `agency_id`: the broker's, `acted_for`: which of the people it acts for.
    """

    shift_id: UUID | None
    note: str | None
    ready: bool
    on_behalf: str | None
    agency_id: UUID | None = None
    acted_for: frozenset[UUID] = frozenset()


async def refer_workers(
    ctx: Context,
    posting_id: UUID,
    *,
    worker_ids: Sequence[UUID],
    shift_id: UUID | None,
    note: str | None,
    ready: bool,
    on_behalf: str | None,
    by: Caller,
) -> Referred:
    """One referral a person, in the order of the list, told to both sides.

    With `on_behalf` the people's yes is on record already (at the counter), with `ready` also to being taken on at
    once. A broker recommends whom its agency acts for; they are asked. Raises Missing, Refused `workers_needed`,
    `ready_needs_yes`, `shift_needed`, `shift_none_open`, `broker_asks_person` and what a note may not say; Forbidden
    `broker_licence_needed`, `member_role_lacks`, Conflict `broker_own_posting`.
    """
    if not 0 < len(set(worker_ids)) == len(worker_ids) <= MOST:
        raise Refused("workers_needed", field="/worker_ids", most=MOST)
    if ready and on_behalf is None and by.role in STAFF:
        raise Refused("ready_needs_yes", field="/ready")
    async with ctx.uow() as uow:
        agency_id = await _agency(uow, posting_id, ready, on_behalf, by) if by.role == "member" else None
        shift_id = await _place_of(uow, posting_id, shift_id, by)
        acted_for = await _acted_for(uow, agency_id, worker_ids) if agency_id is not None else frozenset()
        word = Word(shift_id, note, ready, on_behalf, agency_id, acted_for)
        check_quoted("/note", note, ctx.rulebook(), local_day(await uow.now()), ctx.language)
        batch_id = new_id()
        rows: list[ReferralRow] = []
        refused = []
        for place, worker_id in sorted(enumerate(worker_ids, 1), key=lambda each: each[1]):  # locked in their order
            try:
                async with uow.attempt():
                    rows.append(await _refer(uow, posting_id, worker_id, word, (batch_id, place), by))
                    await uow.flush()
            except DomainError as error:
                code, facts = told_to_broker(error) if agency_id is not None else (error.code, dict(error.facts))
                refused.append(NotReferred(worker_id, code, facts, problem_sentence(code, ctx.language, facts)))
        views = await uow.referral_pages.views([row.id for row in rows], agency_id=agency_id)
        return uow.answer(Referred(batch_id, views, refused))


async def _agency(uow: Uow, posting_id: UUID, ready: bool, on_behalf: str | None, by: Caller) -> UUID:
    """The caller's agency, licensed now, for a posting that everybody sees and that is another's."""
    posting = await uow.intakes.public_posting(posting_id)
    agency = await uow.ctx.wiring.ports["brokers.agency"](uow, by)
    check_broker_may(own=posting.employer_id == agency.id, ready=ready, on_behalf=on_behalf)
    agency_id: UUID = agency.id
    return agency_id


async def _acted_for(uow: Uow, agency_id: UUID, worker_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Whom of these the agency acts for, kept so: first the people are locked, then the ties, each in one order.

    Nobody else's row is touched: who is not theirs is not there.
    """
    theirs = await uow.brokers.acted_for(agency_id, worker_ids)
    await uow.people.lock_workers(*theirs)
    return await uow.brokers.acted_for(agency_id, theirs, lock=True)


async def _place_of(uow: Uow, posting_id: UUID, shift_id: UUID | None, by: Caller) -> UUID | None:
    """The shift that is meant: the named one, or the only one to come; none for a posting with hours of a pattern."""
    posting = await uow.applications.seen_posting(posting_id)
    if by.role != "member":
        gates.check_shown(by, private=posting.private, posting_state=posting.state, city_code=posting.city_code)
    if shift_id is None:
        if posting.binding == "pattern":
            return None
        to_come = await uow.applications.open_shifts(posting_id, await uow.now())
        return only_shift(to_come)
    if (await uow.applications.seen_shift(shift_id)).posting_id != posting_id:
        raise Missing
    return shift_id


async def _refer(
    uow: Uow, posting_id: UUID, worker_id: UUID, word: Word, group: tuple[UUID, int], by: Caller
) -> ReferralRow:
    known = await uow.people.is_seen(worker_id, by) if word.agency_id is None else worker_id in word.acted_for
    if not known:
        raise Missing
    await uow.locks.workers([worker_id])
    await uow.now_anew()
    if word.shift_id is not None:
        case = await uow.seat_cases.seen(worker_id, word.shift_id, own=False)
        gates.pass_gates(case, FOR_SHIFT)
    else:
        case = await uow.seat_cases.whole(worker_id, posting_id)
        gates.pass_gates(case, gates.WHOLE_POSTING)
    live = await uow.referrals.live(worker_id, posting_id)
    if live is not None:
        raise Conflict("referral_live", referral_id=live.id, state=live.state)
    start = case.place.starts_at if word.shift_id is not None else None
    row = uow.referrals.new(
        posting_id=posting_id,
        shift_id=word.shift_id,
        worker_id=worker_id,
        employer_id=case.place.employer_id,
        city_code=case.place.city_code,
        origin="broker" if word.agency_id else "officer",
        referred_by=by.account_id if by.role in ("officer", "admin") else None,
        agency_id=word.agency_id,
        venue_id=by.venue_id,
        batch_id=group[0],
        place_in_batch=group[1],
        quick=is_quick(start, case.now, policy_of(uow, case.now, case.place.city_code)),
        note=word.note,
    )
    await uow.add(row, by=by.actor, action="create")
    await uow.flush()
    await _ask(uow, row, word, case.place.terms_version, by)
    return row


async def _ask(uow: Uow, row: ReferralRow, word: Word, terms_version: int, by: Caller) -> None:
    """Both are told at once; who stands at the counter has answered already."""
    now = await uow.now()
    until = await await_answer(uow, row, "worker")
    await uow.move(row, REFERRAL, "notify", by=by.actor, at=now, answer_by=until)
    if word.on_behalf is None:
        start = await starts_at(uow, row)
        employer = await uow.employers.get(row.employer_id)
        template = "referral.asked" if start else "referral.asked_open"
        when: dict[str, Any] = {"starts_at": start} if start else {}
        when |= {"until_at": until, "whose": public_name(employer.name, employer.kind)}
        await tell_worker(uow, row, template, asks="referral.accept", urgent=row.quick, **when)
        await tell_employer(uow, row, "referral.made")
        return
    actor = by.actor.with_yes_of(row.worker_id, word.on_behalf)
    until = await await_answer(uow, row, "employer")
    yes: dict[str, Any] = {
        "worker_answered_at": now,
        "yes_terms_version": terms_version,
        "ready": word.ready,
        "answer_by": until,
    }
    await fire(uow, row, "worker_accept", by=actor, **yes)
    await tell_worker(uow, row, "referral.noted")
    await tell_employer(uow, row, "referral.wants", until_at=until)
