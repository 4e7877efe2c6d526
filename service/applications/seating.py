"""Every way to a confirmed seat ends here: one place where a yes becomes a row, under locks already taken.

Timers are never taken back: one that comes up after its cause has gone finds another state and does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications import deadlines
from service.applications.lifecycle import APPLICATION
from service.employers.rules import public_name
from service.engagements.lifecycle import ENGAGEMENT
from service.engagements.rules import planned_pieces

if TYPE_CHECKING:
    from datetime import datetime

    from service.actor import Actor
    from service.applications.case import Case
    from service.applications.tables import ApplicationRow
    from service.engagements.tables import EngagementRow
    from service.policies.model import ApplicationsPolicy
    from service.uow import Uow

OFFER_TIMER = "application.confirm_by"
ANSWER_TIMER = "application.answer_due"
SIBLING_TIMER = "application.sibling_held"
HIRED_ELSEWHERE = "hired_elsewhere"


def policy_of(uow: Uow, case: Case) -> ApplicationsPolicy:
    """What applies to this place now."""
    return uow.ctx.policies.at(case.now, case.place.city_code).applications


async def seat_at_once(
    uow: Uow, case: Case, *, by: Actor, origin: str, action: str, take: bool = True, **more: Any
) -> tuple[ApplicationRow, EngagementRow]:
    """A new application that is its own yes, with its confirmed seat. The gates have been passed.

    `more` are fields of the application (batch, crew); `unverified_employer` goes to the seat. Raises
    Conflict `shift_full`.
    """
    unverified = bool(more.pop("unverified_employer", False))
    application = uow.applications.new(
        case.place, case.seeker.worker_id, state="accepted", origin=origin, at=case.now, **more
    )
    engagement = uow.engagements.new(case, application.id, state="confirmed", unverified_employer=unverified)
    await uow.engagements.store(application, engagement, break_minutes=case.place.break_minutes, take=take)
    await uow.adopt(application, by=by, action=action)
    await uow.adopt(engagement, by=by, action="confirm")
    await close_siblings(uow, case, by=by)
    return application, engagement


async def seat_pending(uow: Uow, case: Case, application: ApplicationRow, *, by: Actor) -> EngagementRow:
    """A pending application becomes a seat; the place counts one more. Raises Conflict `shift_full`."""
    await uow.engagements.take_seat(case.place.shift_id)
    await uow.move(
        application,
        APPLICATION,
        "accept",
        by=by,
        at=case.now,
        closed_at=case.now,
        terms_version=case.place.terms_version,
    )
    engagement = uow.engagements.new(case, application.id, state="confirmed")
    await uow.add(engagement, by=by, action="confirm")
    await _write_hours(uow, case, engagement)
    await close_siblings(uow, case, by=by)
    return engagement


async def seat_held(uow: Uow, case: Case, application: ApplicationRow, engagement: EngagementRow, *, by: Actor) -> None:
    """The seat that was held for an offer is taken; the place counts it already."""
    await uow.move(
        application,
        APPLICATION,
        "accept",
        by=by,
        at=case.now,
        closed_at=case.now,
        terms_version=case.place.terms_version,
    )
    await uow.move(
        engagement,
        ENGAGEMENT,
        "confirm",
        by=by,
        at=case.now,
        worker_accepted_at=case.now,
        terms_version=case.place.terms_version,
        terms_hash=case.place.terms_hash,
    )
    await _write_hours(uow, case, engagement)
    await close_siblings(uow, case, by=by)


async def _write_hours(uow: Uow, case: Case, engagement: EngagementRow) -> None:
    pieces = planned_pieces(case.place.starts_at, case.place.ends_at, case.place.break_minutes)
    await uow.ledger.set_hours(engagement, pieces)


async def close_siblings(uow: Uow, case: Case, *, by: Actor) -> None:
    """The worker's other live applications at this time are closed and their employers told (EM-17).

    One with a held seat is closed by a timer due at once: it frees a place of another shift, whose lock
    may not be taken behind this one.
    """
    if not case.seeker.siblings:
        return
    for sibling in await uow.applications.overlapping(case.seeker.worker_id, case.place.shift_id):
        if sibling.state == "offered":
            await uow.schedule(SIBLING_TIMER, sibling.id, case.now)
        else:
            await close(uow, sibling, by=by, action="lapse", reason=HIRED_ELSEWHERE)
            await tell_deciders(uow, sibling, "application.hired_elsewhere")


async def close(uow: Uow, application: ApplicationRow, *, by: Actor, action: str, reason: str | None) -> None:
    """End a live application; a held seat is released with it."""
    now = await uow.now()
    await uow.move(application, APPLICATION, action, by=by, at=now, reason=reason, closed_at=now, close_reason=reason)
    engagement = await uow.engagements.of_application(application.id)
    if engagement is not None and engagement.state == "held":
        await uow.move(engagement, ENGAGEMENT, "release", by=by, at=now, reason=reason, cancelled_by="service")


async def hold(
    uow: Uow,
    case: Case,
    application: ApplicationRow,
    *,
    by: Actor,
    until: datetime | None = None,
    referral: str | None = None,
) -> EngagementRow:
    """Offer the seat to one person and keep it until the confirm-by time; nothing is confirmed by it. `referral` is
    the number of the one that it comes from, whose employer is named."""
    until = until or deadlines.confirm_by(case.place.starts_at, case.now, policy_of(uow, case))
    await uow.engagements.take_seat(case.place.shift_id)
    await uow.move(application, APPLICATION, "offer", by=by, at=case.now, confirm_by=until)
    engagement = uow.engagements.new(case, application.id, state="held", confirm_by=until)
    await uow.add(engagement, by=by, action="hold")
    await uow.schedule(OFFER_TIMER, application.id, until)
    said: dict[str, Any] = {"until_at": until}
    if referral is not None:
        employer = await uow.employers.get(application.employer_id)
        said |= {"by": public_name(employer.name, employer.kind), "number": referral}
    template = "application.offer" if referral is None else "application.offer_referred"
    await tell_worker(uow, application, template, urgent=True, asks="application.offer", **said)
    return engagement


async def put_in_line(uow: Uow, case: Case, *, by: Actor, origin: str, **more: Any) -> ApplicationRow:
    """A new application at the end of the waitlist; its number is drawn under the shift's lock."""
    number = await uow.applications.draw_number(case.place.shift_id)
    application = uow.applications.new(
        case.place,
        case.seeker.worker_id,
        state="waitlisted",
        origin=origin,
        at=case.now,
        wait_number=number,
        **more,
    )
    await uow.add(application, by=by, action="waitlist")
    await uow.schedule(ANSWER_TIMER, application.id, case.place.starts_at)
    return application


