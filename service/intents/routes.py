"""Who of a firm's people may be considered for lending, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import Limit
from service.http.responses import READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.intents.schemas import ConsideredListOut, IntentAgreeIn, IntentIn, IntentOut, IntentsOut
from service.intents.shaping import people_out
from service.intents.usecases import asking, ranking

router = make_router("intents")
OF_BALANCE, INTENT = "/balances/{balance_id}", "/intents/{intent_id}"
PLAIN = problems(400, 401, 403, 404, 409, 422)


@router.post(
    OF_BALANCE + "/intents",
    status_code=201,
    response_model=IntentOut,
    responses=problems(*WRITE),
    summary="Ask somebody whether to be considered",
)
@may(MEMBER, object="balance", key="optional", location="/v1/intents/{value.id}")
async def ask_for_intent(ctx: Ctx, balance_id: Id, body: IntentIn, by: By) -> Any:
    """By the surplus's firm: its own staff, by number. Nothing tells whether anybody has that number."""
    return await asking.ask_for_intent(ctx, balance_id, phone=body.phone, name=body.name, by=by)


@router.get(OF_BALANCE + "/intents", response_model=IntentsOut, responses=problems(*READ), summary="Who was asked")
@may(MEMBER, OFFICER, ADMIN, object="balance")
async def list_balance_intents(ctx: Ctx, balance_id: Id, by: By) -> Any:
    """For the firm and officers of the place; names and numbers are masked."""
    return {"items": await asking.list_of_balance(ctx, balance_id, by=by)}


@router.get(
    OF_BALANCE + "/people", response_model=ConsideredListOut, responses=problems(*READ), summary="Who goes with it"
)
@may(MEMBER, OFFICER, ADMIN, object="balance")
async def rank_people(
    ctx: Ctx,
    balance_id: Id,
    by: By,
    shortage: Annotated[
        Id | None, Query(alias="for", description="a published shortage; none: nobody is compared")
    ] = None,
    limit: Limit = 20,
) -> Any:
    """Of a surplus, only people who have agreed and not taken it back, each with every part of the score and every
    hindrance. For the surplus's firm and officers of its place; nobody else sees a person."""
    found = await ranking.rank_people(ctx, balance_id, shortage_id=shortage, limit=limit, by=by)
    return people_out(found, ctx.wiring.ports["balances.offer_out"], ctx.language)


@router.get("/workers/me/intents", response_model=IntentsOut, responses=problems(400, 401, 403), summary="My intents")
@may(WORKER)
async def list_my_intents(ctx: Ctx, by: By) -> Any:
    """Asked by the number that was proved, or answered; everything that is kept of them."""
    return {"items": await asking.list_mine(ctx, by=by)}


@router.get(INTENT, response_model=IntentOut, responses=problems(*READ), summary="One intent")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="intent")
async def get_intent(ctx: Ctx, intent_id: Id, by: By) -> Any:
    """For the person, the firm and officers of its place."""
    return await asking.get_intent(ctx, intent_id, by=by)


@router.post(INTENT + "/agree", response_model=IntentOut, responses=problems(*WRITE), summary="Agree to be considered")
@may(WORKER, OFFICER, ADMIN, object="intent", key="optional")
async def agree_to_intent(ctx: Ctx, intent_id: Id, body: IntentAgreeIn, by: By, on_behalf: OnBehalf) -> Any:
    """By the person, to the words in force, with what may be used. Nobody is lent by it: each lending is asked anew."""
    return await asking.agree_to_intent(ctx, intent_id, **body.model_dump(), by=by, on_behalf=on_behalf)


@router.post(INTENT + "/refuse", response_model=IntentOut, responses=PLAIN, summary="Not want to be considered")
@may(WORKER, OFFICER, ADMIN, object="intent", key="optional")
async def refuse_intent(ctx: Ctx, intent_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """The firm cannot tell it from no answer."""
    return await asking.refuse_intent(ctx, intent_id, by=by, on_behalf=on_behalf)


@router.post(INTENT + "/withdraw", response_model=IntentOut, responses=PLAIN, summary="Take the yes back")
@may(WORKER, OFFICER, ADMIN, object="intent", key="optional")
async def withdraw_intent(ctx: Ctx, intent_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """At any time, without a reason, from this moment on; nothing follows from it."""
    return await asking.withdraw_intent(ctx, intent_id, by=by, on_behalf=on_behalf)
