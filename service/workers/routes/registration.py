"""Coming in, by oneself or at the counter; stating one's identity later."""

from __future__ import annotations

from service.http.caller import ANYBODY, MEMBER, OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, OnBehalf, PerhapsBy, may
from service.http.routing import router as make_router
from service.workers.routes.asking import WorkerId
from service.workers.schemas.profile import WorkerOut
from service.workers.schemas.registration import BecomeIn, IdentityIn, RegisterByOfficerIn, RegisteredOut, RegisterIn
from service.workers.usecases import identity, registration
from service.workers.usecases.registration import Newcomer

router = make_router("workers")


@router.post("/workers", status_code=201, summary="Register", responses=problems(400, 401, 404, 409, 415, 422))
@may(ANYBODY, sensitive=True, key="optional", location="/v1/workers/{value.worker.id}")
async def register_worker(ctx: Ctx, body: RegisterIn, by: PerhapsBy) -> RegisteredOut:
    """With the ticket that `start_session` answers to somebody new. The least is a name and one trade; the
    answer signs in. Who may not be introduced to work yet is told so in `missing`."""
    newcomer = Newcomer(**body.told())
    made = await registration.register_worker(ctx, newcomer, ticket=body.ticket, label=body.label, by=by)
    return RegisteredOut.model_validate(made)


@router.post(
    "/workers/me",
    status_code=201,
    summary="Become a worker, too",
    responses=problems(400, 401, 403, 409, 415, 422),
)
@may(MEMBER, sensitive=True, key="optional", location="/v1/workers/{value.worker.id}")
async def become_worker(ctx: Ctx, body: BecomeIn, by: By) -> RegisteredOut:
    """For who acts for an employer and has no profile yet: the same person gets one, and a worker's session beside
    this one (with a code of minutes ago; else 403 `step_up_needed`). From then on `start_session` as a worker
    finds it."""
    newcomer = Newcomer(name="", **body.told())
    made = await registration.become_worker(ctx, newcomer, label=body.label, by=by)
    return RegisteredOut.model_validate(made)


@router.post(
    "/workers/by-officer",
    status_code=201,
    summary="Register somebody at the counter",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(OFFICER, sensitive=True, key="optional", location="/v1/workers/{value.id}")
async def register_worker_by_officer(ctx: Ctx, body: RegisterByOfficerIn, by: By) -> WorkerOut:
    """A name, one trade, and an identity number or a phone; the person may have no phone. The consents needed
    are recorded as given in words or on paper."""
    made = await registration.register_worker_by_officer(
        ctx,
        Newcomer(**body.told()),
        phone=body.phone,
        consent_channel=body.consent_channel,
        venue_id=body.venue_id,
        by=by,
    )
    return WorkerOut.model_validate(made)


@router.post(
    "/workers/{worker:worker}/identity",
    summary="State identity number or birth date later",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def state_identity(ctx: Ctx, worker_id: WorkerId, body: IdentityIn, by: By, on_behalf: OnBehalf) -> WorkerOut:
    """Once; a birth date alone makes introducible only when an officer has seen it on a paper."""
    made = await identity.state_identity(
        ctx, worker_id, id_number=body.id_number, birth_date=body.birth_date, on_behalf=on_behalf, by=by
    )
    return WorkerOut.model_validate(made)
