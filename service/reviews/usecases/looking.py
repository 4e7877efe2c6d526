"""The queue as officers see it, one review with everything beside it, and decisions as the author sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Missing
from service.pages import After, Page, page_of
from service.reviews.rules import REASONS_OF
from service.reviews.views import (
    DecisionView,
    ReviewDetail,
    ReviewView,
    checklist_shown,
    decision_view,
    labels_of,
    review_view,
)

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reviews.queue import QueueFilter
    from service.reviews.tables import ReviewRow
    from service.uow import Uow

SOON = timedelta(hours=1)


async def seen(uow: Uow, review_id: UUID, by: Caller, *, lock: bool = False) -> ReviewRow:
    """A review of something in the caller's regions. Raises Missing."""
    row = await (uow.reviews.lock(review_id) if lock else uow.reviews.get(review_id))
    if not await uow.reviews.lies_in(review_id, by.served):
        raise Missing
    return row


async def views_of(uow: Uow, rows: Sequence[ReviewRow], by: Caller) -> list[ReviewView]:
    """Reviews with what they are about."""
    now, found = await uow.now(), await uow.reviews.subjects({(row.noun, row.subject_id) for row in rows})
    language = uow.ctx.language
    return [review_view(row, found[row.noun, row.subject_id], language, by=by.account_id, now=now) for row in rows]


async def list_reviews(ctx: Context, wanted: QueueFilter, *, by: Caller, after: After, limit: int) -> Page[ReviewView]:
    """The caller's region, the most urgent first: grave reports, urgent work, reports, the rest, each by due time."""
    async with ctx.uow() as uow:
        now = await uow.now()
        wanted = replace(wanted, regions=by.served)
        rows = await uow.reviews.page(wanted, now, after(now), limit + 1)
        views = await views_of(uow, rows, by)
        return page_of(views, limit, now, lambda view: [view.priority, view.due_at.isoformat(), str(view.id)])


async def count_reviews(ctx: Context, *, by: Caller) -> dict[str, Any]:
    """How many are open, overdue, due within the hour, free, claimed by the caller and grave; in all and by kind."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.reviews.counts(by.served, by.account_id, now, now + SOON)
        return {"now": now, "total": _sum(rows), "by_kind": rows}


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in COUNTED}


COUNTED = ("open", "overdue", "due_soon", "free", "mine", "grave")


async def get_review(ctx: Context, review_id: UUID, *, by: Caller) -> ReviewDetail:
    """One, with its checklist, what was decided before, and what happened to the posting. Raises Missing."""
    async with ctx.uow() as uow:
        return await detail_of(uow, await seen(uow, review_id, by), by)


async def detail_of(uow: Uow, row: ReviewRow, by: Caller) -> ReviewDetail:
    """A review with everything beside it."""
    known = (await uow.reference.catalogue()).reasons
    day, items = checklist_shown(row, uow.ctx.language)
    earlier = [each for each in await uow.reviews.of_subject(row.noun, row.subject_id) if each.id != row.id]
    view = (await views_of(uow, [row], by))[0]
    return ReviewDetail(
        review=view,
        version=row.version,
        checklist_of=day,
        checklist=items,
        reports=await uow.reports.of_review(row.id),
        earlier=[_earlier(each, known(REASONS_OF.get(each.outcome or "", "")), uow.ctx.language) for each in earlier],
        moves=await uow.reviews.moves(row.noun, row.subject_id),
    )


def _earlier(row: ReviewRow, known: Mapping[str, Any], language: str) -> dict[str, Any]:
    names = ("id", "kind", "state", "outcome", "decided_by", "closed_at", "sentence", "overrules")
    made = {name: getattr(row, name) for name in names}
    return made | {"opened_at": row.created_at, "reasons": labels_of(row.reasons, known, language)}


async def list_decisions(ctx: Context, noun: str, subject_id: UUID, *, by: Caller) -> list[DecisionView]:
    """What officers decided on a posting or supply posting, for its own people and the officers of the place.

    Raises Missing for everybody else.
    """
    async with ctx.uow() as uow:
        if not await _concerns(uow, noun, subject_id, by):
            raise Missing
        known = (await uow.reference.catalogue()).reasons
        rows = [row for row in await uow.reviews.of_subject(noun, subject_id) if row.state == "decided"]
        return [decision_view(row, known(REASONS_OF.get(row.outcome or "", "")), ctx.language) for row in rows]


async def _concerns(uow: Uow, noun: str, subject_id: UUID, by: Caller) -> bool:
    if noun == "posting":
        posting = await uow.postings.get(subject_id)
        own = by.role in ("member", "integrator") and by.employer_id == posting.employer_id
        there = by.serves_any(posting.city_code, posting.district_code)
        return own or (by.role not in ("member", "worker") and there)
    supply = await uow.supplies.get(subject_id)
    if by.role == "worker":
        return by.person_id == supply.worker_id
    return by.role in STAFF and by.serves_any(supply.city_code, *supply.district_codes)


def due_key(key: list[Any]) -> tuple[int, datetime, UUID]:
    """The key of the queue."""
    return int(key[0]), datetime.fromisoformat(key[1]), UUID(key[2])
