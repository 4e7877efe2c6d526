"""One tap: the first yes takes the seat, and who comes too late stands in line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.applications import deadlines, rules
from service.applications.seating import put_in_line, seat_at_once
from service.applications.views import Claimed
from service.errors import Conflict, Missing
from service.ids import new_id

if TYPE_CHECKING:
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow


async def claim_seat(
    ctx: Context,
    shift_id: UUID,
    *,
    by: Caller,
    terms_version: int | None = None,
    join_waitlist: bool = True,
    worker_id: UUID | None = None,
    on_behalf: str | None = None,
    crew_id: UUID | None = None,
) -> Claimed:
    """A confirmed seat, or (when full) a place in line; with `crew_id` for all of the leader's crew or none.

    Raises Missing, the refusals of the gates, Conflict `terms_changed`, `shift_full` (no wish to wait) and
    `crew_does_not_fit`.
    """
    asked_for = rules.worker_meant(by, worker_id)
    actor = rules.act_for(by, asked_for, on_behalf)
    async with ctx.uow() as uow:
        await check_reach(uow, asked_for, by)
        if crew_id is not None:
            return uow.answer(await _claim_for_crew(uow, shift_id, crew_id, asked_for, actor, by, terms_version))
        await uow.locks.workers([asked_for])
        case = await uow.seat_cases.locked(asked_for, shift_id)
        _check_place(case, by, terms_version)
        rules.pass_gates(case, rules.CLAIM_OR_WAIT)
        if rules.seat_free(case) is None:
            application, engagement = await seat_at_once(uow, case, by=actor, origin=_origin(by), action="claim")
            return uow.answer(_confirmed(case, application, engagement))
        if not join_waitlist:
            rules.pass_gates(case, (rules.seat_free,))
        application = await put_in_line(uow, case, by=actor, origin=_origin(by))
        position = await uow.applications.position(application)
        return uow.answer(_waiting(case, application, position))


async def check_reach(uow: Uow, worker_id: UUID, by: Caller) -> None:
    """Staff act for people whom their region knows. Raises Missing."""
    if by.role != "worker" and not await uow.people.is_seen(worker_id, by):
        raise Missing


def _origin(by: Caller) -> str:
    return "claimed" if by.role == "worker" else "officer"


def _check_place(case: Case, by: Caller, terms_version: int | None) -> None:
    place = case.place
    rules.check_shown(by, private=place.private, posting_state=place.posting_state, city_code=place.city_code)
    rules.check_terms(terms_version, case.place.terms_version)


def _confirmed(case: Case, application: ApplicationRow, engagement: EngagementRow) -> Claimed:
    return Claimed(
        "confirmed",
        application.id,
        engagement.id,
        case.place.shift_id,
        case.place.starts_at,
        case.place.ends_at,
        case.place.terms_version,
        None,
        application.batch_id,
        rules.warnings(case),
    )


def _waiting(case: Case, application: ApplicationRow, position: int | None) -> Claimed:
    return Claimed(
        "waitlisted",
        application.id,
        None,
        case.place.shift_id,
        case.place.starts_at,
        case.place.ends_at,
        case.place.terms_version,
        position,
        None,
        rules.warnings(case),
    )


# -- crews -------------------------------------------------------------------------------------------


async def _claim_for_crew(
    uow: Uow,
    shift_id: UUID,
    crew_id: UUID,
    leader_id: UUID,
    actor: Actor,
    by: Caller,
    terms_version: int | None,
) -> Claimed:
    """Seats for all of a crew, or for at least as many as it said, in one transaction; crews do not wait.

    The members' own joining of the crew is their yes; each is told at once and may take it back in grace.
    """
    at_least, members = await lock_crew(uow, crew_id, leader_id)
    cases = [await uow.seat_cases.locked(worker_id, shift_id, own=worker_id == leader_id) for worker_id in members]
    for case in cases:
        _check_place(case, by, terms_version)
    rules.pass_gates(cases[0], rules.CLAIM_OR_WAIT)
    willing = [case for case in cases if rules.first_refusal(case, rules.CLAIM_OR_WAIT) is None]
    seats = deadlines.crew_seats(len(willing), cases[0].place.seats_free, at_least)
    batch_id, made = new_id(), []
    for case in willing[:seats]:
        acting = actor if case.seeker.worker_id == leader_id else actor.acting_for(case.seeker.worker_id, "crew")
        more: dict[str, Any] = {"batch_id": batch_id, "crew_id": crew_id, "at_least": at_least}
        made.append(await seat_at_once(uow, case, by=acting, origin=_origin(by), action="claim", **more))
    await _tell_members(uow, cases[0], [seat for _, seat in made], leader_id)
    return _confirmed(cases[0], *made[0])


async def lock_crew(uow: Uow, crew_id: UUID, leader_id: UUID) -> tuple[int, list[UUID]]:
    """How many it must be at least, and who has joined: the leader first, then by joining; all locked.

    Workers are locked before the crew, so who is in it is read again behind both locks. Raises Missing for
    somebody else's crew, Conflict `crew_too_small` and `changed_meanwhile`.
    """
    members = await _joined(uow, crew_id, leader_id)
    await uow.locks.workers(members)
    crew = await uow.crews.lock(crew_id)
    if crew.leader_id != leader_id:
        raise Missing
    if await _joined(uow, crew_id, leader_id) != members:
        raise Conflict("changed_meanwhile")
    if len(members) < crew.least:
        raise Conflict("crew_too_small", at_least=crew.least, joined=len(members))
    return crew.least, members


async def _joined(uow: Uow, crew_id: UUID, leader_id: UUID) -> list[UUID]:
    joined = [row.worker_id for row in await uow.crews.members(crew_id) if row.joined_at is not None]
    return [leader_id, *(worker_id for worker_id in joined if worker_id != leader_id)]


async def _tell_members(uow: Uow, case: Case, seats: list[EngagementRow], leader_id: UUID) -> None:
    for seat in seats:
        if seat.worker_id != leader_id:
            await uow.tell(
                seat.worker_id,
                "engagement.by_crew",
                params={"title": case.place.title, "starts_at": case.place.starts_at},
                subject=("engagement", seat.id),
                urgent=True,
                dedupe=f"engagement.by_crew:{seat.id}",
            )
