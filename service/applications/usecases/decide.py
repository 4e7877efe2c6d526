"""The employer's side: deciding many applications at once, and inviting named people or the own pool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from service.applications import deadlines, rules
from service.applications.lifecycle import APPLICATION
from service.applications.seating import OFFER_TIMER, close, hold, policy_of, seat_pending, tell_worker
from service.applications.usecases.answer import check_reason
from service.applications.views import Applied, Decided, Refusal
from service.errors import Conflict, DomainError, Forbidden, Missing, Refused
from service.guard.quoting import check_quoted
from service.ids import new_id
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

MOST_INVITED = 50


@dataclass(frozen=True, slots=True)
class Decision:
    """One word of the employer on one application; `reason` belongs to a no."""

    application_id: UUID
    answer: str  # accept or decline
    reason: str | None = None


async def decide_applications(
    ctx: Context, posting_id: UUID, decisions: Sequence[Decision], *, by: Caller
) -> list[Decided]:
    """Each decision is answered on its own; what was asked for together (all or nothing, a crew) goes together.

    A yes to an application under older terms becomes an offer, since the worker's yes was to other words.
    Raises Missing (posting, or somebody else's), Forbidden for clerks, `reason_unknown`.
    """
    async with ctx.uow() as uow:
        for decision in decisions:
            if decision.answer == "decline":
                await check_reason(uow, "application_reject", decision.reason or "")
        rules.check_decides(by, (await uow.applications.seen_posting(posting_id)).employer_id)
        groups = [await _group(uow, posting_id, decision) for decision in decisions]
        rows = {row.id: row for group in groups for row in group}
        await uow.locks.workers({row.worker_id for row in rows.values()})
        await uow.locks.places({row.shift_id for row in rows.values() if row.shift_id is not None})
        answers = [
            await _decide_one(uow, decision, group, by.actor) for decision, group in zip(decisions, groups, strict=True)
        ]
        uow.answer({"decisions": answers})
        return answers


async def _group(uow: Uow, posting_id: UUID, decision: Decision) -> Sequence[ApplicationRow]:
    """The applications that a decision falls on; none where the id is not one of the posting's."""
    try:
        row = await uow.applications.get(decision.application_id)
    except Missing:
        return []
    if row.posting_id != posting_id:
        return []
    together = row.batch_id is not None and (row.all_or_nothing or row.crew_id is not None)
    if not together or row.batch_id is None:
        return [row]
    batch = [other for other in await uow.applications.batch(row.batch_id) if other.state == row.state]
    return batch if any(other.id == row.id for other in batch) else [row]


async def _decide_one(uow: Uow, decision: Decision, group: Sequence[ApplicationRow], by: Actor) -> Decided:
    try:
        if not group:
            raise Missing
        async with uow.attempt():
            locked = await uow.applications.lock_all([row.id for row in group])
            if decision.answer == "decline":
                await _decline(uow, locked, decision, by)
            else:
                await _accept(uow, locked, by)
            await uow.flush()
            row = next(row for row in locked if row.id == decision.application_id)
            seat = await uow.engagements.of_application(row.id)
            return Decided(row.id, True, row.state, seat.id if seat else None, None, None)
    except DomainError as error:
        code, facts = rules.told_to_employer(error)
        return Decided(decision.application_id, False, None, None, code, facts)


async def _decline(uow: Uow, group: Iterable[ApplicationRow], decision: Decision, by: Actor) -> None:
    for row in group:
        if row.state not in ("sent", "waitlisted"):
            raise Conflict("wrong_state", noun="application", state=row.state, action="decline", possible=[])
        await close(uow, row, by=by, action="decline", reason=decision.reason)
        await tell_worker(uow, row, "application.declined", reason=decision.reason)


async def _accept(uow: Uow, group: Sequence[ApplicationRow], by: Actor) -> None:
    if group[0].crew_id is not None and group[0].at_least is not None:
        await _accept_crew(uow, group, group[0].at_least, by)
        return
    for row in group:
        await _accept_one(uow, row, by)


async def _accept_one(uow: Uow, row: ApplicationRow, by: Actor) -> None:
    if row.state != "sent":  # who waits is offered a seat in the order of the line, not picked from it
        raise Conflict("wrong_state", noun="application", state=row.state, action="accept", possible=[])
    if by.kind == "member" and by.id == row.worker_id:
        raise Forbidden("own_seat")
    now = await uow.now()
    if row.shift_id is None:
        await uow.move(row, APPLICATION, "accept", by=by, at=now, closed_at=now)
        await tell_worker(uow, row, "application.accepted_days_open", urgent=True)
        return
    case = await uow.seat_cases.locked(row.worker_id, row.shift_id, own=False)
    rules.pass_gates(case, rules.TAKE_PENDING)
    if row.terms_version != case.place.terms_version:
        await hold(uow, case, row, by=by)
        return
    await seat_pending(uow, case, row, by=by)
    await tell_worker(uow, row, "application.accepted", urgent=True)


async def _accept_crew(uow: Uow, group: Sequence[ApplicationRow], at_least: int, by: Actor) -> None:
    """For each date: as many of the crew as may and can be seated, at least as many as they said."""
    for shift_id in sorted({row.shift_id for row in group if row.shift_id is not None}):
        members = [row for row in group if row.shift_id == shift_id]
        cases = [await uow.seat_cases.locked(row.worker_id, shift_id, own=False) for row in members]
        willing = [row for row, case in zip(members, cases, strict=True) if _may(case)]
        seats = deadlines.crew_seats(len(willing), cases[0].place.seats_free, at_least)
        for row in willing[:seats]:
            await _accept_one(uow, row, by)
            await uow.flush()
        for row in members:
            if row not in willing[:seats]:
                await close(uow, row, by=by, action="lapse", reason="filled")
                await tell_worker(uow, row, "application.declined", reason="filled")


def _may(case: Case) -> bool:
    refusal = rules.first_refusal(case, rules.TAKE_PENDING)
    return refusal is None or refusal.code == "shift_full"


# -- inviting ----------------------------------------------------------------------------------------


async def invite_workers(
    ctx: Context,
    shift_id: UUID,
    *,
    by: Caller,
    worker_ids: Sequence[UUID] = (),
    pool: bool = False,
    note: str | None = None,
) -> Applied:
    """Ask named people, or the employer's own pool (老熟人), for one shift; each is answered on its own.

    An invitation holds no seat; its yes goes through every gate. Nobody is asked again and again: whom the policy's
    limits protect is refused with `asked_enough`. Raises Missing, Forbidden for clerks,
    `people_needed`, and of the note words_contact, guard_hit, words_pose.
    """
    async with ctx.uow() as uow:
        shift = await uow.applications.seen_shift(shift_id)
        rules.check_decides(by, shift.employer_id)
        people = set(worker_ids) | set(await uow.applications.pool(shift.employer_id, MOST_INVITED) if pool else ())
        if not people or len(people) > MOST_INVITED:
            raise Refused("people_needed", field="/worker_ids", most=MOST_INVITED)
        known = await uow.applications.workers_among(people)
        await uow.locks.workers(known)
        now = await uow.now()
        check_quoted("/note", note, ctx.rulebook(), local_day(now), ctx.language)
        limits = ctx.policies.at(now, shift.city_code).applications
        tired = await uow.applications.asked_enough(
            known, shift, a_shift=limits.invitations_per_shift, a_week=limits.vain_invitations_a_week
        )
        batch_id, rows = new_id(), []
        refused = [Refusal(worker_id, "not_found", {}) for worker_id in sorted(people - known)]
        for worker_id in sorted(known):
            case = await uow.seat_cases.locked(worker_id, shift_id, own=False)
            if case.place.private:
                raise Missing
            refusal = rules.first_refusal(case, rules.APPLY)
            if refusal is None and worker_id in tired:
                refused.append(Refusal(worker_id, "asked_enough", {"most": limits.invitations_per_shift}))
            elif refusal is None:
                rows.append(await _invite(uow, case, by.actor, batch_id=batch_id, note=note))
            else:
                refused.append(Refusal(worker_id, *rules.told_to_employer(refusal)))
        views = await uow.application_pages.views([row.id for row in rows])
        return uow.answer(Applied(batch_id, views, refused))


async def _invite(uow: Uow, case: Case, by: Actor, *, batch_id: UUID, note: str | None) -> ApplicationRow:
    until = deadlines.worker_answers_by(case.place.starts_at, case.now, policy_of(uow, case))
    row = uow.applications.new(
        case.place,
        case.seeker.worker_id,
        state="invited",
        origin="invited",
        at=case.now,
        batch_id=batch_id,
        note=note,
        confirm_by=until,
    )
    await uow.add(row, by=by, action="invite")
    await uow.schedule(OFFER_TIMER, row.id, until)
    await uow.flush()
    await tell_worker(uow, row, "application.invited", urgent=True, asks="application.offer", until_at=until)
    return row
