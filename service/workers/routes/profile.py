"""A profile: read, changed, at rest and back."""

from __future__ import annotations

from service.http.caller import OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.workers.routes.asking import WorkerId
from service.workers.schemas.profile import WorkerOut, WorkerPatch
from service.workers.usecases import profile

router = make_router("workers")


@router.get("/workers/{worker:worker}", summary="A profile", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker", sensitive=True)
async def get_worker(ctx: Ctx, worker_id: WorkerId, by: By) -> WorkerOut:
    """One's own with the name in full, an officer's view masked; 404 for everybody else's."""
    return WorkerOut.model_validate(await profile.get_worker(ctx, worker_id, by=by))


@router.patch(
    "/workers/{worker:worker}",
    summary="Change a profile",
    responses=problems(400, 401, 403, 404, 409, 412, 415, 422, 428),
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def change_worker(
    ctx: Ctx, worker_id: WorkerId, body: WorkerPatch, seen: IfMatch, by: By, on_behalf: OnBehalf
) -> WorkerOut:
    """Home (converted to WGS-84, kept to about 100 m unless `precise`), radius, weekly windows (an end at or
    before the start is on the next day), dated exceptions, pay wish, a few words, region."""
    made = await profile.change_worker(
        ctx, worker_id, changes=body.changes(), precise=body.precise, seen_version=seen, on_behalf=on_behalf, by=by
    )
    return WorkerOut.model_validate(made)


@router.post("/workers/{worker:worker}/rest", summary="No work for now", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def rest_worker(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> WorkerOut:
    """Nobody finds the person until the return; waiting ends, seats already taken stay."""
    return WorkerOut.model_validate(await profile.rest_worker(ctx, worker_id, on_behalf=on_behalf, by=by))


@router.post("/workers/{worker:worker}/return", summary="Back for work", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def return_worker(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> WorkerOut:
    """The end of a rest."""
    return WorkerOut.model_validate(await profile.return_worker(ctx, worker_id, on_behalf=on_behalf, by=by))
