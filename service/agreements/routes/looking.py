"""Agreements to read, to print and to check."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from service.agreements.schemas import (
    AgreementDocumentOut,
    AgreementsOut,
    AgreementSummaryOut,
    AgreementVerdictOut,
    Kind,
    OwedAgreementsOut,
    Reason,
    Role,
    State,
    VerifyIn,
)
from service.agreements.usecases import looking
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("agreements")
PDF: dict[str, Any] = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
PICTURE: dict[str, Any] = {
    "content": {f"image/{kind}": {"schema": {"type": "string", "format": "binary"}} for kind in ("jpeg", "png", "webp")}
}
Why = Annotated[Reason | None, Query(description="staff only, and then needed: why, a code of `evidence_purpose`")]


@router.get("/agreements", response_model=AgreementsOut, responses=problems(*LIST), summary="Agreements")
@may(WORKER, MEMBER, OFFICER, ADMIN)
async def list_agreements(
    ctx: Ctx,
    by: By,
    state: State | None = None,
    kind: Kind | None = None,
    subject_id: Id | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The caller's own, or of the officer's regions; the newest first. No words and no names stand in it."""
    filters = {
        "list": "agreements", "state": state, "kind": kind, "subject": str(subject_id), "regions": by.regions,
        "whose": str(by.employer_id or by.person_id),
    }  # fmt: skip
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await looking.list_agreements(
        ctx, states=(state,) if state else (), kind=kind, subject_id=subject_id, by=by, after=after, limit=limit
    )
    return paged(ctx, page, filters)


@router.get(
    "/agreements/owed", response_model=OwedAgreementsOut, responses=problems(401, 403, 422), summary="Contracts owed"
)
@may(WORKER, MEMBER, OFFICER, ADMIN)
async def list_owed_agreements(ctx: Ctx, by: By, limit: Limit = 20) -> Any:
    """Labour relations that have begun without a written contract, and until when it is due; the oldest first."""
    return {"items": await looking.list_owed(ctx, by=by, limit=limit)}


@router.post(
    "/agreements/verify",
    response_model=AgreementVerdictOut,
    responses=problems(400, 401, 413, 415, 422),
    summary="Check an agreement",
)
@may(ANYBODY)
async def verify_agreement(ctx: Ctx, body: VerifyIn) -> Any:
    """Whether a hash, or the hash of a canonical text, is that of an agreement of this service, and how it stands."""
    return await looking.verify(ctx, hash=body.hash, text=body.text)


@router.get(
    "/agreements/{agreement_id}",
    response_model=AgreementDocumentOut,
    responses=problems(*READ),
    summary="One agreement with its words",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="agreement", sensitive=True)
async def get_agreement(ctx: Ctx, agreement_id: Id, by: By, reason: Why = None) -> Any:
    """For its parties, and for officers of the place with a reason, which the worker sees on record."""
    return await looking.get_agreement(ctx, agreement_id, reason=reason, by=by)


@router.get(
    "/agreements/{agreement_id}/summary",
    response_model=AgreementSummaryOut,
    responses=problems(*READ, 410),
    summary="Plain summary to read aloud",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="agreement", sensitive=True)
async def get_agreement_summary(ctx: Ctx, agreement_id: Id, by: By, reason: Why = None) -> Any:
    """A few short sentences from the same facts, and every term that differs from the posting; comes before signing."""
    return await looking.get_summary(ctx, agreement_id, reason=reason, by=by)


@router.get(
    "/agreements/{agreement_id}/pdf",
    response_class=Response,
    responses=problems(*READ, 410) | {200: PDF},
    summary="Agreement on paper",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="agreement", sensitive=True)
async def download_agreement(ctx: Ctx, agreement_id: Id, by: By, reason: Why = None) -> Any:
    """Every term, the parties, who signed when and how; hash and version on every page."""
    from service.agreements.printing import pdf_of  # late: few ask for it, and it is large

    view = await looking.get_paper(ctx, agreement_id, reason=reason, by=by)
    name = f'attachment; filename="agreement-{agreement_id}.pdf"'
    return Response(pdf_of(view), media_type="application/pdf", headers={"content-disposition": name})


@router.get(
    "/agreements/{agreement_id}/picture",
    response_class=Response,
    responses=problems(*READ, 410) | {200: PICTURE},
    summary="Picture of a signed paper",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="agreement", sensitive=True)
async def get_signed_paper(ctx: Ctx, agreement_id: Id, by: By, role: Role = "worker", reason: Why = None) -> Any:
    """What was photographed for a party's signature; 404 where that party has not signed on paper."""
    data, kind = await looking.get_picture(ctx, agreement_id, role=role, reason=reason, by=by)
    return Response(data, media_type=f"image/{kind}")
