"""Which side of a request a caller is on, and in whose name things are done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.contact_requests.rules import Side, check_not_held
from service.contact_requests.views import RequestView, request_view
from service.employers.rules import check_may
from service.errors import Missing

if TYPE_CHECKING:
    from service.actor import Actor
    from service.contact_requests.tables import ContactRequestRow
    from service.http.caller import Caller
    from service.uow import Uow


async def side_of(uow: Uow, row: ContactRequestRow, by: Caller) -> Side:
    """The side that the caller is on or, of staff, acts for: the person's.

    Raises Missing (also for what only the asker may know of), Forbidden.
    """
    side = await _side_of(uow, row, by)
    if row.unheard and side != row.asked_by:
        raise Missing
    return side


async def _side_of(uow: Uow, row: ContactRequestRow, by: Caller) -> Side:
    if by.role == "member":
        if by.employer_id != row.employer_id:
            raise Missing
        await check_decides(uow, row.employer_id, by)
        return "employer"
    if by.role == "worker":
        if by.person_id != row.worker_id:
            raise Missing
        return "worker"
    if not await uow.people.is_seen(row.worker_id, by):
        raise Missing
    return "worker"


async def check_reached(uow: Uow, row: ContactRequestRow) -> None:
    """That no hold lies on the employer; ask behind the request's lock. Raises Conflict `contact_paused`."""
    check_not_held((await uow.employers.get(row.employer_id)).state)


async def check_decides(uow: Uow, employer_id: UUID, by: Caller) -> None:
    """The member's role as it is now. Raises Missing, Forbidden member_role_lacks."""
    role = await uow.members.role_of(employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, "decide")


def actor_for(row: ContactRequestRow, by: Caller, on_behalf: str | None) -> Actor:
    """The caller, or staff with the person's yes on record. Raises Refused `on_behalf_needed`."""
    return by.actor.with_yes_of(row.worker_id, on_behalf) if by.role in STAFF else by.actor


async def shown(uow: Uow, row: ContactRequestRow, by: Caller) -> RequestView:
    """The request as this caller sees it."""
    side = None if by.role in STAFF else await side_of(uow, row, by)
    return request_view(row, await uow.contact_requests.parties(row), side)


async def tell_side(
    uow: Uow, row: ContactRequestRow, side: str, template: str, *, asks: str | None = None, code: str | None = None,
    once: str = "",
) -> None:  # fmt: skip
    """Tell the person, or whoever speaks for the employer (everybody who decides there while nobody does).

    Only the person is asked something that a reply answers; `code` is what a yes to it has to say. What only the asker
    knows of is told to nobody else.
    """
    if row.unheard and side != row.asked_by:
        return
    parties = await uow.contact_requests.parties(row)
    params = {"title": parties.title, "employer_kind": parties.employer_kind}
    subject = ("contact_request", row.id)
    dedupe = f"{template}:{row.id}:{once}"
    if side == "worker":
        if parties.employer_kind != "household":
            params |= {"firm": parties.employer_name}
            template = f"{template}_by_firm" if template in BY_FIRM else template
        await uow.tell(row.worker_id, template, params=params, subject=subject, asks=asks, code=code, dedupe=dedupe)
        return
    speaker = await uow.contact_requests.speaker(row) if row.member_person_id is not None else None
    people = [speaker.id] if speaker is not None else await uow.members.deciders(row.employer_id)
    for person_id in people:
        await uow.tell(
            person_id, template, params=params, subject=subject, dedupe=dedupe, employer_id=row.employer_id
        )  # fmt: skip


BY_FIRM = frozenset({"contact_request.asked"})  # what names a firm, whose name is no person's
