"""Put something into the queue that did not come from its author: reported, repeated, papers to be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.postings.lifecycle import LIVE
from service.reports.rules import urgency
from service.reviews.rules import Cause

if TYPE_CHECKING:
    from service.actor import Actor
    from service.reviews.tables import ReviewRow
    from service.uow import Uow


async def raise_review(uow: Uow, cause: Cause, *, by: Actor) -> ReviewRow:
    """The open review of it, made more urgent where it was less; a new one where there is none.

    Lock what it is about before.
    """
    await uow.flush()
    row = await uow.reviews.lock_open(cause.noun, cause.subject_id)
    if row is not None:
        changes: dict[str, Any] = {
            "priority": min(row.priority, cause.priority),
            "due_at": min(row.due_at, cause.due_at),
            "facts": {**row.facts, **cause.facts},
        }
        await uow.edit(row, by=by, at=await uow.now(), action="raise", **changes)
        return row
    entered = await uow.reviews.enterers(cause.noun, cause.subject_id)
    row = uow.reviews.new(
        noun=cause.noun,
        subject_id=cause.subject_id,
        subject_version=cause.subject_version,
        employer_id=cause.employer_id,
        city_code=cause.city_code,
        kind=cause.kind,
        priority=cause.priority,
        due_at=cause.due_at,
        facts=dict(cause.facts),
        entered_by=sorted(entered),
    )
    await uow.add(row, by=by, action="open")
    await uow.flush()
    return row


async def raise_check(uow: Uow, posting_id: UUID, facts: Mapping[str, Any], *, by: Actor) -> ReviewRow:
    """The posting, or its employer where the posting is over, goes into the queue as if somebody had reported it; once
    while it waits. `facts` say where it came from. Lock the posting before."""
    now = await uow.now()
    posting = await uow.postings.get(posting_id)
    live = posting.state in LIVE
    noun, about = ("posting", posting) if live else ("employer", await uow.employers.get(posting.employer_id))
    policy = uow.ctx.policies.at(now, posting.city_code).reviews
    priority, due = urgency((), 1, now, policy, (await uow.reference.catalogue()).working_days_after)
    cause = Cause.about(noun, about, kind="report", priority=priority, due_at=due, facts=facts)
    return await raise_review(uow, cause, by=by)
