"""What applications let other features do: offer a seat in a hall's plan, take it back, seat the referred, and end an
offer that was made to one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.applications import rules
from service.applications.seating import close, hold, seat_at_once, seat_pending, tell_worker
from service.applications.usecases.answer import check_may_accept, take_held
from service.errors import Conflict

if TYPE_CHECKING:
    from service.actor import Actor
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.uow import Uow


async def offer_seat(uow: Uow, worker_id: UUID, shift_id: UUID, *, by: Actor, answer_minutes: int) -> ApplicationRow:
    """A held seat with a question to the worker; nothing is confirmed without a yes. Locks worker and shift.

    Raises Missing and whatever gate refuses by now.
    """
    await uow.locks.workers([worker_id])
    case = await uow.seat_cases.locked(worker_id, shift_id, own=False)
    refusal = rules.first_refusal(case, rules.OFFER)
    if refusal is not None:
        raise refusal
    row = uow.applications.new(case.place, worker_id, state="sent", origin="hall", at=case.now)
    await uow.add(row, by=by, action="plan")
    await uow.flush()
    until = min(case.now + timedelta(minutes=answer_minutes), case.place.starts_at)
    await hold(uow, case, row, by=by, until=until)
    return row


async def take_offer_back(uow: Uow, application_id: UUID, *, by: Actor, reason: str, promised: bool = False) -> bool:
    """Withdraw an offer that has no answer yet, and free its seat; False when it has one. Locks as above.

    A `promised` seat is not offered on: the caller gives it to somebody in the same transaction.
    """
    seen = await uow.applications.get(application_id)
    await uow.locks.workers([seen.worker_id])
    if seen.shift_id is not None:
        await uow.locks.places([seen.shift_id])
    row = await uow.applications.lock(application_id)
    if row.state != "offered":
        return False
    if promised and row.shift_id is not None:
        uow.promised.add(row.shift_id)
    await close(uow, row, by=by, action="withdraw", reason=reason)
    await uow.flush()
    if row.shift_id is not None:
        uow.promised.discard(row.shift_id)
    await tell_worker(uow, row, "application.offer_lapsed")
    return True


async def seat_referred(
    uow: Uow, worker_id: UUID, shift_id: UUID, *, by: Actor, yes_to: int | None, until: datetime, referral: str
) -> ApplicationRow:
    """The seat for somebody whom an officer recommended: at once where the person's yes is to the terms in force
    (`yes_to`), else held with a question until `until` that names the `referral`. Worker and shift are locked already.

    Raises Missing and whatever gate refuses by now.
    """
    case = await uow.seat_cases.locked(worker_id, shift_id, own=False)
    rules.pass_gates(case, rules.TAKE_PENDING)
    row = await _pending(uow, case)
    says_yes = case.place.terms_version in ({yes_to} if row is None else {yes_to, row.terms_version})
    if says_yes:
        if row is None:
            row, _ = await seat_at_once(uow, case, by=by, origin="officer", action="refer")
        else:
            await seat_pending(uow, case, row, by=by)
        return row
    if row is None:
        row = uow.applications.new(case.place, worker_id, state="sent", origin="officer", at=case.now)
        await uow.add(row, by=by, action="refer")
        await uow.flush()
    await hold(uow, case, row, by=by, until=min(until, case.place.starts_at), referral=referral)
    return row


async def take_offered(uow: Uow, application_id: UUID, *, by: Actor) -> ApplicationRow:
    """The yes to a held seat by whoever brings the person's slip: as the person's own, and to no other terms than it
    was offered with. Worker and shift are locked already.

    Raises Conflict `offer_lapsed`, `terms_changed`, `wrong_state` and whatever gate refuses by now.
    """
    row = await uow.applications.lock(application_id)
    held = await uow.engagements.of_application(application_id)
    if row.shift_id is None or held is None:
        raise Conflict("offer_lapsed", confirm_by=row.confirm_by)
    case = await uow.seat_cases.locked(row.worker_id, row.shift_id, own=False)
    check_may_accept(row, case)
    rules.check_terms(held.terms_version, case.place.terms_version)
    await take_held(uow, case, row, by)
    return row


async def end_offered(uow: Uow, application_id: UUID, *, action: str, by: Actor, reason: str) -> None:
    """The person's no (`decline`) or the employer's (`withdraw`) to a seat that is held: it is free again. Worker and
    shift are locked already; who is told is for the caller to say. Raises Conflict `wrong_state`."""
    await close(uow, await uow.applications.lock(application_id), by=by, action=action, reason=reason)
    await uow.flush()


async def _pending(uow: Uow, case: Case) -> ApplicationRow | None:
    """What the person has sent here already. Raises Conflict `already_applied` where it is further than that."""
    if case.seeker.live_here is None:
        return None
    application_id, state = case.seeker.live_here
    if state not in ("sent", "waitlisted"):
        raise Conflict("already_applied", application_id=application_id, state=state)
    return await uow.applications.lock(application_id)


PORTS = {
    "applications.offer_seat": offer_seat,
    "applications.take_offer_back": take_offer_back,
    "applications.seat_referred": seat_referred,
    "applications.take_offered": take_offered,
    "applications.end_offered": end_offered,
}
