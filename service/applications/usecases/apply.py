"""Applying: for one, several or all dates, alone or as a crew, all or nothing unless asked otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.applications import deadlines, rules
from service.applications.seating import ANSWER_TIMER, policy_of, seat_at_once, tell_deciders
from service.applications.usecases.claim import check_reach, lock_crew
from service.applications.views import Applied, Refusal
from service.errors import Conflict, DomainError, Missing, Refused
from service.ids import new_id

if TYPE_CHECKING:
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

MOST_SHIFTS = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks for; `shift_ids` None with `all_shifts` False is the posting as a whole."""

    shift_ids: Sequence[UUID] | None
    all_shifts: bool
    all_or_nothing: bool
    crew_id: UUID | None
    note: str | None
    terms_version: int | None


async def apply_to_posting(
    ctx: Context,
    posting_id: UUID,
    *,
    by: Caller,
    shift_ids: Sequence[UUID] | None = None,
    all_shifts: bool = False,
    all_or_nothing: bool = True,
    crew_id: UUID | None = None,
    note: str | None = None,
    terms_version: int | None = None,
    worker_id: UUID | None = None,
    on_behalf: str | None = None,
) -> Applied:
    """Applications in one batch. A pending one holds no seat; a trusted worker (老熟人) is seated at once.

    All-or-nothing: the first refusal is raised and names its shift. Otherwise each date answers on its own.
    Raises Missing, `shifts_needed`, `terms_changed` and the refusals of the gates.
    """
    asked_for = rules.worker_meant(by, worker_id)
    actor = rules.act_for(by, asked_for, on_behalf)
    wish = Wish(shift_ids, all_shifts, all_or_nothing, crew_id, note, terms_version)
    async with ctx.uow() as uow:
        await check_reach(uow, asked_for, by)
        at_least, members = await _lock_people(uow, crew_id, asked_for)
        posting = await uow.applications.seen_posting(posting_id)
        rules.check_shown(by, private=posting.private, posting_state=posting.state, city_code=posting.city_code)
        if shift_ids is None and not all_shifts:
            return uow.answer(await _for_whole_posting(uow, posting_id, asked_for, wish, actor))
        cases = await _cases(uow, posting_id, members, wish, asked_for)
        batch = Batch(uow, wish, asked_for, at_least, actor)
        return uow.answer(await batch.send(cases))


async def _lock_people(uow: Uow, crew_id: UUID | None, asked_for: UUID) -> tuple[int | None, list[UUID]]:
    if crew_id is not None:
        return await lock_crew(uow, crew_id, asked_for)
    await uow.locks.workers([asked_for])
    return None, [asked_for]


async def _cases(uow: Uow, posting_id: UUID, members: Sequence[UUID], wish: Wish, leader_id: UUID) -> list[Case]:
    now = await uow.now()
    ids = list(wish.shift_ids) if wish.shift_ids is not None else await uow.applications.open_shifts(posting_id, now)
    if not ids or len(set(ids)) != len(ids) or len(ids) > MOST_SHIFTS:
        raise Refused("shifts_needed", field="/shift_ids", most=MOST_SHIFTS)
    await uow.locks.places(ids)
    cases = [
        await uow.seat_cases.locked(worker_id, shift_id, own=worker_id == leader_id)
        for shift_id in sorted(ids)
        for worker_id in members
    ]
    if any(case.place.posting_id != posting_id for case in cases):
        raise Missing
    rules.check_terms(wish.terms_version, cases[0].place.terms_version)
    return cases


async def _for_whole_posting(uow: Uow, posting_id: UUID, worker_id: UUID, wish: Wish, by: Actor) -> Applied:
    """For work whose days are to be agreed: one application, no seat."""
    posting = await uow.applications.seen_posting(posting_id)
    if posting.binding != "pattern":
        raise Refused("shifts_needed", field="/shift_ids", most=MOST_SHIFTS)
    case = await uow.seat_cases.whole(worker_id, posting_id)
    rules.check_terms(wish.terms_version, case.place.terms_version)
    rules.pass_gates(case, rules.WHOLE_POSTING)
    live = await uow.applications.of_worker_and_posting(worker_id, posting_id)
    if live is not None:
        raise Conflict("already_applied", application_id=live.id, state=live.state)
    batch_id = new_id()
    row = uow.applications.new_for_posting(posting, worker_id, note=wish.note, batch_id=batch_id)
    await uow.add(row, by=by, action="apply")
    due = deadlines.employer_answers_by(None, case.now, policy_of(uow, case))
    await uow.schedule(ANSWER_TIMER, row.id, due)
    await uow.flush()
    await tell_deciders(uow, row, "application.sent")
    return Applied(batch_id, [await uow.application_pages.view(row.id)], [])


