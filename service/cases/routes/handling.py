"""Cases over HTTP: what officers do with them, and what who brought them answers."""

from __future__ import annotations

from typing import Any

from service.cases.schemas.coming import (
    CaseNoteIn,
    CaseReasonIn,
    CaseWordsIn,
    ConclusionIn,
    DeclineIn,
    HandOverIn,
    MediationIn,
    ReopenIn,
    TriageIn,
)
from service.cases.schemas.going import CaseContactOut, CaseOut
from service.cases.usecases import deciding, handling, mediating, speaking
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("cases")
MOVED: dict[str, Any] = {"response_model": CaseOut, "responses": problems(*WRITE)}


@router.post("/cases/{case_id}/claim", summary="Take a case", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def claim_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """Nobody else handles it until it is given back."""
    return await handling.claim(ctx, case_id, by=by)


@router.post("/cases/{case_id}/release", summary="Give a case back", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def release_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """An administrator also another's."""
    return await handling.release(ctx, case_id, by=by)


@router.post("/cases/{case_id}/triage", summary="Sort a case", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def triage_case(ctx: Ctx, case_id: Id, body: TriageIn, by: By) -> Any:
    """Its kind and urgency may be set right."""
    return await handling.triage(ctx, case_id, by=by, **body.model_dump())


@router.post("/cases/{case_id}/ask", summary="Ask who brought it", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def ask_complainant(ctx: Ctx, case_id: Id, body: CaseWordsIn, by: By) -> Any:
    """In words that the complainant reads; answered by `inform`."""
    return await handling.ask_complainant(ctx, case_id, words=body.words, by=by)


@router.post("/cases/{case_id}/inform", summary="Answer what was asked", **MOVED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="case", key="optional")
async def inform_case(ctx: Ctx, case_id: Id, body: CaseWordsIn, by: By, on_behalf: OnBehalf) -> Any:
    """By who brought it; staff write it down. Limits that were paused for it run on."""
    return await speaking.inform(ctx, case_id, words=body.words, on_behalf=on_behalf, by=by)


@router.post("/cases/{case_id}/mediate", summary="Begin to call both sides", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def mediate_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """Before any formal way; not where it is urgent, and not where who complains is hidden."""
    return await mediating.begin_mediation(ctx, case_id, by=by)


@router.post("/cases/{case_id}/mediation", summary="How the calls ended", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def record_mediation(ctx: Ctx, case_id: Id, body: MediationIn, by: By) -> Any:
    """What was agreed is the result of the case; otherwise the formal ways are open."""
    return await mediating.record_mediation(ctx, case_id, by=by, **body.model_dump())


@router.post("/cases/{case_id}/accept", summary="Take a case up", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def accept_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """409 `case_mediation_first` where both sides have not been called."""
    return await deciding.accept(ctx, case_id, by=by)


@router.post("/cases/{case_id}/decline", summary="Not take a case up", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def decline_case(ctx: Ctx, case_id: Id, body: DeclineIn, by: By) -> Any:
    """With a code of `case_decline`; it may be opened again in time."""
    return await deciding.decline(ctx, case_id, by=by, **body.model_dump())


@router.post("/cases/{case_id}/investigate", summary="Look into a case here", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def investigate_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """Once it is taken up."""
    return await deciding.investigate(ctx, case_id, by=by)


@router.post("/cases/{case_id}/hand-over", summary="Hand a case to an outside body", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def hand_case_over(ctx: Ctx, case_id: Id, body: HandOverIn, by: By) -> Any:
    """The limits of that way begin on that day."""
    return await deciding.transfer(ctx, case_id, by=by, **body.model_dump())


@router.post("/cases/{case_id}/conclude", summary="What a case came to", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def conclude_case(ctx: Ctx, case_id: Id, body: ConclusionIn, by: By) -> Any:
    """Here or at the outside body; with the money that came back. It closes by itself some days later."""
    return await deciding.conclude(ctx, case_id, by=by, **body.model_dump())


@router.post("/cases/{case_id}/close", summary="Close a case", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def close_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """Once its result is told."""
    return await deciding.close(ctx, case_id, by=by)


@router.post("/cases/{case_id}/withdraw", summary="Take a case back", **MOVED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="case", key="optional")
async def withdraw_case(ctx: Ctx, case_id: Id, body: CaseReasonIn, by: By, on_behalf: OnBehalf) -> Any:
    """By who brought it, with a code of `case_withdraw`."""
    return await speaking.withdraw(ctx, case_id, reason=body.reason, on_behalf=on_behalf, by=by)


@router.post("/cases/{case_id}/reopen", summary="Open a case again", **MOVED)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="case", key="optional")
async def reopen_case(ctx: Ctx, case_id: Id, body: ReopenIn, by: By, on_behalf: OnBehalf) -> Any:
    """Within the policy's days from its end or its result, with a code of `case_reopen`."""
    return await speaking.reopen(ctx, case_id, on_behalf=on_behalf, by=by, **body.model_dump())


@router.post("/cases/{case_id}/notes", status_code=201, summary="Add a line to the file", **MOVED)
@may(OFFICER, ADMIN, object="case", key="optional")
async def add_case_note(ctx: Ctx, case_id: Id, body: CaseNoteIn, by: By) -> Any:
    """For officers only."""
    return await handling.add_note(ctx, case_id, kind=body.kind, words=body.words, by=by)


@router.post(
    "/cases/{case_id}/open-contact", response_model=CaseContactOut, responses=problems(*WRITE),
    summary="Open a number that was left",
)  # fmt: skip
@may(OFFICER, ADMIN, object="case", sensitive=True, key="optional")
async def open_case_contact(ctx: Ctx, case_id: Id, by: By) -> Any:
    """A line of the file says who opened it."""
    return await handling.open_contact(ctx, case_id, by=by)
