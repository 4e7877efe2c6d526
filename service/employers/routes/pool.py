"""An employer's own people and its block list."""

from __future__ import annotations

from typing import Any

from service.employers.schemas import (
    BlockIn,
    EmployerBlockOut,
    EmployerBlocksOut,
    PoolMemberIn,
    PoolMemberOut,
    PoolMemberPatch,
    PoolPageOut,
)
from service.employers.usecases import pool
from service.http.caller import MEMBER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("employers")


@router.get(
    "/employers/{employer_id}/pool",
    response_model=PoolPageOut,
    responses=problems(400, 401, 403, 404, 410, 422),
    summary="My own people",
)
@may(MEMBER, object="employer")
async def list_pool(ctx: Ctx, employer_id: Id, by: By, limit: Limit = 50, cursor: CursorText = None) -> Any:
    """Those who are asked first, in the order in which they came in."""
    filters = {"employer": employer_id}
    page = await pool.list_pool(ctx, employer_id, after=after_cursor(ctx, cursor, filters), limit=limit, by=by)
    return paged(ctx, page, filters)


@router.post(
    "/employers/{employer_id}/pool",
    status_code=201,
    response_model=PoolMemberOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    summary="Ask somebody first from now on",
)
@may(MEMBER, object="employer", key="optional")
async def add_pool_member(ctx: Ctx, employer_id: Id, body: PoolMemberIn, by: By) -> Any:
    """Somebody who has worked here, or whose card is shown now."""
    return await pool.add_to_pool(ctx, employer_id, by=by, **body.model_dump())


@router.patch(
    "/employers/{employer_id}/pool/{pool_member_id}",
    response_model=PoolMemberOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Whether a claim needs my decision",
)
@may(MEMBER, object="employer", key="optional")
async def change_pool_member(
    ctx: Ctx, employer_id: Id, pool_member_id: Id, body: PoolMemberPatch, version: IfMatch, by: By
) -> Any:
    """With `auto_accept` this person's claims are confirmed at once."""
    return await pool.change_pool_member(
        ctx, employer_id, pool_member_id, seen=version, auto_accept=body.auto_accept, by=by
    )


@router.post(
    "/employers/{employer_id}/pool/{pool_member_id}/remove",
    response_model=PoolMemberOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="No longer ask somebody first",
)
@may(MEMBER, object="employer", key="optional")
async def remove_pool_member(ctx: Ctx, employer_id: Id, pool_member_id: Id, by: By) -> Any:
    """Nobody is told."""
    return await pool.remove_from_pool(ctx, employer_id, pool_member_id, by=by)


@router.get(
    "/employers/{employer_id}/blocks",
    response_model=EmployerBlocksOut,
    responses=problems(401, 403, 404),
    summary="My block list",
)
@may(MEMBER, object="employer")
async def list_employer_blocks(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """Only this employer's own; what workers block is never shown."""
    return {"items": await pool.list_blocks(ctx, employer_id, by=by)}


@router.post(
    "/employers/{employer_id}/blocks",
    status_code=201,
    response_model=EmployerBlockOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Do not show me this person again",
)
@may(MEMBER, object="employer", key="optional")
async def block_worker(ctx: Ctx, employer_id: Id, body: BlockIn, by: By) -> Any:
    """Somebody who has applied here or worked here; also takes the person out of the pool."""
    return await pool.block_worker(ctx, employer_id, by=by, **body.model_dump())


@router.post(
    "/employers/{employer_id}/blocks/{block_id}/lift",
    response_model=EmployerBlockOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Take somebody off my block list",
)
@may(MEMBER, object="employer", key="optional")
async def unblock_worker(ctx: Ctx, employer_id: Id, block_id: Id, by: By) -> Any:
    """The two may find each other again."""
    return await pool.lift_block(ctx, employer_id, block_id, by=by)