class Batch:
    """What is sent together: by one worker or a crew, for one date or many."""

    def __init__(self, uow: Uow, wish: Wish, leader_id: UUID, at_least: int | None, by: Actor):
        self.uow, self.wish, self.leader_id, self.at_least, self.by = uow, wish, leader_id, at_least, by
        self.batch_id = new_id()

    async def send(self, cases: Sequence[Case]) -> Applied:
        """Store what passes the gates. Raises the first refusal where all or nothing was asked for."""
        passing, refused = self._sift(cases)
        if not passing:
            raise refused[0][1]
        clash = deadlines.clashes(
            {case.place.shift_id: case.place for case in passing}.values(), passing[0].hours.rest_gap_minutes
        )
        if clash is not None:
            raise clash
        rows = [await self._send_one(case) for case in passing]
        await self.uow.flush()
        waiting = next((row for row in rows if row.state == "sent"), None)
        if waiting is not None:
            await tell_deciders(self.uow, waiting, "application.sent")
        views = await self.uow.application_pages.views([row.id for row in rows])
        told = [Refusal(case.place.shift_id, *self._told(case, error)) for case, error in refused]
        return Applied(self.batch_id, views, told)

    def _sift(self, cases: Sequence[Case]) -> tuple[list[Case], list[tuple[Case, DomainError]]]:
        passing: list[Case] = []
        refused: list[tuple[Case, DomainError]] = []
        for _, group in groupby(cases, key=lambda case: case.place.shift_id):
            good, bad = self._sift_shift(list(group))
            if bad and self.wish.all_or_nothing and (self.at_least is None or not good):
                case, error = bad[0]
                raise _naming_shift(case, error, *self._told(case, error))
            passing += good
            refused += bad
        return passing, refused

    def _sift_shift(self, cases: list[Case]) -> tuple[list[Case], list[tuple[Case, DomainError]]]:
        answers = [(case, rules.first_refusal(case, rules.APPLY)) for case in cases]
        good = [case for case, refusal in answers if refusal is None]
        bad = [(case, refusal) for case, refusal in answers if refusal is not None]
        if self.at_least is not None and len(good) < self.at_least:
            short = Conflict("crew_does_not_fit", at_least=self.at_least, willing=len(good), free=len(good))
            return [], [(cases[0], short)]
        return good, bad

    def _told(self, case: Case, refusal: DomainError) -> tuple[str, dict[str, Any]]:
        """A leader learns of others what an employer would: their age, blocks and seats are their own business."""
        if case.seeker.worker_id == self.leader_id or refusal.code == "crew_does_not_fit":
            return refusal.code, dict(refusal.facts)
        return rules.told_to_employer(refusal)

    async def _send_one(self, case: Case) -> ApplicationRow:
        worker_id = case.seeker.worker_id
        acting = self.by if worker_id == self.leader_id else self.by.acting_for(worker_id, "crew")
        more: dict[str, Any] = {"batch_id": self.batch_id, "crew_id": self.wish.crew_id, "at_least": self.at_least}
        more |= {"note": self.wish.note, "all_or_nothing": self.wish.all_or_nothing}
        if case.seeker.trusted and self.at_least is None and rules.seat_free(case) is None:
            row, _ = await seat_at_once(self.uow, case, by=acting, origin="applied", action="apply", **more)
            return row
        row = self.uow.applications.new(case.place, worker_id, state="sent", origin="applied", at=case.now, **more)
        await self.uow.add(row, by=acting, action="apply")
        due = deadlines.employer_answers_by(case.place.starts_at, case.now, policy_of(self.uow, case))
        await self.uow.schedule(ANSWER_TIMER, row.id, due)
        return row


def _naming_shift(case: Case, refusal: DomainError, code: str, facts: Mapping[str, Any]) -> DomainError:
    return type(refusal)(code, **({"shift_id": case.place.shift_id} | dict(facts)))
