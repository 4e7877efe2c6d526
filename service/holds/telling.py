"""Who hears of a hold: the people in charge, the person of a supply posting, and, by policy, those engaged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.holds.tables import HoldRow
    from service.uow import Uow


async def tell_owners(uow: Uow, row: HoldRow, what: str) -> None:
    """Tell whose posting, supply posting or account it is; `what`: placed, lifted, confirmed."""
    for person_id in await _owners(uow, row):
        await uow.tell(
            person_id,
            f"hold.{what}.{row.noun}",
            params={"title": row.title, "reason": row.reason},
            subject=(row.noun, row.subject_id),
            dedupe=f"hold.{what}:{row.id}",
            employer_id=row.employer_id,
        )


async def _owners(uow: Uow, row: HoldRow) -> list[UUID]:
    if row.noun == "supply":
        return [(await uow.supplies.get(row.subject_id)).worker_id]
    return list(await uow.members.deciders(row.employer_id)) if row.employer_id is not None else []


async def tell_engaged(uow: Uow, row: HoldRow, what: str) -> None:
    """Tell those whose work begins within the policy's days that it is looked at, or that it goes on; nothing of their
    seats has changed by it. What is taken down is told by its own move."""
    if row.noun == "supply":
        return
    now = await uow.now()
    policy = uow.ctx.policies.at(now, row.city_code).reviews
    if not policy.hold_tell_workers_at_once:
        return
    posting_id = row.subject_id if row.noun == "posting" else None
    until = now + timedelta(days=policy.hold_tell_workers_days)
    for each in await uow.holds.engaged(posting_id=posting_id, employer_id=row.employer_id, since=now, until=until):
        await uow.tell(
            each.worker_id,
            f"hold.work_{what}",
            params={"title": each.title, "starts_at": each.starts_at},
            subject=("engagement", each.engagement_id),
            dedupe=f"hold.work_{what}:{row.id}:{each.engagement_id}",
        )