# -- telling -----------------------------------------------------------------------------------------


async def tell_worker(
    uow: Uow,
    application: ApplicationRow,
    template: str,
    *,
    urgent: bool = False,
    asks: str | None = None,
    **params: Any,
) -> None:
    """Tell the worker about his application: title, times and figures only."""
    await _tell(uow, application.worker_id, application, template, urgent=urgent, asks=asks, params=params)


async def tell_deciders(uow: Uow, application: ApplicationRow, template: str, **params: Any) -> None:
    """Tell the people who decide for the employer."""
    for person_id in await uow.members.deciders(application.employer_id):
        await _tell(uow, person_id, application, template, employer_id=application.employer_id, params=params)


async def _tell(
    uow: Uow, person_id: UUID, application: ApplicationRow, template: str, *, params: dict[str, Any], **how: Any
) -> None:
    facts = await place_words(uow, application.posting_id, application.shift_id)
    facts |= params
    await uow.tell(
        person_id,
        template,
        params=facts,
        subject=("application", application.id),
        dedupe=f"{template}:{application.id}:{application.version}",
        **how,
    )


async def place_words(uow: Uow, posting_id: UUID, shift_id: UUID | None) -> dict[str, Any]:
    """What a message says of a place: the posting's title and the shift's start."""
    posting = await uow.applications.seen_posting(posting_id)
    facts: dict[str, Any] = {"title": posting.title}
    if shift_id is not None:
        shift = await uow.applications.seen_shift(shift_id)
        facts["starts_at"] = shift.starts_at
    return facts
