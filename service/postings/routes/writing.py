"""Making and changing postings over HTTP."""

from __future__ import annotations

from typing import Any

from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.postings.schemas.coming import PostingIn, PostingPatch, RebookIn, SentenceIn
from service.postings.schemas.going import DraftOut, PostingMovedOut
from service.postings.usecases.changing import change_posting as change
from service.postings.usecases.drafting import draft_from_sentence
from service.postings.usecases.writing import copy_posting as copy
from service.postings.usecases.writing import create_posting as create
from service.postings.usecases.writing import rebook_posting as rebook

router = make_router("postings")
WRITERS = (MEMBER, OFFICER, ADMIN, INTEGRATOR)
SCOPES = ("postings:write",)


@router.post(
    "/postings/drafts/from-sentence",
    response_model=DraftOut,
    responses=problems(*WRITE),
    summary="Read a sentence into a draft",
)
@may(*WRITERS, scopes=SCOPES, key="optional")
async def read_posting_sentence(ctx: Ctx, by: By, body: SentenceIn) -> Any:
    """Which words gave what, what was assumed and what is missing. Nothing is stored."""
    return await draft_from_sentence(ctx, by=by, text=body.text, employer_id=body.employer_id, site_id=body.site_id)


@router.post(
    "/postings",
    status_code=201,
    response_model=PostingMovedOut,
    responses=problems(*WRITE),
    summary="Make a posting",
)
@may(*WRITERS, scopes=SCOPES, key="optional", location="/v1/postings/{value.id}")
async def create_posting(ctx: Ctx, by: By, body: PostingIn) -> Any:
    """A draft, or offered at once with `submit`. Fields that took a default are listed in `defaulted`."""
    return await create(ctx, by=by, asked=body.asked(), employer_id=body.employer_id, submit=body.submit)


@router.patch(
    "/postings/{posting_id}",
    response_model=PostingMovedOut,
    responses=problems(*WRITE, 412, 428),
    summary="Change a posting",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="posting")
async def change_posting(ctx: Ctx, by: By, posting_id: Id, version: IfMatch, body: PostingPatch) -> Any:
    """What is to the worker's good is live at once, other material changes go back to review."""
    return await change(ctx, posting_id, by=by, version=version, patch=body.asked())


@router.post(
    "/postings/{posting_id}/copy",
    status_code=201,
    response_model=PostingMovedOut,
    responses=problems(*WRITE),
    summary="Copy a posting into a draft",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="posting", location="/v1/postings/{value.id}")
async def copy_posting(ctx: Ctx, by: By, posting_id: Id) -> Any:
    """Dated work moves on by whole weeks until it lies ahead."""
    return await copy(ctx, posting_id, by=by)


@router.post(
    "/postings/{posting_id}/rebook",
    status_code=201,
    response_model=PostingMovedOut,
    responses=problems(*WRITE),
    summary="Offer the same work on another day",
)
@may(*WRITERS, scopes=SCOPES, key="optional", object="posting", location="/v1/postings/{value.id}")
async def rebook_posting(ctx: Ctx, by: By, posting_id: Id, body: RebookIn) -> Any:
    """A new posting whose first shift begins on that day, offered at once."""
    return await rebook(ctx, posting_id, by=by, day=body.day)
