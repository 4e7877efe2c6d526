"""Whom a worker likes to work with, and whom not: crews, blocks, employers who ask first."""

from __future__ import annotations

from service.http.caller import OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.workers.routes.asking import WorkerId
from service.workers.schemas.together import (
    BlockIn,
    BlockOut,
    BlocksOut,
    CrewIn,
    CrewOut,
    CrewsOut,
    MeantIn,
    PoolsOut,
)
from service.workers.usecases import blocks, crews, pools

router = make_router("workers")
CREWS = "/workers/{worker:worker}/crews"
BLOCKS = "/workers/{worker:worker}/blocks"
POOLS = "/workers/{worker:worker}/pools"


@router.get(CREWS, summary="A worker's crews", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def list_crews(ctx: Ctx, worker_id: WorkerId, by: By) -> CrewsOut:
    """Those the worker is in and those the worker was asked into."""
    return CrewsOut.model_validate({"items": await crews.list_crews(ctx, worker_id, by=by)})


@router.post(CREWS, status_code=201, summary="Make a crew", responses=problems(400, 401, 403, 404, 409, 415, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def create_crew(ctx: Ctx, worker_id: WorkerId, body: CrewIn, by: By, on_behalf: OnBehalf) -> CrewOut:
    """Two to six people; all of them or at least `least`."""
    made = await crews.create_crew(ctx, worker_id, name=body.name, least=body.least, on_behalf=on_behalf, by=by)
    return CrewOut.model_validate(made)


@router.put(
    CREWS + "/{crew_id}", summary="Change a crew", responses=problems(400, 401, 403, 404, 409, 412, 415, 422, 428)
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def change_crew(
    ctx: Ctx, worker_id: WorkerId, crew_id: Id, body: CrewIn, seen: IfMatch, by: By, on_behalf: OnBehalf
) -> CrewOut:
    """By its leader."""
    made = await crews.change_crew(
        ctx, worker_id, crew_id, name=body.name, least=body.least, seen_version=seen, on_behalf=on_behalf, by=by
    )
    return CrewOut.model_validate(made)


@router.post(
    CREWS + "/{crew_id}/invitations",
    status_code=201,
    summary="Ask somebody into a crew",
    responses=problems(400, 401, 403, 404, 409, 415, 422, 429),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def invite_to_crew(
    ctx: Ctx, worker_id: WorkerId, crew_id: Id, body: MeantIn, by: By, on_behalf: OnBehalf
) -> CrewOut:
    """By the other's card or word of today, never by name or phone; in is who says yes."""
    made = await crews.invite_to_crew(
        ctx, worker_id, crew_id, code=body.code, word=body.word, on_behalf=on_behalf, by=by
    )
    return CrewOut.model_validate(made)


@router.post(CREWS + "/{crew_id}/join", summary="Say yes to a crew", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def join_crew(ctx: Ctx, worker_id: WorkerId, crew_id: Id, by: By, on_behalf: OnBehalf) -> CrewOut:
    """Each by an own yes."""
    return CrewOut.model_validate(await crews.join_crew(ctx, worker_id, crew_id, on_behalf=on_behalf, by=by))


@router.post(
    CREWS + "/{crew_id}/leave",
    status_code=204,
    summary="Leave a crew or say no to it",
    responses=problems(401, 403, 404, 409, 422),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def leave_crew(ctx: Ctx, worker_id: WorkerId, crew_id: Id, by: By, on_behalf: OnBehalf) -> None:
    """When its leader leaves, the crew is closed."""
    await crews.leave_crew(ctx, worker_id, crew_id, on_behalf=on_behalf, by=by)


@router.get(BLOCKS, summary="Employers a worker blocks", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def list_blocks(ctx: Ctx, worker_id: WorkerId, by: By) -> BlocksOut:
    """Who blocks the worker is not told."""
    return BlocksOut.model_validate({"items": await blocks.list_blocks(ctx, worker_id, by=by)})


@router.put(
    BLOCKS + "/{employer_id}", summary="Block an employer", responses=problems(400, 401, 403, 404, 409, 415, 422)
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def block_employer(
    ctx: Ctx, worker_id: WorkerId, employer_id: Id, body: BlockIn, by: By, on_behalf: OnBehalf
) -> BlockOut:
    """Neither sees the other from now on; seats already taken stay."""
    made = await blocks.block_employer(ctx, worker_id, employer_id, reason=body.reason, on_behalf=on_behalf, by=by)
    return BlockOut.model_validate(made)


@router.delete(
    BLOCKS + "/{employer_id}",
    status_code=204,
    summary="Lift a block",
    responses=problems(401, 403, 404, 409, 422),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def unblock_employer(ctx: Ctx, worker_id: WorkerId, employer_id: Id, by: By, on_behalf: OnBehalf) -> None:
    """No error when there was none."""
    await blocks.unblock_employer(ctx, worker_id, employer_id, on_behalf=on_behalf, by=by)


@router.get(POOLS, summary="Employers who ask me first", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def list_pools(ctx: Ctx, worker_id: WorkerId, by: By) -> PoolsOut:
    """Whose own people (老熟人) the worker is among, and since when."""
    return PoolsOut.model_validate({"items": await pools.list_pools(ctx, worker_id, by=by)})


@router.delete(
    POOLS + "/{employer_id}",
    status_code=204,
    summary="No longer be asked first",
    responses=problems(401, 403, 404, 409, 422),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def leave_pool(ctx: Ctx, worker_id: WorkerId, employer_id: Id, by: By, on_behalf: OnBehalf) -> None:
    """The employer is not told, and can put the worker back only with the worker's card in hand."""
    await pools.leave_pool(ctx, worker_id, employer_id, on_behalf=on_behalf, by=by)
