"""Balances entered, agreed to, published, taken back and removed."""

from __future__ import annotations

from typing import Any

from service.balances import usecases
from service.balances.schemas import BalanceCopyIn, BalanceIn, BalanceOut, BalancePatch, BalanceReasonIn
from service.http.caller import ADMIN, MEMBER, OFFICER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("balances")
MOVED = problems(400, 401, 403, 404, 409, 422)


@router.post(
    "/balances",
    status_code=201,
    response_model=BalanceOut,
    responses=problems(*WRITE),
    summary="Enter people to lend, or people that lack",
)
@may(MEMBER, object="employer", key="optional", location="/v1/balances/{value.id}")
async def create_balance(ctx: Ctx, body: BalanceIn, by: By) -> Any:
    """A draft; free. A licensed agency names the firm, where the place's document lets agencies broker, and the firm
    is asked for its yes."""
    return await usecases.create_balance(ctx, body.employer_id, body.fields(), by=by)


@router.post(
    "/balances/{balance_id}/copy",
    status_code=201,
    response_model=BalanceOut,
    responses=problems(*WRITE),
    summary="Enter it anew for other days",
)
@may(MEMBER, object="balance", key="optional", location="/v1/balances/{value.id}")
async def copy_balance(ctx: Ctx, balance_id: Id, body: BalanceCopyIn, by: By) -> Any:
    """A new draft with everything of this one but its days, whatever state this one is in. An agency's wants the firm's
    yes as every one does."""
    return await usecases.copy_balance(ctx, balance_id, first_day=body.first_day, last_day=body.last_day, by=by)


@router.patch(
    "/balances/{balance_id}", response_model=BalanceOut, responses=problems(*WRITE, 412, 428), summary="Change it"
)
@may(MEMBER, object="balance", key="optional")
async def change_balance(ctx: Ctx, balance_id: Id, body: BalancePatch, version: IfMatch, by: By) -> Any:
    """Only fields that are sent change. Once a deal has spoken for somebody, headcount, words, blocked firms."""
    return await usecases.change_balance(ctx, balance_id, body.fields(), version=version, by=by)


@router.post(
    "/balances/{balance_id}/agree",
    response_model=BalanceOut,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
    summary="The firm's yes to what its agency has entered",
)
@may(MEMBER, object="balance", key="optional")
async def agree_to_balance(ctx: Ctx, balance_id: Id, version: IfMatch, by: By) -> Any:
    """To the version that was read; a later change by the agency wants a new yes."""
    return await usecases.agree_to_balance(ctx, balance_id, version=version, by=by)


@router.post("/balances/{balance_id}/publish", response_model=BalanceOut, responses=MOVED, summary="Show it")
@may(MEMBER, object="balance", key="optional")
async def publish_balance(ctx: Ctx, balance_id: Id, by: By) -> Any:
    """To everybody, until its last day. Of verified firms only."""
    return await usecases.publish_balance(ctx, balance_id, by=by)


@router.post("/balances/{balance_id}/withdraw", response_model=BalanceOut, responses=MOVED, summary="Take it back")
@may(MEMBER, object="balance", key="optional")
async def withdraw_balance(ctx: Ctx, balance_id: Id, by: By) -> Any:
    """For good; deals that run go on."""
    return await usecases.withdraw_balance(ctx, balance_id, by=by)


@router.post(
    "/balances/{balance_id}/take-down", response_model=BalanceOut, responses=problems(*WRITE), summary="Remove it"
)
@may(OFFICER, ADMIN, object="balance", key="optional")
async def take_down_balance(ctx: Ctx, balance_id: Id, body: BalanceReasonIn, by: By) -> Any:
    """From the public, with a coded reason; its firm is told."""
    return await usecases.take_down_balance(ctx, balance_id, reason=body.reason, by=by)
