"""A job that an officer enters for a boss on the phone: a draft first, offered once the boss has said yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.employers.rules import may_post
from service.errors import Conflict
from service.guard import refuse_blocked
from service.postings.lifecycle import POSTING
from service.postings.rules import asked_of
from service.postings.usecases.ground import offer, store

if TYPE_CHECKING:
    from service.actor import Actor
    from service.postings.tables import PostingRow
    from service.uow import Uow


async def draft_for(uow: Uow, employer_id: UUID, asked: Mapping[str, Any], *, by: Actor, channel: str) -> PostingRow:
    """A draft that passes the guard.

    Raises Refused posting_refused, posting_blocked; Conflict employer_may_not_post.
    """
    employer = await uow.postings.employer(employer_id)
    if not may_post(employer.state):
        raise Conflict("employer_may_not_post", state=employer.state)
    posting = await store(uow, employer, asked, by=by, channel=channel)
    refuse_blocked(posting.warnings, uow.ctx.language)
    return posting


async def offer_draft(uow: Uow, posting_id: UUID, *, by: Actor) -> PostingRow:
    """Let a draft go the normal way: to the public, or to a review. Raises Conflict wrong_state."""
    posting = await uow.postings.lock(posting_id)
    POSTING.fire(posting.state, "submit")
    employer = await uow.postings.employer(posting.employer_id)
    if not may_post(employer.state):
        raise Conflict("employer_may_not_post", state=employer.state)
    await offer(uow, posting, employer, by=by, at=await uow.now())
    return posting


async def last_job(uow: Uow, employer_id: UUID) -> dict[str, Any] | None:
    """What an employer asked for last, as the body of a posting has it; None for who never asked."""
    row = await uow.postings.latest_of(employer_id)
    return None if row is None else asked_of(uow.postings.columns_of(row))
