"""Make postings: from a form, or from another posting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.context import Context
from service.postings.rules import asked_again, moved_to
from service.postings.usecases.ground import (
    author,
    channel_of,
    check_author,
    check_not_private,
    offer,
    store,
    view_of,
)
from service.postings.views import PostingView
from service.uow import Uow

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.postings.tables import PostingRow


async def create_posting(
    ctx: Context, *, by: Caller, asked: Mapping[str, Any], employer_id: UUID | None = None, submit: bool = False
) -> PostingView:
    """Store a draft; with `submit` it goes on to the public or to review.

    Raises Refused `posting_refused` naming every wrong field, Missing for somebody else's employer.
    """
    async with ctx.uow() as uow:
        employer = await author(uow, by, employer_id)
        posting = await store(uow, employer, asked, by=by.actor, channel=channel_of(by))
        if submit:
            await offer(uow, posting, employer, by=by.actor, at=await uow.now())
        return uow.answer(await view_of(uow, posting, employer))


async def copy_posting(ctx: Context, posting_id: UUID, *, by: Caller) -> PostingView:
    """The same once more as a draft, moved on by whole weeks until it lies ahead."""
    async with ctx.uow() as uow:
        posting, employer = await _source_posting(uow, posting_id, by)
        asked = asked_again(uow.postings.columns_of(posting), await uow.now())
        made = await store(uow, employer, asked, by=by.actor, channel=channel_of(by), copied_from=posting.id)
        return uow.answer(await view_of(uow, made, employer))


async def rebook_posting(ctx: Context, posting_id: UUID, *, by: Caller, day: date) -> PostingView:
    """The same work on another day, offered at once."""
    async with ctx.uow() as uow:
        posting, employer = await _source_posting(uow, posting_id, by)
        asked = moved_to(uow.postings.columns_of(posting), day)
        made = await store(uow, employer, asked, by=by.actor, channel=channel_of(by), copied_from=posting.id)
        await offer(uow, made, employer, by=by.actor, at=await uow.now())
        return uow.answer(await view_of(uow, made, employer))


async def _source_posting(uow: Uow, posting_id: UUID, by: Caller) -> tuple[PostingRow, EmployerRow]:
    posting = await uow.postings.get(posting_id)
    employer = await uow.postings.employer(posting.employer_id)
    check_author(by, employer, posting.city_code)
    check_not_private(posting)
    return posting, employer
