"""Cases over HTTP: opened by who is concerned, with a yes at the counter, or by anybody about a charge."""

from __future__ import annotations

from typing import Any

from service.cases.schemas.coming import ChargeIn, ChargeReceiptIn, ComplaintIn
from service.cases.schemas.going import CaseOut, ChargeReceiptOut
from service.cases.usecases import opening, public
from service.cases.usecases.opening import Said
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import Address, By, Ctx, OnBehalf, may
from service.http.routing import router as make_router

router = make_router("cases")
RENAMED = {"against": "against_words", "claimed_fen": "amount_fen"}
TAKEN: dict[str, Any] = {
    "status_code": 201,
    "response_model": ChargeReceiptOut,
    "responses": problems(400, 401, 404, 409, 413, 415, 422, 429),
}


@router.post("/cases", status_code=201, response_model=CaseOut, responses=problems(*WRITE, 429), summary="Open a case")
@may(WORKER, MEMBER, OFFICER, ADMIN, key="optional", location="/v1/cases/{value.id}")
async def open_case(ctx: Ctx, body: ComplaintIn, by: By, on_behalf: OnBehalf) -> Any:
    """About an own seat or debt, a posting, an employer, a market or a place. The answer says what will happen by when,
    and whom to call at once. The same complaint again is the open one, with a note more; a removal or rejection has
    an appeal of its own."""
    return await opening.open_case(ctx, _said(body), worker_id=body.worker_id, on_behalf=on_behalf, by=by)


@router.post("/charges", summary="Report a charge without an account", **TAKEN)
@may(ANYBODY, key="optional")
async def report_charge(ctx: Ctx, body: ChargeIn, address: Address) -> Any:
    """Illegal fees, deposits, charges of agencies, public bodies or for a stall. No name is asked; the receipt, told
    once, opens it again."""
    return await public.report_charge(
        ctx, _said(body), contact=body.contact, challenge_id=body.challenge_id, code=body.code, address=address
    )


@router.post(
    "/charges/look-up", response_model=ChargeReceiptOut, responses=problems(400, 401, 404, 413, 415, 422),
    summary="How a reported charge stands",
)  # fmt: skip
@may(ANYBODY)
async def look_up_charge(ctx: Ctx, body: ChargeReceiptIn) -> Any:
    """With the receipt; in the body, so that no address holds it."""
    return await public.look_up_charge(ctx, receipt=body.receipt)


def _said(body: Any) -> Said:
    fields = body.model_dump(exclude={"worker_id", "contact", "challenge_id", "code"})
    return Said(**{RENAMED.get(name, name): value for name, value in fields.items()})
