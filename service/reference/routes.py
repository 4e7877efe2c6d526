"""Dated tables over HTTP: everybody reads, admins add dates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query, Response

from service.http.caller import ADMIN, ANYBODY
from service.http.paging import CursorText, after_cursor, next_cursor
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Day, Id, Whole
from service.reference import proposals, usecases
from service.reference.schemas import (
    Kind,
    NamedSkillsOut,
    PolicyProposalIn,
    PolicyProposalOut,
    PolicyProposalsOut,
    ReferenceHistoryOut,
    ReferenceIn,
    ReferenceOut,
    ReferencePageOut,
    ReferencePatch,
    RowCode,
)

router = make_router("reference")
On = Annotated[Day | None, Query(description="the day on which the rows hold; today when left out")]
NOT_CHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing changed since the ETag sent"}}


@router.get(
    "/reference/{kind}",
    response_model=ReferencePageOut,
    responses=NOT_CHANGED | problems(400, 401, 404, 410, 422),
    summary="List the rows of a dated table that hold on a day",
)
@may(ANYBODY)
async def list_reference(
    ctx: Ctx,
    kind: Kind,
    response: Response,
    on: On = None,
    parent: Annotated[
        str | None, Query(max_length=100, description="region, occupation, industry of trades, list of codes")
    ] = None,
    limit: Annotated[Whole, Query(ge=1, le=500, description="rows in one page")] = 500,
    cursor: CursorText = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Any:
    """Whole tables come in one page of up to 500 rows; send the ETag back to learn that nothing changed."""
    filters = {"kind": kind, "on": on, "parent": parent}
    page = await usecases.list_rows(
        ctx, kind, on=on, parent=parent, after=after_cursor(ctx, cursor, filters), limit=limit
    )
    etag = f'"{page.version}"'
    if if_none_match is not None and etag in (tag.strip() for tag in if_none_match.split(",")):
        return Response(status_code=304, headers={"etag": etag})
    response.headers["etag"] = etag
    return {"day": page.day, "items": page.items, "next_cursor": next_cursor(ctx, page, filters)}


@router.get(
    "/skills",
    response_model=NamedSkillsOut,
    responses=problems(401, 422),
    summary="Name the skills, trades and occupations in a text",
)
@may(ANYBODY)
async def search_skills(
    ctx: Ctx,
    text: Annotated[str, Query(min_length=1, max_length=500, description="a job title, or what somebody can do")],
    limit: Annotated[Whole, Query(ge=1, le=20, description="entries that the whole text may mean")] = 5,
) -> Any:
    """`items` is what the text as a whole may mean, best first; `mentioned` every skill named in it, in its order.

    Popular and dialect words, pinyin, other character forms and slips of the pen are understood. Both lists are
    empty for a text that names no trade.
    """
    return await usecases.search_skills(text, limit)


@router.get(
    "/reference/{kind}/{code}",
    response_model=ReferenceOut,
    responses=problems(401, 404, 422),
    summary="One code of a dated table as it holds on a day",
)
@may(ANYBODY)
async def get_reference(ctx: Ctx, kind: Kind, code: RowCode, on: On = None) -> Any:
    """404 when the code does not exist or does not hold on that day."""
    return await usecases.read_row(ctx, kind, code, on=on)


@router.get(
    "/reference/{kind}/{code}/history",
    response_model=ReferenceHistoryOut,
    responses=problems(401, 404, 422),
    summary="Every dated row of a code, old to new",
)
@may(ANYBODY)
async def get_reference_history(ctx: Ctx, kind: Kind, code: RowCode) -> Any:
    """What held when, and from which source."""
    return {"items": await usecases.read_history(ctx, kind, code)}


@router.post(
    "/reference/{kind}",
    status_code=201,
    response_model=ReferenceOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Add a date to a dated table",
)
@may(ADMIN, sensitive=True, key="optional", location="/v1/reference/{value.kind}/{value.code}")
async def add_reference(ctx: Ctx, kind: Kind, body: ReferenceIn, by: By) -> Any:
    """History is kept: the row before it stops where the new one begins. Every process follows within 5 s.

    Policies are proposed instead (`propose_policy`): they need two administrators.
    """
    return await usecases.add_row(ctx, kind, **body.model_dump(), by=by)


@router.patch(
    "/reference/rows/{row_id}",
    response_model=ReferenceOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Mark a row as compared with its source, or end it",
)
@may(ADMIN, object="reference", sensitive=True, key="optional")
async def change_reference(ctx: Ctx, row_id: Id, body: ReferencePatch, version: IfMatch, by: By) -> Any:
    """The data of a stored row never change; a correction is a new date."""
    changes = body.model_dump(exclude_unset=True)
    kept = {name: value for name, value in changes.items() if value is not None or name == "valid_to"}
    return await usecases.change_row(ctx, row_id, seen=version, changes=kept, by=by)


@router.post(
    "/policy-proposals",
    status_code=201,
    response_model=PolicyProposalOut,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
    summary="Propose a value of a policy",
)
@may(ADMIN, sensitive=True, key="optional")
async def propose_policy(ctx: Ctx, body: PolicyProposalIn, by: By) -> Any:
    """Needs a fresh second factor, and another administrator's approval before it has any effect."""
    return await proposals.propose_policy(ctx, **body.model_dump(), by=by)


@router.get(
    "/policy-proposals",
    response_model=PolicyProposalsOut,
    responses=problems(401, 403, 422),
    summary="List what waits for a second administrator",
)
@may(ADMIN)
async def list_policy_proposals(ctx: Ctx, by: By) -> Any:
    """The oldest first."""
    return {"items": await proposals.list_policy_proposals(ctx, by=by)}


@router.post(
    "/policy-proposals/{proposal_id}/approve",
    response_model=PolicyProposalOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Approve another administrator's proposal",
)
@may(ADMIN, object="policy_proposal", sensitive=True, key="optional")
async def approve_policy(ctx: Ctx, proposal_id: Id, by: By) -> Any:
    """From then on it holds from its day on; every process follows within 5 s."""
    return await proposals.approve_policy(ctx, proposal_id, by=by)


@router.post(
    "/policy-proposals/{proposal_id}/reject",
    response_model=PolicyProposalOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Reject or take back a proposal",
)
@may(ADMIN, object="policy_proposal", key="optional")
async def reject_policy(ctx: Ctx, proposal_id: Id, by: By) -> Any:
    """Nothing changes; it is kept with who decided."""
    return await proposals.reject_policy(ctx, proposal_id, by=by)
