"""Signing over HTTP: by a code to the signer's own phone, on paper, or not at all."""

from __future__ import annotations

from typing import Any

from service.agreements.schemas import (
    AgreementDeclineIn,
    AgreementDocumentOut,
    AgreementOut,
    SignatureCodeOut,
    SignatureCodesIn,
    SignedTogetherOut,
    SignIn,
    SignOnPaperIn,
    SignTogetherIn,
)
from service.agreements.usecases import signing
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import Address, By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("agreements")


@router.post(
    "/agreements/{agreement_id}/signature-codes",
    status_code=202,
    response_model=SignatureCodeOut,
    responses=problems(400, 401, 403, 404, 409, 422, 429),
    summary="Ask for a code to sign with",
)
@may(WORKER, MEMBER, object="agreement", key="optional")
async def request_signature_code(ctx: Ctx, agreement_id: Id, address: Address, by: By) -> Any:
    """It comes to the signer's own phone and is good for this document only."""
    return await signing.request_code(ctx, [agreement_id], address=address, by=by)


@router.post(
    "/agreements/{agreement_id}/sign",
    response_model=AgreementOut,
    responses=problems(*WRITE, 429),
    summary="Sign with a code",
)
@may(WORKER, MEMBER, object="agreement", key="optional")
async def sign_agreement(ctx: Ctx, agreement_id: Id, body: SignIn, address: Address, by: By) -> Any:
    """The document that was shown (409 `agreement_changed` for another), with its summary read and every term that
    differs accepted. The last signature completes it, and each party is told."""
    paper = signing.Paper(agreement_id, body.hash, body.differs_accepted)
    return await signing.sign(
        ctx, paper, summary_read=body.summary_read, challenge_id=body.challenge_id, code=body.code, address=address,
        by=by,
    )  # fmt: skip


@router.post(
    "/agreements/signature-codes",
    status_code=202,
    response_model=SignatureCodeOut,
    responses=problems(*WRITE, 429),
    summary="Ask for one code to sign several with",
)
@may(WORKER, MEMBER, key="optional")
async def request_signature_codes(ctx: Ctx, body: SignatureCodesIn, address: Address, by: By) -> Any:
    """It is good for exactly these documents, together."""
    return await signing.request_code(ctx, body.agreement_ids, address=address, by=by)


@router.post(
    "/agreements/sign",
    response_model=SignedTogetherOut,
    responses=problems(*WRITE, 429),
    summary="Sign several with one code",
)
@may(WORKER, MEMBER, key="optional")
async def sign_agreements(ctx: Ctx, body: SignTogetherIn, address: Address, by: By) -> Any:
    """For a firm that lends five people in one sitting: every document that the code was asked for, each as it was
    shown; all are signed, or none."""
    papers = [signing.Paper(each.agreement_id, each.hash, each.differs_accepted) for each in body.papers]
    return await signing.sign_together(
        ctx, papers, summary_read=body.summary_read, challenge_id=body.challenge_id, code=body.code, address=address,
        by=by,
    )  # fmt: skip


@router.post(
    "/agreements/{agreement_id}/sign-on-paper",
    response_model=AgreementOut,
    responses=problems(*WRITE),
    summary="Sign with a picture of the paper",
)
@may(MEMBER, OFFICER, ADMIN, object="agreement", key="optional")
async def sign_agreement_on_paper(ctx: Ctx, agreement_id: Id, body: SignOnPaperIn, by: By, on_behalf: OnBehalf) -> Any:
    """An officer takes the worker's signed paper, with the worker's yes (`?on_behalf=`); who decides for an employer
    takes its own. The picture is kept sealed, with its hash."""
    return await signing.sign_on_paper(ctx, agreement_id, by=by, on_behalf=on_behalf, **body.model_dump())


@router.post(
    "/agreements/{agreement_id}/decline",
    response_model=AgreementDocumentOut,
    responses=problems(*WRITE),
    summary="Decline to sign",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="agreement", key="optional")
async def decline_agreement(ctx: Ctx, agreement_id: Id, body: AgreementDeclineIn, by: By, on_behalf: OnBehalf) -> Any:
    """It is over for every party; another one can be drawn. No reason needs to be given."""
    return await signing.decline(ctx, agreement_id, reason=body.reason, on_behalf=on_behalf, by=by)
