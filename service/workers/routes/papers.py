"""Skills and certificates."""

from __future__ import annotations

from service.http.caller import OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.workers.routes.asking import WorkerId
from service.workers.schemas.profile import (
    CertificateIn,
    CertificateOut,
    CertificatePatch,
    CertificatesOut,
    SkillIn,
    SkillOut,
    SkillPatch,
    SkillsOut,
    UnverifyIn,
)
from service.workers.usecases import certificates, skills

router = make_router("workers")
SKILLS = "/workers/{worker:worker}/skills"
PAPERS = "/workers/{worker:worker}/certificates"


@router.get(SKILLS, summary="A worker's skills", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def list_skills(ctx: Ctx, worker_id: WorkerId, by: By) -> SkillsOut:
    """In the order of telling."""
    return SkillsOut.model_validate({"items": await skills.list_skills(ctx, worker_id, by=by)})


@router.post(SKILLS, status_code=201, summary="Add a skill", responses=problems(400, 401, 403, 404, 409, 415, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def add_skill(ctx: Ctx, worker_id: WorkerId, body: SkillIn, by: By, on_behalf: OnBehalf) -> SkillOut:
    """A popular name becomes the trade it means."""
    made = await skills.add_skill(ctx, worker_id, trade=body.trade, level=body.level, on_behalf=on_behalf, by=by)
    return SkillOut.model_validate(made)


@router.patch(
    SKILLS + "/{skill_id}",
    summary="Change a skill's level",
    responses=problems(400, 401, 403, 404, 409, 412, 415, 422, 428),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def change_skill(
    ctx: Ctx, worker_id: WorkerId, skill_id: Id, body: SkillPatch, seen: IfMatch, by: By, on_behalf: OnBehalf
) -> SkillOut:
    """A check by an officer ends with the change."""
    made = await skills.change_skill(
        ctx, worker_id, skill_id, level=body.level, seen_version=seen, on_behalf=on_behalf, by=by
    )
    return SkillOut.model_validate(made)


@router.delete(
    SKILLS + "/{skill_id}", status_code=204, summary="Remove a skill", responses=problems(401, 403, 404, 409, 422)
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def remove_skill(ctx: Ctx, worker_id: WorkerId, skill_id: Id, by: By, on_behalf: OnBehalf) -> None:
    """It stays in the log."""
    await skills.remove_skill(ctx, worker_id, skill_id, on_behalf=on_behalf, by=by)


@router.get(PAPERS, summary="A worker's certificates", responses=problems(401, 403, 404, 422))
@may(WORKER, OFFICER, object="worker")
async def list_certificates(ctx: Ctx, worker_id: WorkerId, by: By) -> CertificatesOut:
    """Their numbers are never shown."""
    return CertificatesOut.model_validate({"items": await certificates.list_certificates(ctx, worker_id, by=by)})


@router.post(
    PAPERS, status_code=201, summary="Add a certificate", responses=problems(400, 401, 403, 404, 409, 415, 422)
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def add_certificate(
    ctx: Ctx, worker_id: WorkerId, body: CertificateIn, by: By, on_behalf: OnBehalf
) -> CertificateOut:
    """Where only the first day is said, the last follows from the kind."""
    made = await certificates.add_certificate(
        ctx,
        worker_id,
        kind=body.kind,
        number=body.number,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        on_behalf=on_behalf,
        by=by,
    )
    return CertificateOut.model_validate(made)


@router.patch(
    PAPERS + "/{certificate_id}",
    summary="Correct a certificate",
    responses=problems(400, 401, 403, 404, 409, 412, 415, 422, 428),
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def change_certificate(
    ctx: Ctx,
    worker_id: WorkerId,
    certificate_id: Id,
    body: CertificatePatch,
    seen: IfMatch,
    by: By,
    on_behalf: OnBehalf,
) -> CertificateOut:
    """A check by an officer ends with the change."""
    made = await certificates.change_certificate(
        ctx,
        worker_id,
        certificate_id,
        changes=body.model_dump(exclude_unset=True),
        seen_version=seen,
        on_behalf=on_behalf,
        by=by,
    )
    return CertificateOut.model_validate(made)


@router.delete(
    PAPERS + "/{certificate_id}",
    status_code=204,
    summary="Remove a certificate",
    responses=problems(401, 403, 404, 409, 422),
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def remove_certificate(ctx: Ctx, worker_id: WorkerId, certificate_id: Id, by: By, on_behalf: OnBehalf) -> None:
    """It stays in the log."""
    await certificates.remove_certificate(ctx, worker_id, certificate_id, on_behalf=on_behalf, by=by)


@router.post(
    PAPERS + "/{certificate_id}/verify",
    summary="The paper was seen",
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
@may(OFFICER, object="worker", key="optional")
async def verify_certificate(
    ctx: Ctx, worker_id: WorkerId, certificate_id: Id, seen: IfMatch, by: By
) -> CertificateOut:
    """In the officer's own name; it must be good today."""
    made = await certificates.verify_certificate(ctx, worker_id, certificate_id, seen_version=seen, by=by)
    return CertificateOut.model_validate(made)


@router.post(
    PAPERS + "/{certificate_id}/unverify",
    summary="The check no longer stands",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(OFFICER, object="worker", key="optional")
async def unverify_certificate(
    ctx: Ctx, worker_id: WorkerId, certificate_id: Id, body: UnverifyIn, by: By
) -> CertificateOut:
    """With the reason."""
    made = await certificates.unverify_certificate(ctx, worker_id, certificate_id, reason=body.reason, by=by)
    return CertificateOut.model_validate(made)
