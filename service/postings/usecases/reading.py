"""Show postings: one, an employer's own, the review queue, the public search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from service.context import Context
from service.db.engine import Database
from service.errors import Missing
from service.geo import Point
from service.pages import After
from service.postings import hot
from service.postings.lifecycle import PUBLIC
from service.postings.rules import sees_all, terms_hash, without_door
from service.postings.rules.searching import Search
from service.postings.usecases.ground import is_own, named_employer
from service.postings.views import Audience, PostingPage, PostingView, TermsView, brief_view, full_view

if TYPE_CHECKING:
    from service.http.caller import Caller

FACET_LIMIT = 10_000


async def show_posting(ctx: Context, posting_id: UUID, *, by: Caller | None) -> dict[str, Any]:
    """One posting: to everybody while it is public, else to its own people, its officers and those engaged.

    Raises Missing, the same for one that is not there and one that is not for the caller.
    """
    found = await hot.read_posting(ctx.database.reads, posting_id)
    if found is None:
        raise Missing
    return full_view(found, seen_by=await _seen_by(ctx, found, by), language=ctx.language)


async def shown_to_all(ctx: Context, posting_id: UUID) -> dict[str, Any] | None:
    """One posting as everybody sees it; None for one that was public and is not now. Raises Missing."""
    found = await hot.read_posting(ctx.database.reads, posting_id)
    if found is None or found["private"] or found["published_at"] is None:
        raise Missing
    return full_view(found, seen_by="public", language=ctx.language) if found["state"] in PUBLIC else None


async def _seen_by(ctx: Context, posting: Any, by: Caller | None) -> Audience:
    """As whom the caller sees a posting. Raises Missing."""
    if by is not None and _is_insider(by, posting):
        return "insider"
    public = posting["state"] in PUBLIC and not posting["private"]
    if public and posting["employer_kind"] != "household":
        return "public"
    if by is not None and by.worker_id:
        seated = await hot.read_part(ctx.database.reads, posting["id"], by.worker_id)
        if seated is not None:
            return "seated" if seated else "public"
    if not public:
        raise Missing
    return "public"


def _is_insider(by: Caller, columns: Any) -> bool:
    serves = by.serves(columns["city_code"])
    own = by.employer_id == columns["employer_id"]
    if by.role == "integrator" and by.employer_id is None:
        own = serves
    return sees_all(role=by.role, own_employer=own, serves=serves)


async def show_terms(ctx: Context, posting_id: UUID, *, by: Caller | None, terms_version: int | None) -> TermsView:
    """The words of a version of the terms, the present one by default, for whoever sees the posting.

    A household's addresses are left out, and not hashed, for those who have no seat there. Raises Missing.
    """
    posting = await hot.read_posting(ctx.database.reads, posting_id)
    if posting is None:
        raise Missing
    audience = await _seen_by(ctx, posting, by)
    async with ctx.uow() as uow:
        kept = await uow.postings.version(posting_id, terms_version or posting["terms_version"])
        if kept is None:
            raise Missing
        terms, digest = dict(kept.terms), kept.terms_hash
        if audience == "public" and posting["employer_kind"] == "household":
            terms = without_door(terms)
            digest = terms_hash(terms)
        return TermsView(posting_id, kept.terms_version, digest, terms, kept.created_at)


async def list_own(
    ctx: Context, *, by: Caller, employer_id: UUID | None, states: Sequence[str], before: After, limit: int
) -> PostingPage:
    """An employer's postings in every state, newest first."""
    async with ctx.uow() as uow:
        employer = await named_employer(uow, by, employer_id, "query:employer_id")
        if not sees_all(role=by.role, own_employer=is_own(by, employer), serves=by.serves(employer.city_code)):
            raise Missing
        now = await uow.now()
        rows = await uow.postings.of_employer(employer.id, states, before(now), limit + 1)
        items = [PostingView(**full_view(row, seen_by="insider", language=ctx.language)) for row in rows[:limit]]
        last = [rows[limit - 1]["id"]] if len(rows) > limit else None
        return PostingPage(items, last, now)


async def list_reviews(ctx: Context, *, by: Caller, mine: bool, after: After, limit: int) -> PostingPage:
    """What waits for an officer's review in the caller's regions, the most urgent first."""
    regions = None if by.role == "admin" else by.regions
    async with ctx.uow() as uow:
        reviewer = by.account_id if mine else None
        now = await uow.now()
        rows = await uow.postings.in_review(regions, reviewer, after(now), limit + 1)
        items = [PostingView(**full_view(row, seen_by="insider", language=ctx.language)) for row in rows[:limit]]
        last = [rows[limit - 1]["review_due_at"], rows[limit - 1]["id"]] if len(rows) > limit else None
        return PostingPage(items, last, now)


async def list_nearest(ctx: Context, near: Point, radius_m: int | None, limit: int) -> PostingPage:
    """The first page of the nearest postings: the list that is asked for most.

    The usual radius is that of the day of the last answer, so that no clock is asked before the one statement.
    """
    reads = ctx.database.reads
    before = _LAST_SEEN.get(ctx.database) or await hot.read_business_clock(reads)
    radius = radius_m or ctx.policies.at(before).postings.search_radius_metres
    rows = await hot.read_nearest(reads, near, radius, limit + 1)
    items = [brief_view(row, ctx.language) for row in rows[:limit]]
    now = _LAST_SEEN[ctx.database] = rows[0]["now"] if rows else before
    more = len(rows) > limit
    last = [now, rows[limit - 1]["distance_m"], rows[limit - 1]["id"]] if more else None
    return PostingPage(items, last, now)


_LAST_SEEN: WeakKeyDictionary[Database, datetime] = WeakKeyDictionary()


async def search_postings(ctx: Context, search: Search, after: After, limit: int) -> PostingPage:
    """A page of the public search; `after` gives [the walk's first moment, value, id] of the row before."""
    async with ctx.uow() as uow:
        now = await uow.now()
        key = after(now)
        begun, mark = (key[0], (key[1], key[2])) if key else (now, None)
        if search.near and not search.radius_m:
            search = replace(search, radius_m=ctx.policies.at(begun).postings.search_radius_metres)
        rows = await uow.postings.search(search, begun, mark, limit + 1)
        facets = _capped(await uow.postings.facets(search, begun)) if search.facets else None
        last = [begun, rows[limit - 1]["sort_value"], rows[limit - 1]["id"]] if len(rows) > limit else None
        return PostingPage([brief_view(row, ctx.language) for row in rows[:limit]], last, now, facets)


def _capped(found: dict[str, list[tuple[str | None, int]]]) -> dict[str, Any]:
    """Counts are exact up to the limit; above it they say «more»."""
    made: dict[str, Any] = {
        name: [{"code": code, **_count(count)} for code, count in rows] for name, rows in found.items()
    }
    made["total"] = _count(found["total"][0][1])
    return made


def _count(count: int) -> dict[str, Any]:
    return {"count": min(count, FACET_LIMIT), "more": count > FACET_LIMIT}
