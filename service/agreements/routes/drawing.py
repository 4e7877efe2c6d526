"""Templates and drawing over HTTP."""

from __future__ import annotations

from typing import Any

from service.agreements.contracting import Contract
from service.agreements.rules.labour import Probation
from service.agreements.schemas import AgreementDocumentOut, AgreementIn, LabourContractIn, TemplatesOut
from service.agreements.usecases import drawing, looking
from service.http.caller import ANYBODY, MEMBER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("agreements")


@router.get(
    "/agreement-templates", response_model=TemplatesOut, responses=problems(401), summary="Templates of agreements"
)
@may(ANYBODY)
async def list_agreement_templates(ctx: Ctx) -> Any:
    """The words in force, every term with the clause that wants it and the names of its blanks."""
    return {"items": await looking.list_templates(ctx)}


@router.post(
    "/engagements/{engagement_id}/agreements",
    status_code=201,
    response_model=AgreementDocumentOut,
    responses=problems(*WRITE),
    summary="Draw an agreement for a seat",
)
@may(MEMBER, object="engagement", key="optional", location="/v1/agreements/{value.agreement.id}")
async def draw_agreement(ctx: Ctx, engagement_id: Id, body: AgreementIn, by: By) -> Any:
    """Of the kind that the posting's triage asks for (409 `triage_first` without one), filled from the seat; a labour
    relation is the full contract where the job is full-time, and wherever `kind` says so. 422
    `agreement_terms_missing` names the terms that are open and, as `lacking`, the facts to send. A later one takes the
    place of the earlier one, whose signatures are void."""
    return await drawing.draw_for_engagement(
        ctx, engagement_id, facts=body.facts, kind=body.kind, contract=_contract(body.contract), by=by
    )


def _contract(said: LabourContractIn | None) -> Contract | None:
    if said is None:
        return None
    probation = Probation(**said.probation.model_dump()) if said.probation else Probation()
    return Contract(**said.term.model_dump(), probation=probation, break_minutes=said.break_minutes)
