"""Evidence packs over HTTP: to read, as a file, on paper; and checking one, for anybody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Form, Query, Response

from service.evidence import usecases
from service.evidence.schemas import (
    EvidenceFileIn,
    EvidencePackOut,
    EvidenceVerdictOut,
    LentEvidencePackOut,
    LentSideCode,
    Reason,
    SideCode,
)
from service.evidence.views import AnyPackView
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.responses import READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.i18n import render

router = make_router("evidence")
JSON_FILE: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}
PDF: dict[str, Any] = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
WhichSide = Annotated[SideCode | None, Query(description="staff only: whose pack; default: the worker's")]
WhichLentSide = Annotated[LentSideCode | None, Query(description="staff only: whose pack; default: the person's")]
Why = Annotated[Reason | None, Query()]


@router.get(
    "/engagements/{engagement_id}/evidence",
    response_model=EvidencePackOut,
    responses=problems(*READ),
    summary="Evidence pack",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement", sensitive=True)
async def get_evidence(ctx: Ctx, engagement_id: Id, by: By, side: WhichSide = None, reason: Why = None) -> Any:
    """What happened, from the terms to the pay: each side its own, staff with a reason and without names."""
    return await usecases.get_pack(ctx, engagement_id, by=by, side=side, reason=reason)


@router.get(
    "/engagements/{engagement_id}/evidence.json",
    response_class=Response,
    responses=problems(*READ) | {200: JSON_FILE},
    summary="Evidence pack as a file",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement", sensitive=True)
async def download_evidence(ctx: Ctx, engagement_id: Id, by: By, side: WhichSide = None, reason: Why = None) -> Any:
    """To keep, to hand on, to be checked without this service; the same head is the same bytes."""
    pack = await usecases.get_pack(ctx, engagement_id, by=by, side=side, reason=reason)
    return _file(pack)


@router.get(
    "/engagements/{engagement_id}/evidence.pdf",
    response_class=Response,
    responses=problems(*READ) | {200: PDF},
    summary="Evidence pack on paper",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="engagement", sensitive=True)
async def download_evidence_paper(
    ctx: Ctx, engagement_id: Id, by: By, side: WhichSide = None, reason: Why = None
) -> Any:
    """In the caller's language, with the hash that the file has to end in, as a QR too."""
    pack = await usecases.get_pack(ctx, engagement_id, by=by, side=side, reason=reason)
    return _paper(ctx, pack)


@router.get(
    "/lent/{lent_id}/evidence",
    response_model=LentEvidencePackOut,
    responses=problems(*READ),
    summary="Evidence pack of a lending",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", sensitive=True)
async def get_lent_evidence(ctx: Ctx, lent_id: Id, by: By, side: WhichLentSide = None, reason: Why = None) -> Any:
    """What happened to somebody who is lent, from the yes on: terms, papers, days, months, wages, an injury, the way
    back. The person, the lender and the borrower each get their own, staff with a reason and without names."""
    return await usecases.get_lent_pack(ctx, lent_id, by=by, side=side, reason=reason)


@router.get(
    "/lent/{lent_id}/evidence.json",
    response_class=Response,
    responses=problems(*READ) | {200: JSON_FILE},
    summary="Evidence pack of a lending as a file",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", sensitive=True)
async def download_lent_evidence(ctx: Ctx, lent_id: Id, by: By, side: WhichLentSide = None, reason: Why = None) -> Any:
    """To keep, to hand on, to be checked without this service; the same head is the same bytes."""
    pack = await usecases.get_lent_pack(ctx, lent_id, by=by, side=side, reason=reason)
    return _file(pack)


@router.get(
    "/lent/{lent_id}/evidence.pdf",
    response_class=Response,
    responses=problems(*READ) | {200: PDF},
    summary="Evidence pack of a lending on paper",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", sensitive=True)
async def download_lent_evidence_paper(
    ctx: Ctx, lent_id: Id, by: By, side: WhichLentSide = None, reason: Why = None
) -> Any:
    """In the caller's language, with the hash that the file has to end in, as a QR too."""
    pack = await usecases.get_lent_pack(ctx, lent_id, by=by, side=side, reason=reason)
    return _paper(ctx, pack)


@router.post(
    "/evidence/verify",
    response_model=EvidenceVerdictOut,
    responses=problems(400, 401, 413, 415, 422),
    summary="Check a pack",
)
@may(ANYBODY)
async def verify_evidence(ctx: Ctx, form: Annotated[EvidenceFileIn, Form(media_type="multipart/form-data")]) -> Any:
    """Every byte counts. `python -m service.verifying pack` says the same without this service."""
    verdict = await usecases.verify_file(ctx, await form.file.read())
    findings = [
        {"place": each.place, "code": each.code, "message": render(f"evidence.finding.{each.code}", ctx.language)}
        for each in verdict.findings
    ]
    return {
        "valid": verdict.valid,
        "known": verdict.known,
        "pack_id": verdict.pack_id,
        "head": verdict.head,
        "findings": findings,
    }


def _file(pack: AnyPackView) -> Response:
    return Response(pack.file, media_type="application/json", headers=_as_file(pack, "json"))


def _paper(ctx: Ctx, pack: AnyPackView) -> Response:
    from service.evidence.printing import pdf_of  # late: few ask for it, and it is large

    paper = pdf_of(pack, ctx.language, usecases.namings(ctx))
    return Response(paper, media_type="application/pdf", headers=_as_file(pack, "pdf"))


def _as_file(pack: AnyPackView, kind: str) -> dict[str, str]:
    return {
        "content-disposition": f'attachment; filename="evidence-{pack.id}.{kind}"',
        "x-evidence-head": pack.head,
    }
