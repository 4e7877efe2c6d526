"""Who is meant by a request about supply postings, in whose name it is done, and who knows the person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing, Refused

if TYPE_CHECKING:
    from service.actor import Actor
    from service.http.caller import Caller
    from service.supplies.tables import SupplyRow
    from service.uow import Uow


def whose(worker_id: UUID | None, by: Caller) -> UUID:
    """The person that is meant: oneself where nobody is named. Raises Refused worker_needed."""
    found = worker_id or (by.person_id if by.role == "worker" else None)
    if found is None:
        raise Refused("worker_needed", field="/worker_id")
    return found


async def require_seen(uow: Uow, worker_id: UUID, by: Caller) -> None:
    if by.role == "worker":
        if by.person_id != worker_id:
            raise Missing
    elif not await uow.people.is_seen(worker_id, by):
        raise Missing


async def actor_for(uow: Uow, worker_id: UUID, by: Caller, on_behalf: str | None) -> Actor:
    """In whose name: the person's own, or staff with the person's yes on record."""
    await require_seen(uow, worker_id, by)
    return by.actor if by.role == "worker" else by.actor.with_yes_of(worker_id, on_behalf)


async def knows(uow: Uow, row: SupplyRow, by: Caller) -> bool:
    if by.role == "worker":
        return by.person_id == row.worker_id
    return by.role in STAFF and by.serves_any(row.city_code, *row.district_codes)
