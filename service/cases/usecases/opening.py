"""Open a case: by a worker or an employer's member, or by an officer with the worker's recorded yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.access.rules import window_wait
from service.actor import STAFF
from service.cases.opening import Opening, open_or_add
from service.cases.rules import handling as rules
from service.cases.usecases.appealing import file_decision
from service.cases.usecases.looking import view_of
from service.cases.ways import charges, kind_of
from service.contacts import leads_out
from service.employers.rules import is_public
from service.errors import Forbidden, Missing, Refused, TooMany
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTING
from service.reference.rules import city_of, settle_place
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.views import CaseView
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Said:
    """What a complainant says. Without a subject it lies in `city_code`."""

    kind: str
    noun: str | None = None
    subject_id: UUID | None = None
    city_code: str | None = None
    district_code: str | None = None
    venue_id: UUID | None = None
    against_words: str | None = None
    charge: str | None = None
    amount_fen: int | None = None
    words: str | None = None
    evidence: str | None = None
    shielded: bool | None = None


async def open_case(ctx: Context, said: Said, *, worker_id: UUID | None, on_behalf: str | None, by: Caller) -> CaseView:
    """The same one's second complaint about the same thing is the first one, with a note more; opened again where that
    one had its result already.

    Raises Missing for what the complainant has nothing to do with; Refused case_kind_unknown, case_subject_unfit,
    case_charge_needed, worker_needed, on_behalf_needed; Conflict case_other_door; TooMany case_too_often.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        kind = kind_of(said.kind, local_day(now))
        side = "employer" if by.role == "member" else "worker"
        person_id, actor = await _complainant(uow, by, worker_id, on_behalf)
        rules.check_subject(said.kind, side, said.noun)
        if said.kind == "platform_decision":
            rules.check_told_on(shielded=bool(said.shielded), leads_out=leads_out(said.words or ""))
        rules.check_charge(asked=kind.charge, charge=said.charge, known=charges())
        where = await _where(uow, said, side, person_id, by)
        await _check_limit(uow, person_id, urgent=kind.urgent and said.noun is None)
        opening = Opening(
            kind=said.kind,
            city_code=where["city_code"],
            side=side,
            source="counter" if by.role in STAFF else by.role,
            complainant_id=person_id,
            against_id=where["employer_id"] if side == "worker" else None,
            noun=said.noun,
            subject_id=said.subject_id,
            words=said.words,
            shielded=said.shielded,
            more={
                "district_code": where["district_code"],
                "venue_id": said.venue_id,
                "for_employer_id": by.employer_id if side == "employer" else None,
                "against_words": said.against_words,
                "charge": said.charge,
                "amount_fen": said.amount_fen,
                "evidence": said.evidence,
                "agreed_how": on_behalf,
            },
        )
        row, new = await open_or_add(uow, opening, by=actor)
        if new and said.kind == "platform_decision":
            await file_decision(uow, row, where, by=actor)
        return uow.answer(await view_of(uow, row, by))


async def _complainant(uow: Uow, by: Caller, worker_id: UUID | None, on_behalf: str | None) -> tuple[UUID, Actor]:
    """Who complains, and who acts. Staff name the worker. Raises Refused worker_needed, on_behalf_needed; Missing."""
    if by.role in STAFF:
        if worker_id is None:
            raise Refused("worker_needed", field="/worker_id")
        if not await uow.people.is_seen(worker_id, by):
            raise Missing
        await uow.people.get(worker_id)
        return worker_id, by.actor.with_yes_of(worker_id, on_behalf)
    if worker_id not in (None, by.person_id) or by.person_id is None:
        raise Missing
    return by.person_id, by.actor


async def _where(uow: Uow, said: Said, side: str, person_id: UUID, by: Caller) -> dict[str, Any]:
    """The subject as far as a case needs it, or the named place. Raises Missing, Refused `case_place_needed`."""
    if said.noun is not None and said.subject_id is not None:
        found = await uow.case_files.subject(said.noun, said.subject_id)
        if found is None or not await _concerns(uow, said, dict(found), side, person_id, by):
            raise Missing
        where = dict(found)
    else:
        if said.city_code is None:
            raise Refused("case_place_needed", field="/city_code")
        known = await uow.reference.regions(local_day(await uow.now()))
        city_code, district = settle_place(known, said.city_code, said.district_code)
        where = {"city_code": city_code, "district_code": district, "employer_id": None, "state": None, "title": None}
    if said.venue_id is not None:
        await uow.venues.get(said.venue_id)
    if by.role in STAFF and not by.serves_any(where["city_code"], where["district_code"]):
        raise Forbidden("region_not_served")
    return where | {"city_code": city_of(where["city_code"])}


async def _concerns(uow: Uow, said: Said, found: dict[str, Any], side: str, person_id: UUID, by: Caller) -> bool:
    """An own seat, debt or lending, what is public, or what the complainant has had to do with; an employer that is to
    answer for its platform's decision is one that he has worked for."""
    noun, subject_id = said.noun, said.subject_id
    assert subject_id is not None  # noqa: S101 - asked where there is one
    if side == "employer":
        return noun == "venue" or found["employer_id"] == by.employer_id
    if noun in ("engagement", "pay_record", "lent"):
        return bool(found["worker_id"] == person_id)
    if noun == "posting":
        public = found["state"] in PUBLIC_POSTING and not found["private"]
        return public or await uow.shifts.is_party(subject_id, person_id)
    if noun == "employer":
        known = said.kind != "platform_decision" and is_public(found["state"])
        return known or await uow.case_extracts.has_worked_for(person_id, subject_id)
    return True


async def _check_limit(uow: Uow, person_id: UUID, *, urgent: bool) -> None:
    """Raises TooMany `case_too_often`. What is urgent and names nothing of ours texts officers: fewer of those."""
    policy = uow.ctx.policies.at(await uow.now()).cases
    if urgent:
        await count_or_wait(uow, rules.BY_PERSON_URGENT, str(person_id), rules.urgent_windows(policy))
    await count_or_wait(uow, rules.BY_PERSON, str(person_id), rules.person_windows(policy))


async def count_or_wait(uow: Uow, name: str, who: str, windows: Any) -> None:
    """Count one more on the shared clock, in all processes, by keyed hash. Raises TooMany `case_too_often`."""
    now = await uow.now()
    subject = uow.ctx.vault.index(name, who)
    await uow.tries.lock(subject)
    times = await uow.tries.times(name, subject)
    for window, most in windows:
        wait = window_wait(times, now, window, most)
        if wait.total_seconds() > 0:
            raise TooMany("case_too_often", retry_after=int(wait.total_seconds()) + 1, most=most)
    await uow.tries.count(name, subject)
