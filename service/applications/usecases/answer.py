"""A worker's yes and no to an offer, an invitation or a free place, and taking an application back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.applications import rules
from service.applications.lifecycle import APPLICATION
from service.applications.seating import close, seat_held, seat_pending, tell_deciders
from service.applications.views import Answered
from service.errors import Conflict, Missing, Refused

if TYPE_CHECKING:
    from service.actor import Actor
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.context import Context
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.uow import Uow


async def accept_application(
    ctx: Context,
    application_id: UUID,
    *,
    by: Caller,
    terms_version: int | None = None,
    join_waitlist: bool = False,
    on_behalf: str | None = None,
) -> Answered:
    """The worker's yes: to a held seat, to an invitation, or (waiting) to a place that is free now.

    Raises Missing, `wrong_state`, Conflict `offer_lapsed` from the confirm-by time on, `terms_changed`,
    `shift_full` and the other refusals of the gates.
    """
    async with ctx.uow() as uow:
        row, actor = await _lock_own(uow, application_id, by, on_behalf)
        if row.shift_id is None:
            raise Conflict("wrong_state", noun="application", state=row.state, action="accept", possible=[])
        case = await uow.seat_cases.locked(row.worker_id, row.shift_id)
        application = await uow.applications.lock(application_id)
        check_may_accept(application, case)
        rules.check_terms(terms_version, case.place.terms_version)
        if application.state == "offered":
            engagement = await take_held(uow, case, application, actor)
        elif application.state == "invited" and join_waitlist and rules.seat_free(case) is not None:
            return uow.answer(await _wait(uow, case, application, actor))
        else:
            rules.pass_gates(case, rules.TAKE_PENDING)
            engagement = await seat_pending(uow, case, application, by=actor)
        await uow.flush()
        return uow.answer(_answered(application, engagement))


async def decline_application(
    ctx: Context, application_id: UUID, *, by: Caller, reason: str, on_behalf: str | None = None
) -> Answered:
    """The worker's no to an offer or invitation. Raises Missing, `wrong_state`, `reason_unknown`."""
    async with ctx.uow() as uow:
        await check_reason(uow, "worker_decline", reason)
        row, actor = await _lock_own(uow, application_id, by, on_behalf)
        application = await lock_behind_place(uow, row)
        if application.state not in ("invited", "offered"):
            raise Conflict("wrong_state", noun="application", state=application.state, action="decline", possible=[])
        await close(uow, application, by=actor, action="decline", reason=reason)
        await tell_deciders(uow, application, "application.declined_by_worker", reason=reason)
        return uow.answer(_answered(application, None))


async def withdraw_application(
    ctx: Context, application_id: UUID, *, by: Caller, reason: str, on_behalf: str | None = None
) -> Answered:
    """A worker takes a live application back; an employer takes an invitation back.

    Raises Missing, `wrong_state`, `reason_unknown`.
    """
    async with ctx.uow() as uow:
        if by.role == "member":
            await check_reason(uow, "application_reject", reason)
            application = await _lock_invitation(uow, application_id, by)
            actor = by.actor
        else:
            await check_reason(uow, "worker_withdraw", reason)
            row, actor = await _lock_own(uow, application_id, by, on_behalf)
            application = await lock_behind_place(uow, row)
        await close(uow, application, by=actor, action="withdraw", reason=reason)
        return uow.answer(_answered(application, None))


async def _lock_own(uow: Uow, application_id: UUID, by: Caller, on_behalf: str | None) -> tuple[ApplicationRow, Actor]:
    row = await uow.applications.get(application_id)
    if by.role != "worker" and not by.serves(row.city_code):
        raise Missing
    actor = rules.act_for(by, row.worker_id, on_behalf)
    await uow.locks.workers([row.worker_id])
    return row, actor


async def _lock_invitation(uow: Uow, application_id: UUID, by: Caller) -> ApplicationRow:
    row = await uow.applications.get(application_id)
    rules.check_decides(by, row.employer_id)
    await uow.locks.workers([row.worker_id])
    application = await lock_behind_place(uow, row)
    if application.state != "invited":
        raise Conflict("wrong_state", noun="application", state=application.state, action="withdraw", possible=[])
    return application


async def lock_behind_place(uow: Uow, row: ApplicationRow) -> ApplicationRow:
    """The application, locked behind its posting and shift (the worker is locked already)."""
    if row.shift_id is not None:
        await uow.locks.places([row.shift_id])
    return await uow.applications.lock(row.id)


def check_may_accept(application: ApplicationRow, case: Case) -> None:
    """Raises Conflict `employer_decides`, `wrong_state`, `offer_lapsed`."""
    if application.state == "sent":
        raise Conflict("employer_decides")
    APPLICATION.fire(application.state, "accept")
    if application.state != "waitlisted" and application.confirm_by is not None and case.now >= application.confirm_by:
        raise Conflict("offer_lapsed", confirm_by=application.confirm_by)


async def take_held(uow: Uow, case: Case, application: ApplicationRow, by: Actor) -> EngagementRow:
    """The yes to a seat that is held. Raises Conflict `offer_lapsed` and whatever gate refuses by now."""
    rules.pass_gates(case, rules.TAKE_HELD)
    engagement = await uow.engagements.of_application(application.id)
    if engagement is None or engagement.state != "held":
        raise Conflict("offer_lapsed", confirm_by=application.confirm_by)
    await seat_held(uow, case, application, engagement, by=by)
    return engagement


async def _wait(uow: Uow, case: Case, application: ApplicationRow, by: Actor) -> Answered:
    number = await uow.applications.draw_number(case.place.shift_id)
    await uow.move(application, APPLICATION, "waitlist", by=by, at=case.now, wait_number=number)
    return _answered(application, None, await uow.applications.position(application))


def _answered(application: ApplicationRow, engagement: EngagementRow | None, position: int | None = None) -> Answered:
    seat = engagement.id if engagement is not None else None
    return Answered(application.id, application.version, application.state, application.shift_id, seat, position)


async def check_reason(uow: Uow, kind: str, code: str) -> None:
    """Raises Refused `reason_unknown` with the codes that there are."""
    known = await uow.reference.reasons(kind)
    if code not in known:
        raise Refused("reason_unknown", field="/reason", expected=sorted(known))
