"""What officers do with employers of their region."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.employers.schemas import DecisionIn, EmployerOut, EmployerPageOut, EmployerState, RenewalIn
from service.employers.usecases import verification
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("employers")
DECIDES = problems(*WRITE)


@router.get(
    "/employers",
    response_model=EmployerPageOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="Find employers of my region",
)
@may(OFFICER, ADMIN, object="employer")
async def list_employers(
    ctx: Ctx,
    by: By,
    q: Annotated[
        str | None, Query(min_length=1, max_length=80, description="part of the name, or the whole credit code")
    ] = None,
    state: EmployerState | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The newest first; contacts are masked."""
    filters = {"q": q, "state": state, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters)
    return paged(ctx, await verification.find(ctx, text=q, state=state, after=after, limit=limit, by=by), filters)


@router.get(
    "/employers/review",
    response_model=EmployerPageOut,
    responses=problems(400, 401, 403, 410, 422),
    summary="Employers that wait for an officer",
)
@may(OFFICER, ADMIN, object="employer")
async def list_employer_reviews(
    ctx: Ctx,
    by: By,
    which: Annotated[
        Literal["waiting", "due_soon"],
        Query(description="waiting: by promised answer; due_soon: verified ones that lapse within 30 days"),
    ] = "waiting",
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Of my region, the most urgent first."""
    filters = {"which": which, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters)
    page = await verification.list_for_review(ctx, which, after=after, limit=limit, by=by)
    return paged(ctx, page, filters)


@router.post(
    "/employers/{employer_id}/verify",
    response_model=EmployerOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Vouch for an employer",
)
@may(OFFICER, ADMIN, object="employer", key="optional")
async def verify_employer(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """The papers fit. It is checked again after the policy's months; also lifts a restriction or suspension.

    A household is never verified (409 `household_not_verified`); one that was held back is let in again.
    """
    return await verification.verify(ctx, employer_id, by=by)


@router.post(
    "/employers/{employer_id}/renewal",
    response_model=EmployerOut,
    responses=DECIDES,
    summary="Say that the papers are valid",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def renew_employer(ctx: Ctx, employer_id: Id, body: RenewalIn, by: By) -> Any:
    """In the days before and after a verification ends (409 `recheck_not_open` else); an officer looks at them."""
    return await verification.renew_papers(ctx, employer_id, licence_number=body.licence_number, by=by)


@router.post(
    "/employers/{employer_id}/refuse",
    response_model=EmployerOut,
    responses=DECIDES,
    summary="Refuse an application",
)
@may(OFFICER, ADMIN, object="employer", key="optional")
async def refuse_employer(ctx: Ctx, employer_id: Id, body: DecisionIn, by: By) -> Any:
    """With a reason of the list `verification_reject`; the employer may apply again."""
    return await verification.hold_back(ctx, employer_id, "refuse", reason=body.reason, note=body.note, by=by)


@router.post(
    "/employers/{employer_id}/restrict",
    response_model=EmployerOut,
    responses=DECIDES,
    summary="Allow no new postings",
)
@may(OFFICER, ADMIN, object="employer", key="optional")
async def restrict_employer(ctx: Ctx, employer_id: Id, body: DecisionIn, by: By) -> Any:
    """With a reason of the list `employer_restrict`; verifying lifts it."""
    return await verification.hold_back(ctx, employer_id, "restrict", reason=body.reason, note=body.note, by=by)


@router.post(
    "/employers/{employer_id}/suspend",
    response_model=EmployerOut,
    responses=DECIDES,
    summary="Shut an employer out",
)
@may(OFFICER, ADMIN, object="employer", key="optional")
async def suspend_employer(ctx: Ctx, employer_id: Id, body: DecisionIn, by: By) -> Any:
    """With a reason of the list `employer_suspend`; its public page is gone until it is verified again."""
    return await verification.hold_back(ctx, employer_id, "suspend", reason=body.reason, note=body.note, by=by)
