"""Whose seat it is: the seat for somebody who may see or move it, locked in the order of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications.rules import act_for, check_decides
from service.errors import Missing

if TYPE_CHECKING:
    from service.actor import Actor
    from service.engagements.tables import EngagementRow
    from service.http.caller import Caller
    from service.policies.model import ApplicationsPolicy
    from service.uow import Uow


def sees(row: EngagementRow, by: Caller) -> bool:
    """The worker, the employer's members, and the officer in charge of the place."""
    if by.role == "worker":
        return by.person_id == row.worker_id
    if by.role == "member":
        return by.employer_id == row.employer_id
    return by.role in STAFF and by.serves(row.city_code)


async def seen_seat(uow: Uow, engagement_id: UUID, by: Caller) -> EngagementRow:
    """The seat as it stands. Raises Missing, also for somebody else's."""
    row = await uow.engagements.get(engagement_id)
    if not sees(row, by):
        raise Missing
    return row


async def lock_seat(uow: Uow, engagement_id: UUID, by: Caller) -> EngagementRow:
    """The seat behind the locks of its worker, shift and posting. Raises Missing, also for somebody else's."""
    seen = await seen_seat(uow, engagement_id, by)
    return await lock_any_seat(uow, seen)


async def lock_any_seat(uow: Uow, seen: EngagementRow) -> EngagementRow:
    """The same for a seat already found (by a timer)."""
    await uow.locks.workers([seen.worker_id])
    await uow.locks.places([seen.shift_id])
    return await uow.engagements.lock(seen.id)


async def lock_own_seat(
    uow: Uow, engagement_id: UUID, by: Caller, on_behalf: str | None
) -> tuple[EngagementRow, Actor]:
    """The worker's own seat (or his, moved by an officer with his yes on record), and who acts. Raises Missing."""
    row = await lock_seat(uow, engagement_id, by)
    return row, act_for(by, row.worker_id, on_behalf)


def check_employer_moves(by: Caller, row: EngagementRow) -> None:
    """Owners and managers move their employer's seats. Raises Missing, Forbidden for clerks."""
    check_decides(by, row.employer_id)


async def policy_of(uow: Uow, row: EngagementRow) -> ApplicationsPolicy:
    """What applies to this seat now."""
    return uow.ctx.policies.at(await uow.now(), row.city_code).applications


async def words_of(uow: Uow, row: EngagementRow) -> dict[str, Any]:
    """What a message says of a seat: the posting's title and the times."""
    posting = await uow.applications.seen_posting(row.posting_id)
    return {"title": posting.title, "starts_at": row.starts_at, "ends_at": row.ends_at}
